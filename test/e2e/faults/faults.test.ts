import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packExtension } from '../../../scripts/package/pack.ts';
import { startWorkbench, type Workbench } from '../../host/startWorkbench.ts';
import { pictureFailures } from '../support/failurePictures.ts';
import { WindowPage } from '../support/windowPage.ts';

const fixture = join(import.meta.dirname, '..', '..', 'integration', 'faults', 'workspace');

/** Faults as a person makes them: by the context menu of a function, seen in the view and in the timeline. */
describe('faults on demand, by mouse and keyboard', function () {
  this.timeout(60_000);
  let parent: string;
  let workbench: Workbench;
  let window: WindowPage;

  before(async function () {
    this.timeout(180_000);
    const { file } = await packExtension();
    parent = await mkdtemp(join(tmpdir(), 'ld-faults-'));
    const folder = join(parent, 'workspace');
    await cp(fixture, folder, { recursive: true });
    workbench = await startWorkbench({ folder, vsix: file, viewport: { width: 1400, height: 800 } });
    workbench.page.setDefaultTimeout(15_000);
    window = new WindowPage(workbench.page);
    await window.showViews();
    await window.treeItem('Function orders,').waitFor({ timeout: 60_000 });
  });
  after(async () => {
    await workbench.close();
    await rm(parent, { recursive: true, force: true });
  });
  pictureFailures(() => workbench.page);

  it('are added by the context menu, happen, and are marked in the timeline', async () => {
    await window.contextMenu(window.treeItem('Function orders,'), 'Add Fault…');
    await window.pick('Time-out');
    await window.pick('The next time');
    await window.treeItem('Fault: time-out of orders, next time').waitFor();
    await window.sendFromTree('orders');
    await window.treeItem('Fault: time-out of orders').waitFor({ state: 'detached' });
    await window.row(/orders[^]*RetriesExhausted/).click();
    await window.panel().getByText('Sandbox.Timedout').first().waitFor();
    await window.panel().getByRole('tab', { name: 'Timeline' }).click();
    await window.panel().getByText('Fault: time-out').first().waitFor();
  });

  it('stay as often as was typed, and are removed by the button in their row', async () => {
    await window.contextMenu(window.treeItem('Function prices,'), 'Add Fault…');
    await window.pick('Throttle');
    await window.pick('The next few times…');
    await workbench.page.getByText('How many times?').waitFor();
    await workbench.page.locator('.quick-input-widget input:focus').fill('7');
    await workbench.page.keyboard.press('Enter');
    const fault = window.treeItem('Fault: throttle of prices, next 7 times');
    await fault.waitFor();
    await fault.hover();
    await fault.getByRole('button', { name: 'Remove Fault…' }).click();
    await fault.waitFor({ state: 'detached' });
  });
});
