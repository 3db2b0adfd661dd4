import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { packExtension } from '../../../scripts/package/pack.ts';
import { startWorkbench, type Workbench } from '../../host/startWorkbench.ts';
import { pictureFailures } from '../support/failurePictures.ts';
import { WindowPage } from '../support/windowPage.ts';

const example = join(import.meta.dirname, '..', '..', '..', 'examples', 'event-destinations');

/** VS Code's own walkthrough page with our steps, done by its buttons, as by a new user who has opened the example. */
describe('getting started', function () {
  this.timeout(120_000);
  let parent: string;
  let workbench: Workbench;
  let window: WindowPage;

  before(async () => {
    const { file } = await packExtension();
    parent = await mkdtemp(join(tmpdir(), 'ld-started-'));
    const folder = join(parent, 'event-destinations');
    await cp(example, folder, { recursive: true });
    workbench = await startWorkbench({ folder, vsix: file, viewport: { width: 1600, height: 900 } });
    workbench.page.setDefaultTimeout(30_000);
    window = new WindowPage(workbench.page);
  });
  after(async () => {
    await workbench.close();
    await rm(parent, { recursive: true, force: true });
  });
  pictureFailures(() => workbench.page);

  const step = (title: string): Locator => workbench.page.locator('.getting-started-step', { hasText: title });
  const done = (title: string): Promise<void> => step(title).locator('.codicon.complete').waitFor();
  const press = (title: string, button: string): Promise<void> =>
    step(title).getByRole('button', { name: button, exact: true }).click();
  const showPage = (): Promise<void> => workbench.page.getByRole('tab', { name: /^Welcome/ }).click();

  it('is found by its name, with six steps', async () => {
    await window.runCommand('Welcome: Open Walkthrough...');
    await window.pick('See where your asynchronous events go');
    await step('Change a destination').waitFor();
    assert.equal(await workbench.page.locator('.getting-started-step').count(), 6);
  });

  it('starts local Lambda', async () => {
    await step('Start local Lambda').click();
    await press('Start local Lambda', 'Start Local Lambda');
    await done('Start local Lambda');
  });

  it('sends an event that fails', async () => {
    await step('Send an event that fails').click();
    await press('Send an event that fails', 'Send a Failure');
    await window.row(/event-destinations(?!-)[^]*RetriesExhausted/).waitFor();
    await showPage();
    await done('Send an event that fails');
  });

  it('shows the failure, and leads to the line', async () => {
    await step('See it fail').click();
    await press('See it fail', 'Open Records');
    await window.row(/event-destinations(?!-)[^]*RetriesExhausted/).click();
    await window.panel().getByText('src/index.mjs:9:11').click();
    await workbench.page.getByRole('button', { name: 'Ln 9, Col 11' }).waitFor();
    await showPage();
    await done('See it fail');
    await done('Jump to the line');
  });

  it('changes a destination to a queue that is made for it', async () => {
    const { page } = workbench;
    await step('Change a destination').click();
    await press('Change a destination', 'Change Destination');
    await window.pick('event-destinations');
    await window.pick('On failure');
    await window.pick('Create an SQS queue…');
    await page.locator('.quick-input-widget').getByText('Name of the new SQS queue').waitFor();
    await page.locator('.quick-input-widget input:focus').fill('failed-events');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click();
    await window.notification(/failed-events/).waitFor();
    await showPage();
    await done('Change a destination');
  });
});
