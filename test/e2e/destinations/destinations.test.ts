import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { packExtension } from '../../../scripts/package/pack.ts';
import { startWorkbench, type Workbench } from '../../host/startWorkbench.ts';
import { pictureFailures } from '../support/failurePictures.ts';
import { WindowPage } from '../support/windowPage.ts';

const example = join(import.meta.dirname, '..', '..', '..', 'examples', 'event-destinations');
const fn = 'event-destinations';
/** A folder for a picture of each step, to look at: `PICTURES=/tmp/x`. */
const pictures = process.env['PICTURES'];
const theme = process.env['THEME'] ?? 'Default Dark Modern';

/** A person changes where the records of a function go: from the tree, by going back, by lens and by palette. */
describe('changing destinations by hand', function () {
  this.timeout(60_000);
  let parent: string;
  let workbench: Workbench;
  let window: WindowPage;
  let step = 0;

  before(async function () {
    this.timeout(180_000);
    const { file } = await packExtension();
    parent = await mkdtemp(join(tmpdir(), 'ld-destinations-'));
    const folder = join(parent, fn);
    await cp(example, folder, { recursive: true });
    if (pictures !== undefined) await mkdir(pictures, { recursive: true });
    workbench = await startWorkbench({
      folder,
      vsix: file,
      settings: { 'workbench.colorTheme': theme },
      colorScheme: theme.includes('Light') ? 'light' : 'dark',
      viewport: { width: 1280, height: 820 },
    });
    workbench.page.setDefaultTimeout(15_000);
    window = new WindowPage(workbench.page);
    await window.showViews();
    const item = window.treeItem(`Function ${fn}, nodejs`);
    await item.waitFor({ timeout: 60_000 });
    await item.locator('.monaco-tl-twistie').click();
    await window.treeItem('On failure: function').waitFor();
  });
  after(async () => {
    await workbench.close();
    await rm(parent, { recursive: true, force: true });
  });
  pictureFailures(() => workbench.page);

  const look = async (name: string): Promise<void> => {
    if (pictures === undefined) return;
    step++;
    await workbench.page.screenshot({ path: join(pictures, `${String(step).padStart(2, '0')}-${name}.png`) });
  };
  const quickInput = (): Locator => workbench.page.locator('.quick-input-widget');
  const dialog = (): Locator => workbench.page.getByRole('dialog').filter({ hasText: 'AWS CLI' });

  it('adds a queue that is created for it, from the context menu of a function', async () => {
    const { page } = workbench;
    await window.contextMenu(window.treeItem(`Function ${fn}, nodejs`), 'Add Destination…');
    await quickInput()
      .getByRole('option', { name: /^Dead-letter queue/ })
      .waitFor();
    await look('what');
    await window.pick('Dead-letter queue');
    await quickInput().getByRole('option', { name: 'Create an SQS queue…' }).waitFor();
    await quickInput().getByRole('option', { name: 'event-destinations-successes, SQS queues' }).waitFor();
    await look('target');
    await window.pick('Create an SQS queue…');
    await quickInput().getByText('Name of the new SQS queue').waitFor();
    await look('name');
    // Back to the list, and on again.
    await quickInput().getByRole('button', { name: 'Back' }).click();
    await quickInput().getByRole('option', { name: 'Create an SQS queue…' }).waitFor();
    await window.pick('Create an SQS queue…');
    await quickInput().getByText('Name of the new SQS queue').waitFor();
    const input = quickInput().locator('input:focus');
    await input.fill('no spaces');
    await quickInput().getByText('letters, digits, hyphens and underscores').waitFor();
    await look('refused-name');
    await input.fill('dead-orders');
    await page.keyboard.press('Enter');
    await dialog().getByText('(will be created)').waitFor();
    await dialog().getByText('aws sqs create-queue --queue-name dead-orders').waitFor();
    await look('confirm');
    await dialog().getByRole('button', { name: 'Apply' }).click();
    await window.treeItem('Dead-letter queue: SQS queue dead-orders').waitFor();
    await window.notification(/differs from template\.yaml/).waitFor();
    await look('done');
    const template = await readFile(join(parent, fn, 'template.yaml'), 'utf8');
    assert.ok(!template.includes('dead-orders'), 'the template stays as it is');
  });

  it('takes it back by the button of the message', async () => {
    await window
      .notification(/differs from template\.yaml/)
      .getByRole('button', { name: 'Undo' })
      .click();
    await window.notification(/Taken back/).waitFor();
    await window.treeItem('Dead-letter queue: none').waitFor();
    await window.dismissNotifications();
  });

  it('changes a destination from its row, and shows what can’t be chosen', async () => {
    const { page } = workbench;
    const row = window.treeItem('On failure: function');
    await row.hover();
    await look('row');
    await row.getByRole('button', { name: 'Change Destinations…' }).click();
    await quickInput()
      .getByRole('option', { name: /^event-destinations-failures, current/ })
      .waitFor();
    await look('change');
    const input = quickInput().locator('input:focus');
    await input.fill('own destination');
    await quickInput()
      .getByRole('option', { name: new RegExp(`^${fn}, A function can’t be`) })
      .waitFor();
    await page.keyboard.press('Enter');
    await quickInput().getByText(`${fn}: A function can’t be its own destination.`).waitFor();
    await look('refused');
    await input.fill('');
    await window.pick('event-destinations-successes');
    await dialog().getByRole('button', { name: 'Apply' }).waitFor();
    await page.keyboard.press('Escape');
    await window.treeItem('On failure: function').waitFor();
  });

  it('refuses a typed ARN in words', async () => {
    const { page } = workbench;
    const row = window.treeItem('On failure: function');
    await row.hover();
    await row.getByRole('button', { name: 'Change Destinations…' }).click();
    await window.pick('Enter an ARN…');
    await quickInput().getByText('ARN of the destination').waitFor();
    const input = quickInput().locator('input:focus');
    await input.fill('arn:aws:sqs:us-east-1:000000000000:orders.fifo');
    await quickInput().getByText('not to FIFO queues').waitFor();
    await look('refused-arn');
    await page.keyboard.press('Escape');
  });

  it('sets retries and event age by the lens, and says what both come to', async () => {
    await window.openFile('index.mjs');
    await window.lens('Destinations…').click();
    await quickInput()
      .getByRole('option', { name: /^Retries and maximum event age/ })
      .waitFor();
    await look('lens');
    await window.pick('Retries and maximum event age');
    await quickInput()
      .getByRole('option', { name: /again after 1 min, then after 2 min/ })
      .first()
      .waitFor();
    await look('retries');
    await quickInput().getByRole('option', { name: /^1,/ }).click();
    await quickInput()
      .getByRole('option', { name: /first retry, after 1 min, would come too late/ })
      .waitFor();
    await look('age');
    await window.pick('5 min');
    await dialog().getByText('--maximum-event-age-in-seconds 300').waitFor();
    await look('confirm-retries');
    await dialog().getByRole('button', { name: 'Apply' }).click();
    await window.treeItem('Maximum event age: 5 min').waitFor();
    await look('differs');
  });
});
