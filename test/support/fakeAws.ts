import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a fake AWS was asked. */
export interface FakeAwsCall {
  /** `GetCallerIdentity`, `ListFunctions`, …; of another path `GET /path`. */
  readonly action: string;
  /** That the request was signed with. */
  readonly accessKeyId: string;
  /** Of the Query protocol. */
  readonly input: URLSearchParams;
}

/** What it answers; `type`: of the body, JSON unless said. */
export interface FakeAwsAnswer {
  readonly status?: number;
  readonly type?: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server that answers as a test says. */
export interface FakeAws extends AsyncDisposable {
  readonly endpoint: string;
  readonly calls: readonly FakeAwsCall[];
}

/** Starts one on a free loopback port. */
export async function startFakeAws(
  answer: (call: FakeAwsCall) => FakeAwsAnswer | Promise<FakeAwsAnswer>,
): Promise<FakeAws> {
  const calls: FakeAwsCall[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const input = new URLSearchParams(await text(request));
      const route = `${request.method} ${new URL(request.url ?? '/', 'http://localhost').pathname}`;
      const known = /\/functions\/?$/.test(route) ? 'ListFunctions' : route;
      const accessKeyId = /Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      const [, target] = /\.(\w+)$/.exec(String(request.headers['x-amz-target'] ?? '')) ?? [];
      const call = { action: input.get('Action') ?? target ?? known, accessKeyId, input };
      calls.push(call);
      const { status = 200, type = 'application/json', body, headers = {} } = await answer(call);
      response.writeHead(status, { 'content-type': type, ...headers }).end(body);
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** STS says whose key it is. */
export function callerIdentity(account: string, arn = `arn:aws:iam::${account}:user/me`): FakeAwsAnswer {
  return xml('GetCallerIdentity', `<Arn>${arn}</Arn><UserId>AIDA</UserId><Account>${account}</Account>`);
}

/** STS gives the credentials of a role for an hour. */
export function assumedRole(accessKeyId: string, account = '123456789012'): FakeAwsAnswer {
  const expiration = new Date(Date.now() + 3_600_000).toISOString();
  return xml(
    'AssumeRole',
    `<Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>hidden</SecretAccessKey><SessionToken>session</SessionToken><Expiration>${expiration}</Expiration></Credentials><AssumedRoleUser><AssumedRoleId>AROA:me</AssumedRoleId><Arn>arn:aws:sts::${account}:assumed-role/r/me</Arn></AssumedRoleUser>`,
  );
}

/** A refusal of the Query protocol. */
export function queryError(status: number, code: string, message: string): FakeAwsAnswer {
  return {
    status,
    type: 'text/xml',
    body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
  };
}

/** A refusal of Lambda. */
export function lambdaError(status: number, type: string, message: string): FakeAwsAnswer {
  return { status, body: JSON.stringify({ message }), headers: { 'x-amzn-errortype': type } };
}

/** Lambda's functions by name. */
export function functionList(account: string, ...names: readonly string[]): FakeAwsAnswer {
  const Functions = names.map((FunctionName) => ({
    FunctionName,
    FunctionArn: `arn:aws:lambda:us-east-1:${account}:function:${FunctionName}`,
  }));
  return { body: JSON.stringify({ Functions }) };
}

function xml(action: string, result: string): FakeAwsAnswer {
  return {
    type: 'text/xml',
    body: `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${action}Response>`,
  };
}
