import assert from 'node:assert/strict';
import type { ReadFrom } from '../../../../src/model/reading/readFrom.ts';
import { readMessage } from '../../../../src/model/reading/readMessage.ts';
import { readObject } from '../../../../src/model/reading/readObject.ts';
import { recordInLog } from '../../../../src/model/reading/recordInLog.ts';

const from: ReadFrom = { destinationArn: 'arn:aws:sqs:us-east-1:000000000000:caught', at: 1 };

describe('What is no execution record', () => {
  it('is kept as it is', () => {
    const raw = { kind: 'raw', destinationArn: from.destinationArn, what: 'unknown', body: 'hello' };
    assert.deepEqual(readMessage({ MessageId: 'm', Body: 'hello' }, from), {
      ...raw,
      rawId: `${from.destinationArn}/m`,
      at: 1,
    });
    assert.deepEqual(readObject({ key: 'k', body: Buffer.from('hello'), lastModified: 2 }, from), {
      ...raw,
      rawId: `${from.destinationArn}/k`,
      at: 2,
    });
    assert.equal(recordInLog('hello', from.destinationArn), undefined);
  });
});
