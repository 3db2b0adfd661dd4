import assert from 'node:assert/strict';
import { access, cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { packExtension } from '../../../scripts/package/pack.ts';
import { startWorkbench, type Workbench } from '../../host/startWorkbench.ts';
import { pictureFailures } from '../support/failurePictures.ts';
import { WindowPage } from '../support/windowPage.ts';

const fixture = join(import.meta.dirname, '..', '..', 'integration', 'badHandlers', 'workspace');

/** Where pictures of what is new are left; none without it. */
const pictures = process.env['PICTURES'];

/** What is done with rows of the records panel: by its keys, by VS Code's context menu and from the palette. */
describe('actions on invocations', function () {
  this.timeout(60_000);
  let parent: string;
  let folder: string;
  let workbench: Workbench;
  let window: WindowPage;

  before(async function () {
    this.timeout(180_000);
    const { file } = await packExtension();
    parent = await mkdtemp(join(tmpdir(), 'ld-actions-'));
    folder = join(parent, 'workspace');
    await cp(fixture, folder, { recursive: true });
    workbench = await startWorkbench({ folder, vsix: file, viewport: { width: 1500, height: 900 } });
    workbench.page.setDefaultTimeout(15_000);
    window = new WindowPage(workbench.page);
    await window.showViews();
    await window.treeItem('Function works,').waitFor({ timeout: 60_000 });
    await window.sendFromTree('works');
    await window.row(/works[^]*Success/).waitFor();
    await window.sendFromTree('fails');
    await window.row(/fails[^]*Lost/).waitFor();
  });
  after(async () => {
    await workbench.close();
    await rm(parent, { recursive: true, force: true });
  });
  pictureFailures(() => workbench.page);

  const rows = (text: string): Locator => window.panel().getByRole('row').filter({ hasText: text });
  const clipboard = (): Promise<string> => workbench.page.evaluate(() => navigator.clipboard.readText());
  const picture = async (name: string): Promise<void> => {
    if (pictures) await workbench.page.screenshot({ path: join(pictures, `${name}.png`) });
  };

  it('are in the context menu, about the row under it', async () => {
    const { page } = workbench;
    await rows('works').first().click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Delete Invocations…' }).waitFor();
    const entries = await page.getByRole('menuitem').allInnerTexts();
    for (const entry of ['Send Again', 'Edit and Send…', 'Copy as AWS CLI', 'Open Handler']) {
      assert.ok(
        entries.some((text) => text.startsWith(entry)),
        `${entry} in ${entries.join(', ')}`,
      );
    }
    // Of what makes no sense there is nothing.
    for (const other of ['Skip Wait', 'Compare', 'Unpin', 'Send to Local']) {
      assert.ok(!entries.some((text) => text.startsWith(other)), `${other} in ${entries.join(', ')}`);
    }
    await picture('actions-menu');
    await page.keyboard.press('Escape');
    await window.contextMenu(rows('works').first(), 'Pin Invocations');
    await rows('works').first().locator('[title^="Pinned"]').waitFor();
  });

  it('copy the payload and the command of the AWS CLI, by menu and from the palette', async () => {
    await window.contextMenu(rows('works').first(), 'Copy as AWS CLI');
    await workbench.page.getByText('Copied.').waitFor();
    const command = await clipboard();
    assert.match(command, /^aws lambda invoke --function-name works --invocation-type Event [^]* --endpoint-url http:/);
    await window.runCommand('Lambda Destinations: Copy Request ID');
    const id = await rows('works').first().getAttribute('data-vscode-context');
    const { requestId } = JSON.parse(id ?? '') as { readonly requestId: string };
    while ((await clipboard()) !== requestId) await workbench.page.evaluate(() => new Promise(requestAnimationFrame));
  });

  it('save the payload beside those that are there, and open it to be edited and sent', async () => {
    const { page } = workbench;
    await rows('works').first().click();
    await page.keyboard.press('s');
    await page.getByRole('tab', { name: /^works-2\.json/ }).waitFor();
    const saved = await readFile(join(folder, 'events', 'works-2.json'), 'utf8');
    assert.doesNotThrow(() => void JSON.parse(saved));
    await access(join(folder, 'events', 'works.json'));
    await rows('works').first().click();
    await page.keyboard.press('e');
    await page.getByRole('tab', { name: /^works-3\.json/ }).waitFor();
    await window.lens('Send async to works').waitFor();
    await window.runCommand('View: Revert and Close Editor');
  });

  it('compare two in the diff editor', async () => {
    const { page } = workbench;
    await rows('works').first().click();
    await rows('fails')
      .first()
      .click({ modifiers: ['Control'] });
    await window.panel().getByRole('toolbar', { name: 'Selected invocations' }).getByText('2 selected').waitFor();
    await picture('actions-two');
    await page.keyboard.press('=');
    await window.pick('Timelines');
    await page.getByRole('tab', { name: /works \w+ ↔ fails \w+: Timelines/ }).waitFor();
    await page.locator('.monaco-diff-editor .line-insert').first().waitFor();
    await picture('actions-compare');
    await window.runCommand('View: Close Editor');
  });

  it('open the logs of an invocation of local Lambda', async () => {
    const { page } = workbench;
    await rows('fails').first().click();
    await page.keyboard.press('g');
    await page.getByRole('tab', { name: /^fails-\w+-logs\.log/ }).waitFor();
    await page.locator('.view-line').filter({ hasText: 'START' }).first().waitFor();
    await window.runCommand('View: Close Editor');
  });

  it('delete what is selected, after a question', async () => {
    const { page } = workbench;
    await rows('works').first().click();
    await rows('fails')
      .first()
      .click({ modifiers: ['Control'] });
    await page.keyboard.press('Delete');
    const dialog = page.getByRole('dialog').filter({ hasText: 'Delete the records of 2 invocations?' });
    await dialog.getByText('Pinned among them: 1.').waitFor();
    await picture('actions-delete');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await window.panel().getByText('Nothing sent yet').waitFor();
  });
});
