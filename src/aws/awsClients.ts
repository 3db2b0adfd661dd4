import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { LambdaClient, LambdaClientConfig } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { STSClient } from '@aws-sdk/client-sts';
import type { Disposable } from '../model/disposable.ts';
import type { AwsTarget } from './awsErrors.ts';

/** What clients of one connection are made with. */
export interface AwsAccess {
  readonly region: string;
  /** Absent: AWS's own endpoints. */
  readonly endpoint?: string;
  readonly credentials: NonNullable<LambdaClientConfig['credentials']>;
  /** Whose other settings count (endpoint per service, FIPS, …); `''`: what the environment says. */
  readonly profile?: string;
}

/**
 * The SDK clients of one connection. Each is loaded and made at its first use, so none costs anything before. All but
 * `sender` are for calls that may be repeated: they retry as the SDK does by default.
 */
export interface AwsClients extends Disposable {
  /** For messages. */
  readonly target: AwsTarget;
  lambda(): Promise<LambdaClient>;
  /** Lambda for sends: never retries, since what timed out may have run. */
  sender(): Promise<LambdaClient>;
  sqs(): Promise<SQSClient>;
  sns(): Promise<SNSClient>;
  events(): Promise<EventBridgeClient>;
  s3(): Promise<S3Client>;
  /** Asked first of all, while a person waits: it gives up sooner than the others. */
  sts(): Promise<STSClient>;
}

/** Milliseconds: to connect, and for the whole answer. Lambda answers an asynchronous invoke at once. */
const timeouts = { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true };

/** Clients that cost nothing until they are used. */
export function createAwsClients({ region, endpoint, credentials, profile }: AwsAccess): AwsClients {
  const config = {
    region,
    credentials,
    ...(profile ? { profile } : {}),
    // What a profile or the environment says of AWS's own endpoints can't be had of another one.
    ...(endpoint === undefined ? {} : { endpoint, useFipsEndpoint: false, useDualstackEndpoint: false }),
    requestHandler: timeouts,
    maxAttempts: 3,
  };
  const made: Promise<{ destroy(): void } | undefined>[] = [];
  let disposed = false;
  /** Loads once; a chunk that could not be loaded is tried again. */
  const lazy = <C extends { destroy(): void }>(load: () => Promise<C>): (() => Promise<C>) => {
    let client: Promise<C> | undefined;
    return () => {
      if (disposed) return Promise.reject(new DOMException('The connection is closed.', 'AbortError'));
      if (client) return client;
      const loading = load();
      client = loading;
      made.push(
        loading.catch(() => {
          client = undefined;
          return undefined;
        }),
      );
      return loading;
    };
  };
  return {
    target: {
      region,
      endpoint: endpoint ?? `AWS in ${region}`,
      custom: endpoint !== undefined,
      ...(profile === undefined ? {} : { profile }),
    },
    lambda: lazy(async () => new (await import('@aws-sdk/client-lambda')).LambdaClient(config)),
    sender: lazy(async () => new (await import('@aws-sdk/client-lambda')).LambdaClient({ ...config, maxAttempts: 1 })),
    sqs: lazy(async () => new (await import('@aws-sdk/client-sqs')).SQSClient(config)),
    sns: lazy(async () => new (await import('@aws-sdk/client-sns')).SNSClient(config)),
    events: lazy(async () => new (await import('@aws-sdk/client-eventbridge')).EventBridgeClient(config)),
    // A custom endpoint has no name per bucket.
    s3: lazy(
      async () =>
        new (await import('@aws-sdk/client-s3')).S3Client({ ...config, forcePathStyle: endpoint !== undefined }),
    ),
    sts: lazy(
      async () =>
        new (await import('@aws-sdk/client-sts')).STSClient({
          ...config,
          requestHandler: { ...timeouts, requestTimeout: 10_000 },
          maxAttempts: 2,
        }),
    ),
    async dispose() {
      disposed = true;
      for (const client of made.splice(0)) (await client)?.destroy();
    },
  };
}
