import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetFunctionEventInvokeConfigCommand,
  LambdaClient,
  PutFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda';
import { packExtension } from '../../../scripts/package/pack.ts';
import { startWorkbench, type Workbench } from '../../host/startWorkbench.ts';
import { pictureFailures } from '../support/failurePictures.ts';
import { WindowPage } from '../support/windowPage.ts';
import { startOther } from './otherServer.ts';

const example = join(import.meta.dirname, '..', '..', '..', 'examples', 'event-destinations');
const config = `[profile keys]
region = eu-central-1
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY

[profile bare]
region = eu-west-1
`;

/** Connections as a person selects them. AWS itself is played by a local Lambda that was started by hand. */
describe('connections by a person’s hands', function () {
  this.timeout(60_000);
  let parent: string;
  let other: Awaited<ReturnType<typeof startOther>>;
  let workbench: Workbench;
  let window: WindowPage;

  before(async function () {
    this.timeout(180_000);
    const { file } = await packExtension();
    parent = await mkdtemp(join(tmpdir(), 'ld-connections-'));
    const folder = join(parent, 'example');
    await cp(example, folder, { recursive: true });
    await mkdir(join(parent, 'other'));
    await writeFile(join(parent, 'config'), config);
    other = await startOther(join(parent, 'other'));
    const none = Object.keys(process.env).filter((name) => name.startsWith('AWS_'));
    workbench = await startWorkbench({
      folder,
      vsix: file,
      viewport: { width: 1400, height: 800 },
      env: {
        ...Object.fromEntries(none.map((name) => [name, undefined])),
        AWS_CONFIG_FILE: join(parent, 'config'),
        AWS_SHARED_CREDENTIALS_FILE: join(parent, 'credentials'),
        AWS_EC2_METADATA_DISABLED: 'true',
        // What the profiles lead to.
        AWS_ENDPOINT_URL: other.endpoint,
      },
    });
    workbench.page.setDefaultTimeout(15_000);
    window = new WindowPage(workbench.page);
  });
  after(async () => {
    await workbench.close();
    await other.close();
    await rm(parent, { recursive: true, force: true });
  });
  pictureFailures(() => workbench.page);

  /** The status bar item, by what a screen reader says of it. */
  const status = (name: string | RegExp) => workbench.page.getByRole('button', { name });
  const option = (text: string) =>
    workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
  const select = () => window.runCommand('Lambda Destinations: Select Connection…');

  it('an endpoint: from the status bar, checked while it is typed, with its functions and its records', async () => {
    const { page } = workbench;
    await window.showViews();
    await window.treeItem('Function event-destinations,').waitFor({ timeout: 30_000 });
    await page.getByText('000000000000 · us-east-1 · Local Lambda').first().waitFor();
    await status(/^Local Lambda, running/).click();
    await window.pick('Select Connection…');
    await option('bare').waitFor();
    await window.pick('Custom endpoint…');
    const input = page.locator('.quick-input-widget input:focus');
    await page.getByText('Address of the endpoint').first().waitFor();
    await input.fill('http://key:secret@localhost:4566');
    await page.getByText('Leave user name and password out').first().waitFor();
    await input.fill(new URL(other.endpoint).host);
    await page.keyboard.press('Enter');
    await window.pick('Test credentials');
    await option('us-west-2').waitFor();
    // Back, and on again: nothing is lost.
    await page.locator('.quick-input-titlebar').getByRole('button', { name: /^Back/ }).click();
    await window.pick('Test credentials');
    await window.pick('eu-central-1');
    await window.treeItem('Function there,').waitFor({ timeout: 30_000 });
    await window.treeItem('Function event-destinations,').waitFor({ state: 'detached' });
    await status(`Lambda at ${new URL(other.endpoint).host}, account 999999999999, eu-central-1, connected`).waitFor();
    // In the view and, whatever is open, in the status bar.
    await page.locator('.pane-header').getByText('999999999999 · eu-central-1').waitFor();
    await page.locator('.statusbar').getByText('999999999999 · eu-central-1').waitFor();
    await window.sendFromTree('there');
    // From its log.
    await window.row(/there[^]*Success/).click();
    await window.panel().getByText('Attempt 1 succeeded').waitFor();
    await window.panel().getByRole('contentinfo').getByText('999999999999').waitFor();
  });

  it('is the same one after a reload', async () => {
    await window.reload();
    await window.showViews();
    await window.treeItem('Function there,').waitFor({ timeout: 30_000 });
    await window.row(/there[^]*Success/).waitFor({ timeout: 30_000 });
  });

  it('a change waits for a second yes where somebody else was faster, and is not taken back on another connection', async () => {
    const { page } = workbench;
    await window.contextMenu(window.treeItem('Function there,'), 'Add Destination…');
    await window.pick('On failure');
    await window.pick('Create an SQS queue…');
    await page.getByText('Name of the new SQS queue').first().waitFor();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog').filter({ hasText: 'AWS CLI' });
    await dialog.getByText('account 999999999999, eu-central-1').waitFor();
    const client = new LambdaClient({
      endpoint: other.endpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    await client.send(new PutFunctionEventInvokeConfigCommand({ FunctionName: 'there', MaximumRetryAttempts: 0 }));
    await dialog.getByRole('button', { name: 'Apply' }).click();
    await dialog.getByText('Somebody else changed it meanwhile').waitFor();
    await dialog.getByText('--maximum-retry-attempts 0').waitFor();
    await dialog.getByRole('button', { name: 'Apply' }).click();
    const done = window.notification(/Records of failures of there go to/);
    await done.waitFor();
    // Shown where it stands, too: until then the view takes the keyboard.
    await window.treeItem('On failure: SQS queue there-failures').waitFor();
    const read = new GetFunctionEventInvokeConfigCommand({ FunctionName: 'there' });
    const both = await client.send(read);
    assert.equal(both.MaximumRetryAttempts, 0);
    assert.match(both.DestinationConfig?.OnFailure?.Destination ?? '', /:there-failures$/);
    await select();
    await window.pick('Local Lambda');
    await window.treeItem('Function event-destinations,').waitFor({ timeout: 30_000 });
    await done.getByRole('button', { name: 'Undo' }).click();
    await window.notification(/Nothing was changed: .* is not the selected connection any more/).waitFor();
    assert.deepEqual((await client.send(read)).DestinationConfig, both.DestinationConfig);
    client.destroy();
    await window.dismissNotifications();
  });

  it('an AWS account: says which before the first send, and sends nothing when that is not wanted', async () => {
    const { page } = workbench;
    await select();
    await window.pick('keys');
    // Its own region is where the list begins.
    await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: 'eu-central-1' }).waitFor();
    await window.pick('eu-central-1');
    await status('Lambda on AWS, account 999999999999, eu-central-1 (keys), connected').waitFor({ timeout: 30_000 });
    await window.panel().getByText('Nothing sent yet').waitFor();
    const dialog = page.getByRole('dialog').filter({ hasText: 'Send to there on AWS?' });
    await window.sendFromTree('there');
    await dialog.getByText('account 999999999999, eu-central-1 (keys)').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    await window.sendFromTree('there');
    await dialog.getByRole('button', { name: 'Send', exact: true }).click();
    await window.row(/there[^]*Success/).waitFor();
    await window.panel().getByText('1 invocation').waitFor();
    // Once is enough.
    await window.sendFromTree('there');
    await window.panel().getByText('2 invocations').waitFor();
  });

  it('a profile without credentials: says so, types the sign-in, and leads back to local Lambda', async () => {
    const { page } = workbench;
    await select();
    await window.pick('bare');
    await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: 'eu-west-1' }).waitFor();
    await window.pick('eu-west-1');
    await window.treeItem('Not connected to bare').waitFor({ timeout: 30_000 });
    await window.notification(/The profile "bare" has no credentials/).waitFor();
    await status('Lambda on AWS, eu-west-1 (bare), not connected').waitFor();
    await window.dismissNotifications();
    await window.treeItem('Sign In…').click();
    await page.locator('.terminal-wrapper .xterm').waitFor();
    await page.getByRole('tab', { name: 'Terminal' }).waitFor();
    await window.treeItem('Select Connection').click();
    await window.pick('Local Lambda');
    await window.treeItem('Function event-destinations,').waitFor({ timeout: 30_000 });
    await status(/^Local Lambda, running/).waitFor();
  });
});
