import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { FakeInvocationSpec } from '../../support/panelFakes.ts';
import { startPanelPages, type PageOptions, type PanelPages } from './panelPage.ts';

describe('actions on rows of the records panel', function () {
  this.timeout(60_000);
  let pages: PanelPages;
  let page: Page;

  before(async () => {
    pages = await startPanelPages();
  });
  after(async () => {
    await pages.close();
  });
  afterEach(async () => {
    await page.context().close();
    assert.deepEqual(pages.complaints.splice(0), []);
  });

  const open = async (options?: PageOptions): Promise<void> => {
    page = await pages.open(options);
  };
  /** What the host was asked to do, once there is so much of it. */
  const done = async (count: number): Promise<readonly string[]> => {
    await page.waitForFunction((wanted) => globalThis.harness.done.length >= wanted, count);
    return page.evaluate(() => globalThis.harness.done);
  };
  const put = (id: number, spec: FakeInvocationSpec): Promise<void> =>
    page.evaluate(([rowId, rowSpec]) => globalThis.harness.put(rowId, rowSpec), [id, spec] as const);
  const selected = (): Promise<string[]> =>
    page.locator('.row[aria-selected="true"]').evaluateAll((rows) => rows.map(({ id }) => id));
  const bar = (): ReturnType<Page['getByRole']> => page.getByRole('toolbar', { name: 'Selected invocations' });

  it('are each a key on the selected row', async () => {
    await open();
    await page.locator('#row-18').click();
    for (const key of ['r', 'Shift+R', 'e', 'l', 'd', 'c', 'Shift+C', 'j', 'a', 's', 'x', 'g', 'p', 'Delete', '='])
      await page.keyboard.press(key);
    assert.deepEqual(await done(14), [
      'sendAgain 18',
      'replay 18',
      'editAndSend 18',
      'sendToLocal 18',
      'debugAgain 18',
      'copyRequestId 18',
      'copyPayload 18',
      'copyRecord 18',
      'copyAsAwsCli 18',
      'savePayload 18',
      'exportSelection 18',
      'openLogGroup 18',
      'pin 18',
      'deleteInvocations 18',
    ]);
  });

  it('are done with all that are selected by Ctrl and click', async () => {
    await open();
    await page.locator('#row-18').click();
    await page.locator('#row-15').click({ modifiers: ['Control'] });
    assert.deepEqual(await selected(), ['row-18', 'row-15']);
    await bar().getByText('2 selected').waitFor();
    await page.keyboard.press('=');
    await bar().getByRole('button', { name: 'Export…' }).click();
    await page.locator('#row-18').click({ modifiers: ['Control'] });
    assert.deepEqual(await selected(), ['row-15']);
    assert.equal(await bar().count(), 0);
    assert.deepEqual(await done(2), ['compareInvocations 18 15', 'exportSelection 18 15']);
  });

  it('are done with a range by Shift, by mouse and by keyboard', async () => {
    await open();
    await page.locator('#row-16').click();
    await page.locator('#row-13').click({ modifiers: ['Shift'] });
    assert.deepEqual(await selected(), ['row-16', 'row-15', 'row-14', 'row-13']);
    // From where it began, to the other side.
    await page.locator('#row-17').click({ modifiers: ['Shift'] });
    assert.deepEqual(await selected(), ['row-17', 'row-16']);
    await page.keyboard.press('Shift+ArrowUp');
    assert.deepEqual(await selected(), ['row-18', 'row-17', 'row-16']);
    await page.keyboard.press('r');
    assert.deepEqual(await done(1), ['sendAgain 18 17 16']);
    await page.keyboard.press('Escape');
    assert.deepEqual(await selected(), ['row-18']);
    await page.keyboard.press('ArrowDown');
    assert.deepEqual(await selected(), ['row-17']);
  });

  it('are done with all that match, up to a limit that is said', async () => {
    await open({ scenario: 'many' });
    await page.locator('.grid').focus();
    await page.keyboard.press('Control+a');
    await bar().getByText('1,000 selected, the newest: no more can be').waitFor();
    await page.getByRole('status').getByText('1,000 selected').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.viewport').evaluate((viewport) => (viewport.scrollTop = 22 * 5_000));
    await page.locator('.row[id][aria-rowindex="5010"]').click();
    await page.keyboard.press('Shift+PageDown');
    // Rows that are no longer in sight are asked for; a person holds the key until there are enough.
    let count = 0;
    for (let presses = 0; presses < 200 && count <= 200; presses++) {
      await page.keyboard.press('Shift+PageDown');
      const text = (await bar().textContent()) ?? '';
      count = Number(/([\d,]+) selected/.exec(text)?.[1]?.replace(',', '') ?? 0);
    }
    assert.ok(count > 200, `${count} are selected`);
    await page.locator('[data-chip=failed]').click();
    await bar().waitFor({ state: 'detached' });
  });

  it('keeps what is selected while rows arrive and change, and over a reload', async () => {
    await open();
    await page.locator('#row-18').click();
    await page.locator('#row-16').click({ modifiers: ['Control'] });
    await put(19, { functionName: 'newest', status: 'queued', at: Date.now() });
    await page.locator('#row-19').waitFor();
    await put(16, { functionName: 'changed', status: 'succeeded', at: Date.now(), attempts: [{ ms: 3 }] });
    await page.locator('#row-16').getByText('changed').waitFor();
    assert.deepEqual(await selected(), ['row-18', 'row-16']);
    assert.equal(await page.locator('.grid').getAttribute('aria-activedescendant'), 'row-16');
    await page.reload();
    await page.locator('#row-18').waitFor();
    assert.deepEqual(await selected(), ['row-18', 'row-16']);
  });

  it('tells VS Code’s context menu of the row under it, which it selects, or of all that are', async () => {
    await open();
    const context = (id: number): Promise<Readonly<Record<string, unknown>>> =>
      page
        .locator(`#row-${id}`)
        .getAttribute('data-vscode-context')
        .then((text) => JSON.parse(text ?? '') as Readonly<Record<string, unknown>>);
    await page.locator('#row-18').click();
    await page.locator('#row-17').click({ modifiers: ['Shift'] });
    assert.equal((await context(17))['recordPair'], true);
    assert.equal((await context(12))['recordMany'], false);
    await page.locator('#row-17').click({ button: 'right' });
    assert.deepEqual(await selected(), ['row-18', 'row-17']);
    await page.locator('#row-12').click({ button: 'right' });
    assert.deepEqual(await selected(), ['row-12']);
    assert.equal((await context(12))['recordId'], 12);
  });

  it('opens the menu of the active row by the keyboard, at that row', async () => {
    await open();
    await page.locator('#row-15').click();
    await page.evaluate(() => {
      document.addEventListener('contextmenu', ({ target, defaultPrevented, clientY }) => {
        if (!defaultPrevented) globalThis.harness.done.push(`menu of ${(target as HTMLElement).id} ${clientY > 0}`);
      });
      const event = new MouseEvent('contextmenu', { bubbles: true, cancelable: true });
      document.querySelector('.grid')?.dispatchEvent(event);
    });
    assert.deepEqual(await done(1), ['menu of row-15 true']);
    await page.getByRole('button', { name: 'More actions' }).click();
    assert.equal((await done(2))[1], 'menu of  true');
  });

  it('marks what is pinned, and unpins it by the same key', async () => {
    await open();
    await page.evaluate(() => globalThis.harness.pin(17));
    const row = page.locator('#row-17');
    await row.locator('[title^="Pinned"]').waitFor();
    assert.match((await row.getAttribute('aria-label')) ?? '', /, pinned$/);
    await row.click();
    await page.keyboard.press('p');
    assert.deepEqual(await done(1), ['unpin 17']);
  });
});
