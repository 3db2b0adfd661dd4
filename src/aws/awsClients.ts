import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { LambdaClient, LambdaClientConfig } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { STSClient } from '@aws-sdk/client-sts';
import type { Disposable } from '../model/disposable.ts';
import type { AwsTarget } from './awsErrors.ts';
import type { AwsService, ConfiguredEndpoints } from './configuredEndpoints.ts';

/** What clients of one connection are made with. */
export interface AwsAccess {
  readonly region: string;
  /** One for all services. */
  readonly endpoint?: string;
  /** Those of single services, where there is none for all; the others are AWS's own. */
  readonly endpoints?: ConfiguredEndpoints;
  readonly credentials: NonNullable<LambdaClientConfig['credentials']>;
  /** Whose other settings count (FIPS, dual stack, …); `''`: what the environment says. */
  readonly profile?: string;
}

/**
 * The SDK clients of one connection. Each is loaded and made at its first use, so none costs anything before. All but
 * `sender` and `logs` are for calls that may be repeated: they retry as the SDK does by default.
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
  /** For logs, whose quotas are small: it never retries, since who reads them keeps a pace and tries again itself. */
  logs(): Promise<CloudWatchLogsClient>;
  /** Asked first of all, while a person waits: it gives up sooner than the others. */
  sts(): Promise<STSClient>;
}

/** Milliseconds: to connect, and for the whole answer. Lambda answers an asynchronous invoke at once. */
const timeouts = { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true };

/** Clients that cost nothing until they are used. */
export function createAwsClients(access: AwsAccess): AwsClients {
  const { region, endpoint, endpoints = {}, credentials, profile } = access;
  const config = {
    region,
    credentials,
    ...(profile ? { profile } : {}),
    // The SDK reads them from another profile than the client's.
    ignoreConfiguredEndpointUrls: true,
    requestHandler: timeouts,
    maxAttempts: 3,
  };
  const at = (service: AwsService): object => {
    const named = endpoint ?? endpoints[service];
    // What a profile or the environment says of AWS's own endpoints can't be had of another one.
    return named === undefined ? {} : { endpoint: named, useFipsEndpoint: false, useDualstackEndpoint: false };
  };
  const shown = endpoint ?? endpoints.lambda;
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
      endpoint: shown ?? `AWS in ${region}`,
      custom: shown !== undefined,
      ...(profile === undefined ? {} : { profile }),
    },
    lambda: lazy(async () => new (await import('@aws-sdk/client-lambda')).LambdaClient({ ...config, ...at('lambda') })),
    sender: lazy(
      async () =>
        new (await import('@aws-sdk/client-lambda')).LambdaClient({ ...config, ...at('lambda'), maxAttempts: 1 }),
    ),
    sqs: lazy(async () => new (await import('@aws-sdk/client-sqs')).SQSClient({ ...config, ...at('sqs') })),
    sns: lazy(async () => new (await import('@aws-sdk/client-sns')).SNSClient({ ...config, ...at('sns') })),
    events: lazy(
      async () =>
        new (await import('@aws-sdk/client-eventbridge')).EventBridgeClient({ ...config, ...at('eventbridge') }),
    ),
    // A custom endpoint has no name per bucket.
    s3: lazy(
      async () =>
        new (await import('@aws-sdk/client-s3')).S3Client({
          ...config,
          ...at('s3'),
          forcePathStyle: (endpoint ?? endpoints.s3) !== undefined,
        }),
    ),
    // Live Tail has a host of its own on AWS, `stream-…`, which a custom endpoint has not.
    logs: lazy(
      async () =>
        new (await import('@aws-sdk/client-cloudwatch-logs')).CloudWatchLogsClient({
          ...config,
          ...at('cloudwatch_logs'),
          disableHostPrefix: (endpoint ?? endpoints.cloudwatch_logs) !== undefined,
          maxAttempts: 1,
        }),
    ),
    sts: lazy(
      async () =>
        new (await import('@aws-sdk/client-sts')).STSClient({
          ...config,
          ...at('sts'),
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
