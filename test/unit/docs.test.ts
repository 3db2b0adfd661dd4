import assert from 'node:assert/strict';
import { glob, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** GitHub's anchors of a page's headings: lower case, punctuation gone, spaces to hyphens. */
async function anchorsOf(page: string): Promise<readonly string[]> {
  const text = await readFile(page, 'utf8');
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  );
}

async function sources(pattern: string): Promise<readonly string[]> {
  const found = await Array.fromAsync(glob(pattern, { cwd: root, exclude: ['**/node_modules/**', 'out/**'] }));
  return found.map((file) => join(root, file)).toSorted();
}

describe('docs', () => {
  it('link to pages and headings that exist', async () => {
    const pages = [...(await sources('*.md')), ...(await sources('{docs,examples}/**/*.md'))];
    assert.ok(pages.length > 10);
    for (const page of pages) {
      // What stands in code is no link.
      const text = (await readFile(page, 'utf8')).replaceAll(/```[^]*?```|`[^`\n]*`/g, '');
      for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        const [path = '', anchor] = target.split('#');
        const file = path === '' ? page : join(dirname(page), path);
        const where = `${relative(root, page)}: ${target}`;
        assert.ok(await stat(file).catch(() => undefined), where);
        if (anchor !== undefined) assert.ok((await anchorsOf(file)).includes(anchor), where);
      }
    }
  });

  it('have the headings that messages lead to', async () => {
    let links = 0;
    for (const file of await sources('src/{views,providers}/**/*.ts')) {
      const text = await readFile(file, 'utf8');
      for (const [link, page = '', anchor = ''] of text.matchAll(/(?:learn|docsUri)\(\s*'([\w-]+)',\s*'([\w-]+)'/g)) {
        links++;
        const anchors = await anchorsOf(join(root, 'docs', `${page}.md`));
        assert.ok(anchors.includes(anchor), `${relative(root, file)}: ${link}`);
      }
    }
    assert.ok(links > 5);
  });

  it('are linked from the README, every page', async () => {
    const readme = await readFile(join(root, 'README.md'), 'utf8');
    for (const page of await sources('docs/*.md')) {
      const path = relative(root, page).replaceAll('\\', '/');
      assert.ok(readme.includes(`](${path})`), path);
    }
  });
});
