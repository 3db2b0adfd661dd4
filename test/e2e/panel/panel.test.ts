import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { FakeInvocationSpec } from '../../support/panelFakes.ts';
import { startPanelPages, type PageOptions, type PanelPages } from './panelPage.ts';
import { themes, type ThemeName } from './themes.ts';

describe('the records panel in a browser', function () {
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
    // Under the real policy nothing may be refused, and nothing may complain.
    assert.deepEqual(pages.complaints.splice(0), []);
  });

  const open = async (options?: PageOptions): Promise<void> => {
    page = await pages.open(options);
  };
  const done = (): Promise<readonly string[]> => page.evaluate(() => globalThis.harness.done);
  const put = (id: number, spec: FakeInvocationSpec): Promise<void> =>
    page.evaluate(([rowId, rowSpec]) => globalThis.harness.put(rowId, rowSpec), [id, spec] as const);
  const active = (): Promise<string | null> => page.locator('.grid').getAttribute('aria-activedescendant');
  const focused = (): Promise<string> =>
    page.evaluate(() => document.activeElement?.id || document.activeElement?.className || '');

  it('lists invocations as a grid that says its size', async () => {
    await open();
    const grid = page.getByRole('grid', { name: 'Invocations, newest first' });
    assert.equal(await grid.getAttribute('aria-rowcount'), '19');
    assert.equal(await grid.getAttribute('aria-colcount'), '8');
    assert.deepEqual(await page.getByRole('columnheader').allInnerTexts(), [
      'Status',
      'Function',
      'Outcome',
      'Error',
      'Tries',
      'Age',
      'Duration',
      'Waterfall',
    ]);
    const first = page.getByRole('row').nth(1);
    assert.equal(await first.getAttribute('aria-rowindex'), '2');
    assert.match(
      (await first.getAttribute('aria-label')) ?? '',
      /^orders-charge, RetriesExhausted, Cannot read properties/,
    );
  });

  it('is one tab stop, moved in with the arrow keys, Home, End and the page keys', async () => {
    await open({ scenario: 'many' });
    await page.locator('.grid').focus();
    await page.keyboard.press('ArrowDown');
    assert.equal(await active(), 'row-100000');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    assert.equal(await active(), 'row-99999');
    await page.keyboard.press('PageDown');
    const paged = Number((await active())?.slice(4));
    assert.ok(paged < 99_990 && paged > 99_950, String(paged));
    await page.keyboard.press('End');
    await page.locator('#row-1[aria-selected="true"]').waitFor();
    assert.equal(await page.locator('#row-1').getAttribute('aria-rowindex'), '100001');
    await page.keyboard.press('ArrowUp');
    assert.equal(await active(), 'row-2');
    await page.keyboard.press('Home');
    await page.locator('#row-100000[aria-selected="true"]').waitFor();
    assert.equal(await page.locator('.row[tabindex]').count(), 0);
  });

  it('draws a constant number of rows however many there are and wherever it is scrolled to', async () => {
    await open({ scenario: 'many' });
    const rows = (): Promise<number> => page.locator('.row').count();
    const atTop = await rows();
    assert.ok(atTop < 45, String(atTop));
    await page.locator('.viewport').evaluate((viewport) => (viewport.scrollTop = viewport.scrollHeight / 2));
    await page.locator('.row[id][aria-rowindex="50002"]').waitFor();
    assert.ok((await rows()) <= atTop + 1);
    await page.locator('.viewport').evaluate((viewport) => (viewport.scrollTop = viewport.scrollHeight));
    await page.locator('#row-1').waitFor();
    assert.ok((await rows()) <= atTop + 1);
  });

  it('reaches every row of millions, past the height that browsers allow', async () => {
    await open({ scenario: 'millions' });
    await page.locator('.grid').focus();
    await page.keyboard.press('End');
    await page.locator('#row-1[aria-selected="true"]').waitFor();
    assert.equal(await page.locator('#row-1').getAttribute('aria-rowindex'), '3000001');
    const [row, viewport] = [await page.locator('#row-1').boundingBox(), await page.locator('.viewport').boundingBox()];
    assert.ok(row && viewport && Math.abs(row.y + row.height - (viewport.y + viewport.height)) < 2);
    for (let id = 2; id < 60; id++) await page.keyboard.press('ArrowUp');
    await page.locator('#row-59[aria-selected="true"]').waitFor();
    const up = await page.locator('#row-59').boundingBox();
    assert.ok(up && up.y >= viewport.y && up.y + up.height <= viewport.y + viewport.height);
    await page.keyboard.press('PageUp');
    await page.keyboard.press('Home');
    await page.locator('#row-3000000[aria-selected="true"]').waitFor();
  });

  it('opens the details with Enter, goes through the tabs, and back with Escape', async () => {
    await open();
    await page.locator('.grid').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'Error', selected: true }).waitFor();
    await page.waitForFunction(() => document.activeElement?.id === 'tab-error');
    await page.keyboard.press('ArrowRight');
    await page.getByRole('tab', { name: 'Timeline', selected: true }).waitFor();
    assert.equal(await focused(), 'tab-timeline');
    assert.equal(await page.locator('[role=tab][tabindex="0"]').count(), 1);
    await page.keyboard.press('End');
    await page.getByRole('tab', { name: 'Raw', selected: true }).waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await focused(), 'grid');
    assert.equal(await page.locator('.detail').count(), 1);
    await page.keyboard.press('Escape');
    await page.locator('.detail').waitFor({ state: 'detached' });
    assert.equal(await focused(), 'grid');
  });

  it('opens a frame of one’s own code by click and by Enter, and folds the others', async () => {
    await open();
    await page.locator('#row-18').click();
    const frame = page.getByRole('button', { name: /chargeCard.*src\/orders\/charge\.ts:41:27/ });
    await frame.click();
    await frame.press('Enter');
    const opened = 'open file:///workspace/src/orders/charge.ts:41:27';
    await page.waitForFunction(() => globalThis.harness.done.length === 2);
    assert.deepEqual(await done(), [opened, opened]);
    assert.equal(await page.locator('.code-line.here .n').innerText(), '41');
    assert.equal(await page.getByText('3 frames of the Lambda runtime').isVisible(), true);
    assert.equal(await page.getByText('at Runtime.handleOnceNonStreaming').isVisible(), false);
  });

  it('shows a row from sending to its record without a refresh', async () => {
    await open({ scenario: 'empty' });
    await page.getByText('Nothing sent yet').waitFor();
    const at = Date.now();
    const spec = { functionName: 'event-destinations', at } as const;
    await put(1, { ...spec, status: 'queued' });
    await page.locator('#row-1[data-status=queued]').waitFor();
    await put(1, { ...spec, status: 'running', attempts: [{ ms: 0, open: true }] });
    await page.locator('#row-1[data-status=running]').waitFor();
    await put(1, {
      ...spec,
      status: 'failed',
      attempts: [
        { ms: 9, failed: true },
        { ms: 9, failed: true },
        { ms: 9, failed: true },
      ],
      error: { type: 'Error', message: 'boom' },
      destination: 'arn:aws:sns:us-east-1:000000000000:alerts',
    });
    await page.locator('#row-1[data-status=failed]').waitFor();
    assert.match(await page.locator('#row-1').innerText(), /RetriesExhausted[^]*boom[^]*3[^]*3 m 0 s/);
  });

  it('counts a wait down in AWS’s time', async () => {
    await open({ scenario: 'empty', scale: 1 });
    await put(1, {
      functionName: 'f',
      status: 'waiting',
      at: Date.now() - 5_000,
      attempts: [{ ms: 10, failed: true }],
      error: { type: 'Error', message: 'boom' },
      timeScale: 1,
    });
    const outcome = page.locator('#row-1 .c-outcome');
    await outcome.getByText(/Retrying in 0:5\d/).waitFor();
    const before = await outcome.innerText();
    await page.waitForFunction(
      (text) => document.querySelector('#row-1 .c-outcome')?.textContent?.trim() !== text,
      before,
    );
    await page.locator('#row-1').click();
    await page.getByRole('button', { name: 'Skip wait' }).first().click();
    await page.waitForFunction(() => globalThis.harness.done.some((what) => what.startsWith('skipWait ')));
  });

  it('stays where it is while rows arrive, and takes them in at the top', async () => {
    await open({ scenario: 'many' });
    const viewport = page.locator('.viewport');
    await viewport.evaluate((element) => (element.scrollTop = 2_200));
    await page.locator('.row[id][aria-rowindex="110"]').waitFor();
    const id = await page.locator('[aria-rowindex="110"]').getAttribute('id');
    await put(100_001, { functionName: 'newest', status: 'queued', at: Date.now() });
    const pill = page.getByRole('button', { name: '1 new' });
    await pill.waitFor();
    assert.equal(await page.locator('[aria-rowindex="110"]').getAttribute('id'), id);
    await pill.click();
    await page.locator('#row-100001[aria-rowindex="2"]').waitFor();
    await pill.waitFor({ state: 'detached' });
    await put(100_002, { functionName: 'newest', status: 'queued', at: Date.now() });
    await page.locator('#row-100002[aria-rowindex="2"]').waitFor();
  });

  it('filters by chip and by text; a filter that matches nothing says so', async () => {
    await open();
    await page.getByRole('radio', { name: 'Failed 3' }).click();
    await page.waitForFunction(() => document.querySelector('.grid')?.getAttribute('aria-rowcount') === '4');
    await page.keyboard.press('ArrowRight');
    await page.getByRole('radio', { name: 'Retrying 3', checked: true }).waitFor();
    await page.waitForFunction(() => document.querySelector('.grid')?.getAttribute('aria-rowcount') === '4');
    await page.locator('.grid').focus();
    await page.keyboard.press('/');
    await page.keyboard.type('no such thing');
    await page.getByText('Nothing matches the filter').waitFor();
    await page.getByRole('button', { name: 'Clear filter' }).last().click();
    await page.locator('#row-18').waitFor();
    assert.equal(await page.getByRole('textbox').inputValue(), '');
    await page.keyboard.press('/');
    await page.keyboard.type('audit');
    await page.waitForFunction(() => document.querySelector('.grid')?.getAttribute('aria-rowcount') === '4');
    await page.keyboard.press('Enter');
    assert.equal(await focused(), 'grid');
  });

  it('says how to begin, what failed and what to do, each in its place', async () => {
    const cases: readonly (readonly [scenario: string, text: RegExp, button?: string, does?: string])[] = [
      ['empty', /Nothing sent yet/, 'Send async with payload…', 'run sendAsyncWithPayload'],
      ['stopped', /Nothing sent yet/, 'Start Local Lambda', 'run startLocal'],
      ['starting', /Local Lambda is starting/],
      ['failed', /port 9001 is in use[^]*choose another port/, 'Restart', 'run restartLocal'],
      ['failedLater', /ended unexpectedly/, 'Restart', 'run restartLocal'],
      ['untrusted', /not trusted/, 'Manage workspace trust', 'run manageTrust'],
    ];
    for (const [index, [scenario, text, button, does]] of cases.entries()) {
      await open({ scenario });
      await page.getByText(text).first().waitFor();
      if (button !== undefined) {
        await page.getByRole('button', { name: button }).click();
        await page.waitForFunction(() => globalThis.harness.done.length > 0);
        assert.deepEqual(await done(), [does]);
      }
      if (index < cases.length - 1) await page.context().close();
    }
  });

  it('says that loading failed, and loads again', async () => {
    await open();
    await page.evaluate(() => globalThis.harness.fail('disk I/O error'));
    await page.getByRole('radio', { name: /Failed/ }).click();
    await page.getByRole('alert').getByText('disk I/O error').waitFor();
    await page.evaluate(() => globalThis.harness.fail(undefined));
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await page.waitForFunction(() => document.querySelector('.grid')?.getAttribute('aria-rowcount') === '4');
  });

  it('shows numbers exactly, and a payload of 1 MB without drawing it all', async () => {
    await open();
    await page.locator('#row-18').click();
    await page.getByRole('tab', { name: 'Request' }).click();
    const tree = page.getByRole('tree', { name: 'Request payload' });
    assert.match(await tree.innerText(), /amount: 10\.00[^]*ledger: 9007199254740993/);
    await page.getByRole('button', { name: 'Open in editor: Request payload' }).click();
    await page.getByRole('button', { name: 'Copy: Request payload' }).click();
    await page.waitForFunction(() => globalThis.harness.done.length === 2);
    assert.deepEqual(await done(), [
      'openBody 18 request',
      'copy {"orderId":42,"amount":10.00,"ledger":9007199254740993}',
    ]);
    await page.context().close();

    await open({ scenario: 'large' });
    await page.locator('#row-1').click();
    await page.getByRole('tab', { name: 'Request' }).click();
    await page.getByText('[ 5,200 items ]').waitFor();
    await page.getByRole('tree', { name: 'Request payload' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => document.querySelectorAll('[role=treeitem]').length > 100);
    assert.ok((await page.getByRole('treeitem').count()) <= 300);
    await page.getByRole('button', { name: 'Show more' }).click();
    await page.waitForFunction(() => document.querySelectorAll('[role=treeitem]').length > 1_000);
  });

  it('shows hostile data as text', async () => {
    await open({ scenario: 'hostile' });
    await page.locator('#row-5').click();
    for (const tab of ['Error', 'Timeline', 'Request', 'Response', 'Logs', 'Delivery', 'Raw']) {
      await page.getByRole('tab', { name: new RegExp(`^${tab}`) }).click();
      await page.locator(`.tabpanel[data-tab=${tab.toLowerCase()}]`).waitFor();
    }
    assert.equal(await page.locator('img, script:not([src]), iframe').count(), 0);
    assert.notEqual(await page.title(), 'owned');
    await page.getByRole('tab', { name: 'Request' }).click();
    assert.match(await page.getByRole('tree').innerText(), /n: 1\.0[^]*12345678901234567890[^]*1e400[^]*a: 1[^]*a: 2/);
  });

  it('puts the details beside the list or below it, moved by keyboard and by pointer', async () => {
    await open({ width: 1_000 });
    await page.locator('#row-18').click();
    const splitter = page.getByRole('separator', { name: 'Size of the list' });
    assert.equal(await splitter.getAttribute('aria-orientation'), 'vertical');
    const before = Number(await splitter.getAttribute('aria-valuenow'));
    await splitter.focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    assert.equal(Number(await splitter.getAttribute('aria-valuenow')), before - 6);
    await page.keyboard.press('End');
    assert.equal(await splitter.getAttribute('aria-valuenow'), '80');
    const box = await splitter.boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(500, box.y + 50);
    await page.mouse.up();
    assert.equal(await splitter.getAttribute('aria-valuenow'), '50');
    await page.setViewportSize({ width: 600, height: 700 });
    await page.waitForFunction(
      () => document.querySelector('.splitter')?.getAttribute('aria-orientation') === 'horizontal',
    );
    const list = await page.locator('.list-side').boundingBox();
    const detail = await page.locator('.detail').boundingBox();
    assert.ok(list && detail && detail.y >= list.y + list.height && detail.width === list.width);
  });

  it('fits 300 to 3,000 pixels without scrolling sideways', async () => {
    await open();
    await page.locator('#row-18').click();
    for (const width of [300, 420, 699, 700, 800, 1_600, 3_000]) {
      await page.setViewportSize({ width, height: 600 });
      await page.waitForFunction((wanted) => document.querySelector('ld-panel')?.clientWidth === wanted, width);
      const overflow = await page.evaluate(() =>
        ['.toolbar', '.main', '.list-side', '.viewport', '.detail', '.detail-head', '.tabpanel', '.footer'].filter(
          (selector) => {
            const element = document.querySelector(selector);
            return element !== null && element.scrollWidth > element.clientWidth;
          },
        ),
      );
      assert.deepEqual(overflow, [], `at ${width}`);
    }
  });

  it('remembers selection, filter, tab and place over a reload, and asks for the rest', async () => {
    await open({ scenario: 'many' });
    await page.getByRole('textbox').fill('function-3');
    await page.waitForFunction(() => document.querySelector('.grid')?.getAttribute('aria-rowcount') !== '100001');
    await page.locator('.viewport').evaluate((element) => (element.scrollTop = 4_400));
    const row = page.locator('.row[id][aria-rowindex="203"]');
    await row.click();
    const id = await row.getAttribute('id');
    await page.getByRole('tab', { name: 'Logs' }).click();
    await page.reload();
    await page.getByRole('tab', { name: 'Logs', selected: true }).waitFor();
    await page.locator(`#${id}[aria-selected="true"]`).waitFor();
    assert.equal(await page.getByRole('textbox').inputValue(), 'function-3');
    assert.equal(await page.locator('.viewport').evaluate((element) => element.scrollTop), 4_400);
  });

  it('reveals a row that someone asked for', async () => {
    await open({ scenario: 'many' });
    await page.evaluate(() => globalThis.harness.reveal(60_000));
    await page.locator('#row-60000[aria-selected="true"]').waitFor();
  });

  it('shows the keys on ?, and gives the focus back', async () => {
    await open();
    await page.locator('.grid').focus();
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'Keys' });
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    assert.equal(await focused(), 'grid');
  });

  it('does not move when motion is to be reduced', async () => {
    await open({ reducedMotion: true });
    const moving = await page.evaluate(
      () => document.getAnimations().filter(({ playState }) => playState === 'running').length,
    );
    assert.equal(moving, 0);
  });

  for (const theme of Object.keys(themes) as ThemeName[]) {
    it(`has words of enough contrast in ${theme}`, async () => {
      await open({ theme, still: true });
      await page.locator('#row-18').click();
      await page.locator('.tl-line').first().waitFor();
      const faint = await page.evaluate(faintWords);
      assert.deepEqual(faint, []);
    });
  }
});

/** Runs in the page: the texts whose contrast with what is behind them is under 4.5 to 1. */
function faintWords(): readonly string[] {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (!canvas) return ['no canvas'];
  type Rgba = readonly [number, number, number, number];
  const rgba = (color: string): Rgba => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r = 0, g = 0, b = 0, a = 0] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a]: Rgba, [r2, g2, b2]: Rgba): Rgba => [
    r * a + r2 * (1 - a),
    g * a + g2 * (1 - a),
    b * a + b2 * (1 - a),
    1,
  ];
  const luminance = ([r, g, b]: Rgba): number => {
    const linear = (value: number): number =>
      value <= 10.31475 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4;
    return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  };
  const behind = (element: Element | null): Rgba => {
    if (!element) return rgba(getComputedStyle(document.body).backgroundColor);
    const own = rgba(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, behind(element.parentElement));
  };
  const faint: string[] = [];
  for (const element of document.querySelectorAll('ld-panel *')) {
    const text = [...element.childNodes]
      .filter((node) => node.nodeType === 3)
      .map((node) => node.textContent?.trim())
      .join('');
    if (text === '' || element.closest('svg, dialog, .hidden') || element.clientWidth === 0) continue;
    const background = behind(element);
    const ink = over(rgba(getComputedStyle(element).color), background);
    const [light = 0, dark = 0] = [luminance(ink), luminance(background)].toSorted((a, b) => b - a);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < 4.5) faint.push(`${text.slice(0, 30)} (${element.className}): ${contrast.toFixed(2)}`);
  }
  return [...new Set(faint)];
}
