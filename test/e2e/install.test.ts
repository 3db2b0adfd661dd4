import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { packExtension, type Packed } from '../../scripts/package/pack.ts';
import { startWorkbench, type Workbench } from '../host/startWorkbench.ts';

const root = join(import.meta.dirname, '..', '..');

/** All that may be in the packed file, below `extension/`. */
const expected: readonly RegExp[] = [
  /^package\.json$/,
  /^package\.nls\.json$/,
  /^readme\.md$/i,
  /^changelog\.md$/i,
  /^license(\.txt)?$/i,
  /^ThirdPartyNotices\.txt$/,
  /^media\/(walkthrough\/)?[\w-]+\.(svg|png)$/,
  /^dist\/(extension|storeWorker|local)\.mjs$/,
  /^dist\/chunks\/[\w.-]+\.mjs$/,
  /^dist\/bootstrap\/(node\/)?\w+\.mjs$/,
  /^dist\/bootstrap\/python\.py$/,
  /^dist\/wasm\/[\w-]+\.wasm$/,
  /^dist\/webview\/(panel\.js|panel\.css|codicon\.css|codicon\.ttf)$/,
  /^examples\/event-destinations\/(README\.md|\.vscode\/\w+\.json|template\.yaml|events\/[\w-]+\.json|src\/\w+\.m?js|python\/\w+\.py|typescript\/(\w+\.ts|package\.json))$/,
];

describe('the packed extension', function () {
  this.timeout(180_000);
  let packed: Packed;

  before(async () => {
    packed = await packExtension();
  });

  it('holds what runs, and nothing else', () => {
    const files = packed.entries.map(({ path }) => path).filter((path) => path.startsWith('extension/'));
    const names = files.map((path) => path.slice('extension/'.length));
    assert.deepEqual(
      names.filter((name) => !expected.some((pattern) => pattern.test(name))),
      [],
    );
    for (const pattern of expected)
      assert.ok(
        names.some((name) => pattern.test(name)),
        `${pattern} is there`,
      );
  });

  it('is small', () => {
    assert.ok(packed.bytes < 2_500_000, `${packed.bytes} bytes`);
  });

  it('names the packages that it was made of', async () => {
    const notices = await readFile(join(root, 'ThirdPartyNotices.txt'), 'utf8');
    const names = ['@aws-sdk/client-lambda', '@vscode/codicons', '@vscode/tree-sitter-wasm', 'lit', 'yaml'];
    for (const name of [...names, 'jsonc-parser', 'web-tree-sitter', '@jridgewell/trace-mapping']) {
      assert.ok(notices.includes(`\n${name} `), name);
    }
    assert.ok(!/^(esbuild|mocha|typescript) /m.test(notices), 'and no others');
  });

  describe('installed into the web workbench', () => {
    let workbench: Workbench;
    let parent: string;

    before(async () => {
      parent = await mkdtemp(join(tmpdir(), 'ld-example-'));
      workbench = await startWorkbench({ vsix: packed.file, settings: { 'files.simpleDialog.enable': true } });
    });
    after(async () => {
      await workbench.close();
      await rm(parent, { recursive: true, force: true });
    });

    /** Shows our views, whichever are on show. */
    const showViews = async (page: Page): Promise<void> => {
      const tab = page.getByRole('tab', { name: 'Lambda Destinations' });
      await tab.waitFor();
      if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
    };

    it('shows its view, which offers the example', async () => {
      const { page } = workbench;
      await showViews(page);
      await page.getByRole('button', { name: 'Open Example' }).first().waitFor();
    });

    it('puts the example where it is wanted, opens it, and lists its functions', async () => {
      const { page } = workbench;
      await page.getByRole('button', { name: 'Open Example' }).first().click();
      const input = page.getByRole('combobox').or(page.locator('.quick-input-box input')).first();
      await input.waitFor();
      const put = page.getByRole('button', { name: 'Put Example Here' });
      for (let tries = 1; ; tries++) {
        // The dialog writes the folder that it begins with into the box, if need be over what was typed too early.
        await page.locator('.quick-input-list .monaco-list-row').first().waitFor();
        await input.fill(`${parent}/`);
        await put.click();
        try {
          await page.waitForURL(/folder=.*event-destinations/, { timeout: 15_000 });
          break;
        } catch (error) {
          if (tries === 3 || !(await put.isVisible())) throw error;
        }
      }
      await showViews(page);
      await page
        .getByRole('treeitem', { name: /event-destinations/ })
        .first()
        .waitFor({ timeout: 60_000 });
      assert.ok((await stat(join(parent, 'event-destinations', 'template.yaml'))).isFile());
      // VS Code closes its page with the window before; here it goes on.
      await page.locator('.getting-started-step', { hasText: 'Send an event that fails' }).waitFor();
    });
  });
});
