import assert from 'node:assert/strict';
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListPoliciesCommand,
  ListPolicyVersionsCommand,
  paginateSimulateCustomPolicy,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  SetDefaultPolicyVersionCommand,
  SimulateCustomPolicyCommand,
  SimulatePrincipalPolicyCommand,
  type EvaluationResult,
} from '@aws-sdk/client-iam';
import { runLocalLambda, type TestLocalLambda } from '../support/localLambda.ts';

const RoleName = 'orders';
const roleArn = 'arn:aws:iam::000000000000:role/orders';
const queue = 'arn:aws:sqs:us-east-1:000000000000:orders';
const allow = (action: string, resource = '*', more: object = {}): object => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
  ...more,
});
const policy = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

describe('the policy simulator of local IAM', () => {
  let local: TestLocalLambda;
  let iam: IAMClient;

  before(async () => {
    local = await runLocalLambda({ files: {} });
    iam = new IAMClient(local.clientConfig);
  });

  beforeEach(async () => {
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: '{}' })).catch(() => undefined);
  });

  after(async () => {
    iam?.destroy();
    await local?.[Symbol.asyncDispose]();
  });

  async function custom(
    PolicyInputList: string[],
    more: Partial<ConstructorParameters<typeof SimulateCustomPolicyCommand>[0]> = {},
  ): Promise<EvaluationResult> {
    const ActionNames = ['sqs:SendMessage'];
    const { EvaluationResults } = await iam.send(
      new SimulateCustomPolicyCommand({ PolicyInputList, ActionNames, ...more }),
    );
    assert.equal(EvaluationResults?.length, 1);
    return EvaluationResults[0] ?? { EvalActionName: '', EvalDecision: 'implicitDeny' };
  }

  it('decides, and shows which statement of which policy', async () => {
    const pretty = JSON.stringify({ Version: '2012-10-17', Statement: [allow('sns:*'), allow('sqs:*')] }, undefined, 2);
    const result = await custom([policy(allow('s3:*')), pretty]);
    assert.deepEqual(result, {
      EvalActionName: 'sqs:SendMessage',
      EvalResourceName: '*',
      EvalDecision: 'allowed',
      MatchedStatements: [
        {
          SourcePolicyId: 'PolicyInputList.2',
          SourcePolicyType: 'IAM Policy',
          StartPosition: { Line: 8, Column: 6 },
          EndPosition: { Line: 13, Column: 6 },
        },
      ],
      MissingContextValues: [],
    });
    const compact = await custom([policy(allow('sqs:*'), { ...allow('*'), Effect: 'Deny' })]);
    assert.equal(compact.EvalDecision, 'explicitDeny');
    assert.deepEqual(
      compact.MatchedStatements?.map(({ StartPosition, EndPosition }) => [StartPosition?.Column, EndPosition?.Column]),
      [[88, 134]],
    );
    assert.equal((await custom([policy(allow('sns:*'))])).EvalDecision, 'implicitDeny');
  });

  it('answers for every resource, and for all of them together', async () => {
    const result = await custom([policy(allow('sqs:*', queue))], { ResourceArns: [queue, `${queue}2`] });
    assert.equal(result.EvalDecision, 'implicitDeny');
    assert.deepEqual(
      result.ResourceSpecificResults?.map((one) => [one.EvalResourceName, one.EvalResourceDecision]),
      [
        [queue, 'allowed'],
        [`${queue}2`, 'implicitDeny'],
      ],
    );
    const single = await custom([policy(allow('sqs:*', queue))], { ResourceArns: [queue] });
    assert.deepEqual(
      [single.EvalDecision, single.EvalResourceName, single.ResourceSpecificResults?.length],
      ['allowed', queue, 1],
    );
  });

  it('takes context, and names what is missing of it', async () => {
    const condition = { Condition: { 'ForAnyValue:StringLike': { 'aws:TagKeys': ['team-*'] } } };
    const conditional = policy(allow('sqs:*', '*', condition));
    const missing = await custom([conditional]);
    assert.deepEqual([missing.EvalDecision, missing.MissingContextValues], ['implicitDeny', ['aws:TagKeys']]);
    const entry = { ContextKeyName: 'aws:tagkeys', ContextKeyType: 'stringList' as const };
    const ContextEntries = [{ ...entry, ContextKeyValues: ['other', 'team-a'] }];
    const given = await custom([conditional], { ContextEntries });
    assert.deepEqual([given.EvalDecision, given.MissingContextValues], ['allowed', []]);
    const named = await custom([conditional], { ResourceArns: [queue] });
    assert.deepEqual(named.ResourceSpecificResults?.[0]?.MissingContextValues, ['aws:TagKeys']);
  });

  it('gives results in pages', async () => {
    const ActionNames = ['sqs:SendMessage', 'sns:Publish', 's3:PutObject'];
    const input = { PolicyInputList: [policy(allow('sns:*'))], ActionNames };
    const sizes: (number | undefined)[] = [];
    const decisions: (string | undefined)[] = [];
    for await (const page of paginateSimulateCustomPolicy({ client: iam, pageSize: 2 }, input)) {
      sizes.push(page.EvaluationResults?.length);
      decisions.push(...(page.EvaluationResults ?? []).map(({ EvalDecision }) => EvalDecision));
    }
    assert.deepEqual(
      [sizes, decisions],
      [
        [2, 1],
        ['implicitDeny', 'allowed', 'implicitDeny'],
      ],
    );
  });

  it('simulates a role: what is in it, what is attached, and its boundary', async () => {
    const simulate = async (action: string, more: object = {}): Promise<EvaluationResult | undefined> => {
      const input = { PolicySourceArn: roleArn, ActionNames: [action], ResourceArns: [queue], ...more };
      return (await iam.send(new SimulatePrincipalPolicyCommand(input))).EvaluationResults?.[0];
    };
    const source = (result: EvaluationResult | undefined): unknown =>
      result?.MatchedStatements?.map(({ SourcePolicyId }) => SourcePolicyId);
    await iam.send(
      new PutRolePolicyCommand({ RoleName, PolicyName: 'send', PolicyDocument: policy(allow('sqs:SendMessage')) }),
    );
    const invoke = 'arn:aws:iam::aws:policy/service-role/AWSLambdaRole';
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: invoke }));
    const { Policy } = await iam.send(
      new CreatePolicyCommand({ PolicyName: 'own', Path: '/teams/', PolicyDocument: policy(allow('sns:Publish')) }),
    );
    const PolicyArn = Policy?.Arn ?? '';
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
    assert.deepEqual(source(await simulate('sqs:SendMessage')), ['role_orders_send']);
    assert.deepEqual(source(await simulate('lambda:InvokeFunction')), ['AWSLambdaRole']);
    assert.deepEqual(source(await simulate('sns:Publish')), ['own']);
    assert.equal((await simulate('events:PutEvents'))?.EvalDecision, 'implicitDeny');
    const more = { PolicyInputList: [policy(allow('events:PutEvents'))] };
    assert.equal((await simulate('events:PutEvents', more))?.EvalDecision, 'allowed');

    await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: PolicyArn }));
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    assert.equal(Role?.PermissionsBoundary?.PermissionsBoundaryArn, PolicyArn);
    const bounded = await simulate('sqs:SendMessage');
    assert.equal(bounded?.EvalDecision, 'implicitDeny');
    assert.equal(bounded.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary, false);
    assert.equal((await simulate('sns:Publish'))?.EvalDecision, 'allowed');

    // One of AWS's own that local Lambda knows nothing of: not guessed, but where it does not matter.
    const unknown = 'arn:aws:iam::aws:policy/AmazonEC2FullAccess';
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: unknown }));
    await assert.rejects(simulate('events:PutEvents'), { name: 'PolicyEvaluationException' });
    assert.equal((await simulate('sns:Publish'))?.EvalDecision, 'allowed');
  });

  it('refuses what IAM refuses', async () => {
    const principal = (PolicySourceArn: string): Promise<unknown> =>
      iam.send(new SimulatePrincipalPolicyCommand({ PolicySourceArn, ActionNames: ['sqs:SendMessage'] }));
    await assert.rejects(principal('arn:aws:iam::000000000000:role/nobody'), {
      name: 'NoSuchEntityException',
      message: 'The role with name nobody cannot be found.',
    });
    await assert.rejects(principal('arn:aws:sts::000000000000:assumed-role/orders/x'), {
      name: 'InvalidInputException',
      message: /does not clearly define entity type and name\.$/,
    });
    await assert.rejects(custom([policy(allow('sqs:*'))], { ActionNames: ['SendMessage'] }), {
      name: 'InvalidInputException',
    });
    await assert.rejects(custom(['{']), { name: 'InvalidInputException', message: 'Syntax errors in policy.' });
    await assert.rejects(custom([policy(allow('sqs:*'))], { ResourcePolicy: policy() }), /no ResourcePolicy/);
  });

  it('keeps managed policies with their versions', async () => {
    const [first, second] = [policy(allow('sqs:*')), policy(allow('sns:*'))];
    const created = await iam.send(
      new CreatePolicyCommand({ PolicyName: 'versions', Description: 'd', PolicyDocument: first }),
    );
    const PolicyArn = created.Policy?.Arn ?? '';
    assert.equal(PolicyArn, 'arn:aws:iam::000000000000:policy/versions');
    const shown = await iam.send(new GetPolicyCommand({ PolicyArn }));
    assert.deepEqual([shown.Policy?.Description, created.Policy?.Description], ['d', undefined]);
    assert.match(created.Policy?.PolicyId ?? '', /^ANPA[A-Z2-7]{17}$/);
    await assert.rejects(iam.send(new CreatePolicyCommand({ PolicyName: 'versions', PolicyDocument: first })), {
      name: 'EntityAlreadyExistsException',
    });
    await assert.rejects(iam.send(new CreatePolicyCommand({ PolicyName: 'bad', PolicyDocument: '{}' })), {
      name: 'MalformedPolicyDocumentException',
    });
    const version = { PolicyArn, PolicyDocument: second };
    const { PolicyVersion } = await iam.send(new CreatePolicyVersionCommand({ ...version, SetAsDefault: true }));
    assert.deepEqual([PolicyVersion?.VersionId, PolicyVersion?.IsDefaultVersion], ['v2', true]);
    const read = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
    assert.equal(decodeURIComponent(read.PolicyVersion?.Document ?? ''), first);
    const { Versions } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
    assert.deepEqual(
      Versions?.map(({ VersionId, IsDefaultVersion }) => [VersionId, IsDefaultVersion]),
      [
        ['v2', true],
        ['v1', false],
      ],
    );
    await assert.rejects(iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v2' })), {
      name: 'DeleteConflictException',
    });
    await iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
    await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v2' }));
    const third = await iam.send(new CreatePolicyVersionCommand(version));
    assert.equal(third.PolicyVersion?.VersionId, 'v3');
    await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v3' }));

    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
    const attached = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    assert.ok(attached.AttachedPolicies?.some(({ PolicyName }) => PolicyName === 'versions'));
    const { Policies } = await iam.send(new ListPoliciesCommand({ Scope: 'Local', OnlyAttached: true }));
    assert.ok(Policies?.some(({ Arn, AttachmentCount }) => Arn === PolicyArn && AttachmentCount === 1));
    await assert.rejects(iam.send(new DeletePolicyCommand({ PolicyArn })), { name: 'DeleteConflictException' });
    await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
    await iam.send(new DeletePolicyCommand({ PolicyArn }));
    await assert.rejects(iam.send(new GetPolicyCommand({ PolicyArn })), { name: 'NoSuchEntityException' });
    await assert.rejects(iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn })), {
      name: 'NoSuchEntityException',
    });

    const aws = { PolicyArn: 'arn:aws:iam::aws:policy/AmazonSQSFullAccess' };
    assert.equal((await iam.send(new GetPolicyCommand(aws))).Policy?.DefaultVersionId, 'v1');
    await assert.rejects(iam.send(new DeletePolicyCommand(aws)));
  });
});
