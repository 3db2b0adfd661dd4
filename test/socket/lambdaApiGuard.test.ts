import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { runLocalLambda, type TestLocalLambda } from '../support/localLambda.ts';
import { twoFunctions } from '../support/localProjects.ts';

const list = '/2015-03-31/functions/';

describe('the guard of local Lambda', () => {
  let local: TestLocalLambda;
  let port: string;

  before(async () => {
    local = await runLocalLambda({ files: twoFunctions });
    ({ port } = new URL(local.endpoint));
  });

  after(async () => {
    await local[Symbol.asyncDispose]();
  });

  for (const host of ['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]', 'sqs.us-east-1.localhost']) {
    it(`lets the Host ${host} in`, async () => {
      const { status } = await local.raw({ path: list, headers: { host: `${host}:${port}` } });
      assert.equal(status, 200);
    });
  }

  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1', '0.0.0.0']) {
    it(`keeps the Host “${host}” out`, async () => {
      const { status, body } = await local.raw({ path: list, headers: { host } });
      assert.equal(status, 403);
      assert.match(body, /is not this machine/);
    });
  }

  it('keeps web pages out, whatever they send', async () => {
    for (const origin of ['https://evil.example', 'null', 'http://localhost:1', 'vscode-webview://x']) {
      const answer = await local.raw({ path: list, headers: { origin } });
      assert.equal(answer.status, 403, origin);
      assert.equal(answer.headers['access-control-allow-origin'], undefined);
    }
    const preflight = await local.raw({
      path: list,
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST', authorization: '' },
    });
    assert.equal(preflight.status, 403);
    assert.equal(preflight.headers['access-control-allow-origin'], undefined);
  });

  it('keeps out what a page fetches without saying where it is from, such as an image', async () => {
    const action = 'Action=ListTopics&X-Amz-Credential=k%2F20260101%2Fus-east-1%2Fsns%2Faws4_request&X-Amz-Signature=0';
    const ask = async (site: string): Promise<number> =>
      (await local.raw({ path: `/?${action}`, headers: { authorization: '', 'sec-fetch-site': site } })).status;
    for (const site of ['cross-site', 'same-site']) assert.equal(await ask(site), 403, site);
    for (const site of ['none', 'same-origin']) assert.equal(await ask(site), 200, site);
  });

  it('tells a Lambda client in JSON why it is refused, also where curl calls the body a form', async () => {
    for (const authorization of ['', 'AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/lambda/aws4_request']) {
      const headers = { authorization, host: 'evil.example', 'content-type': 'application/x-www-form-urlencoded' };
      const { body } = await local.raw({
        method: 'POST',
        path: '/2015-03-31/functions/worker/invocations',
        headers,
        body: '{}',
      });
      assert.match((JSON.parse(body) as { message: string }).message, /is not this machine/);
    }
  });

  it('wants AWS-style authorization or a presigned query', async () => {
    for (const authorization of ['', 'Bearer x', 'Basic dDp0', 'AWS test:x']) {
      const { status, headers } = await local.raw({ path: list, headers: { authorization } });
      assert.equal(status, 403, authorization);
      assert.equal(headers['x-amzn-errortype'], 'MissingAuthenticationTokenException');
    }
    const query = 'X-Amz-Credential=test%2F20260101%2Fus-east-1%2Flambda%2Faws4_request&X-Amz-Signature=0';
    assert.equal((await local.raw({ path: `${list}?${query}`, headers: { authorization: '' } })).status, 200);
  });

  it('wants the control token for the local API, and nothing else will do', async () => {
    const path = '/_local/v1/status';
    for (const authorization of ['', `Bearer ${local.controlToken}x`, `Bearer ${local.controlToken.slice(1)}`]) {
      assert.equal((await local.raw({ path, headers: { authorization } })).status, 401);
    }
    assert.equal((await local.raw({ path })).status, 401);
    const right = await local.raw({ path, headers: { authorization: `Bearer ${local.controlToken}` } });
    assert.equal(right.status, 200);
    assert.deepEqual(JSON.parse(right.body), local.status());
    const page = { authorization: `Bearer ${local.controlToken}`, origin: 'https://evil.example' };
    assert.equal((await local.raw({ path, headers: page })).status, 403);
  });

  it('lets nobody reach the local API by another spelling of its path', async () => {
    for (const path of ['/%5Flocal/v1/status', '/_local%2Fv1/status', '//_local/v1/status', '/x/../_local/v1/status']) {
      const { status } = await local.raw({ path });
      assert.ok(status >= 400, path);
    }
  });

  it('tells in the protocol’s own shape what is not offered, by name', async () => {
    const signed = (service: string): string =>
      `AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/${service}/aws4_request`;
    const dynamo = await local.raw({
      method: 'POST',
      path: '/',
      headers: {
        authorization: signed('dynamodb'),
        'x-amz-target': 'DynamoDB_20120810.ListTables',
        'content-type': 'application/x-amz-json-1.0',
      },
      body: '{}',
    });
    assert.equal(dynamo.status, 400);
    assert.deepEqual(JSON.parse(dynamo.body), {
      __type: 'UnknownOperationException',
      message: 'Local Lambda does not offer the service "dynamodb" (ListTables).',
    });
    const sts = await local.raw({
      method: 'POST',
      path: '/',
      headers: { authorization: signed('sts'), 'content-type': 'application/x-www-form-urlencoded' },
      body: 'Action=GetFederationToken&Version=2011-06-15',
    });
    assert.equal(sts.status, 400);
    assert.match(
      sts.body,
      /<Code>InvalidAction<\/Code><Message>The action GetFederationToken of AWS STS is not offered/,
    );
  });

  it('answers a body that is too long without keeping it', async () => {
    const before = process.memoryUsage().rss;
    const size = 256 * 1024 * 1024;
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(
      `POST /2015-03-31/functions/worker/invocations HTTP/1.1\r\nHost: 127.0.0.1\r\n` +
        `Authorization: AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/lambda/aws4_request\r\nContent-Length: ${size}\r\n\r\n`,
    );
    const answer = text(socket).catch(() => '');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const chunk = Buffer.alloc(1024 * 1024);
    for (let sent = 0; sent < 120 && socket.writable; sent++) {
      if (!socket.write(chunk)) await Promise.race([closed, new Promise((resolve) => socket.once('drain', resolve))]);
    }
    assert.match(await answer, /^(HTTP\/1.1 413 |$)/);
    assert.ok(process.memoryUsage().rss - before < 100 * 1024 * 1024);
    assert.equal((await local.raw({ path: list })).status, 200);
  });
});
