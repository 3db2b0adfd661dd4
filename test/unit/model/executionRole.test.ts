import assert from 'node:assert/strict';
import {
  deliveryPermission,
  deliveryStatements,
  isMissingRolePermission,
  policyJson,
} from '../../../src/model/executionRole.ts';

describe('the execution role', () => {
  it('needs one permission a kind, two for a bucket', () => {
    const actions = (arn: string): string[] =>
      deliveryStatements(arn).map(({ Action, Resource }) => `${String(Action)} ${Resource}`);
    const queue = 'arn:aws:sqs:us-east-1:123456789012:failed';
    assert.deepEqual(actions(queue), [`sqs:SendMessage ${queue}`]);
    assert.deepEqual(actions('arn:aws:s3:::kept'), [
      's3:PutObject arn:aws:s3:::kept/*',
      's3:ListBucket arn:aws:s3:::kept',
    ]);
    assert.deepEqual(actions('arn:aws:iam::123456789012:role/x'), []);
    assert.equal(deliveryPermission(queue), `sqs:SendMessage on ${queue}`);
    assert.deepEqual(JSON.parse(policyJson(deliveryStatements(queue))), {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queue }],
    });
  });

  it('is known by AWS’s words when it lacks one', () => {
    for (const message of [
      'The provided execution role does not have permissions to call SendMessage on SQS',
      'The function execution role does not have permissions to call PutEvents on arn:aws:events:us-east-1:1:event-bus/x',
      "The function's execution role does not have permissions to call SendMessage on arn:aws:sqs:us-east-1:1:x",
    ]) {
      assert.ok(isMissingRolePermission(message), message);
    }
    assert.ok(!isMissingRolePermission('The destination ARN x is invalid.'));
  });
});
