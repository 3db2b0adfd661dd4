import assert from 'node:assert/strict';
import { DeliveryRefused } from '../../../../src/local/deliveryTargets.ts';
import { arn, type EventsHarness, eventsHarness } from './eventsHarness.ts';

const anything = JSON.stringify({ version: ['0'] });

describe('Events on a bus', () => {
  let harness: EventsHarness;

  beforeEach(() => {
    harness = eventsHarness();
  });
  afterEach(() => harness[Symbol.dispose]());

  async function rule(Name: string, targets: readonly object[], input: object = {}): Promise<void> {
    await harness.ok('PutRule', { Name, EventPattern: anything, ...input });
    const { EventBusName } = input as { EventBusName?: string };
    const Targets = targets.map((target, index) => ({ Id: `t${index}`, ...target }));
    await harness.ok('PutTargets', { Rule: Name, EventBusName, Targets });
  }

  async function put(...entries: readonly object[]): Promise<Record<string, unknown>> {
    const Entries = entries.map((entry) => ({ Source: 'shop', DetailType: 'Order', Detail: '{}', ...entry }));
    return harness.ok('PutEvents', { Entries });
  }

  const record = {
    functionArn: `${arn('lambda', 'function:fn')}:$LATEST`,
    condition: 'Success',
    at: Date.parse('2026-09-14T15:18:45.648Z'),
  };

  it('reach the targets of every rule whose pattern they fulfil, as AWS writes them', async () => {
    await rule('all', [{ Arn: arn('sqs', 'q') }, { Arn: arn('sns', 't') }, { Arn: arn('lambda', 'function:fn:live') }]);
    await rule('logged', [{ Arn: `${arn('logs', 'log-group:/aws/events/all')}:*` }]);
    await rule('others', [{ Arn: arn('sqs', 'other') }], { EventPattern: '{"source":["other"]}' });
    await rule('disabled', [{ Arn: arn('sqs', 'disabled') }], { State: 'DISABLED' });
    const { Entries } = await put({
      Detail: '{ "id" : 9007199254740993, "price": 1.10,\n "id2": [ 1e400 ] }',
      Resources: ['a'],
      Time: 1_789_399_125.9,
    });
    const id = (Entries as { EventId: string }[])[0]?.EventId ?? '';
    const text =
      `{"version":"0","id":"${id}","detail-type":"Order","source":"shop","account":"123456789012",` +
      '"time":"2026-09-14T15:18:45Z","region":"us-east-1","resources":["a"],' +
      '"detail":{"id":9007199254740993,"price":1.10,"id2":[1e400]}}';
    assert.deepEqual(
      harness.delivered.map(({ to, body }) => [to, body]),
      [
        [arn('sqs', 'q'), text],
        [arn('sns', 't'), text],
        [arn('lambda', 'function:fn:live'), text],
        ['logs /aws/events/all', text],
      ],
    );
    assert.match(id, /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/);
    assert.deepEqual(harness.warnings, []);
  });

  it('carry their trace on', async () => {
    await rule('all', [{ Arn: arn('sqs', 'q') }, { Arn: arn('lambda', 'function:fn') }]);
    await put({ TraceHeader: 'Root=1-x' });
    assert.deepEqual(
      harness.delivered.map(({ origin }) => origin?.traceHeader),
      ['Root=1-x', 'Root=1-x'],
    );
  });

  it('go to a message group of a FIFO queue', async () => {
    await rule('all', [{ Arn: arn('sqs', 'q.fifo'), SqsParameters: { MessageGroupId: 'g' } }]);
    await put({});
    assert.equal(harness.delivered[0]?.origin?.messageGroupId, 'g');
  });

  it('of one bus are none of another’s', async () => {
    await harness.ok('CreateEventBus', { Name: 'shop' });
    await rule('here', [{ Arn: arn('sqs', 'q') }], { EventBusName: 'shop' });
    await put(
      {},
      { EventBusName: 'shop', Detail: '{"n":1}' },
      { EventBusName: arn('events', 'event-bus/shop'), Detail: '{"n":2}' },
    );
    const details = harness.delivered.map(({ body }) => (JSON.parse(body) as { detail: unknown }).detail);
    assert.deepEqual(details, [{ n: 1 }, { n: 2 }]);
  });

  it('that a target does not take go to its dead-letter queue, and the others get theirs', async () => {
    const DeadLetterConfig = { Arn: arn('sqs', 'dead') };
    await rule('all', [{ Arn: arn('sqs', 'missing'), DeadLetterConfig, Input: '"x"' }, { Arn: arn('sqs', 'q') }]);
    await put({});
    const [dead, other] = harness.delivered;
    assert.equal(other?.to, arn('sqs', 'q'));
    assert.deepEqual(dead, {
      to: arn('sqs', 'dead'),
      body: other.body,
      origin: { service: 'events' },
      attributes: {
        ERROR_CODE: 'NO_RESOURCE',
        ERROR_MESSAGE: `${arn('sqs', 'missing')} is missing`,
        RULE_ARN: arn('events', 'rule/all'),
        TARGET_ARN: arn('sqs', 'missing'),
      },
    });
    assert.match(harness.warnings.join(), /Rule all of event bus default could not deliver .*missing is missing/);
  });

  it('that neither target nor dead-letter queue takes are told on the log', async () => {
    await rule('all', [{ Arn: arn('sqs', 'missing'), DeadLetterConfig: { Arn: arn('sqs', 'dead-missing') } }]);
    await put({});
    assert.equal(harness.warnings.length, 2);
  });

  it('go from bus to bus once, so that a circle ends', async () => {
    await harness.ok('CreateEventBus', { Name: 'b' });
    await harness.ok('CreateEventBus', { Name: 'c' });
    const bus = (name: string): { Arn: string } => ({ Arn: arn('events', `event-bus/${name}`) });
    await rule('from-default', [bus('b'), { Arn: arn('sqs', 'default') }]);
    await rule('from-b', [bus('default'), bus('c'), { Arn: arn('sqs', 'b') }], { EventBusName: 'b' });
    await rule('from-c', [{ Arn: arn('sqs', 'c') }], { EventBusName: 'c' });
    await put({});
    assert.deepEqual(
      harness.delivered.map(({ to }) => to),
      [arn('sqs', 'b'), arn('sqs', 'default')],
    );
    assert.equal(harness.warnings.filter((text) => text.includes('only once')).length, 2);
  });

  it('for a bus that is not there have an id and are dropped, as on AWS', async () => {
    const { Entries, FailedEntryCount } = await put({ EventBusName: 'nowhere' });
    assert.equal(FailedEntryCount, 0);
    assert.ok((Entries as { EventId?: string }[])[0]?.EventId);
    assert.match(harness.warnings[0] ?? '', /event bus nowhere does not exist/);
  });

  it('are checked one by one', async () => {
    await rule('all', [{ Arn: arn('sqs', 'q') }]);
    const answer = await put(
      { Source: undefined },
      { DetailType: '' },
      { Detail: undefined },
      ...['x', '[]', '"{}"', '1', '{},"x":{}'].map((Detail) => ({ Detail })),
      { Source: 'aws.s3' },
      {},
    );
    const argument = (name: string): unknown => ({
      ErrorCode: 'InvalidArgument',
      ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
    });
    const malformed = { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    const [last, ...before] = (answer['Entries'] as object[]).toReversed();
    assert.deepEqual(before.toReversed(), [
      ...['Source', 'DetailType', 'Detail'].map(argument),
      ...Array.from({ length: 5 }, () => malformed),
      { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' },
    ]);
    assert.deepEqual(Object.keys(last ?? {}), ['EventId']);
    assert.equal(answer['FailedEntryCount'], 9);
    assert.equal(harness.delivered.length, 1);
  });

  it('are one to ten, and at most a mebibyte together', async () => {
    const entry = { Source: 's', DetailType: 't', Detail: '{}' };
    const eleven = await harness.call('PutEvents', { Entries: Array.from({ length: 11 }, () => entry) });
    assert.equal(eleven.status, 400);
    assert.match(
      String(eleven.body['message']),
      /^1 validation error detected: Value '\[PutEventsRequestEntry\(time=null, source=s, .*\)\]' at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10$/,
    );
    const none = await harness.call('PutEvents', { Entries: [] });
    assert.match(String(none.body['message']), /Member must have length greater than or equal to 1$/);
    const big = (bytes: number) => ({ ...entry, Detail: `{"x":"${'x'.repeat(bytes - 10)}"}` });
    const half = 524_288;
    assert.equal((await harness.call('PutEvents', { Entries: [big(half), big(half)] })).status, 200);
    const large = await harness.call('PutEvents', { Entries: [big(half), big(half + 1)] });
    assert.deepEqual(large.body, {
      __type: 'ValidationException',
      message: 'Total size of the entries in the request is over the limit.',
    });
  });

  describe('of Lambda', () => {
    const body =
      '{"version":"1.0","requestPayload": {"n": 9007199254740993, "s":"é<\\u0041"}\n,"responsePayload":null}';

    it('are the execution record without its blanks', async () => {
      await harness.ok('CreateEventBus', { Name: 'shop' });
      await rule('all', [{ Arn: arn('sqs', 'q') }], { EventBusName: 'shop', EventPattern: '{"source":["lambda"]}' });
      const busArn = arn('events', 'event-bus/shop');
      harness.events.target.deliver(busArn, body, {}, { record, traceHeader: 'Root=1-x' });
      harness.events.target.deliver(busArn, body, {}, { record: { ...record, condition: 'EventAgeExceeded' } });
      const [success, failure] = harness.delivered;
      assert.equal(
        success?.body.replace(/"id":"[^"]+"/, '"id":"?"'),
        '{"version":"0","id":"?","detail-type":"Lambda Function Invocation Result - Success","source":"lambda",' +
          `"account":"123456789012","time":"2026-09-14T15:18:45Z","region":"us-east-1","resources":["${busArn}",` +
          `"${record.functionArn}"],"detail":{"version":"1.0","requestPayload":{"n":9007199254740993,"s":"é<A"},` +
          '"responsePayload":null}}',
      );
      assert.equal(success.origin?.traceHeader, 'Root=1-x');
      assert.match(failure?.body ?? '', /"detail-type":"Lambda Function Invocation Result - Failure"/);
    });

    for (const [name, to, text, origin] of [
      ['a bus that is missing', 'event-bus/nowhere', body, { record }],
      ['what is no record', 'event-bus/default', body, {}],
      ['a record that nests too deep', 'event-bus/default', `{"a":${'['.repeat(600)}${']'.repeat(600)}}`, { record }],
    ] as const) {
      it(`are refused: ${name}`, () => {
        assert.throws(() => harness.events.target.deliver(arn('events', to), text, {}, origin), DeliveryRefused);
      });
    }

    it('are refused by a bus of another account', () => {
      const other = 'arn:aws:events:us-east-1:999999999999:event-bus/default';
      assert.throws(() => harness.events.target.deliver(other, body, {}, { record }), /999999999999/);
    });
  });
});
