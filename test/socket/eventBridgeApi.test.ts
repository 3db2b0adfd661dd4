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
  PutPermissionCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemovePermissionCommand,
  RemoveTargetsCommand,
  StartReplayCommand,
  TagResourceCommand,
  TestEventPatternCommand,
  UntagResourceCommand,
  type Target,
} from '@aws-sdk/client-eventbridge';
import { startEventsServer } from '../support/eventsServer.ts';
import type { ServiceServer } from '../support/serviceServer.ts';

const arn = (service: string, name: string): string => `arn:aws:${service}:us-east-1:123456789012:${name}`;

describe('the API of local EventBridge', () => {
  let server: ServiceServer;
  let client: EventBridgeClient;

  before(async () => {
    server = await startEventsServer();
    client = new EventBridgeClient(server.clientConfig);
  });

  after(async () => {
    client?.destroy();
    await server?.[Symbol.asyncDispose]();
  });

  describe('has buses that', () => {
    it('are made, listed page by page, described and deleted', async () => {
      for (const Name of ['list-a', 'list-b', 'list-c']) {
        const { EventBusArn } = await client.send(new CreateEventBusCommand({ Name, Description: `Bus ${Name}` }));
        assert.equal(EventBusArn, arn('events', `event-bus/${Name}`));
      }
      const first = await client.send(new ListEventBusesCommand({ NamePrefix: 'list-', Limit: 2 }));
      const second = await client.send(
        new ListEventBusesCommand({ NamePrefix: 'list-', Limit: 2, NextToken: first.NextToken }),
      );
      const names = [...(first.EventBuses ?? []), ...(second.EventBuses ?? [])].map(({ Name }) => Name);
      assert.deepEqual(names, ['list-a', 'list-b', 'list-c']);
      assert.equal(second.NextToken, undefined);
      const { CreationTime, LastModifiedTime, ...bus } = await client.send(
        new DescribeEventBusCommand({ Name: arn('events', 'event-bus/list-a') }),
      );
      assert.ok(CreationTime instanceof Date && LastModifiedTime instanceof Date);
      assert.deepEqual([bus.Name, bus.Description], ['list-a', 'Bus list-a']);
      assert.equal((await client.send(new DescribeEventBusCommand({}))).Name, 'default');
      for (const Name of names) await client.send(new DeleteEventBusCommand({ Name }));
      const left = await client.send(new ListEventBusesCommand({ NamePrefix: 'list-' }));
      assert.deepEqual(left.EventBuses, []);
    });

    it('take no policy whose statements are none', async () => {
      for (const statements of [null, 'x', [null], [[]], [{ Sid: 'fine' }, 1]]) {
        const Policy = JSON.stringify({ Version: '2012-10-17', Statement: statements });
        await assert.rejects(client.send(new PutPermissionCommand({ Policy })), {
          name: 'ValidationException',
          message: 'This policy contains invalid Json',
        });
      }
      const statement = { StatementId: 's', Action: 'events:PutEvents', Principal: '*' };
      await client.send(new PutPermissionCommand(statement));
      await client.send(new RemovePermissionCommand({ StatementId: 's' }));
    });

    it('have policies and tags', async () => {
      await client.send(new CreateEventBusCommand({ Name: 'owned', Tags: [{ Key: 'a', Value: '1' }] }));
      const ResourceARN = arn('events', 'event-bus/owned');
      await client.send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: 'b', Value: '2' }] }));
      await client.send(new UntagResourceCommand({ ResourceARN, TagKeys: ['a'] }));
      const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceARN }));
      assert.deepEqual(Tags, [{ Key: 'b', Value: '2' }]);

      const permission = { EventBusName: 'owned', Action: 'events:PutEvents' };
      for (const [StatementId, Principal] of [
        ['one', '111111111111'],
        ['all', '*'],
      ] as const) {
        await client.send(new PutPermissionCommand({ ...permission, StatementId, Principal }));
      }
      await client.send(new RemovePermissionCommand({ EventBusName: 'owned', StatementId: 'all' }));
      const { Policy } = await client.send(new DescribeEventBusCommand({ Name: 'owned' }));
      assert.deepEqual(JSON.parse(Policy ?? ''), {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'one',
            Effect: 'Allow',
            Principal: { AWS: 'arn:aws:iam::111111111111:root' },
            Action: 'events:PutEvents',
            Resource: ResourceARN,
          },
        ],
      });
      await client.send(new RemovePermissionCommand({ EventBusName: 'owned', RemoveAllPermissions: true }));
      assert.equal((await client.send(new DescribeEventBusCommand({ Name: 'owned' }))).Policy, undefined);
    });
  });

  it('has rules and targets that are made, listed, changed and deleted', async () => {
    await client.send(new CreateEventBusCommand({ Name: 'rules' }));
    const bus = { EventBusName: 'rules' };
    const EventPattern = '{"source": ["a"]}';
    const { RuleArn } = await client.send(
      new PutRuleCommand({ ...bus, Name: 'r1', EventPattern, Description: 'First', Tags: [{ Key: 'k', Value: 'v' }] }),
    );
    assert.equal(RuleArn, arn('events', 'rule/rules/r1'));
    await client.send(new PutRuleCommand({ ...bus, Name: 'r2', EventPattern, State: 'DISABLED' }));
    const Targets: Target[] = [
      {
        Id: 'b',
        Arn: arn('sqs', 'failed'),
        InputTransformer: { InputPathsMap: { s: '$.source' }, InputTemplate: '"<s>"' },
        DeadLetterConfig: { Arn: arn('sqs', 'dead') },
        RetryPolicy: { MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 60 },
      },
      { Id: 'a', Arn: arn('sqs', 'failed.fifo'), SqsParameters: { MessageGroupId: 'g' }, Input: '"x"' },
    ];
    const put = await client.send(new PutTargetsCommand({ ...bus, Rule: 'r1', Targets }));
    assert.deepEqual([put.FailedEntryCount, put.FailedEntries], [0, []]);
    const listed = await client.send(new ListTargetsByRuleCommand({ ...bus, Rule: 'r1' }));
    assert.deepEqual(listed.Targets, Targets.toReversed());
    const byTarget = await client.send(new ListRuleNamesByTargetCommand({ ...bus, TargetArn: arn('sqs', 'failed') }));
    assert.deepEqual(byTarget.RuleNames, ['r1']);
    await client.send(new DisableRuleCommand({ ...bus, Name: 'r1' }));
    await client.send(new EnableRuleCommand({ ...bus, Name: 'r2' }));
    const { Rules } = await client.send(new ListRulesCommand({ ...bus, NamePrefix: 'r' }));
    const common = { EventPattern, EventBusName: 'rules' };
    assert.deepEqual(Rules, [
      { ...common, Name: 'r1', Arn: RuleArn, State: 'DISABLED', Description: 'First' },
      { ...common, Name: 'r2', Arn: arn('events', 'rule/rules/r2'), State: 'ENABLED' },
    ]);
    const { $metadata: _, ...r1 } = await client.send(new DescribeRuleCommand({ ...bus, Name: 'r1' }));
    assert.deepEqual(r1, { ...Rules[0], CreatedBy: '123456789012' });
    await client.send(new RemoveTargetsCommand({ ...bus, Rule: 'r1', Ids: ['a', 'b'] }));
    await client.send(new DeleteRuleCommand({ ...bus, Name: 'r1' }));
    await client.send(new DeleteRuleCommand({ ...bus, Name: 'r1' }));
    const left = await client.send(new ListRulesCommand(bus));
    assert.deepEqual(
      left.Rules?.map(({ Name }) => Name),
      ['r2'],
    );
  });

  it('tests patterns', async () => {
    const Event = JSON.stringify({
      ...{ id: '1', account: '1', source: 'a', time: '2026-01-01T00:00:00Z', region: 'r', resources: [] },
      'detail-type': 't',
    });
    const test = async (EventPattern: string) => client.send(new TestEventPatternCommand({ EventPattern, Event }));
    assert.equal((await test('{"source":["a"]}')).Result, true);
    assert.equal((await test('{"source":["b"]}')).Result, false);
    await assert.rejects(client.send(new TestEventPatternCommand({ EventPattern: '{"a":[1]}', Event: '{}' })), {
      name: 'ValidationException',
      message: 'Parameter Event is not valid.',
    });
  });

  describe('refuses as AWS does', () => {
    const pattern = { EventPattern: '{"source":["a"]}' };
    const putTarget = (target: Partial<Target>): PutTargetsCommand =>
      new PutTargetsCommand({ Rule: 'targets', Targets: [{ Id: 'one', Arn: arn('sqs', 'failed'), ...target }] });

    before(async () => {
      await client.send(new PutRuleCommand({ Name: 'targets', ...pattern }));
      await client.send(new CreateEventBusCommand({ Name: 'used' }));
      await client.send(new PutRuleCommand({ Name: 'used', EventBusName: 'used', ...pattern }));
      const Targets = [{ Id: 'one', Arn: arn('sqs', 'failed') }];
      await client.send(new PutTargetsCommand({ Rule: 'used', EventBusName: 'used', Targets }));
    });

    const cases: readonly (readonly [
      what: string,
      send: () => Promise<unknown>,
      name: string,
      message: string | RegExp,
    ])[] = [
      [
        'a rule that is not there',
        () => client.send(new DescribeRuleCommand({ Name: 'x' })),
        'ResourceNotFoundException',
        'Rule x does not exist on EventBus default.',
      ],
      [
        'a bus that is not there',
        () => client.send(new PutRuleCommand({ Name: 'x', EventBusName: 'nope', ...pattern })),
        'ResourceNotFoundException',
        'Event bus nope does not exist.',
      ],
      [
        'a bus that is there already',
        () => client.send(new CreateEventBusCommand({ Name: 'default' })),
        'ResourceAlreadyExistsException',
        'Event bus default already exists.',
      ],
      [
        'a slash in a name',
        () => client.send(new CreateEventBusCommand({ Name: 'a/b' })),
        'ValidationException',
        "Event bus name must not contain '/'.",
      ],
      [
        'to delete the default bus',
        () => client.send(new DeleteEventBusCommand({ Name: 'default' })),
        'ValidationException',
        'Cannot delete event bus default.',
      ],
      [
        'to delete a bus with rules',
        () => client.send(new DeleteEventBusCommand({ Name: 'used' })),
        'ValidationException',
        "EventBus can't be deleted since it has rules.",
      ],
      [
        'to delete a rule with targets',
        () => client.send(new DeleteRuleCommand({ Name: 'used', EventBusName: 'used' })),
        'ValidationException',
        "Rule can't be deleted since it has targets.",
      ],
      [
        'a pattern that is not valid',
        () => client.send(new PutRuleCommand({ Name: 'x', EventPattern: '{"a": 42}' })),
        'InvalidEventPatternException',
        'Event pattern is not valid. Reason: "a" must be an object or an array',
      ],
      [
        'a rule of nothing',
        () => client.send(new PutRuleCommand({ Name: 'x' })),
        'ValidationException',
        'Parameter(s) EventPattern or ScheduleExpression must be specified.',
      ],
      [
        'a schedule',
        () => client.send(new PutRuleCommand({ Name: 'x', ScheduleExpression: 'rate(1 minute)' })),
        'ValidationException',
        /^Local Lambda has no schedules/,
      ],
      [
        'a name of other characters and an unknown state, both told',
        () => client.send(new PutRuleCommand({ Name: 'a b', ...pattern, State: 'ON' as 'ENABLED' })),
        'ValidationException',
        "2 validation errors detected: Value 'a b' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+; Value 'ON' at 'state' failed to satisfy constraint: Member must satisfy enum value set: [ENABLED, DISABLED, ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS]",
      ],
      [
        'an id of a target that is too long',
        () => client.send(putTarget({ Id: 'x'.repeat(65) })),
        'ValidationException',
        /at 'targets\.1\.member\.id' failed to satisfy constraint: Member must have length less than or equal to 64$/,
      ],
      [
        'more than five targets',
        () =>
          client.send(
            new PutTargetsCommand({
              Rule: 'targets',
              Targets: Array.from({ length: 6 }, (_, n) => ({ Id: `${n}`, Arn: arn('sqs', 'failed') })),
            }),
          ),
        'LimitExceededException',
        'The requested resource exceeds the maximum number allowed.',
      ],
      [
        'a target that is no ARN',
        () => client.send(putTarget({ Arn: 'queue' })),
        'ValidationException',
        'Parameter queue is not valid. Reason: Provided Arn is not in correct format.',
      ],
      [
        'a target that local Lambda has not',
        () => client.send(putTarget({ Arn: arn('states', 'stateMachine:x') })),
        'ValidationException',
        /^Local Lambda can't hand events to arn:aws:states:/,
      ],
      [
        'a FIFO queue without a group',
        () => client.send(putTarget({ Arn: arn('sqs', 'a.fifo') })),
        'ValidationException',
        'Parameter(s) SqsParameters must be specified for target: one.',
      ],
      [
        'two kinds of input',
        () => client.send(putTarget({ Input: '1', InputPath: '$' })),
        'ValidationException',
        'Only one of Input, InputPath, or InputTransformer must be provided for target one.',
      ],
      ['input that is no JSON', () => client.send(putTarget({ Input: 'x' })), 'ValidationException', /Invalid Input/],
      [
        'a template that gives no JSON',
        () => client.send(putTarget({ InputTransformer: { InputTemplate: 'hello' } })),
        'ValidationException',
        /^Invalid InputTemplate for target one/,
      ],
      [
        'a variable that is not defined',
        () => client.send(putTarget({ InputTransformer: { InputPathsMap: { a: '$' }, InputTemplate: '"<a> <b>"' } })),
        'ValidationException',
        'InputTemplate for target one contains invalid placeholder b.',
      ],
      [
        'a variable of AWS’s',
        () =>
          client.send(putTarget({ InputTransformer: { InputPathsMap: { 'aws.events': '$' }, InputTemplate: '"x"' } })),
        'ValidationException',
        /^Invalid InputPathsMap/,
      ],
      [
        'a statement that is not there',
        () => client.send(new RemovePermissionCommand({ StatementId: 'x' })),
        'ResourceNotFoundException',
        'Statement with the provided id does not exist.',
      ],
      [
        'a page that is too long',
        () => client.send(new ListRulesCommand({ Limit: 101 })),
        'ValidationException',
        /at 'limit' failed to satisfy constraint: Member must have value less than or equal to 100$/,
      ],
      [
        'a page that was not given',
        () => client.send(new ListRulesCommand({ NextToken: '?' })),
        'ValidationException',
        /NextToken/,
      ],
      [
        'what it does not offer',
        () =>
          client.send(
            new StartReplayCommand({
              ...{ ReplayName: 'r', EventSourceArn: arn('events', 'archive/a'), EventStartTime: new Date(0) },
              ...{ EventEndTime: new Date(1), Destination: { Arn: arn('events', 'event-bus/default') } },
            }),
          ),
        'UnknownOperationException',
        'The operation StartReplay of Amazon EventBridge is not offered by local Lambda.',
      ],
    ];
    for (const [what, send, name, message] of cases) {
      it(what, () => assert.rejects(send, { name, message }));
    }
  });
});
