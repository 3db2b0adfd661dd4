import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packExtension } from '../scripts/package/pack.ts';
import { median, type BenchResult } from '../scripts/bench/result.ts';
import { WindowPage } from '../test/e2e/support/windowPage.ts';
import { startWorkbench } from '../test/host/startWorkbench.ts';

const windows = 5;
const example = join(import.meta.dirname, '..', 'examples', 'event-destinations');

/** Our activation, by a command in a window that has settled, beside that of the built-in Git extension in the same window. */
export async function run(): Promise<readonly BenchResult[]> {
  const { file: vsix } = await packExtension();
  const ours: number[] = [];
  const git: number[] = [];
  for (let count = 0; count < windows; count++) {
    const parent = await mkdtemp(join(tmpdir(), 'ld-bench-'));
    const folder = join(parent, 'event-destinations');
    await cp(example, folder, { recursive: true });
    // High enough that the list of running extensions shows them all.
    const { page, close } = await startWorkbench({ folder, vsix, viewport: { width: 1280, height: 1800 } });
    try {
      const window = new WindowPage(page);
      // Its icon is there when the window knows the extension, commands included.
      await page.getByRole('tab', { name: 'Lambda Destinations' }).waitFor({ timeout: 60_000 });
      // Git comes with the start of the window: when its time is there, the start is over.
      git.push(await activationTime(window, 'Git'));
      await window.runCommand('Lambda Destinations: Open Records');
      await window.panel().locator('.empty, .grid').first().waitFor();
      ours.push(await activationTime(window, 'Lambda Destinations'));
    } finally {
      await close();
      await rm(parent, { recursive: true, force: true });
    }
  }
  return [
    { name: 'activation by command: median of five', value: median(ours), unit: 'ms', goal: '< 50' },
    { name: 'activation, against built-in Git', value: median(ours) / median(git), unit: 'x', goal: '<= 1' },
    { name: 'activation of built-in Git: median of five', value: median(git), unit: 'ms', goal: '> 0' },
  ];
}

/** What VS Code says of an extension's activation, in ms; once it says so. */
async function activationTime(window: WindowPage, name: string): Promise<number> {
  const { page } = window;
  await window.runCommand('Developer: Show Running Extensions');
  const row = page.locator('.runtime-extensions-editor .extension', { has: page.getByText(name, { exact: true }) });
  const text = row.locator('.activation-time').filter({ hasText: /\d+ms/ });
  await text.waitFor({ timeout: 60_000 });
  const [, milliseconds] = /(\d+)ms/.exec((await text.textContent()) ?? '') ?? [];
  await page.keyboard.press('Escape');
  await row.waitFor({ state: 'detached' });
  return Number(milliseconds);
}
