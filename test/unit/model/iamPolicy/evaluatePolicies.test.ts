import assert from 'node:assert/strict';
import fc from 'fast-check';
import { evaluatePolicies } from '../../../../src/model/iamPolicy/evaluatePolicies.ts';
import { MalformedPolicy, readPolicy } from '../../../../src/model/iamPolicy/policyDocument.ts';

const queue = 'arn:aws:sqs:us-east-1:000000000000:orders';

function decide(
  statements: readonly object[],
  { action = 'sqs:SendMessage', resource = queue, context = {}, version = '2012-10-17' } = {},
): ReturnType<typeof evaluatePolicies> {
  const policy = readPolicy(JSON.stringify({ Version: version, Statement: statements }));
  const entries = Object.entries(context as Readonly<Record<string, string>>);
  return evaluatePolicies(policy, {
    action,
    resource,
    context: new Map(entries.map(([key, value]) => [key.toLowerCase(), [value]])),
  });
}

const allow = (Action: unknown, Resource: unknown = '*', more: object = {}): object => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const deny = (Action: unknown, Resource: unknown = '*'): object => ({ Effect: 'Deny', Action, Resource });

describe('the evaluation of IAM policies', () => {
  it('denies what nothing allows, allows what something allows, and denies what anything denies', () => {
    assert.equal(decide([]).decision, 'implicitDeny');
    assert.equal(decide([allow('SQS:sendmessage')]).decision, 'allowed');
    assert.equal(decide([allow('sqs:*'), deny('*', 'arn:aws:sqs:*')]).decision, 'explicitDeny');
    assert.equal(decide([allow('sqs:Send*', 'arn:aws:sqs:us-east-1:000000000000:ord*')]).decision, 'allowed');
    assert.equal(decide([allow('sqs:SendMessage', 'arn:aws:sqs:eu-west-1:000000000000:*')]).decision, 'implicitDeny');
    assert.equal(decide([{ Effect: 'Allow', NotAction: ['iam:*'], Resource: '*' }]).decision, 'allowed');
    assert.equal(decide([{ Effect: 'Allow', NotAction: ['sqs:*'], Resource: '*' }]).decision, 'implicitDeny');
    const other = { Effect: 'Allow', Action: '*', NotResource: ['arn:aws:sqs:*:*:orders'] };
    assert.equal(decide([other]).decision, 'implicitDeny');
    assert.equal(decide([other], { resource: `${queue}2` }).decision, 'allowed');
  });

  it('names the statements that decide, and the context keys it would have needed', () => {
    const statements = [
      allow('sqs:*', '*', {
        Condition: { StringEquals: { 'aws:SourceVpc': 'v' }, Bool: { 'aws:SecureTransport': true } },
      }),
      allow('sns:*', '*', { Condition: { StringEquals: { 'aws:Unasked': 'v' } } }),
      allow('*'),
    ];
    const { decision, matched, missingContext } = decide(statements, { context: { 'AWS:SecureTransport': 'true' } });
    assert.equal(decision, 'allowed');
    assert.deepEqual(
      matched.map(({ actions }) => actions.patterns),
      [['*']],
    );
    assert.deepEqual(missingContext, ['aws:SourceVpc']);
    assert.equal(decide([allow('sqs:*'), deny('sqs:*')]).matched[0]?.effect, 'Deny');
  });

  it('puts variables in for version 2012-10-17 only', () => {
    const own = [allow('*', 'arn:aws:sqs:*:*:${aws:PrincipalTag/team}-*')];
    const request = {
      resource: `arn:aws:sqs:us-east-1:000000000000:red-orders`,
      context: { 'aws:PrincipalTag/team': 'red' },
    };
    assert.equal(decide(own, request).decision, 'allowed');
    assert.equal(decide(own, { ...request, context: { 'aws:PrincipalTag/team': 'blue' } }).decision, 'implicitDeny');
    assert.equal(decide(own, { ...request, context: {} }).decision, 'implicitDeny');
    assert.equal(decide(own, { ...request, version: '2008-10-17' }).decision, 'implicitDeny');
  });

  it('decides as a small model does', () => {
    const actions = ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sns:Publish'];
    const resources = [queue, 'arn:aws:sqs:us-east-1:000000000000:other', 'arn:aws:sns:us-east-1:000000000000:t'];
    // What each pattern takes in, written out.
    const actionPatterns: Readonly<Record<string, readonly string[]>> = {
      '*': actions,
      'sqs:*': actions.slice(0, 2),
      'SQS:*message': actions.slice(0, 2),
      'sqs:SendMessage': actions.slice(0, 1),
      'sqs:Sen?Message': actions.slice(0, 1),
      'sns:publish': actions.slice(2),
    };
    const resourcePatterns: Readonly<Record<string, readonly string[]>> = {
      '*': resources,
      'arn:aws:sqs:*': resources.slice(0, 2),
      'arn:aws:sqs': resources.slice(0, 2),
      'arn:aws:sqs:*:*:orders': resources.slice(0, 1),
      'arn:aws:s?s:us-east-1:000000000000:*': resources,
      'arn:aws:sns:us-*:000000000000:t': resources.slice(2),
    };
    const statement = fc.record({
      effect: fc.constantFrom('Allow', 'Deny'),
      notAction: fc.boolean(),
      action: fc.uniqueArray(fc.constantFrom(...Object.keys(actionPatterns)), { minLength: 1, maxLength: 2 }),
      notResource: fc.boolean(),
      resource: fc.uniqueArray(fc.constantFrom(...Object.keys(resourcePatterns)), { minLength: 1, maxLength: 2 }),
      team: fc.option(fc.constantFrom('red', 'blue'), { nil: undefined }),
    });
    fc.assert(
      fc.property(
        fc.array(statement, { maxLength: 4 }),
        fc.constantFrom(...actions),
        fc.constantFrom(...resources),
        fc.option(fc.constantFrom('red', 'blue'), { nil: undefined }),
        (statements, action, resource, team) => {
          const effects = statements
            .filter((s) => s.action.some((p) => actionPatterns[p]?.includes(action)) !== s.notAction)
            .filter((s) => s.resource.some((p) => resourcePatterns[p]?.includes(resource)) !== s.notResource)
            .filter((s) => s.team === undefined || s.team === team)
            .map(({ effect }) => effect);
          const expected = effects.includes('Deny')
            ? 'explicitDeny'
            : effects.includes('Allow')
              ? 'allowed'
              : 'implicitDeny';
          const written = statements.map((s) => ({
            Effect: s.effect,
            [s.notAction ? 'NotAction' : 'Action']: s.action,
            [s.notResource ? 'NotResource' : 'Resource']: s.resource,
            ...(s.team === undefined ? {} : { Condition: { StringEquals: { 'aws:PrincipalTag/team': s.team } } }),
          }));
          const context = team === undefined ? {} : { 'aws:PrincipalTag/team': team };
          assert.equal(decide(written, { action, resource, context }).decision, expected);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  const refused: readonly (readonly [document: unknown, message: string])[] = [
    ['{', 'Syntax errors in policy.'],
    [[], 'Syntax errors in policy.'],
    [{ Version: '2020-01-01', Statement: [] }, 'Syntax errors in policy.'],
    [{ Version: '2012-10-17' }, 'Syntax errors in policy.'],
    [{ Statement: { Effect: 'allow', Action: '*', Resource: '*' } }, 'Syntax errors in policy.'],
    [{ Statement: { Effect: 'Allow', Resource: '*' } }, 'Policy statement must contain actions.'],
    [{ Statement: { Effect: 'Allow', Action: '*' } }, 'Policy statement must contain resources.'],
    [
      { Statement: { Effect: 'Allow', Action: 'SendMessage', Resource: '*' } },
      'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
    ],
    [
      { Statement: { Effect: 'Allow', Action: '*', Resource: 'orders' } },
      'Resource orders must be in ARN format or "*".',
    ],
    [
      { Statement: { Effect: 'Allow', Action: '*', Resource: '*', Principal: '*' } },
      'Policy document should not specify a principal.',
    ],
    [
      { Statement: { Effect: 'Allow', Action: '*', Resource: '*', Condition: { StringFoo: { a: 'b' } } } },
      'Invalid Condition type : StringFoo.',
    ],
    [{ Statement: { Effect: 'Allow', Action: [{}], Resource: '*' } }, 'Syntax errors in policy.'],
  ];
  for (const [document, message] of refused) {
    const text = typeof document === 'string' ? document : JSON.stringify(document);
    it(`refuses ${text}`, () => {
      assert.throws(() => readPolicy(text), new MalformedPolicy(message));
    });
  }
});
