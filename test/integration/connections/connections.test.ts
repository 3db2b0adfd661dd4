import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { ApiConnection, ApiViewRow, ExtensionApi } from '../../../src/host/extensionApi.ts';
import { product } from '../support/product.ts';
import { startOther, type OtherServer } from './otherServer.ts';

const template = `Resources:
  There:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: there, Runtime: nodejs22.x, CodeUri: ., Handler: there.handler }
`;

const region = 'us-east-1';

/** Profiles as people have them; the host reads them afresh at each use. */
const config = `[profile keys]
region = us-east-1
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY

[profile bare]
region = eu-central-1
`;

const select = (target: unknown): Thenable<unknown> =>
  vscode.commands.executeCommand('lambdaDestinations.selectConnection', target);

/** The one row that says why there are no functions, and its ways on. */
async function failure(api: ExtensionApi): Promise<{ readonly row: ApiViewRow; readonly ways: readonly string[] }> {
  const [row, ...others] = await api.functionsView();
  assert.ok(row, 'there is a row');
  assert.deepEqual(others, [], 'and no other');
  return { row, ways: row.children.map(({ label }) => label) };
}

const names = (rows: readonly ApiViewRow[]): string[] => rows.map(({ label }) => label);

describe('connections', () => {
  let api: ExtensionApi;
  let folder: string;
  let other: OtherServer;
  let endpoint: { kind: 'endpoint'; endpoint: string; region: string };
  const environment = { ...process.env };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ld-aws-'));
    await writeFile(join(folder, 'config'), config);
    // The extension runs in this process; nothing of the machine's own AWS set-up may count.
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) Reflect.deleteProperty(process.env, name);
    process.env['AWS_CONFIG_FILE'] = join(folder, 'config');
    process.env['AWS_SHARED_CREDENTIALS_FILE'] = join(folder, 'credentials');
    process.env['AWS_EC2_METADATA_DISABLED'] = 'true';
    other = await startOther({ template });
    endpoint = { kind: 'endpoint', endpoint: other.endpoint, region };
    api = await product();
  });

  after(async () => {
    await select({ kind: 'local' });
    await other.close();
    await rm(folder, { recursive: true, force: true });
    Object.assign(process.env, environment);
  });

  it('begin with local Lambda', async () => {
    assert.equal(api.connection.kind, 'local');
    assert.deepEqual(names(await api.functionsView()), ['here']);
  });

  it('are replaced whole: functions, account, records, local Lambda’s end', async () => {
    await api.local.start();
    const local = await api.sendAsync({ functionName: 'here', payload: {} });
    const heard: ApiConnection[] = [];
    const subscription = api.onDidChangeConnection((connection) => heard.push(connection));
    assert.deepEqual(await select(endpoint), endpoint);
    assert.deepEqual(
      { id: heard[0]?.id, phase: heard[0]?.phase, account: heard[0]?.account },
      { id: `endpoint:${other.endpoint}/${region}`, phase: 'stopped', account: '' },
      'who listens hears of it at once',
    );
    assert.equal(api.local.endpoint, undefined);
    assert.deepEqual(names(await api.functionsView()), ['there']);
    const { kind, phase, account, label } = api.connection;
    assert.deepEqual(
      { kind, phase, account, label },
      { kind: 'endpoint', phase: 'ready', account: '999999999999', label: new URL(other.endpoint).host },
    );
    const { requestId } = await api.sendAsync({ functionName: 'there', payload: { n: 1 } });
    const rows = await api.invocations.query();
    assert.deepEqual(
      rows.map((row) => [row.requestId, row.functionName]),
      [[requestId, 'there']],
      'what was sent elsewhere is not among its rows',
    );
    subscription.dispose();

    await select({ kind: 'local' });
    assert.deepEqual(names(await api.functionsView()), ['here']);
    const [again] = await api.invocations.query();
    assert.equal(again?.requestId, local.requestId);
  });

  it('go back to local Lambda where it is started', async () => {
    await select(endpoint);
    await vscode.commands.executeCommand('lambdaDestinations.startLocal');
    assert.deepEqual([api.connection.kind, api.connection.phase], ['local', 'ready']);
    await select(endpoint);
    await api.local.stop();
    assert.equal(api.connection.kind, 'endpoint', 'stopping what does not run changes nothing');
    await api.local.start();
    assert.deepEqual([api.connection.kind, api.connection.phase], ['local', 'ready']);
  });

  it('change their region and stay what they are', async () => {
    await select(endpoint);
    const there = { ...endpoint, region: 'eu-west-1' };
    assert.deepEqual(
      await vscode.commands.executeCommand('lambdaDestinations.changeRegion', { region: 'eu-west-1' }),
      there,
    );
    assert.equal(api.connection.region, 'eu-west-1');
    await assert.rejects(
      Promise.resolve(vscode.commands.executeCommand('lambdaDestinations.changeRegion', { region: 'Ireland' })),
      /"Ireland"/,
    );
  });

  it('are refused where they are none, or carry credentials', async () => {
    for (const target of [
      { kind: 'aws', profile: 'keys' },
      { kind: 'endpoint', endpoint: 'http://key:secret@localhost:1', region },
    ]) {
      await assert.rejects(Promise.resolve(select(target)), /names no connection/);
    }
  });

  it('an endpoint where nothing answers: says so, and goes on once something does', async () => {
    const port = await freePort();
    await select({ ...endpoint, endpoint: `http://127.0.0.1:${port}` });
    const { row, ways } = await failure(api);
    assert.equal(row.label, `Not connected to 127.0.0.1:${port}`);
    assert.match(row.description, new RegExp(`127\\.0\\.0\\.1:${port}`));
    assert.deepEqual(ways, ['Retry', 'Select Connection', 'Learn More']);
    assert.deepEqual([api.connection.phase, api.connection.problemCode], ['failed', 'unreachable']);
    await assert.rejects(api.functions(), { code: 'unreachable' });
    const late = await startOther({ template, port });
    try {
      await vscode.commands.executeCommand('lambdaDestinations.refresh');
      assert.deepEqual(names(await api.functionsView()), ['there']);
    } finally {
      await late.close();
    }
  });

  it('an endpoint that is something else: is said not to be AWS’s API', async () => {
    const server = await answering((response) => response.end('<html>hello</html>'));
    await select({ ...endpoint, endpoint: addressOf(server) });
    const { ways } = await failure(api);
    assert.equal(api.connection.problemCode, 'notAws');
    assert.ok(ways.includes('Select Connection'), ways.join(', '));
    server.close();
  });

  it('a profile without credentials: names it, and leads to the sign-in and the config', async () => {
    await select({ kind: 'aws', profile: 'bare', region: 'eu-central-1' });
    const { row, ways } = await failure(api);
    assert.equal(row.label, 'Not connected to bare');
    assert.match(row.description, /"bare"/);
    assert.deepEqual(ways, ['Sign In…', 'Open AWS Config', 'Select Connection', 'Retry', 'Learn More']);
    assert.equal(api.connection.problemCode, 'credentialsMissing');
    await vscode.commands.executeCommand('lambdaDestinations.openAwsConfig');
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, join(folder, 'config'));
  });

  it('a profile that is gone: says which, and offers others', async () => {
    await select({ kind: 'aws', profile: 'gone', region });
    const { row, ways } = await failure(api);
    assert.match(row.description, /no profile "gone"/);
    assert.deepEqual(ways, ['Select Connection', 'Open AWS Config', 'Learn More']);
    assert.equal(api.connection.problemCode, 'profileMissing');
  });

  it('expired credentials: says so, and offers to sign in and to try again', async () => {
    const server = await answering((response) => {
      response.writeHead(403, { 'content-type': 'text/xml' });
      response.end(
        '<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>The security token included in the request is expired</Message></Error></ErrorResponse>',
      );
    });
    await select({ ...endpoint, endpoint: addressOf(server), profile: 'keys' });
    const { row, ways } = await failure(api);
    assert.match(row.description, /expired/);
    assert.deepEqual(ways, ['Sign In…', 'Retry', 'Select Connection', 'Learn More']);
    assert.equal(api.connection.problemCode, 'credentialsExpired');
    server.close();
  });

  it('a region without functions: names account and region, and leads elsewhere', async () => {
    const empty = await startOther({ template: 'Resources: {}\n' });
    try {
      await select({ ...endpoint, endpoint: empty.endpoint });
      const { row, ways } = await failure(api);
      assert.equal(row.label, 'No functions in us-east-1');
      assert.equal(row.description, `account 999999999999 (${new URL(empty.endpoint).host})`);
      assert.deepEqual(ways, ['Change Region…', 'Select Connection…', 'Refresh']);
    } finally {
      await empty.close();
    }
  });
});

async function answering(answer: (response: ServerResponse) => void): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function freePort(): Promise<number> {
  const server = await answering(() => undefined);
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
