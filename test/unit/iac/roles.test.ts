import assert from 'node:assert/strict';
import { problemsOf, read, samFunction } from './support.ts';

const policy = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
const queueArn = 'arn:aws:sqs:eu-west-1:123456789012:Queue';

/** A template with a function that has a destination and the role `Role`. */
function template(...resources: readonly string[]): string {
  return `
Parameters:
  Unknown: { Type: String }
Resources:
  Queue: { Type: AWS::SQS::Queue }
  Orders:
    Type: AWS::Lambda::Function
    Properties:
      { Handler: app.handler, Runtime: nodejs22.x, Code: ., Role: !GetAtt Role.Arn, DeadLetterConfig: { TargetArn: !GetAtt Queue.Arn } }
${resources.map((resource) => `  ${resource}`).join('\n')}
`;
}

describe('roles', () => {
  it('have their inline and managed policies, intrinsics resolved, a path and a boundary', () => {
    const declarations = read(`
Parameters:
  Prefix: { Type: String, Default: shop }
Resources:
  Queue: { Type: AWS::SQS::Queue }
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Sub '\${Prefix}-worker'
      Path: /teams/
      AssumeRolePolicyDocument: { Statement: [] }
      PermissionsBoundary: !Ref Managed
      ManagedPolicyArns:
        - arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole
        - !Ref Managed
        - !Ref AWS::NoValue
      Policies:
        - PolicyName: send
          PolicyDocument:
            Version: 2012-10-17
            Statement:
              - { Effect: Allow, Action: 'sqs:SendMessage', Resource: !GetAtt Queue.Arn }
  Managed:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: own
      PolicyDocument: { Version: '2012-10-17', Statement: { Effect: Allow, Action: 'sns:*', Resource: '*' } }
  Added:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: added
      Roles: [!Ref Role, another-stacks]
      PolicyDocument: { Version: '2012-10-17', Statement: { Effect: Deny, Action: 'sns:*', Resource: '*' } }
  One:
    Type: AWS::IAM::RolePolicy
    Properties:
      RoleName: !Ref Role
      PolicyName: one
      PolicyDocument: { Version: '2012-10-17', Statement: { Effect: Allow, Action: 'events:*', Resource: '*' } }
  AttachedElsewhere:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Roles: [!Ref Role]
      PolicyDocument: { Version: '2012-10-17', Statement: { Effect: Allow, Action: 's3:*', Resource: '*' } }
  Orders:
    Type: AWS::Serverless::Function
    Properties: { Handler: app.handler, Runtime: nodejs22.x, Role: !GetAtt Role.Arn }
`);
    assert.deepEqual(problemsOf(declarations), []);
    const account = 'arn:aws:iam::123456789012';
    const [role] = declarations.roles;
    assert.deepEqual(role, {
      location: role?.location,
      logicalId: 'Role',
      name: 'shop-worker',
      path: '/teams/',
      arn: `${account}:role/teams/shop-worker`,
      trustPolicy: '{"Statement":[]}',
      boundary: `${account}:policy/own`,
      attached: [
        'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
        `${account}:policy/own`,
        `${account}:policy/AttachedElsewhere`,
      ],
      policies: {
        send: policy({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queueArn }),
        added: '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"sns:*","Resource":"*"}}',
        one: '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"events:*","Resource":"*"}}',
      },
    });
    assert.deepEqual(
      declarations.policies.map(({ name, arn }) => [name, arn]),
      [
        ['own', `${account}:policy/own`],
        ['AttachedElsewhere', `${account}:policy/AttachedElsewhere`],
      ],
    );
    assert.equal(declarations.functions[0]?.role, `${account}:role/teams/shop-worker`);
  });

  it('that SAM makes, or that can’t be known, are not there', () => {
    for (const line of ['Timeout: 3', 'Role: !ImportValue elsewhere', 'Role: !Ref Nothing', 'Role: worker']) {
      const { functions, problems } = read(samFunction(line));
      assert.equal(functions[0]?.role, undefined, line);
      assert.deepEqual(problems, [], line);
    }
  });

  const unsure =
    'A part of what the role “Role” allows is known only in AWS: local Lambda lets “Orders” deliver by it.';
  const partly: readonly (readonly [what: string, statement: string, expected: readonly object[], problem?: string])[] =
    [
      [
        'an Allow on an unknown resource counts for all',
        `{ Effect: Allow, Action: 'sqs:*', Resource: [!Ref Unknown, !GetAtt Queue.Arn] }`,
        [{ Sid: 'KnownOnlyOnAws', Effect: 'Allow', Action: 'sqs:*', Resource: '*' }],
        unsure,
      ],
      [
        'what is no delivery is no problem',
        `{ Effect: Allow, Action: 'dynamodb:*', Resource: !Ref Unknown }`,
        [{ Sid: 'KnownOnlyOnAws', Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' }],
      ],
      [
        'an unknown action is any',
        '{ Effect: Allow, Action: !Ref Unknown, Resource: "*" }',
        [{ Sid: 'KnownOnlyOnAws', Effect: 'Allow', Action: '*', Resource: '*' }],
        unsure,
      ],
      ['a Deny that is not known denies nothing', `{ Effect: Deny, Action: '*', Resource: !Ref Unknown }`, [], unsure],
      [
        'what is known stays as it is',
        `{ Effect: Allow, Action: 'sns:Publish', Resource: '*' }`,
        [{ Effect: 'Allow', Action: 'sns:Publish', Resource: '*' }],
      ],
    ];
  for (const [what, statement, expected, problem] of partly) {
    it(`known in part: ${what}`, () => {
      const declarations = read(
        template(
          'Role:',
          '  Type: AWS::IAM::Role',
          '  Properties:',
          '    AssumeRolePolicyDocument: {}',
          `    Policies: [{ PolicyName: p, PolicyDocument: { Version: '2012-10-17', Statement: [${statement}] } }]`,
        ),
      );
      assert.equal(declarations.roles[0]?.policies['p'], policy(...expected));
      assert.deepEqual(
        declarations.problems.map(({ message }) => message),
        problem === undefined ? [] : [problem],
      );
    });
  }

  it('with an unknown managed policy may do everything', () => {
    const declarations = read(
      template(
        'Role:',
        '  Type: AWS::IAM::Role',
        '  Properties: { AssumeRolePolicyDocument: {}, ManagedPolicyArns: [!Ref Unknown] }',
      ),
    );
    const { policies, attached } = declarations.roles[0] ?? {};
    assert.deepEqual([Object.keys(policies ?? {}), attached], [['KnownOnlyOnAws'], []]);
    assert.deepEqual(problemsOf(declarations), [`warning 10:3 ${unsure}`]);
  });

  it('that a connector gives rights to may do everything', () => {
    const role = (id: string): string =>
      `${id}: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: {} } }`;
    const connector = (source: string): string =>
      `Connects: { Type: AWS::Serverless::Connector, Properties: { Source: ${source}, Destination: { Id: Queue }, Permissions: [Write] } }`;
    const connected = (...resources: readonly string[]): readonly string[] => {
      const declarations = read(template(role('Role'), role('Other'), ...resources));
      assert.deepEqual(declarations.problems, []);
      return declarations.roles.filter(({ policies }) => 'Connector' in policies).map(({ name }) => name);
    };
    assert.deepEqual(connected(), []);
    assert.deepEqual(connected(connector('{ Id: Orders }')), ['Role']);
    assert.deepEqual(connected(connector('{ RoleName: !Ref Other, Type: AWS::Lambda::Function }')), ['Other']);
    assert.deepEqual(connected(connector('{ Id: Elsewhere }')), ['Role', 'Other']);
    const embedded = [
      'Sends:',
      '  Type: AWS::Serverless::Function',
      '  Connectors: { ToQueue: { Properties: { Destination: { Id: Queue }, Permissions: [Write] } } }',
      '  Properties: { Handler: app.handler, Runtime: nodejs22.x, Role: !GetAtt Other.Arn }',
    ];
    assert.deepEqual(connected(...embedded), ['Other']);
  });

  it('under a condition that is false are not there', () => {
    const declarations = read(
      `Conditions: { No: !Equals [a, b] }${template('Role: { Type: AWS::IAM::Role, Condition: No, Properties: {} }')}`,
    );
    assert.deepEqual(declarations.roles, []);
  });
});
