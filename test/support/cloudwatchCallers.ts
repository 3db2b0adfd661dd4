import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { TestLocalLambda } from './localLambda.ts';

/** An operation in boto3's spelling (`list_metrics`), and its input. */
export type CloudWatchCall = readonly [operation: string, input: Readonly<Record<string, unknown>>];

/** What came of a call; times are epoch seconds. */
export interface CloudWatchAnswer {
  readonly status: number;
  readonly answer?: unknown;
  readonly error?: { readonly Code: string; readonly Message: string };
  /** Of Python's exception. */
  readonly class?: string;
}

/** The protocols of CloudWatch, as botocore calls them. */
export const cloudWatchProtocols = ['json', 'smithy-rpc-v2-cbor', 'query'] as const;

const script = join(import.meta.dirname, 'cloudwatchCalls.py');

/** Calls by boto3, one after the other; `protocol`: the one that was spoken. */
export async function callByBoto3(
  python: string,
  endpoint: string,
  protocol: (typeof cloudWatchProtocols)[number],
  calls: readonly CloudWatchCall[],
): Promise<{ readonly protocol: string; readonly answers: readonly CloudWatchAnswer[] }> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = execFile(python, [script, endpoint, protocol], { maxBuffer: 64 * 1024 * 1024 }, (error, stdout) => {
    if (error) reject(error);
    else resolve(stdout);
  });
  child.stdin?.end(JSON.stringify(calls));
  return JSON.parse(await promise) as Awaited<ReturnType<typeof callByBoto3>>;
}

/** One call by hand in AWS JSON 1.0, `GetMetricData`; times are epoch seconds. @throws Error when it is refused */
export async function callCloudWatch<T>(local: TestLocalLambda, operation: string, input: object): Promise<T> {
  const { status, body } = await local.raw({
    method: 'POST',
    path: '/',
    headers: {
      authorization:
        'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/monitoring/aws4_request, SignedHeaders=host, Signature=0',
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `GraniteServiceVersion20100801.${operation}`,
    },
    body: JSON.stringify(input),
  });
  if (status !== 200) throw new Error(`${operation} answers ${status}: ${body}`);
  return (body === '' ? undefined : JSON.parse(body)) as T;
}
