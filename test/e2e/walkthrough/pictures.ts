// The pictures of README and docs, taken in the real thing: `node test/e2e/walkthrough/pictures.ts [FOLDER]`.
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packExtension } from '../../../scripts/package/pack.ts';
import { startWorkbench } from '../../host/startWorkbench.ts';
import { WindowPage } from '../support/windowPage.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const images = process.argv[2] ?? join(root, 'docs', 'images');
const themes = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  'high-contrast': 'Default High Contrast',
} as const;

await mkdir(images, { recursive: true });
const { file } = await packExtension();
for (const [name, theme] of Object.entries(themes)) {
  const parent = await mkdtemp(join(tmpdir(), 'ld-pictures-'));
  const folder = join(parent, 'event-destinations');
  await cp(join(root, 'examples', 'event-destinations'), folder, { recursive: true });
  const { page, close } = await startWorkbench({
    folder,
    vsix: file,
    viewport: { width: 1760, height: 940 },
    colorScheme: name === 'light' ? 'light' : 'dark',
    settings: {
      'workbench.colorTheme': theme,
      'editor.minimap.enabled': false,
      'breadcrumbs.enabled': false,
      'window.commandCenter': false,
      'workbench.layoutControl.enabled': false,
    },
  });
  try {
    const window = new WindowPage(page);
    await window.showViews();
    const tree = page.getByRole('treeitem', { name: 'Function event-destinations, nodejs22.x' });
    await tree.waitFor({ timeout: 60_000 });
    await window.openFile('index.mjs');
    await window.lens('Send async with payload').waitFor();
    await tree.locator('.monaco-tl-twistie').click();
    await page.getByRole('treeitem', { name: 'On success' }).waitFor();
    for (const payload of ['events/success.json', 'events/failure.json']) {
      await window.lens('Send async with payload').click();
      await window.pick(payload);
      await window.row(payload.includes('success') ? /Success/ : /RetriesExhausted/).waitFor({ timeout: 60_000 });
    }
    await window.row(/event-destinations-failures[^]*Success/).waitFor({ timeout: 60_000 });
    await window.row(/RetriesExhausted/).click();
    await window.panel().getByText('src/index.mjs:9:11').click();
    await page.getByRole('button', { name: 'Ln 9, Col 11' }).waitFor();
    await page.screenshot({ path: join(images, `walkthrough-${name}.png`) });
  } finally {
    await close();
    await rm(parent, { recursive: true, force: true });
  }
}
