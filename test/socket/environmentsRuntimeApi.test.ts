import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { RuntimeApi } from '../../src/local/environments/runtimeApi.ts';
import { bootstrapDir, eventually } from '../support/environmentsHarness.ts';

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe('the Lambda Runtime API', () => {
  let api: RuntimeApi;
  let calls: string[];

  beforeEach(async () => {
    calls = [];
    api = await RuntimeApi.open({
      next: () => calls.push('next'),
      answer: ({ kind, payload }) => calls.push(`${kind} ${Buffer.from(payload).toString()}`),
      initError: (errorType, payload) => calls.push(`init ${errorType} ${Buffer.from(payload).toString()}`),
    });
  });

  afterEach(() => api.close());

  async function call(method: string, path: string, body = '', headers: Record<string, string> = {}): Promise<Answer> {
    const sent = request(`http://${api.address}${path}`, { method, headers });
    sent.end(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return { status: response.statusCode, headers: response.headers, body: await text(response) };
  }

  const invocation = {
    requestId: 'id-1',
    deadlineMs: 1_700_000_000_123,
    invokedFunctionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:orders',
    traceId: 'Root=1-a;Parent=b;Sampled=0',
    clientContext: '{"custom":{"who":"Zoë €"}}',
    payload: Buffer.from('{"a":1}'),
  };

  it('hands out an event with its headers, and takes one answer', async () => {
    const next = call('GET', '/2018-06-01/runtime/invocation/next');
    while (calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    api.give(invocation);
    const { status, headers, body } = await next;
    assert.deepEqual([status, body], [200, '{"a":1}']);
    assert.equal(headers['lambda-runtime-aws-request-id'], 'id-1');
    assert.equal(headers['lambda-runtime-deadline-ms'], '1700000000123');
    assert.equal(headers['lambda-runtime-invoked-function-arn'], invocation.invokedFunctionArn);
    assert.equal(headers['lambda-runtime-trace-id'], invocation.traceId);
    assert.deepEqual(JSON.parse(String(headers['lambda-runtime-client-context'])), { custom: { who: 'Zoë €' } });

    const stale = await call('POST', '/2018-06-01/runtime/invocation/id-0/response', '1');
    assert.deepEqual(
      [stale.status, stale.body],
      [400, '{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}\n'],
    );
    const taken = await call('POST', '/2018-06-01/runtime/invocation/id-1/response', '"ä"');
    assert.deepEqual([taken.status, taken.body], [202, '{"status":"OK"}\n']);
    const again = await call('POST', '/2018-06-01/runtime/invocation/id-1/error', '{}');
    assert.equal(again.status, 403);
    assert.match(again.body, /"errorType":"InvalidStateTransition"/);
    assert.deepEqual(calls, ['next', 'response "ä"']);
  });

  it('takes an error of init with its type', async () => {
    const headers = { 'Lambda-Runtime-Function-Error-Type': 'Runtime.ImportModuleError' };
    assert.equal((await call('POST', '/2018-06-01/runtime/init/error', '{"errorType":"x"}', headers)).status, 202);
    assert.equal((await call('POST', '/2018-06-01/runtime/init/error', '{"errorType":"x"}')).status, 202);
    assert.deepEqual(calls, ['init Runtime.ImportModuleError {"errorType":"x"}', 'init x {"errorType":"x"}']);
  });

  it('takes a streamed response when it is whole, with what its trailers tell', async () => {
    const stream = async (chunks: readonly string[], trailers: Record<string, string>, mode = 'streaming') => {
      calls = [];
      const next = call('GET', '/2018-06-01/runtime/invocation/next');
      while (calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
      api.give(invocation);
      await next;
      const sent = request(`http://${api.address}/2018-06-01/runtime/invocation/id-1/response`, {
        method: 'POST',
        headers: {
          'Transfer-Encoding': 'chunked',
          'Lambda-Runtime-Function-Response-Mode': mode,
          Trailer: 'Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body',
        },
      });
      for (const chunk of chunks) sent.write(chunk);
      sent.addTrailers(trailers);
      sent.end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      return [response.statusCode, ...calls.slice(1)];
    };
    const error = '{"errorType":"E","errorMessage":"m"}';
    const trailers = {
      'Lambda-Runtime-Function-Error-Type': 'E',
      'Lambda-Runtime-Function-Error-Body': Buffer.from(error).toString('base64'),
    };
    assert.deepEqual(await stream(['[1,', '2]'], {}), [202, 'response [1,2]']);
    assert.deepEqual(await stream(['[1,', '2]'], trailers), [202, 'response [1,2]']);
    assert.deepEqual(await stream([], trailers), [202, `error ${error}`]);
    const fault =
      'fault {"errorType":"Runtime.InvalidResponseModeHeader","errorMessage":"RequestId: id-1 Error: Invalid function response mode"}';
    assert.deepEqual(await stream(['1'], {}, 'sideways'), [400, fault]);
  });

  it('says of a response that breaks off that it did', async () => {
    const next = call('GET', '/2018-06-01/runtime/invocation/next');
    while (calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    api.give(invocation);
    await next;
    const sent = request(`http://${api.address}/2018-06-01/runtime/invocation/id-1/response`, {
      method: 'POST',
      headers: { 'Transfer-Encoding': 'chunked' },
    });
    sent.on('error', () => undefined);
    await new Promise((resolve) => sent.write('[1,', resolve));
    sent.destroy();
    while (calls.length === 1) await new Promise((resolve) => setImmediate(resolve));
    assert.match(calls[1] ?? '', /^fault \{"errorType":"Runtime\.TruncatedResponse"/);
  });

  it('serves our Node.js bootstrap, where that has no pipe for its events', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'runtime-api-'));
    await writeFile(
      join(dir, 'index.js'),
      'exports.handler = async ({ a }) => { if (a > 1) throw new TypeError("no"); return a; };',
    );
    const child = spawn(process.execPath, [join(bootstrapDir, 'node.mjs')], {
      env: { AWS_LAMBDA_RUNTIME_API: api.address, _HANDLER: 'index.handler', LAMBDA_TASK_ROOT: dir },
      stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    });
    const exited = once(child, 'exit');
    try {
      (child.stdio[3] as Readable).resume();
      for (const [nth, a] of [1, 2].entries()) {
        await eventually(() => calls.length === 2 * nth + 1);
        api.give({ ...invocation, requestId: `id-${a}`, payload: Buffer.from(JSON.stringify({ a })) });
      }
      await eventually(() => calls.length === 5);
      const [next, response, again, error = '', last] = calls;
      assert.deepEqual([next, response, again, last], ['next', 'response 1', 'next', 'next']);
      assert.match(error, /^error \{"errorType":"TypeError","errorMessage":"no","trace":/);
      api.close();
      assert.deepEqual(await exited, [1, null], 'it ends with its connection');
    } finally {
      child.kill('SIGKILL');
      await rm(dir, { recursive: true });
    }
  });

  it('knows no other paths, and hears no web page', async () => {
    assert.equal((await call('GET', '/')).status, 404);
    assert.equal((await call('GET', '/2018-06-01/runtime/invocation/id-1/response')).status, 404);
    const next = '/2018-06-01/runtime/invocation/next';
    assert.equal((await call('GET', next, '', { Host: 'rebound.example' })).status, 403);
    assert.equal((await call('GET', next, '', { Origin: 'http://evil.example' })).status, 403);
    assert.deepEqual(calls, []);
  });
});
