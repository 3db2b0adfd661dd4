// Pictures of the panel to look at: `node test/e2e/panel/screenshots.ts [FOLDER]`.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startPanelPages } from './panelPage.ts';
import { themes, type ThemeName } from './themes.ts';

const folder = process.argv[2] ?? 'out/panel';
await mkdir(folder, { recursive: true });
const pages = await startPanelPages();
const take = async (
  name: string,
  options: Parameters<typeof pages.open>[0],
  row?: number,
  key?: string,
): Promise<void> => {
  const page = await pages.open({ still: true, ...options });
  if (row !== undefined) await page.locator(`#row-${row}`).click();
  if (row !== undefined) await page.locator('.detail-head').waitFor();
  if (key !== undefined) await page.locator(`#tab-${key}`).click();
  await page.evaluate('document.fonts.ready');
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.context().close();
};

for (const theme of Object.keys(themes) as ThemeName[]) {
  for (const width of [300, 800, 1600]) {
    await take(`${theme}-${width}`, { theme, width, height: width === 300 ? 640 : 720 }, 18);
  }
}
await take('list-dark-1360', { theme: 'dark' });
await take('list-light-300', { theme: 'light', width: 300, height: 640 });
for (const tab of ['timeline', 'request', 'response', 'logs', 'delivery', 'raw'])
  await take(`tab-${tab}`, { theme: 'dark' }, 18, tab);
for (const scenario of ['empty', 'starting', 'stopped', 'failed', 'failedLater', 'untrusted']) {
  await take(`state-${scenario}`, { scenario, theme: 'light', width: 900, height: 480 });
}
await take('waiting', { theme: 'light', width: 1000 }, 17);
await take('success', { width: 1000 }, 11);
await take('large', { scenario: 'large' }, 1, 'request');
await take('many', { scenario: 'many' }, 100_000);
await take('many-filter-300', { scenario: 'many', width: 300, height: 640, theme: 'light' });
await take('hostile', { scenario: 'hostile' }, 5);
await take('hostile-700', { scenario: 'hostile', width: 690 }, 5);
await take('wide-3000', { width: 3000, height: 900 }, 18);
console.log(pages.complaints);
await pages.close();
