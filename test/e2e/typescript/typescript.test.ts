import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packExtension } from '../../../scripts/package/pack.ts';
import { startWorkbench, type Workbench } from '../../host/startWorkbench.ts';
import { pictureFailures } from '../support/failurePictures.ts';
import { WindowPage } from '../support/windowPage.ts';

const project = join(import.meta.dirname, '..', '..', 'integration', 'typescript', 'workspace');

/** The main job with a TypeScript function that nobody built, as a person does it. */
describe('a TypeScript function', function () {
  this.timeout(180_000);
  let parent: string;
  let workbench: Workbench;
  let window: WindowPage;

  before(async () => {
    parent = await mkdtemp(join(tmpdir(), 'ld-typescript-'));
    const folder = join(parent, 'shop');
    await cp(project, folder, { recursive: true });
    const { file } = await packExtension();
    workbench = await startWorkbench({ folder, vsix: file, viewport: { width: 1500, height: 900 } });
    window = new WindowPage(workbench.page);
  });
  after(async () => {
    await workbench?.close();
    if (parent) await rm(parent, { recursive: true, force: true });
  });

  pictureFailures(() => workbench.page);

  it('is sent, fails, and its frame opens line and column of the source', async () => {
    const { page } = workbench;
    await window.showViews();
    await window.treeItem('Function shop,').waitFor({ timeout: 60_000 });
    await window.sendFromTree('shop');
    await window.row(/shop[^]*Lost/).click();
    await window.panel().getByText('shop/src/app.ts:6:39').first().click();
    await page.getByRole('button', { name: 'Ln 6, Col 39' }).waitFor();
    await window.lens('Send async').waitFor();
  });

  it('in a .tsx file says what it needs, and where that is', async () => {
    await window.sendFromTree('page');
    await window.row(/page[^]*Lost/).click();
    await window
      .panel()
      .getByText(/npm install --save-dev esbuild/)
      .first()
      .waitFor();
    await window.panel().getByText('notes/page.tsx:1:1').first().waitFor();
  });
});
