import type { LambdaClient, LambdaClientConfig } from '@aws-sdk/client-lambda';
import type { Disposable } from '../model/disposable.ts';

/** What clients of one connection are made with. */
export interface AwsAccess {
  readonly region: string;
  /** Absent: AWS's own endpoint. */
  readonly endpoint?: string;
  /** Absent: the SDK's default chain. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Lambda's clients of one connection; each is loaded and made at its first use. */
export interface LambdaAccess extends Disposable {
  /** In messages: the endpoint, or `AWS Lambda in REGION`. */
  readonly endpointText: string;
  /** For calls that change nothing: retries as the SDK does by default. */
  reader(): Promise<LambdaClient>;
  /** For sends: never retries, since what timed out may have run. */
  sender(): Promise<LambdaClient>;
}

/** Milliseconds: to connect, and for the whole answer. Lambda answers an asynchronous invoke at once. */
const timeouts = { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true };

/** Access to Lambda that costs nothing until it is used. */
export function createLambdaAccess({ region, endpoint, credentials }: AwsAccess): LambdaAccess {
  const config: LambdaClientConfig = {
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    requestHandler: timeouts,
  };
  const clients = new Map<number, Promise<LambdaClient>>();
  let disposed = false;
  const client = (maxAttempts: number): Promise<LambdaClient> => {
    if (disposed) return Promise.reject(new DOMException('The connection is closed.', 'AbortError'));
    const known = clients.get(maxAttempts);
    if (known) return known;
    const made = import('@aws-sdk/client-lambda').then((sdk) => new sdk.LambdaClient({ ...config, maxAttempts }));
    clients.set(maxAttempts, made);
    // A chunk that could not be loaded is tried again.
    made.catch(() => clients.delete(maxAttempts));
    return made;
  };
  return {
    endpointText: endpoint ?? `AWS Lambda in ${region}`,
    reader: () => client(3),
    sender: () => client(1),
    async dispose() {
      disposed = true;
      for (const made of clients.values()) (await made.catch(() => undefined))?.destroy();
      clients.clear();
    },
  };
}
