import assert from 'node:assert/strict';
import { createAwsClients, type AwsClients } from '../../src/aws/awsClients.ts';
import { findLeftoverTaps } from '../../src/aws/sources/leftoverTaps.ts';
import { createQueueDrain } from '../../src/aws/sources/queueDrain.ts';
import { createTap } from '../../src/aws/sources/tap.ts';
import { UserFacingFailure } from '../../src/model/userFacingFailure.ts';
import { queryError, startFakeAws, type FakeAws, type FakeAwsAnswer, type FakeAwsCall } from '../support/fakeAws.ts';
import { fakeLog } from '../support/panelFakes.ts';
import { memorySink, sourceRegion } from '../support/sourceBackends.ts';
import { when } from '../support/when.ts';

const queueName = 'lambda-destinations-tap-a-b';
const queueArn = `arn:aws:sqs:us-east-1:123456789012:${queueName}`;
const topic = 'arn:aws:sns:us-east-1:123456789012:paid';
const bus = 'arn:aws:events:us-east-1:123456789012:event-bus/outcomes';

/** As SQS and EventBridge refuse. */
function denied(action: string, resource: string): FakeAwsAnswer {
  const message = `User: arn:aws:iam::123456789012:user/me is not authorized to perform: ${action} on resource: ${resource}`;
  return { status: 400, body: JSON.stringify({ __type: 'AccessDeniedException', message }) };
}

describe('Record sources', function () {
  this.timeout(20_000);
  let aws: FakeAws;
  let clients: AwsClients;
  let answers: Readonly<Record<string, (call: FakeAwsCall) => FakeAwsAnswer | Promise<FakeAwsAnswer>>>;
  const ending: (() => Promise<unknown>)[] = [];

  const snsAnswer = (action: string, result = ''): FakeAwsAnswer => ({
    type: 'text/xml',
    body: `<${action}Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${action}Response>`,
  });
  const json = (value: object): FakeAwsAnswer => ({ body: JSON.stringify(value) });
  const never = (): Promise<FakeAwsAnswer> => new Promise(() => undefined);

  /** Everything works, and nothing ever comes. */
  const working: typeof answers = {
    ListQueues: () => json({}),
    CreateQueue: () => json({ QueueUrl: `${aws.endpoint}/123456789012/${queueName}` }),
    GetQueueUrl: () => json({ QueueUrl: `${aws.endpoint}/123456789012/${queueName}` }),
    GetQueueAttributes: () => json({ Attributes: { QueueArn: queueArn } }),
    ReceiveMessage: never,
    Subscribe: () => snsAnswer('Subscribe', `<SubscriptionArn>${topic}:1</SubscriptionArn>`),
    Unsubscribe: () => snsAnswer('Unsubscribe'),
    PutTargets: () => json({ FailedEntryCount: 0, FailedEntries: [] }),
    RemoveTargets: () => json({ FailedEntryCount: 0, FailedEntries: [] }),
  };

  beforeEach(async () => {
    answers = working;
    aws = await startFakeAws((call) => answers[call.action]?.(call) ?? json({}));
    clients = createAwsClients({
      region: sourceRegion,
      endpoint: aws.endpoint,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  });

  afterEach(async () => {
    for (const end of ending.splice(0)) await end();
    await clients.dispose();
    await aws[Symbol.asyncDispose]();
  });

  const tapOn = (...targets: readonly string[]): ReturnType<typeof createTap> => {
    const tap = createTap({ clients, owner: 'store', targets, sink: memorySink(), log: fakeLog() });
    ending.push(() => tap.dispose());
    return tap;
  };

  const count = (action: string): number => aws.calls.filter((call) => call.action === action).length;

  it('say which permission is missing on what, and go on with the rest', async () => {
    const said = `User: me is not authorized to perform: SNS:Subscribe on resource: ${topic}`;
    answers = { ...working, Subscribe: () => queryError(403, 'AuthorizationError', said) };
    const tap = tapOn(topic, bus);
    await tap.start();
    assert.equal(tap.state.phase, 'listening');
    assert.equal(tap.state.problemCode, 'accessDenied');
    assert.match(tap.state.problem ?? '', /subscribe to the topic paid.*SNS:Subscribe/);
    await assert.rejects(tap.setTargets([topic]), /SNS:Subscribe/);
  });

  it('make a queue where they may not look for one that is left', async () => {
    answers = { ...working, ListQueues: () => denied('sqs:listqueues', '*') };
    const tap = tapOn(bus);
    await tap.start();
    assert.match(tap.name ?? '', /^lambda-destinations-tap-/);
    assert.equal(count('CreateQueue'), 1);
  });

  it('leave no rule behind that has no target', async () => {
    answers = { ...working, PutTargets: () => denied('events:PutTargets', bus) };
    const tap = tapOn(bus);
    await assert.rejects(tap.start(), (error: unknown) => UserFacingFailure.is(error, 'accessDenied'));
    assert.equal(count('DeleteRule'), 1);
    assert.equal(count('DeleteQueue'), 1);
    assert.equal(tap.name, undefined);
  });

  it('remove all that they can, tell what stays, and remove that when asked again', async () => {
    const tap = tapOn(topic, bus);
    await tap.start();
    answers = { ...working, DeleteRule: () => denied('events:DeleteRule', bus) };
    await assert.rejects(tap.stop(), (error: unknown) => {
      assert.ok(UserFacingFailure.is(error, 'tapRemains'));
      assert.match(error.message, /remove the rule .* from the bus outcomes.*events:DeleteRule/);
      return true;
    });
    assert.equal(tap.state.phase, 'failed');
    assert.deepEqual([count('Unsubscribe'), count('RemoveTargets'), count('DeleteQueue')], [1, 1, 1]);
    answers = working;
    await tap.stop();
    assert.equal(tap.state.phase, 'stopped');
    assert.equal(tap.state.problem, undefined);
    assert.deepEqual([count('Unsubscribe'), count('DeleteRule')], [1, 2]);
  });

  it('go on by themselves after a throttling, and after credentials that had run out', async () => {
    let refusals = 0;
    answers = {
      ...working,
      ReceiveMessage: () => {
        // Each is tried three times by the SDK.
        if (refusals++ < 3)
          return { status: 400, body: JSON.stringify({ __type: 'RequestThrottled', message: 'slow' }) };
        if (refusals === 4)
          return { status: 400, body: JSON.stringify({ __type: 'ExpiredToken', message: 'expired' }) };
        return never();
      },
    };
    const arn = 'arn:aws:sqs:us-east-1:123456789012:caught';
    const drain = createQueueDrain({ clients, queueArn: arn, sink: memorySink(), log: fakeLog() });
    ending.push(() => drain.dispose());
    const codes = new Set<string | undefined>();
    drain.onDidChangeState(({ problemCode }) => codes.add(problemCode));
    await drain.start();
    await when(drain.onDidChangeState, () => (codes.has('credentialsExpired') ? true : undefined));
    assert.ok(codes.has('throttled'));
    assert.equal(drain.state.phase, 'listening');
  });

  it('end a start that is given up, with what was made to be removed by stop', async () => {
    const asked = Promise.withResolvers<void>();
    answers = {
      ...working,
      Subscribe: () => {
        asked.resolve();
        return never();
      },
    };
    const tap = tapOn(topic);
    const giveUp = new AbortController();
    const started = tap.start(giveUp.signal);
    await asked.promise;
    giveUp.abort();
    await assert.rejects(started, { name: 'AbortError' });
    answers = {
      ...working,
      ListSubscriptionsByTopic: () =>
        snsAnswer(
          'ListSubscriptionsByTopic',
          `<Subscriptions><member><SubscriptionArn>${topic}:1</SubscriptionArn><Endpoint>${queueArn}</Endpoint><Protocol>sqs</Protocol></member></Subscriptions>`,
        ),
    };
    // It may have been subscribed before it was given up.
    await tap.stop();
    assert.equal(count('Unsubscribe'), 1);
    assert.equal(count('DeleteQueue'), 1);
    await tap.dispose();
  });

  it('look for what was left behind as far as they may', async () => {
    answers = {
      ...working,
      ListEventBuses: () => denied('events:ListEventBuses', '*'),
      ListSubscriptions: () =>
        queryError(403, 'AuthorizationError', 'not authorized to perform: SNS:ListSubscriptions'),
    };
    const search = { owner: 'store', now: Date.now() };
    assert.deepEqual(await findLeftoverTaps(clients, search, new AbortController().signal), []);
    answers = { ...working, ListQueues: () => denied('sqs:listqueues', '*') };
    await assert.rejects(findLeftoverTaps(clients, search, new AbortController().signal), /sqs:listqueues/);
  });
});
