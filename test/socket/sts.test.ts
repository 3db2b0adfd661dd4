import assert from 'node:assert/strict';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { runLocalLambda, type TestLocalLambda } from '../support/localLambda.ts';

const RoleArn = 'arn:aws:iam::000000000000:role/teams/orders';

describe('STS of local Lambda', () => {
  let local: TestLocalLambda;
  let sts: STSClient;

  before(async () => {
    local = await runLocalLambda({ files: {} });
    sts = new STSClient(local.clientConfig);
  });

  after(async () => {
    sts?.destroy();
    await local?.[Symbol.asyncDispose]();
  });

  it('takes any key for the account’s root user', async () => {
    const { Account, Arn, UserId } = await sts.send(new GetCallerIdentityCommand({}));
    assert.deepEqual([Account, Arn, UserId], ['000000000000', 'arn:aws:iam::000000000000:root', '000000000000']);
  });

  it('gives credentials for a role, and knows them again', async () => {
    const before = Date.now();
    const assumed = await sts.send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: 'deploy@ci', DurationSeconds: 900 }),
    );
    const Arn = 'arn:aws:sts::000000000000:assumed-role/orders/deploy@ci';
    assert.equal(assumed.AssumedRoleUser?.Arn, Arn);
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '', Expiration } = assumed.Credentials ?? {};
    assert.match(AccessKeyId, /^ASIA[A-Z2-7]{16}$/);
    const lasts = Number(Expiration) - before;
    assert.ok(lasts > 898_000 && lasts < 930_000, `${lasts} ms`);
    const credentials = {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    };
    const own = new STSClient({ ...local.clientConfig, credentials });
    const identity = await own.send(new GetCallerIdentityCommand({}));
    own.destroy();
    assert.equal(identity.Arn, Arn);
    assert.equal(identity.UserId, assumed.AssumedRoleUser.AssumedRoleId);
  });

  const refused: readonly (readonly [string, object, object])[] = [
    ['what is no role', { RoleArn: 'arn:aws:iam::000000000000:user/u' }, { name: 'ValidationError' }],
    ['a role of another account', { RoleArn: 'arn:aws:iam::111111111111:role/r' }, { name: 'AccessDenied' }],
    ['a session name with spaces', { RoleSessionName: 'a b' }, { message: /Value 'a b' at 'roleSessionName'/ }],
    ['a quarter of an hour less a second', { DurationSeconds: 899 }, { message: /greater than or equal to 900/ }],
    ['more than twelve hours', { DurationSeconds: 43_201 }, { message: /less than or equal to 43200/ }],
  ];
  for (const [title, input, error] of refused) {
    it(`refuses ${title}`, async () => {
      const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'session', ...input });
      await assert.rejects(sts.send(command), error);
    });
  }
});
