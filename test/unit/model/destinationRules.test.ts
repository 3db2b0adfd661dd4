import assert from 'node:assert/strict';
import type { DeliveryRole } from '../../../src/model/destination.ts';
import { destinationRefusal, newNameProblem } from '../../../src/model/destinationRules.ts';

const owner = { functionName: 'orders', region: 'us-east-1', account: '123456789012' };

function refused(arn: string, role: DeliveryRole = 'onFailure'): string | undefined {
  return destinationRefusal(arn, role, owner)?.code;
}

describe('destination rules', () => {
  const sqs = 'arn:aws:sqs:us-east-1:123456789012:failed';
  const sns = 'arn:aws:sns:us-east-1:123456789012:done';
  const fn = 'arn:aws:lambda:us-east-1:123456789012:function:next';
  const bus = 'arn:aws:events:us-east-1:123456789012:event-bus/default';
  const bucket = 'arn:aws:s3:::my.bucket';

  it('let through what Lambda takes', () => {
    for (const arn of [sqs, sns, fn, `${fn}:live`, `${fn}:$LATEST`, bus, bucket]) assert.equal(refused(arn), undefined);
    for (const arn of [sqs, sns, fn, bus]) assert.equal(refused(arn, 'onSuccess'), undefined);
    for (const arn of [sqs, sns]) assert.equal(refused(arn, 'deadLetterQueue'), undefined);
    assert.equal(refused('arn:aws-cn:sqs:cn-north-1:123456789012:failed'), undefined, 'another partition and region');
    assert.equal(refused('arn:aws:events:us-east-1:123456789012:event-bus/aws.partner/x/y'), undefined);
  });

  it('refuse the function itself, under any qualifier, but not its namesake elsewhere', () => {
    const itself = 'arn:aws:lambda:us-east-1:123456789012:function:orders';
    for (const arn of [itself, `${itself}:$LATEST`, `${itself}:1`, `${itself}:live`])
      assert.equal(refused(arn), 'itself');
    assert.equal(refused('arn:aws:lambda:eu-west-1:123456789012:function:orders'), undefined);
    assert.equal(refused('arn:aws:lambda:us-east-1:999999999999:function:orders'), undefined);
    const unknownAccount = destinationRefusal(itself, 'onSuccess', { ...owner, account: '' });
    assert.equal(unknownAccount?.code, 'itself', 'an account that is not known yet is no way around');
  });

  it('refuse a bucket on success only', () => {
    assert.equal(refused(bucket, 'onSuccess'), 'successToS3');
    assert.equal(refused(bucket), undefined);
  });

  it('refuse FIFO queues and topics in every role', () => {
    for (const role of ['onSuccess', 'onFailure', 'deadLetterQueue'] as const) {
      assert.equal(refused(`${sqs}.fifo`, role), 'fifo');
      assert.equal(refused(`${sns}.fifo`, role), 'fifo');
    }
  });

  it('take only a queue or topic of the same region for dead letters', () => {
    for (const arn of [fn, bus, bucket]) assert.equal(refused(arn, 'deadLetterQueue'), 'notForDeadLetters');
    assert.equal(refused('arn:aws:sqs:eu-west-1:123456789012:failed', 'deadLetterQueue'), 'otherRegion');
  });

  it('refuse what is no ARN, and name the ARN of a queue’s URL', () => {
    assert.equal(refused('failed'), 'notAnArn');
    assert.equal(refused(''), 'notAnArn');
    const url = 'https://sqs.eu-west-1.amazonaws.com/123456789012/failed';
    assert.match(
      destinationRefusal(url, 'onFailure', owner)?.message ?? '',
      /arn:aws:sqs:eu-west-1:123456789012:failed$/,
    );
  });

  it('refuse other services and ARNs of something beside', () => {
    assert.equal(refused('arn:aws:iam::123456789012:role/x'), 'unsupportedService');
    for (const arn of [
      'arn:aws:events:us-east-1:123456789012:rule/bus/rule',
      `${sns}:1d4ea7a1-6f52-4a2a-9f7c-000000000000`,
      'arn:aws:lambda:us-east-1:123456789012:layer:x:1',
      `${bucket}/key`,
      'arn:aws:sqs:us-east-1:123456789012:with space',
    ]) {
      assert.equal(refused(arn), 'malformed', arn);
    }
  });

  it('check the names of new queues and topics', () => {
    assert.equal(newNameProblem('SQS', 'orders-failed_2'), undefined);
    assert.equal(newNameProblem('SQS', 'x'.repeat(80)), undefined);
    assert.match(newNameProblem('SQS', 'x'.repeat(81)) ?? '', /80/);
    assert.equal(newNameProblem('SNS', 'x'.repeat(81)), undefined);
    assert.match(newNameProblem('SQS', 'x.fifo') ?? '', /fifo/);
    assert.match(newNameProblem('SNS', 'a b') ?? '', /letters/);
    assert.match(newNameProblem('SNS', '') ?? '', /name/);
  });
});
