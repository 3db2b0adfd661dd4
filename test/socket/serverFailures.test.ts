import assert from 'node:assert/strict';
import { startHttpServer, type HttpServer } from '../../src/local/server/httpServer.ts';
import type { ApiService } from '../../src/local/server/apiRequest.ts';
import { rawRequest } from '../support/localLambda.ts';

describe('what a request gets when local Lambda itself fails', () => {
  const logged: string[] = [];
  let error: unknown;
  let server: HttpServer;

  before(async () => {
    const failing: ApiService = { handle: () => Promise.reject(error as Error) };
    const log = (message: string): void => void logged.push(message);
    server = await startHttpServer({
      port: 0,
      controlToken: 'token',
      services: { lambda: failing, sqs: failing, sns: failing, s3: failing },
      log: { trace: log, debug: log, info: log, warn: log, error: log },
    });
  });

  after(() => server.close());

  const sqlite = (errcode: number, message: string): Error => Object.assign(new Error(message), { errcode });
  const authorization = (service: string): string =>
    `AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  const requests = {
    lambda: { path: '/2015-03-31/functions', type: 'application/json' },
    sqs: { path: '/', type: 'application/x-amz-json-1.0', target: 'AmazonSQS.ListQueues' },
    sns: { path: '/?Action=ListTopics', type: 'application/x-www-form-urlencoded' },
    s3: { path: '/bucket/key', type: 'text/plain' },
  } as const;

  for (const [what, thrown, says] of [
    ['an error of its own', new Error('secret detail'), /Its log says why/],
    ['a full disk', sqlite(13, 'database or disk is full'), /The disk with local Lambda(?:'|&apos;)s data is full/],
    ['a full disk that a file met', Object.assign(new Error('no space'), { code: 'ENOSPC' }), /data is full/],
    ['a damaged database', sqlite(267, 'database disk image is malformed'), /is damaged\. Restart local Lambda/],
  ] as const) {
    it(`is told ${what} in the shape of the service: 500, and nothing of the inside`, async () => {
      error = thrown;
      for (const [service, { path, type, ...more }] of Object.entries(requests)) {
        const target = 'target' in more ? { 'x-amz-target': more.target } : {};
        const headers = { authorization: authorization(service), 'content-type': type, ...target };
        const {
          status,
          body,
          headers: answered,
        } = await rawRequest(server.endpoint, { method: 'POST', path, headers });
        assert.equal(status, 500, service);
        assert.match(body, says, service);
        assert.match(
          service === 'lambda' ? String(answered['x-amzn-errortype']) : body,
          /ServiceException|InternalFailure/,
        );
        assert.ok(!body.includes(thrown.message), service);
        assert.ok(
          logged.splice(0).some((line) => line.includes(thrown.message)),
          service,
        );
      }
    });
  }
});
