import assert from 'node:assert/strict';
import { arnOf, failure, QueueHarness, queueArn } from '../../../support/queueHarness.ts';

describe('Functions as destinations', () => {
  let harness: QueueHarness;
  beforeEach(() => {
    harness = new QueueHarness();
    harness.functions.add('next');
  });
  afterEach(() => harness[Symbol.asyncDispose]());

  it('get the record as an event of their own, invoked as the ARN says', async () => {
    harness.functions.publish('next', 'live', '3');
    harness.functions.configure('fn', { onSuccess: `${arnOf('next')}:live` });
    harness.functions.configure('next', { maximumRetryAttempts: 1, onFailure: queueArn }, 'live');
    harness.environments.behave = ({ definition }) => (definition.functionName === 'fn' ? {} : failure);
    harness.send('{"a": 1}');
    await harness.run();
    const [source, first, second] = harness.environments.requests;
    assert.ok(source && first && second);
    assert.notEqual(first.requestId, source.requestId);
    assert.equal(first.requestId, second.requestId);
    assert.equal(first.invokedFunctionArn, `${arnOf('next')}:live`);
    assert.equal(first.executedVersion, '3');
    const record = harness.ofKind('delivery')[0]?.body;
    assert.equal(new TextDecoder().decode(first.payload), record);
    const [root] = /^.*Sampled=0;/.exec(source.traceId) ?? [];
    assert.ok(root !== undefined && first.traceId.startsWith(`${root}Lineage=2:`), first.traceId);
    const [delivered] = harness.sqs.all();
    assert.ok(delivered?.body.includes(`"requestPayload":${record},"responseContext"`), delivered?.body);
    assert.equal(harness.ofKind('accepted')[1]?.payload, record);
  });

  it('stay unqualified when the ARN is', async () => {
    harness.functions.configure('fn', { onSuccess: arnOf('next') });
    harness.send();
    await harness.run();
    assert.equal(harness.environments.requests[1]?.invokedFunctionArn, arnOf('next'));
    assert.equal(harness.ofKind('accepted')[1]?.functionArn, `${arnOf('next')}:$LATEST`);
  });

  it('are stopped after 16 executions in one chain, which the destinations outside of the loop are told', async () => {
    harness.functions.add('fn', { deadLetterTargetArn: queueArn });
    harness.functions.configure('fn', { onSuccess: arnOf('next'), onFailure: queueArn });
    harness.functions.configure('next', { onSuccess: arnOf('fn') });
    harness.send();
    await harness.run();
    const runs = harness.environments.requests.map(({ definition }) => definition.functionName);
    assert.equal(runs.filter((name) => name === 'fn').length, 16);
    assert.equal(runs.filter((name) => name === 'next').length, 16);
    const [deadLetter, record] = harness.sqs.all();
    assert.deepEqual(deadLetter?.attributes['ErrorCode'], { dataType: 'Number', stringValue: '400' });
    assert.match(
      record?.body ?? '',
      /"condition":"RecursiveInvocation","approximateInvokeCount":0\},"requestPayload":.*,"responseContext":\{"statusCode":400,"functionError":"RecursiveInvocationException"\}\}$/,
    );
  });

  it('do not hand the end of their loop around', async () => {
    harness.environments.behave = () => failure;
    harness.functions.configure('fn', { maximumRetryAttempts: 0, onFailure: arnOf('next') });
    harness.functions.configure('next', { maximumRetryAttempts: 0, onFailure: arnOf('fn') });
    harness.send();
    await harness.run();
    assert.equal(harness.environments.requests.length, 32);
    const dropped = harness.ofKind('delivery').filter(({ status }) => status === 'dropped');
    assert.deepEqual(
      dropped.map(({ reason }) => reason),
      [`The function is part of the recursive loop that was stopped: ${arnOf('next')}.`],
    );
    assert.deepEqual(harness.queue.counts(), { queued: 0, running: 0 });
  });

  const passOn = (): void => {
    harness.environments.behave = ({ traceId }) => {
      if (harness.environments.requests.length < 40) {
        harness.queue.accept({
          requestId: `own${harness.environments.requests.length}`,
          functionName: 'fn',
          payload: new TextEncoder().encode('{}'),
          traceId,
        });
      }
      return {};
    };
  };

  it('count what a handler sends on itself, when it passes the trace header along', async () => {
    passOn();
    harness.send();
    await harness.run();
    assert.equal(harness.environments.requests.length, 16);
  });

  it('of a function whose recursive loop is allowed go on', async () => {
    passOn();
    harness.functions.recursive.add('fn');
    harness.send();
    await harness.run();
    assert.equal(harness.environments.requests.length, 40);
  });
});
