import type { Logger } from '../model/logger.ts';
import type { InvocationStore } from '../store/invocationStore.ts';
import type { Connection } from './connection.ts';
import type { ConnectionChoice } from './connectionChoice.ts';

/** Asks the person for a line of text, shown as it is typed; `undefined`: they gave up. */
export type RequestInput = (request: {
  readonly title: string;
  readonly prompt: string;
}) => Promise<string | undefined>;

/** What a connection by the AWS API is made from. */
export interface AwsConnectionOptions {
  readonly choice: Extract<ConnectionChoice, { readonly kind: 'aws' | 'endpoint' }>;
  readonly store: Pick<InvocationStore, 'ingest'>;
  readonly log: Logger;
  /** For MFA codes; absent: a profile that needs one fails. */
  readonly requestInput?: RequestInput;
}

/** The connection to AWS, or to another endpoint that speaks its API. */
export function createAwsConnection(options: AwsConnectionOptions): Connection {
  throw new Error(`Not yet: ${options.choice.kind}`);
}
