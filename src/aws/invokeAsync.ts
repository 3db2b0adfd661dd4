import { UserFacingFailure } from '../model/userFacingFailure.ts';
import { answeredStatus, errorName, explain, isAbort, isNeverConnected } from './awsErrors.ts';
import type { AwsClients } from './awsClients.ts';

/** What to send. `payload` is JSON text, sent as it is. */
export interface AsyncInvokeRequest {
  readonly functionName: string;
  readonly qualifier?: string;
  readonly payload: string;
  /** Further headers; AWS takes no notice of those it does not know. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A send that failed. `mayHaveRun`: the request was written and no answer told what became of it. */
export class SendFailure extends UserFacingFailure {
  readonly mayHaveRun: boolean;
  /** What the service or Node.js calls it: `ResourceNotFoundException`, `ECONNREFUSED`. */
  readonly errorName: string;

  constructor(
    code: string,
    message: string,
    facts: { readonly mayHaveRun: boolean; readonly errorName: string; readonly cause: unknown },
  ) {
    super(code, message, { cause: facts.cause });
    this.mayHaveRun = facts.mayHaveRun;
    this.errorName = facts.errorName;
  }
}

/**
 * Invokes with type `Event` (spec 5.4), once: a send that may have run is never repeated. Returns the request id of the
 * 202. @throws SendFailure, also for an abort
 */
export async function invokeAsync(
  clients: AwsClients,
  request: AsyncInvokeRequest,
  signal?: AbortSignal,
): Promise<string> {
  const { functionName, qualifier, payload, headers = {} } = request;
  const progress = { handedOver: false };
  try {
    signal?.throwIfAborted();
    const client = await clients.sender();
    const { InvokeCommand } = await import('@aws-sdk/client-lambda');
    const command = new InvokeCommand({
      FunctionName: functionName,
      InvocationType: 'Event',
      Payload: new TextEncoder().encode(payload),
      ...(qualifier === undefined ? {} : { Qualifier: qualifier }),
    });
    command.middlewareStack.add(
      (next) => (args) => {
        Object.assign((args.request as { readonly headers: Record<string, string> }).headers, headers);
        return next(args);
      },
      // Before it is signed.
      { step: 'build', name: 'addHeaders' },
    );
    // The last step before the request goes to the socket: what fails earlier (credentials, signing) was not sent.
    command.middlewareStack.add(
      (next) => (args) => {
        progress.handedOver = true;
        return next(args);
      },
      { step: 'deserialize', priority: 'low', name: 'markHandedOver' },
    );
    const { $metadata } = await client.send(command, signal === undefined ? {} : { abortSignal: signal });
    if ($metadata.requestId === undefined) throw new Error('The answer had no request id.');
    return $metadata.requestId;
  } catch (error) {
    throw toFailure(error, request, clients, progress.handedOver);
  }
}

function toFailure(
  error: unknown,
  { functionName }: AsyncInvokeRequest,
  clients: AwsClients,
  handedOver: boolean,
): SendFailure {
  const status = answeredStatus(error);
  // A refusal (4xx) says that it did not run; a failure of the service (5xx) or a success that was not understood do not.
  const refused = status !== undefined && status >= 400 && status < 500;
  const mayHaveRun = handedOver && !refused && !isNeverConnected(error);
  const facts = { mayHaveRun, errorName: isAbort(error) ? 'Cancelled' : errorName(error), cause: error };
  const unsure = mayHaveRun ? ' It may have run all the same; it is not sent again by itself.' : '';
  if (isAbort(error)) return new SendFailure('cancelled', `Sending to ${functionName} was cancelled.${unsure}`, facts);
  const { code, message } = explain(error, {
    doing: `send to ${functionName}`,
    target: clients.target,
    action: 'lambda:InvokeFunction',
  });
  return new SendFailure(code, `${message}${unsure}`, facts);
}
