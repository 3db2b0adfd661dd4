import assert from 'node:assert/strict';
import type { DeclaredRule } from '../../../../src/iac/declarations.ts';
import { arn, type EventsHarness, eventsHarness } from './eventsHarness.ts';

const location = { file: '/p/template.yaml', line: 1, column: 1, endLine: 1, endColumn: 1 };
const declared: DeclaredRule = {
  logicalId: 'Rule',
  name: 'rule',
  bus: 'shop',
  eventPattern: '{"source":["shop"]}',
  enabled: true,
  targets: [
    { id: 'q', arn: arn('sqs', 'q'), inputTransformer: { pathsMap: { s: '$.source' }, template: '{"s": <s>}' } },
  ],
  location,
};

describe('Rules of a template', () => {
  let harness: EventsHarness;

  beforeEach(() => {
    harness = eventsHarness();
  });
  afterEach(() => harness[Symbol.dispose]());

  const rules = async (): Promise<unknown> => {
    const { Rules } = await harness.ok('ListRules', { EventBusName: 'shop' });
    return (Rules as Record<string, unknown>[]).map(({ Name, State, EventPattern }) => [Name, State, EventPattern]);
  };
  const targets = async (): Promise<unknown> =>
    (await harness.ok('ListTargetsByRule', { Rule: 'rule', EventBusName: 'shop' }))['Targets'];

  it('are there with their bus and targets', async () => {
    harness.events.declareRules([declared]);
    assert.deepEqual(await rules(), [['rule', 'ENABLED', declared.eventPattern]]);
    const InputTransformer = { InputPathsMap: { s: '$.source' }, InputTemplate: '{"s": <s>}' };
    assert.deepEqual(await targets(), [{ Id: 'q', Arn: arn('sqs', 'q'), InputTransformer }]);
    const entry = { Source: 'shop', DetailType: 't', Detail: '{}', EventBusName: 'shop' };
    await harness.ok('PutEvents', { Entries: [entry] });
    assert.deepEqual(
      harness.delivered.map(({ body }) => body),
      ['{"s": "shop"}'],
    );
  });

  it('keep what the API changed until the template says something else of them', async () => {
    harness.events.declareRules([declared]);
    await harness.ok('DisableRule', { Name: 'rule', EventBusName: 'shop' });
    await harness.ok('RemoveTargets', { Rule: 'rule', EventBusName: 'shop', Ids: ['q'] });
    // Lines moved, nothing else.
    harness.events.declareRules([{ ...declared, location: { ...location, line: 7 } }]);
    assert.deepEqual(await rules(), [['rule', 'DISABLED', declared.eventPattern]]);
    assert.deepEqual(await targets(), []);
    harness.events.declareRules([{ ...declared, targets: [{ id: 'z', arn: arn('sqs', 'z') }] }]);
    assert.deepEqual(await rules(), [['rule', 'ENABLED', declared.eventPattern]]);
    assert.deepEqual(await targets(), [{ Id: 'z', Arn: arn('sqs', 'z') }]);
  });

  it('that the API deleted stay away until the template says something else of them', async () => {
    harness.events.declareRules([declared]);
    await harness.ok('RemoveTargets', { Rule: 'rule', EventBusName: 'shop', Ids: ['q'] });
    await harness.ok('DeleteRule', { Name: 'rule', EventBusName: 'shop' });
    harness.events.declareRules([declared]);
    assert.deepEqual(await rules(), []);
    harness.events.declareRules([{ ...declared, description: 'New' }]);
    assert.deepEqual(await rules(), [['rule', 'ENABLED', declared.eventPattern]]);
    harness.events.declareRules([]);
    harness.events.declareRules([declared]);
    assert.deepEqual(await rules(), [['rule', 'ENABLED', declared.eventPattern]]);
  });

  it('go when the template has them no more; those of the API stay', async () => {
    harness.events.declareRules([declared]);
    await harness.ok('PutRule', { Name: 'own', EventBusName: 'shop', EventPattern: '{"source":["x"]}' });
    harness.events.declareRules([]);
    assert.deepEqual(await rules(), [['own', 'ENABLED', '{"source":["x"]}']]);
  });

  it('go without a target that local Lambda has not, and say so', async () => {
    const kinesis = { id: 'k', arn: arn('kinesis', 'stream/s') };
    harness.events.declareRules([{ ...declared, enabled: false, targets: [kinesis, ...declared.targets] }]);
    assert.deepEqual(await rules(), [['rule', 'DISABLED', declared.eventPattern]]);
    assert.equal(((await targets()) as unknown[]).length, 1);
    assert.match(harness.warnings[0] ?? '', /Rule rule goes without its target k: Local Lambda can't hand events to/);
  });
});
