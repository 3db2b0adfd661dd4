import assert from 'node:assert/strict';
import { newTapName, tapNamesOf, tapTags } from '../../../../src/aws/sources/tapNames.ts';
import { planTap } from '../../../../src/aws/sources/tapPlan.ts';
import { allowedTargets, tapPolicy, tapTarget, type TapTarget } from '../../../../src/aws/sources/tapTarget.ts';

const topic = 'arn:aws:sns:eu-west-1:123456789012:paid';
const defaultBus = 'arn:aws:events:eu-west-1:123456789012:event-bus/default';
const ownBus = 'arn:aws:events:eu-west-1:123456789012:event-bus/outcomes';
const now = Date.UTC(2026, 10, 25);
const options = { owner: 'store', region: 'eu-west-1', account: '123456789012', now: () => now };

describe('The plan of a tap', () => {
  it('names exactly what will be made, and what it takes', () => {
    const { name, creates, refused, actions } = planTap([topic, topic, defaultBus, ownBus], options);
    assert.match(name, /^lambda-destinations-tap-[a-z\d]+-[a-z\d]+$/);
    assert.ok(name.length <= 64);
    assert.deepEqual(
      creates.map(({ what, arn }) => [what, arn]),
      [
        ['queue', `arn:aws:sqs:eu-west-1:123456789012:${name}`],
        ['subscription', topic],
        ['rule', `arn:aws:events:eu-west-1:123456789012:rule/${name}`],
        ['rule', `arn:aws:events:eu-west-1:123456789012:rule/outcomes/${name}`],
      ],
    );
    assert.match(creates[1]?.text ?? '', /SNS topic paid/);
    assert.deepEqual(refused, []);
    for (const action of ['sqs:CreateQueue', 'sns:Subscribe', 'events:PutRule']) assert.ok(actions.includes(action));
  });

  it('asks for no permission of a service that it does not use', () => {
    assert.deepEqual(
      planTap([topic], options).actions.filter((action) => action.startsWith('events:')),
      [],
    );
    assert.deepEqual(
      planTap([ownBus], options).actions.filter((action) => action.startsWith('sns:')),
      [],
    );
  });

  it('says what it can’t listen to, and makes nothing where nothing is left', () => {
    const targets = [
      'arn:aws:sqs:eu-west-1:123456789012:queue',
      'arn:aws:events:eu-west-1:123456789012:rule/some',
      topic.replace('eu-west-1', 'us-east-1'),
      `${topic}.fifo`,
      'nonsense',
    ];
    const { creates, refused } = planTap(targets, options);
    assert.deepEqual(creates, []);
    assert.deepEqual(
      refused.map(({ target }) => target),
      targets,
    );
    assert.match(refused[2]?.reason ?? '', /in us-east-1, the connection in eu-west-1/);
  });

  it('names taps of one owner alike, and each anew', () => {
    assert.ok(newTapName('store', now).startsWith(tapNamesOf('store')));
    assert.notEqual(newTapName('store', now), newTapName('store', now + 1_000));
    assert.notEqual(tapNamesOf('store'), tapNamesOf('other store'));
  });

  it('tags with what tags may hold', () => {
    const tags = tapTags(`a,b{c}"d"${'e'.repeat(300)}`, now);
    assert.match(tags['lambda-destinations:owner'] ?? '', /^a-b-c--d-e{247}$/);
    assert.equal(tags['lambda-destinations:expires'], '2026-11-26T00:00:00.000Z');
  });
});

describe('The policy of a tap', () => {
  const queueArn = 'arn:aws:sqs:eu-west-1:123456789012:lambda-destinations-tap-a-b';
  const targets = [topic, defaultBus, ownBus].map((arn) => tapTarget(arn, 'eu-west-1') as TapTarget);

  it('lets these send and nobody else', () => {
    const { Statement } = JSON.parse(tapPolicy(queueArn, targets)) as { Statement: readonly object[] };
    assert.deepEqual(Statement, [
      {
        Sid: 'sns',
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn,
        Condition: { ArnEquals: { 'aws:SourceArn': [topic] } },
      },
      {
        Sid: 'events',
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn,
        Condition: {
          ArnEquals: {
            'aws:SourceArn': [
              'arn:aws:events:eu-west-1:123456789012:rule/lambda-destinations-tap-a-b',
              'arn:aws:events:eu-west-1:123456789012:rule/outcomes/lambda-destinations-tap-a-b',
            ],
          },
        },
      },
    ]);
  });

  it('tells what it lets send', () => {
    assert.deepEqual(allowedTargets(tapPolicy(queueArn, targets)), targets);
  });

  it('of somebody else tells nothing', () => {
    for (const policy of [
      undefined,
      '',
      '{}',
      '[]',
      'no JSON',
      '{"Statement":[null,1,{"Condition":[]},{"Condition":{"ArnEquals":{"aws:SourceArn":[1,"x"]}}}]}',
    ]) {
      assert.deepEqual(allowedTargets(policy), []);
    }
  });
});
