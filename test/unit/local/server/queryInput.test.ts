import assert from 'node:assert/strict';
import { QueryInput } from '../../../../src/local/server/queryInput.ts';

describe('QueryInput', () => {
  it('reads what a form flattens', () => {
    const input = QueryInput.parse(
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

  it('reads flattened lists, numbered or of one', () => {
    const input = QueryInput.parse(
      new URLSearchParams('T.1=a&T.2=b&T.4=d&One=c&A.1.Name=n&A.1.Value.S=v&A.2.Name=m&B.Name=k&L.10.Id=z&Action=X'),
    );
    assert.deepEqual(input.flatTexts('T'), ['a', 'b']);
    assert.deepEqual(input.flatTexts('One'), ['c']);
    assert.deepEqual(input.flatTexts('Nope'), []);
    assert.deepEqual(
      input.flatInputs('A').map((item) => [item.text('Name'), item.text('Value.S')]),
      [
        ['n', 'v'],
        ['m', undefined],
      ],
    );
    assert.deepEqual(
      input.flatInputs('B').map((item) => item.text('Name')),
      ['k'],
    );
    assert.deepEqual(input.flatInputs('Action'), []);
  });

  it('takes the last of a name given twice', () => {
    assert.equal(QueryInput.parse(new URLSearchParams('A=1&A=2')).text('A'), '2');
  });
});
