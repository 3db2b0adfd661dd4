import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { packExtension } from '../../../scripts/package/pack.ts';
import { startWorkbench, type Workbench } from '../../host/startWorkbench.ts';
import { pictureFailures } from '../support/failurePictures.ts';
import { startOther } from '../connections/otherServer.ts';
import { WindowPage } from '../support/windowPage.ts';

/** `PICTURES=DIR` leaves pictures there; `THEME` is the colour theme. */
const pictures = process.env['PICTURES'];
const theme = process.env['THEME'] ?? 'Default Dark Modern';

const arn = (service: string, resource: string): string => `arn:aws:${service}:eu-central-1:999999999999:${resource}`;
const template = `Resources:
  Told:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: told
      Runtime: nodejs22.x
      Handler: there.handler
      EventInvokeConfig:
        MaximumRetryAttempts: 0
        DestinationConfig:
          OnSuccess: { Type: SNS, Destination: '${arn('sns', 'news')}' }
          OnFailure: { Type: SQS, Destination: '${arn('sqs', 'failures')}' }
`;

/** Listening as a person does it. AWS is played by a local Lambda that was started by hand. */
describe('listening by a person’s hands', function () {
  this.timeout(60_000);
  let parent: string;
  let other: Awaited<ReturnType<typeof startOther>>;
  let workbench: Workbench;
  let window: WindowPage;
  let sqs: SQSClient;

  before(async function () {
    this.timeout(180_000);
    const { file } = await packExtension();
    parent = await mkdtemp(join(tmpdir(), 'ld-listening-'));
    for (const name of ['folder', 'other']) await mkdir(join(parent, name));
    await writeFile(join(parent, 'folder', 'notes.txt'), 'Nothing of Lambda.\n');
    other = await startOther(join(parent, 'other'), template);
    sqs = new SQSClient({
      endpoint: other.endpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    workbench = await startWorkbench({
      folder: join(parent, 'folder'),
      vsix: file,
      settings: { 'workbench.colorTheme': theme },
      colorScheme: theme.includes('Light') ? 'light' : 'dark',
      viewport: { width: 1400, height: 800 },
    });
    workbench.page.setDefaultTimeout(15_000);
    window = new WindowPage(workbench.page);
  });
  after(async () => {
    await workbench.close();
    sqs.destroy();
    await other.close();
    await rm(parent, { recursive: true, force: true });
  });
  pictureFailures(() => workbench.page);

  const picture = async (name: string): Promise<void> => {
    if (pictures === undefined) return;
    await mkdir(pictures, { recursive: true });
    await workbench.page.screenshot({ path: join(pictures, `${name}.png`) });
  };
  const taps = async (): Promise<number> => {
    const command = new ListQueuesCommand({ QueueNamePrefix: 'lambda-destinations-tap-' });
    return (await sqs.send(command)).QueueUrls?.length ?? 0;
  };

  it('the log is read by itself; the row says which destination is not, with a button for it', async () => {
    const { page } = workbench;
    await window.showViews();
    // Until the extension is there the palette has not all of its commands.
    await page.getByRole('button', { name: /^Local Lambda, running/ }).waitFor({ timeout: 30_000 });
    await window.runCommand('Lambda Destinations: Select Connection…');
    await window.pick('Custom endpoint…');
    await page.getByText('Address of the endpoint').first().waitFor();
    await page.locator('.quick-input-widget input:focus').fill(new URL(other.endpoint).host);
    await page.keyboard.press('Enter');
    await page.getByText('Choose a region').or(page.getByPlaceholder('Choose a region')).first().waitFor();
    await window.pick('eu-central-1');
    await window.treeItem('Function told,').waitFor({ timeout: 30_000 });
    await window.sendFromTree('told');
    await window.row(/told[^]*Success/).click();
    await window.panel().getByText('Attempt 1 succeeded').waitFor();
    await window.panel().getByText('Waits for the execution record in news').waitFor();
    await picture('1-not-listened-to');
  });

  it('a tap: asked with the list of what is created; with a no, nothing is', async () => {
    const { page } = workbench;
    const dialog = page.getByRole('dialog').filter({ hasText: 'Create a queue to listen to news?' });
    const button = window.panel().getByRole('button', { name: 'Listen to its destination' });
    await button.click();
    await dialog.getByText('a subscription of that queue to the SNS topic news').waitFor();
    await dialog.getByText('sqs:CreateQueue').waitFor();
    await picture('2-consent');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await taps(), 0);
    await button.click();
    await dialog.getByRole('button', { name: 'Create and Listen' }).click();
    await dialog.waitFor({ state: 'detached' });
    const node = window.treeItem('Function told,');
    await node.click();
    await page.keyboard.press('ArrowRight');
    await window.treeItem('On success: SNS topic news, listening').waitFor();
    assert.equal(await taps(), 1);
  });

  it('the record comes; the view and the status bar say what is read', async () => {
    const { page } = workbench;
    await window.sendFromTree('told');
    await window.panel().getByText('2 invocations').waitFor();
    await window.panel().getByText('Delivered to on-success').waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: /^Lambda at / }).hover();
    await page.getByText('1 source of records is read.').waitFor();
    await picture('3-listening');
  });

  it('how a queue is read is chosen with what each way does to it', async () => {
    const { page } = workbench;
    await window.contextMenu(window.treeItem('On failure: SQS queue failures'), 'Listen to Destination…');
    await page.getByText('Deletes each message once it is kept here').first().waitFor();
    await picture('4-ways');
    await window.pick('Peek');
    await window.treeItem('On failure: SQS queue failures, listening (a sample)').waitFor();
    await window.contextMenu(window.treeItem('On failure: SQS queue failures'), 'Pause Listening');
    await window.treeItem('On failure: SQS queue failures, paused').waitFor();
    await picture('5-paused');
  });

  it('stops from the palette, and leaves nothing behind', async () => {
    await window.runCommand('Lambda Destinations: Stop Listening');
    await window.pick('news');
    // What says that it stops has not ended yet.
    await window.treeItem('On success: SNS topic news, ').waitFor({ state: 'detached' });
    assert.equal(await taps(), 0);
    await window.runCommand('Lambda Destinations: Remove Taps Left Behind…');
    await window.notification(/No tap was left behind/).waitFor();
  });
});
