import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packExtension } from '../../../scripts/package/pack.ts';
import { startWorkbench, type Workbench } from '../../host/startWorkbench.ts';
import { pictureFailures } from '../support/failurePictures.ts';
import { WindowPage } from '../support/windowPage.ts';

const fixture = join(import.meta.dirname, '..', '..', 'integration', 'badHandlers', 'workspace');

/** Where pictures of what is new are left; none without it. */
const pictures = process.env['PICTURES'];

/** What a person does all day, and what goes wrong on the way: by mouse and keyboard, in the packed extension. */
describe('a day with the records', function () {
  this.timeout(60_000);
  let parent: string;
  let folder: string;
  let workbench: Workbench;
  let window: WindowPage;

  before(async function () {
    this.timeout(180_000);
    const { file } = await packExtension();
    parent = await mkdtemp(join(tmpdir(), 'ld-records-'));
    folder = join(parent, 'workspace');
    await cp(fixture, folder, { recursive: true });
    // AWS's time: a retry waits for a minute, which no test does.
    const settings = { 'lambdaDestinations.local.timeScale': 1 };
    workbench = await startWorkbench({ folder, vsix: file, settings, viewport: { width: 1500, height: 900 } });
    workbench.page.setDefaultTimeout(15_000);
    window = new WindowPage(workbench.page);
    await window.showViews();
    await window.treeItem('Function works,').waitFor({ timeout: 60_000 });
  });
  after(async () => {
    await workbench.close();
    await rm(parent, { recursive: true, force: true });
  });
  pictureFailures(() => workbench.page);

  describe('the functions view', () => {
    it('sends by the button in a row', async () => {
      await window.sendFromTree('works');
      await window.row(/works[^]*Success/).waitFor();
    });

    it('says, where one clicks, which handler is missing, and shows the place', async () => {
      await window.treeItem('Function ghost,').click();
      const notification = window.notification(/ghost\.js/);
      await notification.hover();
      await notification.getByRole('button', { name: 'Show Problems' }).click();
      await workbench.page.getByRole('treeitem', { name: /template\.yaml/ }).waitFor();
      await window.runCommand('View: Toggle Problems');
    });

    it('leads from a handler that never returns to its code, the panel still on show', async () => {
      await window.sendFromTree('never-returns');
      await window.row(/never-returns[^]*Lost/).click();
      await window.panel().getByText('Sandbox.Timedout').waitFor();
      await window.panel().getByRole('button', { name: 'Open handler' }).click();
      await workbench.page.getByRole('tab', { name: /^neverReturns\.js/ }).waitFor();
      await window.panel().getByText('Sandbox.Timedout').waitFor();
      await window.runCommand('View: Close Editor');
    });

    it('has the function that a template gets, and loses it again, without a restart', async () => {
      const template = join(folder, 'template.yaml');
      const before = await readFile(template, 'utf8');
      const late =
        'Type: AWS::Serverless::Function\n    Properties:\n      FunctionName: late\n      Handler: works.handler';
      await writeFile(template, `${before}  Late:\n    ${late}\n`);
      await window.treeItem('Function late,').waitFor();
      await writeFile(template, before);
      await window.treeItem('Function late,').waitFor({ state: 'detached' });
    });
  });

  describe('payloads', () => {
    it('are listed, and sent by the button in their row to the function they are named after', async () => {
      const { page } = workbench;
      await page.getByRole('button', { name: 'Payloads Section' }).click();
      const payload = window.treeItem('Payload events/works.json');
      await payload.hover();
      await payload.getByRole('button', { name: 'Send This Payload' }).click();
      await page.locator('.quick-input-list .monaco-list-row').first().waitFor();
      await page.keyboard.press('Enter');
      await window.panel().locator('.detail-head').getByText('works', { exact: true }).waitFor();
      await window.panel().getByRole('tab', { name: 'Request' }).click();
      await window.panel().locator('#tabpanel').getByText('17').waitFor();
      await page.getByRole('button', { name: 'Payloads Section' }).click();
    });

    it('that are no JSON are marked in their editor and told, and sent once they are right', async () => {
      const { page } = workbench;
      await window.openFile('works.js');
      await window.lens('Send async with payload').click();
      await window.pick('New payload');
      await window.lens('Send async to works').waitFor();
      await window.replaceText('{ "order": tru }');
      await window.lens('Send async to works').click();
      await window.notification(/Not sent: the payload is not valid JSON at line 1, column 12/).waitFor();
      await page.locator('.squiggly-error').first().waitFor();
      await page.getByRole('button', { name: 'Ln 1, Col 12' }).waitFor();
      await window.dismissNotifications();
      await window.replaceText('{ "order": 18 }');
      await window.lens('Send async to works').click();
      await window.panel().locator('#tabpanel').getByText('18').waitFor();
      // Beside it: the panel was behind this editor.
      await window.lens('Send async to works').waitFor();
    });

    it('over 1 MB are refused with their size, and nothing is sent', async () => {
      const large = join(folder, 'events', 'large.json');
      await writeFile(large, JSON.stringify('x'.repeat(1_048_576)));
      const before = await window.panel().getByRole('radio', { name: /^All/ }).innerText();
      await window.openFile('works.js');
      await window.lens('Send async with payload').click();
      await window.pick('events/large.json');
      await window.notification(/Not sent: the payload is over 1 MB \(1,048,578 bytes\)/).waitFor();
      assert.equal(await window.panel().getByRole('radio', { name: /^All/ }).innerText(), before);
      await rm(large);
      await window.dismissNotifications();
    });
  });

  describe('the editor’s context menu', () => {
    it('sends to the handler in the file', async () => {
      const { page } = workbench;
      await window.openFile('fails.js');
      await window.lens('Send async').waitFor();
      await window.contextMenu(page.locator('.monaco-editor .view-line').first(), 'Send Asynchronously');
      await window.row(/fails[^]*Retrying/).waitFor();
    });
  });

  describe('a wait', () => {
    it('is skipped from the timeline, and nothing more is to be skipped', async () => {
      await window.row(/fails[^]*Retrying/).click();
      await window.panel().getByRole('tab', { name: 'Timeline' }).click();
      await window.panel().locator('.timeline').getByRole('button', { name: 'Skip wait' }).click();
      await window.row(/fails[^]*Lost/).waitFor();
      await window.panel().locator('.timeline').getByText('Attempt 2').waitFor();
      assert.equal(await window.panel().getByRole('button', { name: 'Skip wait' }).count(), 0);
    });
  });

  describe('the panel by keyboard', () => {
    it('goes from the list to a frame, and opens its file', async () => {
      const { page } = workbench;
      await window.runCommand('Lambda Destinations: Open Records');
      await window.row(/fails[^]*Lost/).waitFor();
      const grid = window.panel().getByRole('grid');
      await window.focusPanel();
      await grid.press('Home');
      await grid.press('Enter');
      await window.panel().locator('[role=tab]:focus').waitFor();
      await page.keyboard.press('Home');
      await window.panel().locator('#tab-error:focus').waitFor();
      await page.keyboard.press('Tab');
      await window.panel().locator('.frame .link:focus').waitFor();
      await page.keyboard.press('Enter');
      await page.getByRole('tab', { name: /^fails\.js/, selected: true }).waitFor();
      await page.getByRole('button', { name: 'Ln 4, Col 9' }).waitFor();
    });

    it('sends again', async () => {
      const { page } = workbench;
      const rows = window.panel().getByRole('row').filter({ hasText: 'fails' });
      const before = await rows.count();
      await window.runCommand('Lambda Destinations: Open Records');
      await window.focusPanel();
      await page.keyboard.press('r');
      await rows.nth(before).waitFor();
      assert.equal(await rows.count(), before + 1);
      await window.panel().locator('.detail-head').getByRole('button', { name: 'Skip wait' }).click();
      await window.row(/fails[^]*Lost/).waitFor();
    });
  });

  describe('the panel’s rows and selection are there', () => {
    /** What is on show: the selected row and all functions. */
    const onShow = async (): Promise<{ selected: string | null; functions: string[] }> => {
      const panel = window.panel();
      await panel.locator('.detail-head').getByText('never-returns').waitFor();
      const selected = panel.locator('[role=row][aria-selected=true]');
      await selected.waitFor();
      return {
        selected: await selected.getAttribute('id'),
        functions: await panel.locator('[role=row] .c-function').allInnerTexts(),
      };
    };
    let shown: Awaited<ReturnType<typeof onShow>>;

    before(async () => {
      await window.runCommand('Lambda Destinations: Open Records');
      await window.row(/fails[^]*Lost/).waitFor();
      await window.row(/never-returns/).click();
      shown = await onShow();
      assert.ok(shown.functions.length > 5);
    });

    it('after it was hidden behind another tab', async () => {
      // In the panel's own group.
      await window.openFile('template.yaml');
      await window.panelFrame().waitFor({ state: 'hidden' });
      await window.runCommand('Lambda Destinations: Open Records');
      assert.deepEqual(await onShow(), shown);
    });

    it('after it moved to another group', async () => {
      await window.runCommand('View: Move Editor into Previous Group');
      assert.deepEqual(await onShow(), shown);
    });

    it('after a reload of the window', async () => {
      await window.reload();
      assert.deepEqual(await onShow(), shown);
    });
  });

  describe('failures that nobody looks at', () => {
    it('are counted and told, until the records are opened', async () => {
      const { page } = workbench;
      await window.sendFromTree('never-returns');
      await window.row(/never-returns[^]*Running/).waitFor();
      await page.getByRole('tab', { name: 'Lambda Records' }).first().click();
      await window.runCommand('View: Close Editor');
      const notice = window.notification(/never-returns failed, and nothing caught the event: Sandbox\.Timedout/);
      await notice.waitFor();
      await page.getByRole('button', { name: '1 new failure' }).waitFor();
      if (pictures) await page.screenshot({ path: join(pictures, 'notice.png') });
      await notice.getByRole('button', { name: 'Open Records' }).click();
      await window.panel().locator('[role=row][aria-selected=true]', { hasText: 'never-returns' }).waitFor();
      await page.getByRole('button', { name: '1 new failure' }).waitFor({ state: 'detached' });
    });
  });

  describe('replay', () => {
    it('sends chosen failures again, after a look at what would be sent, at the rate that was chosen', async () => {
      const { page } = workbench;
      await window.runCommand('Lambda Destinations: Replay Invocations…');
      const list = page.locator('.quick-input-list');
      await list
        .getByRole('checkbox', { name: /never-returns/ })
        .first()
        .waitFor();
      await page.keyboard.type('never-returns');
      await list
        .getByRole('checkbox', { name: /^fails/ })
        .first()
        .waitFor({ state: 'detached' });
      if (pictures) await page.screenshot({ path: join(pictures, 'replay-choose.png') });
      await page
        .locator('.quick-input-widget')
        .getByRole('checkbox', { name: /Toggle all checkboxes/i })
        .click();
      await page.keyboard.press('Enter');
      await page.locator('.quick-input-list').getByText('The same function').waitFor();
      if (pictures) await page.screenshot({ path: join(pictures, 'replay-where.png') });
      await page.keyboard.press('Enter');
      await page.locator('.quick-input-list').getByText('5 a second').waitFor();
      if (pictures) await page.screenshot({ path: join(pictures, 'replay-rate.png') });
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog').filter({ hasText: /Send \d+ events again\?/ });
      await dialog.waitFor();
      if (pictures) await page.screenshot({ path: join(pictures, 'replay-confirm.png') });
      await dialog.getByRole('button', { name: 'Show What Would Be Sent' }).click();
      await page.getByRole('tab', { name: /Replay, dry run/ }).waitFor();
      if (pictures) await page.screenshot({ path: join(pictures, 'replay-plan.png') });
    });
  });

  describe('local Lambda in the status bar', () => {
    it('is stopped and started by its menu', async () => {
      const { page } = workbench;
      await page.getByRole('button', { name: /^Local Lambda, running/ }).click();
      await window.pick('Stop Local Lambda');
      await page.getByRole('button', { name: 'Local Lambda, stopped' }).click();
      await page.getByText('Local Lambda is stopped. Events that were queued are kept.').waitFor();
      await window.pick('Start Local Lambda');
      await page.getByRole('button', { name: /^Local Lambda, running/ }).waitFor();
      await window.treeItem('Function works,').waitFor();
    });
  });
});
