// Runs a Node.js handler in an execution environment of local Lambda: fetches events over the Lambda Runtime API
// (spec 7) or by a pipe, calls the handler, and answers in the words of AWS's Node.js runtime (spec 5.8, 6.3.1). Stands
// alone: this file and the folder `node` are copied to dist/bootstrap as they are. Arguments: what the handler's file is
// built from.
import { defineAwslambda, streamingOf } from './node/awslambda.mjs';
import { frameConsole, logError, setRequestId } from './node/console.mjs';
import { isMissingModule, runtimeError } from './node/errors.mjs';
import { EventPipe } from './node/eventPipe.mjs';
import { loadHandler, promisesOnly } from './node/loadHandler.mjs';
import { frameStreams, reportMemory } from './node/output.mjs';
import { RuntimeApi } from './node/runtimeApi.mjs';
import { optFolder } from './node/virtualPaths.mjs';

// Only there when Electron plays Node; a handler's own child processes must not inherit it.
delete process.env.ELECTRON_RUN_AS_NODE;
// A process that the handler forks would wait for a debugger as we did.
process.execArgv = process.execArgv.filter((argument) => !argument.startsWith('--inspect'));
// A handler sees no arguments of ours.
const sources = process.argv.splice(2);

frameStreams();
frameConsole();
defineAwslambda();

/** What happens when nothing is left to do: replaced from invocation to invocation. */
let whenDrained = () => {};
/** The invocation that an error outside of the handler belongs to; `undefined` during init. */
let openInvocation;

function serialise(result) {
  try {
    return JSON.stringify(result === undefined ? null : result) ?? 'null';
  } catch {
    throw new Error('Unable to stringify response body');
  }
}

// The name is in users' stacks: V8 prints `at Runtime.handler` for a handler called on an instance of it.
class Runtime {
  /** `streaming`: of a handler that streams its response. */
  constructor(api, handler, streaming) {
    this.api = api;
    this.handler = handler;
    this.streaming = streaming;
    this.isAsync = promisesOnly || handler.constructor?.name === 'AsyncFunction';
  }

  async handleOnceNonStreaming() {
    const { headers, body } = await this.api.next();
    const id = begin(headers);
    let finished = false;
    const finish = (answer) => {
      whenDrained = () => {};
      void answer.then(() => this.schedule());
    };
    const succeed = (result) => finish(this.api.respond(id, serialise(result)));
    const tell = (error) => {
      logError('Invoke Error', error);
      finish(this.api.fail(id, error));
    };
    const fail = (error) => {
      if (!isMissingModule(error)) return tell(error);
      whenDrained = () => {};
      void tellExplained(error, tell);
    };
    /** Only the first call of any of them counts; one that throws does not. */
    const once =
      (act) =>
      (...parameters) => {
        if (finished) return;
        act(...parameters);
        finished = true;
      };
    const context = {
      callbackWaitsForEmptyEventLoop: true,
      succeed: once(succeed),
      fail: once((error) => fail(error ?? 'handled')),
      done: once((error, result) => (error === undefined || error === null ? succeed(result) : fail(error))),
      ...contextOf(headers),
    };
    const callback = once((error, result) => {
      if (error !== undefined && error !== null) fail(error);
      else if (!context.callbackWaitsForEmptyEventLoop) succeed(result);
      else whenDrained = () => succeed(result);
    });
    const { succeed: settleSuccess, fail: settleFailure } = context;
    if (promisesOnly) {
      for (const name of ['succeed', 'fail', 'done', 'callbackWaitsForEmptyEventLoop']) delete context[name];
    }
    whenDrained = () => {
      finished = true;
      if (this.isAsync) fail(runtimeError('NodeJsExit', neverSettled));
      else succeed(null);
    };
    try {
      const result = this.handler(JSON.parse(body.toString()), context, callback);
      // Not awaited: an awaiting frame of ours would show in the stacks of what the handler throws later.
      if (typeof result?.then === 'function') result.then(settleSuccess, settleFailure).catch(settleFailure);
      else if (promisesOnly) settleSuccess(result);
    } catch (error) {
      settleFailure(error);
    }
  }

  /**
   * An error before anything is streamed is the invocation's. One after that leaves a success with what there was: so AWS
   * says of errors in midstream (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html).
   */
  async handleOnceStreaming() {
    const { headers, body } = await this.api.next();
    const id = begin(headers);
    const { ResponseStream } = await import('./node/responseStream.mjs');
    const stream = new ResponseStream(this.streaming);
    const drained = Promise.withResolvers();
    whenDrained = () => drained.reject(runtimeError('NodeJsExit', neverSettled));
    const finished = new Promise((resolve, reject) => stream.once('finish', resolve).once('error', reject));
    finished.catch(() => undefined);
    let answer;
    try {
      const result = this.handler(JSON.parse(body.toString()), stream, contextOf(headers));
      if (typeof result?.then !== 'function') throw new Error('Streaming does not support non-async handlers.');
      if ((await Promise.race([result, drained.promise])) !== undefined) {
        console.warn('Streaming handlers ignore return values.');
      }
      await Promise.race([finished, drained.promise]);
      answer = this.api.respond(id, stream.bytes);
    } catch (error) {
      const tell = () => logError('Invoke Error', error);
      if (isMissingModule(error)) await tellExplained(error, tell);
      else tell();
      answer = stream.length > 0 ? this.api.respond(id, stream.bytes) : this.api.fail(id, error);
    }
    whenDrained = () => {};
    await answer;
    this.schedule();
  }

  /** The next round, from a fresh turn of the event loop. */
  schedule() {
    setImmediate(() => void (this.streaming ? this.handleOnceStreaming() : this.handleOnceNonStreaming()));
  }
}

/** Makes an event the one that runs; gives its request id. */
function begin(headers) {
  const id = headers['lambda-runtime-aws-request-id'];
  setRequestId(id);
  openInvocation = id;
  const trace = headers['lambda-runtime-trace-id'];
  if (trace) process.env._X_AMZN_TRACE_ID = trace;
  else delete process.env._X_AMZN_TRACE_ID;
  return id;
}

/** What a handler is told of an event beside it. */
function contextOf(headers) {
  return {
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parseHeader(headers['lambda-runtime-client-context']),
    identity: parseHeader(headers['lambda-runtime-cognito-identity']),
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    tenantId: undefined,
    getRemainingTimeInMillis: () => Number(headers['lambda-runtime-deadline-ms']) - Date.now(),
  };
}

const neverSettled =
  'The Lambda runtime client detected an unexpected Node.js exit code. ' +
  'This is most commonly caused by a Promise that was never settled. ' +
  'For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes';

/** Start-up does without the file that this takes. */
async function tellExplained(error, tell) {
  const { explainMissingModule } = await import('./node/installHint.mjs');
  tell(explainMissingModule(error));
}

function parseHeader(text) {
  return text === undefined || text === '' ? undefined : JSON.parse(text);
}

const byPipe = process.env.LOCAL_LAMBDA_EVENT_PIPE !== undefined;
delete process.env.LOCAL_LAMBDA_EVENT_PIPE;
const api = byPipe ? new EventPipe() : new RuntimeApi(process.env.AWS_LAMBDA_RUNTIME_API);

/** Tells of an error that ends the process, then ends it. */
function die(title, error, exitCode) {
  logError(title, error);
  if (api.waiting) process.exit(exitCode); // The invocation has its answer, or another error is ending us already.
  void api.fail(openInvocation, error).then(() => process.exit(exitCode));
}

process.on('uncaughtException', (error) => die('Uncaught Exception', error, 129));
process.on('unhandledRejection', (reason, promise) => {
  die(
    'Unhandled Promise Rejection',
    runtimeError('UnhandledPromiseRejection', String(reason), { reason, promise }),
    128,
  );
});
process.on('beforeExit', () => {
  const act = whenDrained;
  whenDrained = () => {};
  act();
});
process.on('exit', reportMemory);

if (optFolder !== undefined) {
  const { resolveOpt } = await import('./node/layers.mjs');
  resolveOpt(optFolder);
}
loadHandler(process.env._HANDLER ?? '', sources)
  .then((handler) => new Runtime(api, handler, streamingOf(handler)).schedule())
  .catch((error) => die('Uncaught Exception', error, 129));
