import { buildApp } from 'fauxqs';

/** SQS, SNS and S3 that nobody here wrote, on a free loopback port. Its account is 000000000000. */
export interface FauxqsServer extends AsyncDisposable {
  readonly endpoint: string;
}

/** What is used of it: its own types need Fastify's. */
interface App {
  listen(options: { readonly host: string; readonly port: number }): Promise<string>;
  close(): PromiseLike<void>;
}

/** Starts one. Its own `startFauxqs` would listen on every interface. */
export async function startFauxqs(): Promise<FauxqsServer> {
  const app = buildApp({ logger: false }) as unknown as App;
  const endpoint = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    endpoint,
    async [Symbol.asyncDispose]() {
      await app.close();
    },
  };
}
