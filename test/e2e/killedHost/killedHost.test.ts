import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { packExtension } from '../../../scripts/package/pack.ts';
import { startWorkbench, type Workbench } from '../../host/startWorkbench.ts';
import { feedingNode, type FeedingNode } from '../../support/feed/feedingNode.ts';
import { seededRandom } from '../../support/fuzz/random.ts';
import { skip } from '../../support/skip.ts';
import { pictureFailures } from '../support/failurePictures.ts';
import { WindowPage } from '../support/windowPage.ts';

/** How far a row has come; nothing goes back. */
const steps = ['queued', 'running', 'succeeded', 'failed'];

describe('an extension host that is killed while rows arrive', function () {
  this.timeout(120_000);
  let parent: string;
  let workbench: Workbench;
  let window: WindowPage;
  let node: FeedingNode;

  before(async function () {
    this.timeout(180_000);
    if (process.platform !== 'linux') skip(this, 'the extension host is found by /proc');
    const { file } = await packExtension();
    parent = await mkdtemp(join(tmpdir(), 'ld-killed-'));
    const folder = join(parent, 'workspace');
    await mkdir(folder);
    await writeFile(join(folder, 'template.yaml'), 'Transform: AWS::Serverless-2016-10-31\nResources: {}\n');
    node = await feedingNode(parent);
    const settings = { 'lambdaDestinations.local.nodePath': node.command };
    workbench = await startWorkbench({
      ...{ folder, vsix: file, settings, env: node.env, viewport: { width: 1400, height: 900 } },
    });
    workbench.page.setDefaultTimeout(30_000);
    window = new WindowPage(workbench.page);
  });
  after(async () => {
    await workbench?.close();
    if (parent) await rm(parent, { recursive: true, force: true });
  });
  pictureFailures(() => workbench.page);

  it('has lost none of the rows that were on screen', async () => {
    const { page, dataDir } = workbench;
    const seed = Date.now();
    const random = seededRandom(seed);
    const shown = new Map<string, string>();
    for (let kill = 0; kill < 2; kill++) {
      // Who looks at the functions starts local Lambda.
      await window.showViews();
      await page.getByRole('button', { name: /Local Lambda, running/ }).waitFor({ timeout: 60_000 });
      await window.runCommand('Lambda Destinations: Open Records');
      await window.panel().locator('.empty, .grid').first().waitFor();
      const before = shown.size;
      const watched = watchRows(window, before + 1 + random.below(60));
      // It goes with the host that started it.
      const feeding = node.feed(5_000, 50).catch(() => undefined);
      await watched;
      process.kill(await extensionHostOf(dataDir), 'SIGKILL');
      // What was drawn up to now, and even after.
      for (const [id, status] of await rowsSeen(window)) shown.set(id, status);
      await feeding;
      assert.ok(shown.size > before);

      // Its stream would tell again what was lost: what the store has is to be seen.
      await rename(node.command, `${node.command}.off`);
      await reload(page);
      await page.getByRole('button', { name: /Local Lambda, / }).waitFor({ timeout: 60_000 });
      await window.runCommand('Lambda Destinations: Open Records');
      const now = await allRows(window);
      const worse = [...shown].filter(([id, was]) => steps.indexOf(now.get(id) ?? '') < steps.indexOf(was));
      assert.deepEqual(worse, [], `seed ${seed}`);
      await rename(`${node.command}.off`, node.command);
      await reload(page);
    }
  });
});

async function reload(page: Page): Promise<void> {
  const loaded = page.waitForEvent('load');
  await page.reload();
  await loaded;
}

/** Has the panel's page note every row that it draws; resolves when there were so many. */
function watchRows(window: WindowPage, wanted: number): Promise<void> {
  return window
    .panel()
    .locator('body')
    .evaluate(
      (body, number) =>
        new Promise<void>((resolve) => {
          const seen: Record<string, string> = {};
          const note = (): void => {
            for (const row of body.querySelectorAll<HTMLElement>('.row[data-status]')) {
              seen[row.id] = row.dataset['status'] ?? '';
            }
            body.dataset['seen'] = JSON.stringify(seen);
            if (Object.keys(seen).length >= number) resolve();
          };
          new MutationObserver(note).observe(body.querySelector('.grid, .empty')?.parentElement ?? body, {
            subtree: true,
            childList: true,
            attributes: true,
          });
          note();
        }),
      wanted,
    );
}

async function rowsSeen(window: WindowPage): Promise<[string, string][]> {
  const seen = await window.panel().locator('body').getAttribute('data-seen');
  return Object.entries(JSON.parse(seen ?? '{}') as Record<string, string>);
}

/** Id and status of every row of the list, which is scrolled through. */
async function allRows(window: WindowPage): Promise<ReadonlyMap<string, string>> {
  const list = window.panel().locator('.viewport');
  const rows = window.panel().locator('.rows .row');
  await rows.first().waitFor();
  const found = new Map<string, string>();
  const total = async (): Promise<number> =>
    Number(await window.panel().locator('.grid').getAttribute('aria-rowcount')) - 1;
  // The list draws after it was scrolled: what was too quick is come back to.
  for (let top = 0; found.size < (await total());) {
    const size = await list.evaluate((viewport, to) => {
      viewport.scrollTop = to;
      return { client: viewport.clientHeight, scroll: viewport.scrollHeight };
    }, top);
    // Those that are asked for have no status yet.
    await window.panel().locator('.rows .row:not([data-status])').first().waitFor({ state: 'detached' });
    const drawn = await rows.evaluateAll((all) =>
      all.map((row): [string, string] => [row.id, row.getAttribute('data-status') ?? '']),
    );
    for (const [id, status] of drawn) found.set(id, status);
    top = top + size.client >= size.scroll ? 0 : top + size.client / 2;
  }
  // A list that is scrolled down stays where it is, whatever arrives.
  await list.evaluate((viewport) => {
    viewport.scrollTop = 0;
  });
  return found;
}

/** The process id of the extension host of a server: the one whose temporary folder is the server's. */
async function extensionHostOf(dataDir: string): Promise<number> {
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const read = (what: string): Promise<string> => readFile(join('/proc', name, what), 'utf8').catch(() => '');
    if (!(await read('cmdline')).includes('--type=extensionHost')) continue;
    if ((await read('environ')).includes(dataDir)) return Number(name);
  }
  throw new Error('There is no extension host.');
}
