import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packExtension } from '../../../scripts/package/pack.ts';
import { startWorkbench, type Workbench } from '../../host/startWorkbench.ts';
import { anyPython } from '../../support/pythons.ts';
import { pictureFailures } from '../support/failurePictures.ts';
import { WindowPage } from '../support/windowPage.ts';

const project = join(import.meta.dirname, '..', '..', 'integration', 'python', 'workspace');

/** The main job with a Python function, as a person does it. */
describe('a Python function', function () {
  this.timeout(180_000);
  let parent: string;
  let workbench: Workbench;
  let window: WindowPage;

  before(async function () {
    anyPython(this);
    parent = await mkdtemp(join(tmpdir(), 'ld-python-'));
    const folder = join(parent, 'orders');
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

  it('is sent by its lens, fails, and its frame opens the line', async () => {
    const { page } = workbench;
    await window.openFile('orders.py');
    await window.lens('Send async').first().click();
    const failed = window.row(/orders[^]*RetriesExhausted/);
    await failed.waitFor({ timeout: 60_000 });
    await failed.click();
    await window.panel().getByRole('tab', { name: 'Error' }).waitFor();
    const frame = window.panel().getByText('src/shop/orders.py:9:1');
    await frame.waitFor();
    await frame.click();
    await page.getByRole('button', { name: 'Ln 9, Col 1' }).waitFor();
  });
});
