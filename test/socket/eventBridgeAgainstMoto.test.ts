import assert from 'node:assert/strict';
import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListEventBusesCommand,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
  ListTagsForResourceCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutPermissionCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemovePermissionCommand,
  RemoveTargetsCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-eventbridge';
import { startEventsServer } from '../support/eventsServer.ts';
import { motoMissing, type MotoServer, startMoto } from '../support/motoServer.ts';
import type { ServiceServer } from '../support/serviceServer.ts';
import { skip } from '../support/skip.ts';

type Call = (client: EventBridgeClient) => Promise<unknown>;

const bus = { EventBusName: 'shop' };
const EventPattern = '{"source":["a"]}';
const queue = 'arn:aws:sqs:us-east-1:123456789012:q';
const ruleArn = 'arn:aws:events:us-east-1:123456789012:rule/shop/one';

/** One after the other, to both. */
const calls: Readonly<Record<string, Call>> = {
  'create a bus': (c) => c.send(new CreateEventBusCommand({ Name: 'shop' })),
  'create it again': (c) => c.send(new CreateEventBusCommand({ Name: 'shop' })),
  'create one with a slash': (c) => c.send(new CreateEventBusCommand({ Name: 'a/b' })),
  'describe a bus': (c) => c.send(new DescribeEventBusCommand({ Name: 'shop' })),
  'describe the default bus': (c) => c.send(new DescribeEventBusCommand({})),
  'describe no bus': (c) => c.send(new DescribeEventBusCommand({ Name: 'nope' })),
  'list buses': (c) => c.send(new ListEventBusesCommand({ NamePrefix: 'sh' })),
  'put a rule': (c) =>
    c.send(
      new PutRuleCommand({ ...bus, Name: 'one', EventPattern, Description: 'd', Tags: [{ Key: 'k', Value: 'v' }] }),
    ),
  'put a rule on the default bus': (c) => c.send(new PutRuleCommand({ Name: 'one', EventPattern, State: 'DISABLED' })),
  'put a rule of nothing': (c) => c.send(new PutRuleCommand({ Name: 'one' })),
  'put a rule on no bus': (c) => c.send(new PutRuleCommand({ Name: 'one', EventBusName: 'nope', EventPattern })),
  'put a rule with a wrong pattern': (c) => c.send(new PutRuleCommand({ Name: 'x', EventPattern: '{"a":"b"}' })),
  'put a rule with a schedule': (c) => c.send(new PutRuleCommand({ Name: 'x', ScheduleExpression: 'rate(1 day)' })),
  'describe a rule': (c) => c.send(new DescribeRuleCommand({ ...bus, Name: 'one' })),
  'describe no rule': (c) => c.send(new DescribeRuleCommand({ ...bus, Name: 'nope' })),
  'list rules': (c) => c.send(new ListRulesCommand({ ...bus, NamePrefix: 'o' })),
  'disable a rule': (c) => c.send(new DisableRuleCommand({ ...bus, Name: 'one' })),
  'see it disabled': (c) => c.send(new DescribeRuleCommand({ ...bus, Name: 'one' })),
  'enable a rule': (c) => c.send(new EnableRuleCommand({ ...bus, Name: 'one' })),
  'enable no rule': (c) => c.send(new EnableRuleCommand({ ...bus, Name: 'nope' })),
  'put targets': (c) =>
    c.send(
      new PutTargetsCommand({
        ...bus,
        Rule: 'one',
        Targets: [
          { Id: 'a', Arn: queue, InputPath: '$.detail', DeadLetterConfig: { Arn: queue } },
          { Id: 'b', Arn: `${queue}.fifo`, SqsParameters: { MessageGroupId: 'g' } },
        ],
      }),
    ),
  'put a target of no rule': (c) =>
    c.send(new PutTargetsCommand({ ...bus, Rule: 'nope', Targets: [{ Id: 'a', Arn: queue }] })),
  'put a FIFO target without a group': (c) =>
    c.send(new PutTargetsCommand({ ...bus, Rule: 'one', Targets: [{ Id: 'c', Arn: `${queue}.fifo` }] })),
  'put a target that is no ARN': (c) =>
    c.send(new PutTargetsCommand({ ...bus, Rule: 'one', Targets: [{ Id: 'c', Arn: 'queue' }] })),
  'list targets': (c) => c.send(new ListTargetsByRuleCommand({ ...bus, Rule: 'one' })),
  'list targets of no rule': (c) => c.send(new ListTargetsByRuleCommand({ ...bus, Rule: 'nope' })),
  'list rules by target': (c) => c.send(new ListRuleNamesByTargetCommand({ ...bus, TargetArn: queue })),
  'list tags': (c) => c.send(new ListTagsForResourceCommand({ ResourceARN: ruleArn })),
  'tag a rule': (c) => c.send(new TagResourceCommand({ ResourceARN: ruleArn, Tags: [{ Key: 'x', Value: '' }] })),
  'untag a rule': (c) => c.send(new UntagResourceCommand({ ResourceARN: ruleArn, TagKeys: ['k'] })),
  'see the other tag': (c) => c.send(new ListTagsForResourceCommand({ ResourceARN: ruleArn })),
  'put events': async (c) => {
    const Entries = [
      { Source: 'b', DetailType: 'd', Detail: '{}' },
      { DetailType: 'd', Detail: '{}' },
      { Source: 'b', Detail: '{}' },
      { Source: 'b', DetailType: 'd' },
      { Source: 'b', DetailType: 'd', Detail: '{' },
    ];
    const { FailedEntryCount, Entries: results = [] } = await c.send(new PutEventsCommand({ Entries }));
    return { FailedEntryCount, results: results.map(({ EventId, ...failure }) => (EventId ? 'taken' : failure)) };
  },
  'put an event on no bus': async (c) => {
    const entry = { Source: 'b', DetailType: 'd', Detail: '{}', EventBusName: 'nope' };
    return (await c.send(new PutEventsCommand({ Entries: [entry] }))).FailedEntryCount;
  },
  'put a list of events that is no object': async (c) => {
    const entry = { Source: 'b', DetailType: 'd', Detail: '[]' };
    return (await c.send(new PutEventsCommand({ Entries: [entry] }))).FailedEntryCount;
  },
  'put a permission': (c) =>
    c.send(
      new PutPermissionCommand({ ...bus, Action: 'events:PutEvents', Principal: '111111111111', StatementId: 's' }),
    ),
  'put a permission of another action': (c) =>
    c.send(new PutPermissionCommand({ ...bus, Action: 'events:PutRule', Principal: '111111111111', StatementId: 's' })),
  'see the policy': async (c) => {
    const { Policy } = await c.send(new DescribeEventBusCommand({ Name: 'shop' }));
    return JSON.parse(Policy ?? 'null') as unknown;
  },
  'remove no permission': (c) => c.send(new RemovePermissionCommand({ ...bus, StatementId: 'nope' })),
  'remove all permissions': (c) => c.send(new RemovePermissionCommand({ ...bus, RemoveAllPermissions: true })),
  'delete a rule with targets': (c) => c.send(new DeleteRuleCommand({ ...bus, Name: 'one' })),
  'remove targets': (c) => c.send(new RemoveTargetsCommand({ ...bus, Rule: 'one', Ids: ['a', 'b'] })),
  'delete a rule': (c) => c.send(new DeleteRuleCommand({ ...bus, Name: 'one' })),
  'delete no rule': (c) => c.send(new DeleteRuleCommand({ ...bus, Name: 'nope' })),
  'delete a bus': (c) => c.send(new DeleteEventBusCommand({ Name: 'shop' })),
  'delete a bus with rules': async (c) => {
    await c.send(new CreateEventBusCommand({ Name: 'full' }));
    await c.send(new PutRuleCommand({ EventBusName: 'full', Name: 'one', EventPattern }));
    return c.send(new DeleteEventBusCommand({ Name: 'full' }));
  },
  'delete the default bus': (c) => c.send(new DeleteEventBusCommand({ Name: 'default' })),
};

/** Where moto does otherwise, and why ours is right. A difference that is gone fails. */
const differences: Readonly<Record<string, string>> = {
  'put a rule with a wrong pattern': 'AWS has double quotes in the message',
  'put a rule with a schedule': 'local Lambda has no schedules, and says so',
  'describe no rule': 'AWS names the bus in the message',
  'enable no rule': 'AWS names the bus in the message',
  'list targets of no rule': 'AWS names the bus in the message',
  'list tags': 'moto takes the rule of that name on the default bus for it',
  'put an event on no bus': 'AWS takes it and drops it',
  'put a list of events that is no object': 'AWS takes no detail but objects',
  'delete a bus with rules': 'AWS deletes only a bus without rules',
};

/** Both get the same calls in the same order; times and request ids are left out. */
describe('EventBridge answers as moto does', () => {
  let moto: MotoServer | undefined;
  let server: ServiceServer;
  const answers = new Map<string, readonly unknown[]>();

  before(async function () {
    this.timeout(30_000);
    moto = await startMoto();
    if (!moto) skip(this, motoMissing);
    server = await startEventsServer();
    const clients = [server.endpoint, moto.endpoint].map(
      (endpoint) => new EventBridgeClient({ ...server.clientConfig, endpoint }),
    );
    for (const [name, call] of Object.entries(calls)) {
      const both: unknown[] = [];
      for (const client of clients) both.push(await answerOf(client, call));
      answers.set(name, both);
    }
    for (const client of clients) client.destroy();
  });

  after(async () => {
    if (!moto) return;
    await moto[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  for (const name of Object.keys(calls)) {
    const reason = differences[name];
    it(`${name}${reason === undefined ? '' : ` (otherwise: ${reason})`}`, () => {
      const [ours, theirs] = answers.get(name) ?? [];
      if (reason === undefined) assert.deepEqual(ours, theirs);
      else assert.notDeepEqual(ours, theirs, 'moto does the same now: take it out of the list');
    });
  }
});

async function answerOf(client: EventBridgeClient, call: Call): Promise<unknown> {
  try {
    return withoutTimes(await call(client));
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : error;
  }
}

function withoutTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTimes);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      key === '$metadata' || key.endsWith('Time') || inner === undefined ? [] : [[key, withoutTimes(inner)]],
    ),
  );
}
