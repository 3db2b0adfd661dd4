import assert from 'node:assert/strict';
import { decodeCbor } from '../../../../src/local/server/cbor.ts';
import { errorResponse, unknownService } from '../../../../src/local/server/errorShapes.ts';
import { guard } from '../../../../src/local/server/guard.ts';
import { serviceOf } from '../../../../src/local/server/routing.ts';

const signed = 'AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0';
const none = new URLSearchParams();

describe('the guard', () => {
  const status = (headers: Record<string, string>, path = '/', query = none): number | undefined =>
    guard({ path, query, headers }, 'token')?.status;

  it('lets signed requests of this machine through', () => {
    assert.equal(status({ host: 'localhost:1', authorization: signed }), undefined);
    assert.equal(status({ host: '127.0.0.1', authorization: signed, origin: 'http://127.0.0.1' }), undefined);
    assert.equal(status({ host: '[::1]:80' }, '/', new URLSearchParams('X-Amz-Signature=0')), undefined);
  });

  for (const host of [
    '',
    'example.com',
    'localhost.example.com',
    'xlocalhost',
    '127.0.0.1@evil',
    'localhost:1:2',
    '[::2]',
  ]) {
    it(`turns the Host "${host}" away`, () => assert.equal(status({ host, authorization: signed }), 403));
  }

  it('turns away what has no Host, a foreign Origin or no signature', () => {
    assert.equal(status({ authorization: signed }), 403);
    for (const origin of ['null', '', 'https://localhost:1', 'http://localhost:2', 'http://localhost:1.evil.example']) {
      assert.equal(status({ host: 'localhost:1', authorization: signed, origin }), 403, origin);
    }
    assert.equal(status({ host: 'localhost:1' }), 403);
  });

  it('opens the local API with the token only', () => {
    const host = 'localhost:1';
    for (const path of ['/_local/v1', '/_local/v1/status']) {
      assert.equal(status({ host, authorization: 'Bearer token' }, path), undefined);
      assert.equal(status({ host, authorization: 'Bearer tokem' }, path), 401);
      assert.equal(status({ host, authorization: signed }, path), 401);
      assert.equal(status({ host }, path, new URLSearchParams('X-Amz-Signature=0')), 401);
    }
    assert.equal(status({ host, authorization: 'Bearer token' }, '/_local/v10'), 403);
  });
});

describe('the service of a request', () => {
  const service = (headers: Record<string, string>, path = '/', query = none): string | undefined =>
    serviceOf({ path, query, headers });

  it('is in the credential scope, before all else', () => {
    const headers = { authorization: signed, 'x-amz-target': 'Logs_20140328.X' };
    assert.equal(service(headers, '/2015-03-31/functions/'), 'sqs');
    const query = new URLSearchParams('X-Amz-Credential=A%2F20260101%2Fus-east-1%2Fsns%2Faws4_request');
    assert.equal(service({}, '/', query), 'sns');
    assert.equal(service({ authorization: signed.replace('AKID', 'A/K/ID') }), 'sqs');
  });

  it('is told by X-Amz-Target, else by the path', () => {
    assert.equal(service({ 'x-amz-target': 'AmazonSQS.SendMessage' }), 'sqs');
    assert.equal(service({ 'x-amz-target': 'Logs_20140328.FilterLogEvents' }), 'logs');
    assert.equal(service({}, '/2015-03-31/functions/'), 'lambda');
    assert.equal(service({}, '/'), undefined);
    assert.equal(service({ authorization: signed }, '/_local/v1/status'), '_local');
  });
});

describe('an error in a protocol’s own shape', () => {
  const error = { status: 400, code: 'Wrong', message: 'a < b & c' };
  const shape = (headers: Record<string, string>, service?: string): string =>
    String(errorResponse({ headers, requestId: 'id' }, service, error).body);

  it('is JSON or XML', () => {
    assert.equal(shape({}), '{"message":"a < b & c"}');
    assert.equal(shape({ 'x-amz-target': 'A.B' }), '{"__type":"Wrong","message":"a < b & c"}');
    assert.match(
      shape({ 'content-type': 'application/x-www-form-urlencoded' }),
      /<Code>Wrong<\/Code><Message>a &lt; b &amp; c</,
    );
    assert.match(shape({}, 's3'), /^<\?xml .*<Error><Code>Wrong/s);
  });

  it('is CBOR for who speaks Smithy RPC v2', () => {
    const headers = { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' };
    const answer = errorResponse({ headers, requestId: 'id' }, 'monitoring', error);
    assert.deepEqual(answer.headers, { 'Content-Type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' });
    assert.deepEqual(decodeCbor(answer.body as Uint8Array), { __type: 'Wrong', message: 'a < b & c' });
  });

  it('names an operation that is not offered, wherever the request has its name', () => {
    const body = (headers: Record<string, string>, sent = '', query = ''): string =>
      String(
        unknownService(
          {
            method: 'POST',
            path: '/x',
            rawPath: '/x',
            query: new URLSearchParams(query),
            headers,
            body: Buffer.from(sent),
            requestId: 'id',
            signal: new AbortController().signal,
            endpoint: '',
          },
          'some',
        ).body,
      );
    assert.match(body({ 'x-amz-target': 'Some_1.DoIt' }), /\(DoIt\)/);
    assert.match(body({ 'content-type': 'application/x-www-form-urlencoded' }, 'Version=1&Action=DoIt'), /\(DoIt\)/);
    assert.match(body({}, '', 'Action=DoIt'), /\(DoIt\)/);
    assert.match(body({}), /\(POST \/x\)/);
  });
});
