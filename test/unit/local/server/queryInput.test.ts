import assert from 'node:assert/strict';
import { QueryInput } from '../../../../src/local/server/queryInput.ts';

describe('QueryInput', () => {
  it('reads what a form flattens', () => {
    const input = new QueryInput(
      new URLSearchParams(
        'Name=n&L.member.1.Id=a&L.member.2.Id=b&L.member.2.M.entry.1.key=k&L.member.2.M.entry.1.value=v&L.member.4.Id=d',
      ),
    );
    assert.equal(input.text('Name'), 'n');
    const items = input.inputs('L');
    assert.deepEqual(
      items.map((item) => item.text('Id')),
      ['a', 'b'],
    );
    assert.deepEqual(items[1]?.textMap('M'), { k: 'v' });
    assert.throws(() => input.required('Nope'), {
      message: 'Invalid parameter: Nope Reason: no value for required parameter',
    });
  });
});
