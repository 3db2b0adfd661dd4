import assert from 'node:assert/strict';
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListInstanceProfilesForRoleCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListRoleTagsCommand,
  ListUsersCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { runLocalLambda, type TestLocalLambda } from '../support/localLambda.ts';

const RoleName = 'orders';
const trust =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"}}]}';
const managed = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';

describe('IAM of local Lambda', () => {
  let local: TestLocalLambda;
  let iam: IAMClient;

  beforeEach(async () => {
    local = await runLocalLambda({ files: {} });
    iam = new IAMClient(local.clientConfig);
    await iam.send(
      new CreateRoleCommand({
        RoleName,
        AssumeRolePolicyDocument: trust,
        Path: '/teams/',
        Description: 'd & e',
        Tags: [{ Key: 'a', Value: 'b' }],
      }),
    );
  });

  afterEach(async () => {
    iam?.destroy();
    await local?.[Symbol.asyncDispose]();
  });

  it('keeps roles', async () => {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    assert.equal(Role?.Arn, 'arn:aws:iam::000000000000:role/teams/orders');
    assert.match(Role.RoleId ?? '', /^AROA[A-Z2-7]{17}$/);
    assert.equal(decodeURIComponent(Role.AssumeRolePolicyDocument ?? ''), trust);
    assert.deepEqual([Role.Description, Role.MaxSessionDuration, Role.Path], ['d & e', 3_600, '/teams/']);
    assert.deepEqual(Role.Tags, [{ Key: 'a', Value: 'b' }]);
    const { Roles, IsTruncated } = await iam.send(new ListRolesCommand({ PathPrefix: '/teams/' }));
    assert.deepEqual([Roles?.map((role) => role.RoleName), IsTruncated], [[RoleName], false]);
    assert.deepEqual((await iam.send(new ListRolesCommand({ PathPrefix: '/other/' }))).Roles, []);
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: '{}' }));
    const changed = await iam.send(new GetRoleCommand({ RoleName }));
    assert.equal(changed.Role?.AssumeRolePolicyDocument, '%7B%7D');
    await iam.send(new TagRoleCommand({ RoleName, Tags: [{ Key: 'c', Value: 'd' }] }));
    await iam.send(new UntagRoleCommand({ RoleName, TagKeys: ['a'] }));
    assert.deepEqual((await iam.send(new ListRoleTagsCommand({ RoleName }))).Tags, [{ Key: 'c', Value: 'd' }]);
    assert.deepEqual((await iam.send(new ListInstanceProfilesForRoleCommand({ RoleName }))).InstanceProfiles, []);
  });

  it('keeps what is put into a role and attached to it, and deletes only a role without', async () => {
    const policy = { RoleName, PolicyName: 'send' };
    await iam.send(new PutRolePolicyCommand({ ...policy, PolicyDocument: '{"Statement":[]}' }));
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: managed }));
    assert.deepEqual((await iam.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames, ['send']);
    const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand(policy));
    assert.equal(decodeURIComponent(PolicyDocument), '{"Statement":[]}');
    assert.deepEqual((await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))).AttachedPolicies, [
      { PolicyName: 'AWSLambdaBasicExecutionRole', PolicyArn: managed },
    ]);
    const remove = new DeleteRoleCommand({ RoleName });
    await assert.rejects(iam.send(remove), { message: 'Cannot delete entity, must detach all policies first.' });
    await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: managed }));
    await assert.rejects(iam.send(remove), { message: 'Cannot delete entity, must delete policies first.' });
    await iam.send(new DeleteRolePolicyCommand(policy));
    await assert.rejects(iam.send(new GetRolePolicyCommand(policy)), { name: 'NoSuchEntityException' });
    await iam.send(remove);
    await assert.rejects(iam.send(new GetRoleCommand({ RoleName })), {
      name: 'NoSuchEntityException',
      message: 'The role with name orders cannot be found.',
    });
  });

  it('refuses what IAM refuses, and names what is not offered', async () => {
    const create = { RoleName, AssumeRolePolicyDocument: trust };
    await assert.rejects(iam.send(new CreateRoleCommand(create)), { name: 'EntityAlreadyExistsException' });
    await assert.rejects(iam.send(new CreateRoleCommand({ ...create, RoleName: 'a b' })), { name: 'ValidationError' });
    const malformed = { ...create, RoleName: 'other', AssumeRolePolicyDocument: '{' };
    await assert.rejects(iam.send(new CreateRoleCommand(malformed)), { name: 'MalformedPolicyDocumentException' });
    const long = { ...create, RoleName: 'other', AssumeRolePolicyDocument: `{"Id":"${'x'.repeat(131_072)}"}` };
    await assert.rejects(iam.send(new CreateRoleCommand(long)), /ValidationError.*less than or equal to 131072/s);
    const own = 'arn:aws:iam::000000000000:policy/own';
    await assert.rejects(iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: own })), {
      name: 'NoSuchEntityException',
    });
    const policy = { RoleName, PolicyName: 'p', PolicyDocument: '{"Statement":[{"Effect":"Allow"}]}' };
    await assert.rejects(iam.send(new PutRolePolicyCommand(policy)), {
      name: 'MalformedPolicyDocumentException',
      message: 'Policy statement must contain actions.',
    });
    await assert.rejects(iam.send(new ListUsersCommand({})), {
      message: 'The action ListUsers of AWS IAM is not offered by local Lambda.',
    });
  });
});
