import assert from 'node:assert/strict';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import {
  createAwsConnection,
  type AwsConnectionOptions,
  type RequestInput,
} from '../../src/connections/awsConnection.ts';
import type { Connection } from '../../src/connections/connection.ts';
import type { InvocationPiece } from '../../src/model/invocation.ts';
import { UserFacingFailure } from '../../src/model/userFacingFailure.ts';
import { testAwsConfig, type TestAwsConfig } from '../support/awsConfig.ts';
import {
  assumedRole,
  callerIdentity,
  functionList,
  lambdaError,
  queryError,
  startFakeAws,
  type FakeAws,
  type FakeAwsAnswer,
  type FakeAwsCall,
} from '../support/fakeAws.ts';
import { fakeLog } from '../support/panelFakes.ts';

const keys = (id: string): string => `aws_access_key_id = ${id}\naws_secret_access_key = VERYSECRET\n`;

describe('a connection by the AWS API', () => {
  let aws: TestAwsConfig;
  let server: FakeAws;
  let connection: Connection;
  let answer: (call: FakeAwsCall) => FakeAwsAnswer | Promise<FakeAwsAnswer>;
  const log: string[] = [];
  const pieces: InvocationPiece[] = [];

  beforeEach(async () => {
    aws = await testAwsConfig();
    server = await startFakeAws((call) => answer(call));
    answer = ({ action }) =>
      action === 'ListFunctions' ? functionList('123456789012', 'a') : callerIdentity('123456789012');
    log.length = 0;
    pieces.length = 0;
  });

  afterEach(async () => {
    await connection.dispose();
    await server[Symbol.asyncDispose]();
    await aws[Symbol.asyncDispose]();
    // Whatever happened: nothing secret is in the log.
    assert.doesNotMatch(log.join('\n'), /SECRET|hidden/);
  });

  const make = (choice: AwsConnectionOptions['choice'], requestInput?: RequestInput): Connection => {
    connection = createAwsConnection({
      choice,
      store: {
        ingest: (_id, added) => {
          pieces.push(...added);
          return Promise.resolve(added.map(() => 1));
        },
      },
      log: fakeLog(log),
      ...(requestInput ? { requestInput } : {}),
    });
    return connection;
  };
  const profile = (name: string, requestInput?: RequestInput): Connection =>
    make({ kind: 'aws', profile: name, region: 'us-east-1' }, requestInput);
  const endpoint = (at = server.endpoint): Connection => make({ kind: 'endpoint', endpoint: at, region: 'us-east-1' });

  /** Starts, and gives the failure; it has to be in the state, too. */
  const failure = async (of: Connection): Promise<string> => {
    const error: unknown = await of.start().then(
      () => assert.fail('it started'),
      (reason: unknown) => reason,
    );
    assert.ok(UserFacingFailure.is(error), String(error));
    const { phase, problem, problemCode } = of.state;
    assert.deepEqual([phase, problem, problemCode], ['failed', error.message, error.code]);
    assert.doesNotMatch(error.message, /VERYSECRET/);
    return `${error.code}: ${error.message}`;
  };

  describe('to AWS, by a profile', () => {
    it('asks the profile’s own endpoint whose account it is, once for all who wait', async () => {
      await aws.write({
        config: `[default]\nendpoint_url = http://127.0.0.1:1\n[profile dev]\nendpoint_url = ${server.endpoint}\n`,
        credentials: `[dev]\n${keys('AKDEV')}`,
      });
      const phases: string[] = [];
      profile('dev').onDidChangeState(({ phase }) => phases.push(phase));
      await Promise.all([connection.start(), connection.start(), connection.listFunctions()]);
      const { info } = connection.state;
      assert.deepEqual(
        [phases, info.account, info.label, info.profile, info.endpoint],
        [['starting', 'ready'], '123456789012', 'dev', 'dev', undefined],
      );
      assert.deepEqual(
        server.calls.map(({ action, accessKeyId }) => [action, accessKeyId]),
        [
          ['GetCallerIdentity', 'AKDEV'],
          ['ListFunctions', 'AKDEV'],
        ],
      );
    });

    it('takes the environment’s credentials where no profile is named', async () => {
      aws.set('AWS_ACCESS_KEY_ID', 'AKENV');
      aws.set('AWS_SECRET_ACCESS_KEY', 'VERYSECRET');
      aws.set('AWS_ENDPOINT_URL', server.endpoint);
      await profile('').start();
      assert.equal(server.calls[0]?.accessKeyId, 'AKENV');
    });

    it('takes on a role, and asks for an MFA code once for all services', async () => {
      await aws.write({
        config: `[profile dev]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = base\nmfa_serial = arn:aws:iam::1:mfa/me\nregion = us-east-1\nendpoint_url = ${server.endpoint}\n`,
        credentials: `[base]\n${keys('AKBASE')}`,
      });
      answer = ({ action }) => {
        if (action === 'AssumeRole') return assumedRole('AKROLE');
        return action === 'ListFunctions' ? functionList('123456789012') : callerIdentity('123456789012');
      };
      const prompts: string[] = [];
      profile('dev', ({ prompt }) => {
        prompts.push(prompt);
        return Promise.resolve(' 123456 ');
      });
      await connection.listFunctions();
      const seen = server.calls.map(({ action, accessKeyId, input }) => [action, accessKeyId, input.get('TokenCode')]);
      assert.deepEqual(seen, [
        ['AssumeRole', 'AKBASE', '123456'],
        ['GetCallerIdentity', 'AKROLE', null],
        ['ListFunctions', 'AKROLE', null],
      ]);
      assert.equal(prompts.length, 1);
      assert.match(prompts[0] ?? '', /arn:aws:iam::1:mfa\/me.*"dev"/);
      await connection.stop();
      await connection.start();
      assert.equal(prompts.length, 2);
    });

    it('can be stopped while a person is asked for an MFA code; a code that is not given is a failure', async () => {
      await aws.write({
        config: `[profile dev]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = base\nmfa_serial = device\nregion = us-east-1\n`,
        credentials: `[base]\n${keys('AKBASE')}`,
      });
      const asked = Promise.withResolvers<undefined>();
      const given = Promise.withResolvers<string | undefined>();
      const signals: AbortSignal[] = [];
      profile('dev', ({ signal }) => {
        signals.push(signal);
        asked.resolve(undefined);
        return given.promise;
      });
      const starting = connection.start();
      await asked.promise;
      const stopped = connection.stop();
      await assert.rejects(starting, { name: 'AbortError' });
      await stopped;
      assert.equal(connection.state.phase, 'stopped');
      assert.ok(signals[0]?.aborted, 'the question goes away');
      given.resolve(undefined);
      assert.match(await failure(connection), /^credentialsMissing: The profile "dev" wants the code of an MFA device/);
    });

    it('starts afresh once credentials that expired were put right', async () => {
      const config = `[profile dev]\nendpoint_url = ${server.endpoint}\n`;
      await aws.write({ config, credentials: `[dev]\n${keys('AKOLD')}` });
      answer = ({ action, accessKeyId }) => {
        if (action === 'GetCallerIdentity') return callerIdentity('123456789012');
        if (accessKeyId === 'AKNEW') return functionList('123456789012', 'a');
        return lambdaError(403, 'ExpiredTokenException', 'The security token included in the request is expired');
      };
      profile('dev');
      await assert.rejects(connection.listFunctions(), (error) => UserFacingFailure.is(error, 'credentialsExpired'));
      assert.equal(connection.state.problemCode, 'credentialsExpired');
      assert.match(connection.state.problem ?? '', /profile "dev" have expired.*aws sso login --profile dev/);
      await aws.write({ credentials: `[dev]\n${keys('AKNEW')}` });
      assert.equal((await connection.listFunctions()).length, 1);
      assert.equal(connection.state.phase, 'ready');
    });

    it('writes a send that credentials were missing for into its row', async () => {
      const sending = profile('nope').sendAsync({ functionName: 'a', payload: '{}', origin: 'test' });
      await assert.rejects(sending, (error) => UserFacingFailure.is(error, 'profileMissing'));
      assert.deepEqual(
        pieces.map((piece) => [piece.kind, 'errorName' in piece && piece.errorName]),
        [
          ['sent', false],
          ['notAccepted', 'profileMissing'],
        ],
      );
    });
  });

  describe('says what is wrong with a profile', () => {
    const role = 'role_arn = arn:aws:iam::123456789012:role/r\nregion = us-east-1\n';
    const sso = 'sso_account_id = 123456789012\nsso_role_name = Dev\n';
    const session = '[sso-session corp]\nsso_start_url = https://corp.example/start\nsso_region = us-east-1\n';
    const cases: readonly (readonly [title: string, config: string, expected: RegExp])[] = [
      ['there is none', '', /^profileMissing: .*no profile "dev" in .*config file and .*credentials file\. Choose/],
      ['no credentials', '[profile dev]\nregion = us-east-1\n', /^credentialsMissing: The profile "dev" has no cred/],
      [
        'never signed in to SSO',
        `[profile dev]\n${sso}sso_session = corp\n${session}`,
        /^credentialsExpired: The SSO sign-in of profile "dev" is missing or has expired\. Run aws sso login --profile dev /,
      ],
      [
        'SSO without a session',
        `[profile dev]\n${sso}sso_session = gone\n`,
        /^credentialsMissing: The settings of profile "dev" don't .*\[sso-session gone\]/,
      ],
      ['SSO, older form', `[profile dev]\n${sso}`, /^credentialsMissing: .*it needs sso_account_id.*sso_start_url/],
      [
        'a role that starts from SSO',
        `[profile dev]\n${role}source_profile = base\n[profile base]\n${sso}sso_session = corp\n${session}`,
        /^credentialsExpired: The SSO sign-in of profile "base" .*aws sso login --profile base /,
      ],
      [
        'a role that starts from nothing',
        `[profile dev]\n${role}source_profile = base\n`,
        /^credentialsMissing: The settings of profile "dev" .*its source_profile "base"/,
      ],
      [
        'a login that is missing',
        '[profile dev]\nlogin_session = arn:aws:iam::123456789012:user/me\n',
        /^credentialsExpired: The sign-in of profile "dev" .*Run aws login --profile dev /,
      ],
      [
        'a program that fails',
        '[profile dev]\ncredential_process = node -e console.error("VERYSECRET");process.exit(1)\n',
        /^credentialsMissing: The program that profile "dev" names in credential_process/,
      ],
      [
        'a token file that is not there',
        `[profile dev]\n${role}web_identity_token_file = /nowhere/token\n`,
        /^credentialsMissing: The web identity token of profile "dev" can't be read: "\/nowhere\/token"/,
      ],
    ];
    for (const [title, config, expected] of cases) {
      it(title, async () => {
        await aws.write({ config });
        assert.match(await failure(profile('dev')), expected);
      });
    }

    it('an SSO session that has expired', async () => {
      await aws.write({ config: `[profile dev]\n${sso}sso_session = corp\n${session}` });
      await aws.ssoToken('corp', '2020-01-01T00:00:00Z');
      assert.match(await failure(profile('dev')), /^credentialsExpired: .*Run aws sso login --profile dev /);
    });

    it('a role that may not be taken on', async () => {
      const config = `[profile dev]\n${role}source_profile = base\nendpoint_url = ${server.endpoint}\n`;
      await aws.write({ config, credentials: `[base]\n${keys('AKBASE')}` });
      const said = 'User: arn:aws:iam::1:user/me is not authorized to perform: sts:AssumeRole on resource: r';
      answer = () => queryError(403, 'AccessDenied', said);
      assert.match(
        await failure(profile('dev')),
        /^roleDenied: Could not take on arn:aws:iam::123456789012:role\/r for profile "dev": User: .*sts:AssumeRole/,
      );
    });

    it('wrong keys: of the profile, of a role’s source, in the environment', async () => {
      const config = `[profile dev]\nendpoint_url = ${server.endpoint}\n[profile role]\n${role}source_profile = dev\nendpoint_url = ${server.endpoint}\n`;
      await aws.write({ config, credentials: `[dev]\n${keys('AKBAD')}` });
      answer = () => queryError(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.');
      assert.match(
        await failure(profile('dev')),
        /^credentialsInvalid: .*does not know the credentials of profile "dev"/,
      );
      await connection.dispose();
      assert.match(await failure(profile('role')), /^credentialsInvalid: .*the credentials of profile "dev"/);
      await connection.dispose();
      assert.match(
        await failure(profile('')),
        /^credentialsMissing: No AWS credentials were found: neither in the env/,
      );
      await connection.dispose();
      aws.set('AWS_PROFILE', 'gone');
      assert.match(await failure(profile('')), /^profileMissing: .*AWS_PROFILE names "gone"/);
    });
  });

  describe('to another endpoint', () => {
    it('has test credentials, whatever the environment says', async () => {
      aws.set('AWS_PROFILE', 'gone');
      aws.set('AWS_USE_FIPS_ENDPOINT', 'true');
      await endpoint().start();
      assert.deepEqual(
        [server.calls[0]?.accessKeyId, connection.state.info.account, connection.state.info.endpoint],
        ['test', '123456789012', server.endpoint],
      );
    });

    it('learns the account from a function where there is no STS', async () => {
      let functions = functionList('000000000000');
      answer = ({ action }) =>
        action === 'ListFunctions' ? functions : queryError(400, 'InvalidAction', 'No such action');
      await endpoint().start();
      assert.deepEqual([connection.state.phase, connection.state.info.account], ['ready', '']);
      functions = functionList('000000000000', 'a');
      const states: string[] = [];
      connection.onDidChangeState(({ info }) => states.push(info.account));
      await connection.listFunctions();
      assert.deepEqual(states, ['000000000000']);
      await connection.dispose();
      await endpoint().start();
      assert.equal(connection.state.info.account, '000000000000');
    });

    for (const [title, given] of [
      ['a page of HTML', { type: 'text/html', body: '<!DOCTYPE html><html><body>Welcome</body></html>' }],
      ['a page that is not there', { status: 404, type: 'text/html', body: '<html>Not found</html>' }],
      ['an empty answer', { type: 'text/plain', body: '' }],
      ['some other JSON', { body: '{"status":"ok"}' }],
      ['other JSON that is not there', { status: 404, body: '{"message":"Not Found"}' }],
      ['a redirect', { status: 302, body: '', headers: { location: '/login' } }],
    ] satisfies readonly (readonly [string, FakeAwsAnswer])[]) {
      it(`says that ${title} is not the AWS API`, async () => {
        answer = () => given;
        assert.match(
          await failure(endpoint()),
          new RegExp(`^notAws: Could not connect to ${server.endpoint}: what answers .*check the address`),
        );
      });
    }

    it('says that what speaks another protocol is not the AWS API', async () => {
      const other = createTcpServer((socket) => {
        socket.on('error', () => undefined).once('data', () => socket.end('SSH-2.0-OpenSSH\r\n'));
      }).listen(0, '127.0.0.1');
      await once(other, 'listening');
      assert.match(await failure(endpoint(`http://127.0.0.1:${(other.address() as AddressInfo).port}`)), /^notAws: /);
      other.close();
    });

    it('says that nothing answers, tries again at the next use, and is ready then', async () => {
      const { port } = new URL(server.endpoint);
      await server[Symbol.asyncDispose]();
      const address = `http://127.0.0.1:${port}`;
      assert.match(await failure(endpoint(address)), /^unreachable: .*nothing answers at http:\/\/127\.0\.0\.1:\d+\./);
      server = await startFakeAws((call) => answer(call));
      await connection.dispose();
      await endpoint().start();
      assert.equal(connection.state.phase, 'ready');
    });

    it('says that it has no certificate', async () => {
      const message = await failure(endpoint(server.endpoint.replace('http:', 'https:')));
      assert.match(message, /^tlsFailed: .*use http:\/\//);
    });

    it('gives a start up when its last caller does', async () => {
      const held = Promise.withResolvers<FakeAwsAnswer>();
      const asked = Promise.withResolvers<undefined>();
      answer = () => {
        asked.resolve(undefined);
        return held.promise;
      };
      const calling = new AbortController();
      const starting = endpoint().start(calling.signal);
      await asked.promise;
      calling.abort();
      await assert.rejects(starting, { name: 'AbortError' });
      held.resolve(callerIdentity('123456789012'));
      await connection.start();
      assert.equal(connection.state.phase, 'ready');
      await connection.dispose();
      await assert.rejects(connection.start(), { name: 'AbortError' });
    });
  });
});
