import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import assert from 'node:assert/strict';
import {
  GetObjectCommand,
  type GetObjectCommandInput,
  PutObjectCommand,
  type PutObjectCommandInput,
  type PutObjectCommandOutput,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import type { DatabaseSync } from 'node:sqlite';
import { createS3Service, type S3Service } from '../../src/local/s3/s3Service.ts';
import { startHttpServer } from '../../src/local/server/httpServer.ts';
import { temporaryDatabase } from './localDatabase.ts';

/** The bucket that is there from the start. */
export const Bucket = 'records';

/** The account and region of local S3 in tests. */
export const s3Scope = { region: 'us-east-1', account: '123456789012' };

/** What its clock says until it is set. */
export const s3Time = Date.UTC(2026, 8, 22, 17, 32, 55, 311);

interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Local S3 behind local Lambda's own server, and a client of it. */
export interface S3Server extends AsyncDisposable {
  readonly s3: S3Service;
  readonly db: DatabaseSync;
  readonly endpoint: string;
  readonly client: S3Client;
  /** Epoch ms. */
  readonly clock: { now: number };
  connect(config?: S3ClientConfig): S3Client;
  /** Another local S3 on the same database. */
  serveIn(region: string): Promise<{ readonly endpoint: string; close(): Promise<void> }>;
  put(Key: string, input?: Partial<PutObjectCommandInput>): Promise<PutObjectCommandOutput>;
  get(Key: string, input?: Partial<GetObjectCommandInput>): Promise<string>;
  /** By hand, signed as for S3 unless `headers` has an authorization. */
  raw(
    method: string,
    path: string,
    headers?: Readonly<Record<string, string>>,
    body?: string | Uint8Array,
  ): Promise<RawAnswer>;
}

/** Starts one. Dispose it. */
export async function serveS3(): Promise<S3Server> {
  const database = temporaryDatabase();
  const { db } = database;
  const clients: S3Client[] = [];
  const clock = { now: s3Time };
  const serve = (region: string) => {
    const s3 = createS3Service({ db, scope: { ...s3Scope, region }, now: () => clock.now });
    return { s3, http: startHttpServer({ port: 0, controlToken: 'token', services: { s3: s3.service }, log }) };
  };
  const connect = (endpoint: string, config: S3ClientConfig = {}): S3Client => {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const made = new S3Client({ endpoint, region: s3Scope.region, credentials, maxAttempts: 1, ...config });
    clients.push(made);
    return made;
  };
  const { s3, http } = serve(s3Scope.region);
  const server = await http;
  const client = connect(server.endpoint);
  s3.ensureBucket(Bucket);
  return {
    s3,
    db,
    endpoint: server.endpoint,
    client,
    clock,
    connect: (config) => connect(server.endpoint, config),
    serveIn: (region) => serve(region).http,
    put: (Key, input) => client.send(new PutObjectCommand({ Bucket, Key, Body: `content of ${Key}`, ...input })),
    async get(Key, input) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, ...input }));
      return (await Body?.transformToString()) ?? '';
    },
    raw: (method, path, headers, body) => rawRequest(server.endpoint, { method, path, headers, body }),
    async [Symbol.asyncDispose]() {
      for (const each of clients) each.destroy();
      await server.close();
      database[Symbol.dispose]();
    },
  };
}

const authorization = 'AWS4-HMAC-SHA256 Credential=test/20260922/us-east-1/s3/aws4_request, SignedHeaders=host';

function rawRequest(
  endpoint: string,
  request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>> | undefined;
    readonly body: string | Uint8Array | undefined;
  },
): Promise<RawAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  const { hostname, port } = new URL(endpoint);
  const { method, path, headers, body } = request;
  const sent = httpRequest({ hostname, port, method, path, headers: { authorization, ...headers } }, (response) => {
    text(response).then(
      (answer) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: answer }),
      reject,
    );
  });
  sent.on('error', reject);
  sent.end(body);
  return promise;
}

const log = {
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (message: string) => assert.fail(message),
};
