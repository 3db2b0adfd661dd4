import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packExtension } from '../../../scripts/package/pack.ts';
import { startWorkbench, type Workbench } from '../../host/startWorkbench.ts';
import { pictureFailures } from '../support/failurePictures.ts';
import { WindowPage } from '../support/windowPage.ts';

const example = join(import.meta.dirname, '..', '..', '..', 'examples', 'event-destinations');
const template = `Resources:
  Late:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: late, Runtime: nodejs22.x, CodeUri: ., Handler: index.handler }
`;

/** What the functions view says where there are no functions, and the way on from there. Trust is as for anyone. */
describe('the states of the functions view', function () {
  this.timeout(60_000);
  let parent: string;
  let workbench: Workbench;
  let window: WindowPage;

  before(async function () {
    this.timeout(180_000);
    const { file } = await packExtension();
    parent = await mkdtemp(join(tmpdir(), 'ld-states-'));
    await cp(example, join(parent, 'example'), { recursive: true });
    await mkdir(join(parent, 'nothing'));
    await mkdir(join(parent, 'broken'));
    await writeFile(join(parent, 'broken', 'template.yaml'), 'Resources:\n  Late:\n    Type: [\n');
    // The trust page as a tab: over everything it would have to be closed first.
    const settings = { 'workbench.editor.useModal': 'off' };
    workbench = await startWorkbench({ vsix: file, trust: true, settings, viewport: { width: 1200, height: 800 } });
    workbench.page.setDefaultTimeout(15_000);
    window = new WindowPage(workbench.page);
  });
  after(async () => {
    await workbench.close();
    await rm(parent, { recursive: true, force: true });
  });
  pictureFailures(() => workbench.page);

  /** Opens another folder in the window. */
  const open = async (name: string): Promise<void> => {
    const { page, url } = workbench;
    const address = new URL(url);
    address.searchParams.set('folder', join(parent, name));
    await page.goto(address.href);
    await page.locator('.monaco-workbench').waitFor();
    await window.showViews();
  };

  /** By the button of our view. */
  const trust = async (): Promise<void> => {
    const { page } = workbench;
    await page.getByRole('button', { name: 'Manage Workspace Trust' }).first().click();
    await page.getByRole('button', { name: 'Trust', exact: true }).click();
    await page.getByText('You trust this folder').first().waitFor();
  };

  it('an empty window: offers a folder and the example', async () => {
    const { page } = workbench;
    await window.showViews();
    await page.getByText('Open a folder with a SAM or CloudFormation template').waitFor();
    await page.getByRole('button', { name: 'Open Folder' }).first().waitFor();
    await page.getByRole('button', { name: 'Open Example' }).first().waitFor();
  });

  it('an untrusted folder: says why nothing starts, and starts once it is trusted', async () => {
    const { page } = workbench;
    await open('example');
    await page.getByText('so it does not start until you trust the workspace').waitFor();
    await window.openFile('index.mjs');
    await window.lens('Trust this workspace to send async').waitFor();
    await trust();
    await window.treeItem('Function event-destinations,').waitFor({ timeout: 30_000 });
    await window.openFile('index.mjs');
    await window.lens('Send async with payload').waitFor();
  });

  it('a folder without a template: says which are looked for, and shows the functions of one that comes', async () => {
    const { page } = workbench;
    await open('nothing');
    await trust();
    await page.getByText('There is no function yet.').waitFor();
    await page.getByRole('button', { name: 'Open Example' }).first().waitFor();
    await writeFile(join(parent, 'nothing', 'template.yaml'), 'Resources: {}\n');
    await writeFile(join(parent, 'nothing', 'index.js'), 'exports.handler = async () => {};\n');
    await writeFile(join(parent, 'nothing', 'template.yaml'), template);
    await window.treeItem('Function late,').waitFor();
  });

  it('a template that does not parse: leads to the line, and follows its mending', async () => {
    const { page } = workbench;
    await open('broken');
    await trust();
    await window.treeItem('Problem in template.yaml, line').click();
    await page.getByRole('tab', { name: /^template\.yaml/, selected: true }).waitFor();
    await page.getByRole('button', { name: /^Ln [34], Col/ }).waitFor();
    await writeFile(join(parent, 'broken', 'index.js'), 'exports.handler = async () => {};\n');
    await writeFile(join(parent, 'broken', 'template.yaml'), template);
    await window.treeItem('Function late,').waitFor();
    await window.treeItem('Problem in template.yaml, line').waitFor({ state: 'detached' });
  });

  it('a port in use: says which, from the first look on, and goes on once it is free', async () => {
    const { page } = workbench;
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const folder = join(parent, 'port');
    await cp(example, folder, { recursive: true });
    await writeFile(
      join(folder, '.vscode', 'settings.json'),
      JSON.stringify({ 'lambdaDestinations.local.port': port }),
    );
    try {
      await open('port');
      await trust();
      await page.getByRole('treeitem', { name: /Local Lambda is not running/ }).waitFor({ timeout: 30_000 });
      await page.getByText(`Port ${port} is in use by another process`).first().waitFor();
      await page.getByRole('button', { name: 'Local Lambda, not running' }).waitFor();
    } finally {
      other.close();
      await once(other, 'close');
    }
    await window.runCommand('Lambda Destinations: Restart Local Lambda');
    await window.treeItem('Function event-destinations,').waitFor({ timeout: 30_000 });
  });
});
