// The global `awslambda`, with which a handler says that it streams its response
// (https://docs.aws.amazon.com/lambda/latest/dg/config-rs-write-functions.html).
import { runtimeError } from './errors.mjs';

const streamingKey = Symbol.for('aws.lambda.runtime.handler.streaming');
const highWaterMarkKey = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');
const preludeType = 'application/vnd.awslambda.http-integration-response';

/** Status, headers and cookies for function URLs, before the body and eight zero bytes. */
const HttpResponseStream = {
  from(stream, prelude) {
    stream.setContentType(preludeType);
    const text = JSON.stringify(prelude);
    stream._onBeforeFirstWrite = (write) => {
      write(text);
      write(new Uint8Array(8));
    };
    return stream;
  },
};

/** Makes it, unless the function wants none. */
export function defineAwslambda() {
  if (/^(?:1|true)$/.test(process.env.AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA ?? '')) return;
  const streamifyResponse = (handler, options) => {
    handler[streamingKey] = 'response';
    const highWaterMark = options?.highWaterMark;
    if (typeof highWaterMark === 'number') handler[highWaterMarkKey] = Math.trunc(highWaterMark);
    return handler;
  };
  globalThis.awslambda = { ...globalThis.awslambda, streamifyResponse, HttpResponseStream };
}

/** How a handler streams; `undefined`: it answers at once. */
export function streamingOf(handler) {
  const streaming = handler[streamingKey];
  if (streaming === undefined || streaming === null || streaming === false) return undefined;
  if (streaming !== 'response') {
    throw runtimeError('MalformedStreamingHandler', 'Only response streaming is supported.');
  }
  const highWaterMark = Number.parseInt(handler[highWaterMarkKey], 10);
  return Number.isNaN(highWaterMark) ? {} : { highWaterMark };
}
