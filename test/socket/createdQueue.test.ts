import assert from 'node:assert/strict';
import { createAwsConnection } from '../../src/connections/awsConnection.ts';
import { callerIdentity, startFakeAws } from '../support/fakeAws.ts';
import { fakeLog } from '../support/panelFakes.ts';

describe('a queue that is created', () => {
  it('counts as created for who may create it and not read its attributes', async () => {
    await using server = await startFakeAws(({ action }) => {
      if (action === 'GetCallerIdentity') return callerIdentity('123456789012');
      if (action === 'CreateQueue') {
        const QueueUrl = 'https://sqs.eu-central-1.amazonaws.com/123456789012/orders-failures';
        return { body: JSON.stringify({ QueueUrl }), type: 'application/x-amz-json-1.0' };
      }
      return { status: 403, body: JSON.stringify({ __type: 'AccessDeniedException', message: 'no' }) };
    });
    const connection = createAwsConnection({
      choice: { kind: 'endpoint', endpoint: server.endpoint, region: 'eu-central-1' },
      store: { ingest: () => Promise.resolve([]) },
      log: fakeLog(),
    });
    try {
      const settings = await connection.settings();
      const arn = await settings.create('SQS', 'orders-failures');
      assert.equal(arn, 'arn:aws:sqs:eu-central-1:123456789012:orders-failures');
    } finally {
      await connection.dispose();
    }
  });
});
