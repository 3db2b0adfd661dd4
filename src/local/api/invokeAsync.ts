import type { LambdaOperation } from './operation.ts';

/** InvokeAsync, which AWS deprecates: Invoke as `Event`, by an older path and without a qualifier (Lambda API reference). */
export function invokeAsyncOperation(invoke: LambdaOperation): LambdaOperation {
  return (request, name) => {
    const { 'x-amz-log-type': _, ...headers } = request.headers;
    const event = { ...headers, 'x-amz-invocation-type': 'Event' };
    return invoke({ ...request, query: new URLSearchParams(), headers: event }, name);
  };
}
