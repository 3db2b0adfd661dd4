import assert from 'node:assert/strict';
import { createCredentials } from '../../src/aws/credentials.ts';
import { UserFacingFailure } from '../../src/model/userFacingFailure.ts';
import { testAwsConfig } from '../support/awsConfig.ts';
import { assumedRole, startFakeAws } from '../support/fakeAws.ts';

describe('credentials that are renewed', () => {
  it('are not those of another account: what was agreed to for one would happen there', async () => {
    await using aws = await testAwsConfig();
    let account = '111111111111';
    await using server = await startFakeAws(({ input }) => assumedRole(input.get('RoleArn') ?? '', account));
    const role = (): string =>
      `[profile dev]\nregion = us-east-1\nrole_arn = arn:aws:iam::${account}:role/r\nsource_profile = base\n[profile base]\naws_access_key_id = AKBASE\naws_secret_access_key = x\n`;
    await aws.write({ config: role() });
    let now = Date.now();
    const credentials = createCredentials({ profile: 'dev', endpoints: { sts: server.endpoint }, now: () => now });
    assert.equal((await credentials()).accountId, account);
    now += 3_600_000;
    assert.equal((await credentials()).accountId, account);
    account = '222222222222';
    await aws.write({ config: role() });
    now += 3_600_000;
    await assert.rejects(credentials(), (error) => {
      assert.ok(UserFacingFailure.is(error, 'accountChanged'));
      assert.match(error.message, /222222222222 now, and were of 111111111111 before/);
      return true;
    });
  });
});
