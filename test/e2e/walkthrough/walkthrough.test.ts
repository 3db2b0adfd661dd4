import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packExtension } from '../../../scripts/package/pack.ts';
import { startWorkbench, type Workbench } from '../../host/startWorkbench.ts';
import { pictureFailures } from '../support/failurePictures.ts';
import { WindowPage } from '../support/windowPage.ts';

const example = join(import.meta.dirname, '..', '..', '..', 'examples', 'event-destinations');

/** The whole job as a person does it: in the packed extension, by mouse and keyboard. */
describe('the walkthrough', function () {
  this.timeout(180_000);
  let parent: string;
  let workbench: Workbench;
  let window: WindowPage;

  before(async () => {
    const { file } = await packExtension();
    parent = await mkdtemp(join(tmpdir(), 'ld-walkthrough-'));
    const folder = join(parent, 'event-destinations');
    await cp(example, folder, { recursive: true });
    workbench = await startWorkbench({ folder, vsix: file, viewport: { width: 1500, height: 900 } });
    window = new WindowPage(workbench.page);
  });
  after(async () => {
    await workbench.close();
    await rm(parent, { recursive: true, force: true });
  });

  pictureFailures(() => workbench.page);

  it('shows the functions with their destinations and AWS’s defaults', async () => {
    const { page } = workbench;
    await window.showViews();
    const fn = page.getByRole('treeitem', { name: 'Function event-destinations, nodejs22.x' });
    await fn.waitFor({ timeout: 60_000 });
    await fn.locator('.monaco-tl-twistie').click();
    for (const name of [
      'On success: SNS topic event-destinations-successes',
      'On failure: function event-destinations-failures',
      'Dead-letter queue: none',
      'Retries: 2, AWS default',
      'Maximum event age: 6 h, AWS default',
    ]) {
      await page.getByRole('treeitem', { name }).waitFor();
    }
  });

  it('sends a failing payload by the lens, and streams the invocation to its end', async () => {
    await window.openFile('index.mjs');
    await window.lens('Send async with payload').click();
    await window.pick('events/failure.json');
    await window.row(/event-destinations(?!-)[^]*RetriesExhausted/).waitFor({ timeout: 60_000 });
    // The failure's record is an event of the second function: an invocation of its own.
    await window.row(/event-destinations-failures[^]*Success/).waitFor({ timeout: 60_000 });
  });

  it('opens the line that threw, by a click on the frame', async () => {
    const { page } = workbench;
    await window.row(/event-destinations(?!-)[^]*RetriesExhausted/).click();
    await window.panel().getByRole('tab', { name: 'Error' }).waitFor();
    const frame = window.panel().getByText('src/index.mjs:9:11');
    await frame.waitFor();
    await frame.click();
    await page.getByRole('button', { name: 'Ln 9, Col 11' }).waitFor();
    // Beside the panel, not over it.
    assert.ok(await frame.isVisible());
  });

  it('has the rows after a reload of the window', async () => {
    await window.reload();
    await window.row(/event-destinations(?!-)[^]*RetriesExhausted/).waitFor({ timeout: 60_000 });
    assert.equal(await window.panel().getByRole('row').filter({ hasText: 'RetriesExhausted' }).count(), 1);
  });
});
