import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { configuredEndpoints } from '../../../src/aws/configuredEndpoints.ts';
import { listProfiles, profileFiles } from '../../../src/aws/profiles.ts';
import { listRegions, partitionOf } from '../../../src/aws/regions.ts';
import { testAwsConfig, type TestAwsConfig } from '../../support/awsConfig.ts';

const config = `
[default]
region = us-east-1

[profile sso]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Developer
region = eu-central-1

[sso-session corp]
sso_start_url = https://corp.example/start
sso_region = us-east-1

[profile role]
role_arn = arn:aws:iam::444455556666:role/deploy
source_profile = keys10

[profile web]
role_arn = arn:aws:iam::444455556666:role/web
web_identity_token_file = /token

[profile process]
credential_process = /opt/tool --give

[profile login]
login_session = arn:aws:iam::777788889999:user/me

[profile keys10]
services = local

[services local]
lambda =
  endpoint_url = http://127.0.0.1:1
`;

const credentials = `
[keys10]
aws_access_key_id = AKIA
aws_secret_access_key = secret

[keys2]
aws_access_key_id = AKIB
aws_secret_access_key = secret
aws_account_id = 000011112222
`;

describe('profiles of the shared AWS config', () => {
  let aws: TestAwsConfig;

  beforeEach(async () => {
    aws = await testAwsConfig();
  });

  afterEach(() => aws[Symbol.asyncDispose]());

  it('are listed with where their credentials come from, and without any secret', async () => {
    await aws.write({ config, credentials });
    const profiles = await listProfiles();
    assert.deepEqual(profiles, [
      { name: 'default', region: 'us-east-1', source: 'other' },
      { name: 'keys2', source: 'keys', accountId: '000011112222' },
      { name: 'keys10', source: 'keys' },
      { name: 'login', source: 'login', accountId: '777788889999' },
      { name: 'process', source: 'process' },
      { name: 'role', source: 'role', accountId: '444455556666' },
      { name: 'sso', region: 'eu-central-1', source: 'sso', accountId: '111122223333' },
      { name: 'web', source: 'webIdentity', accountId: '444455556666' },
    ]);
  });

  it('are read again each time; files that are missing or broken hold none', async () => {
    assert.deepEqual(await listProfiles(), []);
    await aws.write({ credentials });
    assert.equal((await listProfiles()).length, 2);
    await aws.write({ config: '[profile __proto__]\nregion = x\n[[[\n=', credentials: '\u0000\u0001 [a' });
    assert.deepEqual(await listProfiles(), []);
  });

  it('stop being read when it is called off', async () => {
    await assert.rejects(listProfiles(AbortSignal.abort()), { name: 'AbortError' });
  });

  it('are in the files that the environment names', () => {
    assert.deepEqual(profileFiles(), [aws.configFile, aws.credentialsFile]);
    aws.set('AWS_CONFIG_FILE', '~/elsewhere');
    aws.set('AWS_SHARED_CREDENTIALS_FILE', '');
    const home = process.env['HOME'] ?? homedir();
    assert.deepEqual(profileFiles(), [join(home, 'elsewhere'), join(home, '.aws', 'credentials')]);
  });

  it('name endpoints of their own, per service; those of other profiles do not count', async () => {
    await aws.write({ config: `${config}\n[profile all]\nendpoint_url = http://127.0.0.1:2\n`, credentials });
    assert.deepEqual(await configuredEndpoints('keys10'), { lambda: 'http://127.0.0.1:1' });
    assert.equal((await configuredEndpoints('all')).sts, 'http://127.0.0.1:2');
    assert.deepEqual(await configuredEndpoints('sso'), {});
    assert.deepEqual(await configuredEndpoints(''), {});
    aws.set('AWS_PROFILE', 'keys10');
    assert.deepEqual(await configuredEndpoints(''), { lambda: 'http://127.0.0.1:1' });
    aws.set('AWS_ENDPOINT_URL_LAMBDA', 'http://127.0.0.1:3');
    assert.deepEqual(await configuredEndpoints('keys10'), { lambda: 'http://127.0.0.1:3' });
    aws.set('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'true');
    assert.deepEqual(await configuredEndpoints('all'), {});
  });
});

describe('regions', () => {
  it('have a name each, and none is there twice', () => {
    const regions = listRegions();
    assert.equal(new Set(regions.map(({ id }) => id)).size, regions.length);
    assert.equal(new Set(regions.map(({ name }) => name)).size, regions.length);
    assert.ok(regions.some(({ id, name }) => id === 'eu-central-1' && name === 'Europe (Frankfurt)'));
  });

  it('are in a partition', () => {
    const found = ['eu-west-1', 'cn-north-1', 'us-gov-west-1', 'eusc-de-east-1'].map(partitionOf);
    assert.deepEqual(found, ['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc']);
  });
});
