import assert from 'node:assert/strict';
import { actionOf, menuContext, rowActions } from '../../../src/webview/rowActions.ts';
import { RangeLoader } from '../../../src/webview/rowRange.ts';
import { maximumSelection, RowSelection } from '../../../src/webview/rowSelection.ts';
import { fakeInvocation } from '../../support/panelFakes.ts';

describe('the selection of rows', () => {
  it('is the active row where nothing else is selected', () => {
    const selection = new RowSelection([], 4);
    assert.deepEqual(selection.ids(4), [4]);
    assert.deepEqual(selection.ids(undefined), []);
    assert.equal(selection.has(4, 4), true);
    assert.equal(selection.has(5, 4), false);
  });

  it('takes rows in and lets them go one at a time, the active one always among them', () => {
    const selection = new RowSelection([], 4);
    assert.equal(selection.toggle(7, 4), 7);
    assert.deepEqual(selection.ids(7), [4, 7]);
    assert.equal(selection.toggle(9, 7), 9);
    assert.equal(selection.toggle(7, 9), 9);
    assert.deepEqual(selection.ids(9), [4, 9]);
    assert.equal(selection.toggle(9, 9), 4);
    assert.deepEqual(selection.ids(4), [4]);
  });

  it('goes back to one row, and forgets those that are gone', () => {
    const selection = new RowSelection([1, 2, 3], 2);
    selection.keep([3, 1]);
    assert.deepEqual(selection.ids(1), [1, 3]);
    selection.single(3);
    assert.deepEqual(selection.ids(3), [3]);
    assert.equal(selection.anchor, 3);
  });

  it('says when more were wanted than can be selected', () => {
    const selection = new RowSelection([], 1);
    selection.range(Array.from({ length: maximumSelection + 1 }, (_, index) => index + 1));
    assert.equal(selection.ids(1).length, maximumSelection);
    assert.equal(selection.cut, true);
    selection.single(1);
    assert.equal(selection.cut, false);
  });
});

describe('rows out of sight', () => {
  const newest = 1_300;
  const loader = (): { loader: RangeLoader; asked: string[] } => {
    const asked: string[] = [];
    return {
      asked,
      loader: new RangeLoader(({ query, offset, limit }, signal) => {
        asked.push(`${offset}+${limit}`);
        signal.throwIfAborted();
        const first = (query.maxId ?? newest) - offset;
        const ids = Array.from({ length: Math.max(0, Math.min(limit, first)) }, (_, index) => first - index);
        return Promise.resolve({
          total: newest,
          rows: ids.map((id) => fakeInvocation(id, { functionName: 'f', status: 'queued', at: id }).row),
        });
      }),
    };
  };

  it('are found from one to the other, whichever is newer', async () => {
    const ids = Array.from({ length: 601 }, (_, index) => 1_000 - index);
    const { loader: one, asked } = loader();
    assert.deepEqual(await one.between({}, 400, 1_000), ids);
    assert.deepEqual(asked, ['0+500', '500+500']);
    assert.deepEqual(await one.between({}, 1_000, 400), ids);
  });

  it('are found all, up to one more than can be selected; the latest search counts', async () => {
    const { loader: one } = loader();
    const first = one.all({});
    const all = one.all({});
    assert.equal(await first, undefined);
    const ids = await all;
    assert.ok(ids && ids.length > maximumSelection && ids.length <= maximumSelection + 500);
    assert.equal(ids[0], newest);
  });
});

describe('the keys of actions', () => {
  it('are each of one action, with and without Shift', () => {
    const keys = rowActions.map(({ key, shift = false }) => `${shift ? 'Shift+' : ''}${key}`);
    assert.deepEqual(keys.toSorted(), [...new Set(keys)].toSorted());
    assert.equal(actionOf({ key: 'r', shiftKey: false }, 1)?.command, 'sendAgain');
    assert.equal(actionOf({ key: 'R', shiftKey: true }, 3)?.command, 'replay');
    assert.equal(actionOf({ key: 'Delete', shiftKey: false }, 3)?.command, 'deleteInvocations');
    // Caps Lock is not Shift.
    assert.equal(actionOf({ key: 'R', shiftKey: false }, 1)?.command, 'sendAgain');
    assert.equal(actionOf({ key: '=', shiftKey: true }, 2)?.command, 'compareInvocations');
    assert.equal(actionOf({ key: 'z', shiftKey: false }, 1), undefined);
  });

  it('do nothing for a number of rows that makes no sense', () => {
    assert.equal(actionOf({ key: 'r', shiftKey: false }, 0), undefined);
    assert.equal(actionOf({ key: 'e', shiftKey: false }, 2), undefined);
    assert.equal(actionOf({ key: '=', shiftKey: false }, 1), undefined);
    assert.equal(actionOf({ key: '=', shiftKey: false }, 3), undefined);
  });
});

describe('the context of a row’s menu', () => {
  it('has what the manifest’s clauses ask, and what commands take', () => {
    const { row } = fakeInvocation(3, { functionName: 'f', status: 'waiting', at: 1 });
    assert.deepEqual(JSON.parse(menuContext({ ...row, pinned: true }, 2)), {
      webviewSection: 'invocation',
      preventDefaultContextMenuItems: true,
      origin: 'records',
      recordId: 3,
      functionName: 'f',
      requestId: row.requestId,
      recordMany: true,
      recordPair: true,
      recordPinned: true,
      recordWaits: true,
    });
  });
});
