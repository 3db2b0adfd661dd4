import assert from 'node:assert/strict';
import { awsCliCommands } from '../../../src/model/awsCliCommand.ts';
import { changedValues, newTarget, planChange } from '../../../src/model/settingsChange.ts';

const fn = { functionName: 'orders', functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:orders' };
const queue = 'arn:aws:sqs:us-east-1:000000000000:failed';
const local = { region: 'us-east-1', endpoint: 'http://127.0.0.1:4710' };

describe('a change of settings', () => {
  it('keeps what it does not name', () => {
    const before = { maximumRetryAttempts: 1, maximumEventAgeInSeconds: 300, onSuccess: queue };
    assert.deepEqual(changedValues(before, { kind: 'destination', role: 'onFailure', target: { arn: queue } }), {
      ...before,
      onFailure: queue,
    });
    assert.deepEqual(changedValues(before, { kind: 'destination', role: 'onSuccess' }), {
      maximumRetryAttempts: 1,
      maximumEventAgeInSeconds: 300,
    });
    assert.deepEqual(changedValues(before, { kind: 'retryAndAge', maximumRetryAttempts: null }), {
      maximumEventAgeInSeconds: 300,
      onSuccess: queue,
    });
    assert.deepEqual(changedValues(before, { kind: 'retryAndAge', maximumRetryAttempts: 0 }), {
      ...before,
      maximumRetryAttempts: 0,
    });
  });

  it('creates first, then puts the config as a whole', () => {
    const target = newTarget('SQS', 'failed', fn.functionArn);
    assert.equal(target.arn, queue);
    assert.deepEqual(
      planChange(fn, { kind: 'destination', role: 'onFailure', target }, { config: { maximumRetryAttempts: 1 } }),
      [
        { call: 'createQueue', name: 'failed' },
        { call: 'putConfig', functionName: 'orders', values: { maximumRetryAttempts: 1, onFailure: queue } },
      ],
    );
  });

  it('deletes a config that nothing is left of', () => {
    const change = { kind: 'destination', role: 'onFailure' } as const;
    assert.deepEqual(planChange({ ...fn, qualifier: 'live' }, change, { config: { onFailure: queue } }), [
      { call: 'deleteConfig', functionName: 'orders', qualifier: 'live' },
    ]);
  });

  it('is no call at all where everything is as wanted', () => {
    const target = { arn: queue };
    assert.deepEqual(
      planChange(fn, { kind: 'destination', role: 'onFailure', target }, { config: { onFailure: queue } }),
      [],
    );
    assert.deepEqual(planChange(fn, { kind: 'destination', role: 'onSuccess' }, {}), []);
    assert.deepEqual(planChange(fn, { kind: 'destination', role: 'deadLetterQueue' }, {}), []);
    assert.deepEqual(planChange(fn, { kind: 'retryAndAge', maximumEventAgeInSeconds: null }, {}), []);
  });

  it('sets a new target beside functions of other partitions', () => {
    const { arn } = newTarget('SNS', 'done', 'arn:aws-cn:lambda:cn-north-1:123456789012:function:orders');
    assert.equal(arn, 'arn:aws-cn:sns:cn-north-1:123456789012:done');
  });
});

describe('AWS CLI commands', () => {
  it('say all that a change does, one a line', () => {
    const target = newTarget('SNS', 'gone-wrong', fn.functionArn);
    const calls = planChange(
      { ...fn, qualifier: '$LATEST' },
      { kind: 'destination', role: 'onFailure', target },
      { config: { onSuccess: 'arn:aws:lambda:us-east-1:000000000000:function:next:$LATEST', maximumRetryAttempts: 0 } },
    );
    assert.deepEqual(awsCliCommands(calls, local).split('\n'), [
      'aws sns create-topic --name gone-wrong --region us-east-1 --endpoint-url http://127.0.0.1:4710',
      "aws lambda put-function-event-invoke-config --function-name orders --qualifier '$LATEST' --maximum-retry-attempts 0" +
        " --destination-config 'OnSuccess={Destination=arn:aws:lambda:us-east-1:000000000000:function:next:$LATEST}," +
        "OnFailure={Destination=arn:aws:sns:us-east-1:000000000000:gone-wrong}'" +
        ' --region us-east-1 --endpoint-url http://127.0.0.1:4710',
    ]);
  });

  it('put braces into quotes that every shell takes', () => {
    const text = awsCliCommands(
      planChange(fn, { kind: 'destination', role: 'onFailure', target: { arn: queue } }, {}),
      { region: 'us-east-1', profile: 'my work' },
    );
    assert.equal(
      text,
      'aws lambda put-function-event-invoke-config --function-name orders ' +
        `--destination-config "OnFailure={Destination=${queue}}" --region us-east-1 --profile "my work"`,
    );
  });

  it('name no profile where the credentials are those of the environment', () => {
    const text = awsCliCommands([{ call: 'createQueue', name: 'x' }], { region: 'us-east-1', profile: '' });
    assert.equal(text, 'aws sqs create-queue --queue-name x --region us-east-1');
  });

  it('clear a dead-letter queue with an empty ARN', () => {
    const calls = planChange(fn, { kind: 'destination', role: 'deadLetterQueue' }, { deadLetterTargetArn: queue });
    assert.match(awsCliCommands(calls, local), / --dead-letter-config TargetArn= --region /);
  });

  it('quote names that a shell would take for more', () => {
    const text = awsCliCommands([{ call: 'createQueue', name: "it's $x" }], { region: 'us-east-1' });
    assert.equal(text, `aws sqs create-queue --queue-name 'it'\\''s $x' --region us-east-1`);
  });
});
