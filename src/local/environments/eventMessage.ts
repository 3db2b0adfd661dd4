import type { RuntimeInvocation } from './runtimeApi.ts';

/**
 * An event as a bootstrap of ours takes it from its pipe (bootstrap/node/eventPipe.mjs): length of the headers and of the
 * body (4 bytes each), the headers of the Runtime API as JSON, the body.
 */
export function eventMessage(invocation: RuntimeInvocation): Buffer {
  const { requestId, deadlineMs, invokedFunctionArn, traceId, clientContext, payload } = invocation;
  const headers = JSON.stringify({
    'lambda-runtime-aws-request-id': requestId,
    'lambda-runtime-deadline-ms': String(deadlineMs),
    'lambda-runtime-invoked-function-arn': invokedFunctionArn,
    'lambda-runtime-trace-id': traceId,
    'lambda-runtime-client-context': clientContext,
  });
  const length = Buffer.byteLength(headers);
  const message = Buffer.allocUnsafe(8 + length + payload.byteLength);
  message.writeUInt32BE(length, 0);
  message.writeUInt32BE(payload.byteLength, 4);
  message.write(headers, 8);
  message.set(payload, 8 + length);
  return message;
}
