import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fidelityRules } from './fidelityRules.ts';

const root = join(import.meta.dirname, '..', '..');

interface Row {
  readonly rule: string;
  readonly what: string;
  readonly here: string;
  readonly shown: string;
}

/** The rows of the page's tables, and of `text` where a test tries what it would find. */
function rowsOf(text: string): readonly Row[] {
  return [...text.matchAll(/^\| *(\d[\d.]*\/\w+) *\|(.*)\|(.*)\|(.*)\|$/gm)].map(
    ([, rule = '', what = '', here = '', shown = '']) => ({
      rule,
      what: what.trim(),
      here: here.trim(),
      shown: shown.trim(),
    }),
  );
}

/** Tests that a cell names: their file and their title. */
function namedTests(shown: string): readonly { readonly file: string; readonly title: string }[] {
  return [...shown.matchAll(/`(\w+)` “([^”]+)”/g)].map(([, file = '', title = '']) => ({ file, title }));
}

/** Whether a source has that title as a literal; `…` in the title is what the literal puts in. */
function hasTitle(source: string, title: string): boolean {
  const literal = title
    .split('…')
    .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`))
    .join(String.raw`\$\{[^}]*\}`);
  return new RegExp(`(['"\`])${literal}\\1`).test(source);
}

describe('The page about fidelity', () => {
  let rows: readonly Row[];
  const sources = new Map<string, string>();

  before(async () => {
    rows = rowsOf(await readFile(join(root, 'docs', 'fidelity.md'), 'utf8'));
    for await (const path of glob('test/{unit,socket}/**/*.test.ts', { cwd: root })) {
      const name = basename(path, '.test.ts');
      // One of two files of a name could be meant.
      sources.set(name, sources.has(name) ? '' : await readFile(join(root, path), 'utf8'));
    }
  });

  /** What is wrong with a row. */
  function problems({ rule, what, here, shown }: Row): readonly string[] {
    const tests = namedTests(shown);
    const text = shown.replaceAll(/`\w+` “[^”]+”[;.]?/g, '').trim();
    const found: string[] = [];
    if (what === '') found.push(`${rule} does not say what AWS does`);
    if (!['yes', 'partly', 'no'].includes(here)) found.push(`${rule} is "${here}"`);
    if (here !== 'no' && tests.length === 0) found.push(`${rule} names no test`);
    if (here !== 'yes' && text.length < 8) found.push(`${rule} does not say what differs`);
    for (const { file, title } of tests) {
      if (!hasTitle(sources.get(file) ?? '', title)) found.push(`${rule}: no test “${title}” in ${file}.test.ts`);
    }
    return found;
  }

  it('has a row for each rule, in order, and for nothing else', () => {
    assert.equal(new Set(fidelityRules).size, fidelityRules.length);
    assert.deepEqual(
      rows.map(({ rule }) => rule),
      fidelityRules,
    );
  });

  it('names tests that exist, or says what differs', () => {
    assert.deepEqual(rows.flatMap(problems), []);
  });

  it('would not pass with a row that shows nothing', () => {
    const [nothing, elsewhere, silent, good] = rowsOf(
      [
        '| 1.1/1 | a | yes | believe me |',
        '| 1.1/2 | a | yes | `fidelity` “a test that is no test” |',
        '| 1.1/3 | a | no | |',
        '| 1.1/4 | a | yes | `fidelity` “names tests that exist, or says what differs” |',
      ].join('\n'),
    ).map(problems);
    assert.deepEqual(nothing, ['1.1/1 names no test']);
    assert.match(elsewhere?.[0] ?? '', /no test “a test that/);
    assert.deepEqual(silent, ['1.1/3 does not say what differs']);
    assert.deepEqual(good, []);
  });
});
