// Runs a JavaScript handler in an execution environment of local Lambda: fetches events over the Lambda Runtime API
// (spec 7), calls the handler, and answers in the words of AWS's Node.js runtime (spec 5.8, 6.3.1). Stands alone: it is
// copied to dist/bootstrap as it is.
import { existsSync, readFileSync, realpathSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { format, types } from 'node:util';

// Only there when Electron plays Node; a handler's own child processes must not inherit it.
delete process.env.ELECTRON_RUN_AS_NODE;

const require = createRequire(import.meta.url);
const taskRoot = process.env.LAMBDA_TASK_ROOT;
/** Node.js 24 of Lambda has no callback handlers, and takes what a plain function returns. */
const promisesOnly = Number(/nodejs(\d+)/.exec(process.env.AWS_EXECUTION_ENV ?? '')?.[1] ?? 0) >= 24;

// ---- what goes to the server beside the Runtime API: framed, in order, written before the call returns ----

const FRAMES_FD = 3;
/** Type (1 byte: L log event, O/E stdout/stderr bytes, M peak memory in KB), length (4), epoch ms (8), body. */
function writeFrame(type, body, at = Date.now()) {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const frame = Buffer.allocUnsafe(13 + bytes.length);
  frame.write(type, 0, 1, 'latin1');
  frame.writeUInt32BE(bytes.length, 1);
  frame.writeDoubleBE(at, 5);
  frame.set(bytes, 13);
  for (let written = 0; written < frame.length;) {
    try {
      written += writeSync(FRAMES_FD, frame, written);
    } catch (error) {
      if (error.code !== 'EAGAIN') return; // The server is gone; so are we, soon.
    }
  }
}

/** getrusage's peak counts the memory of the process we were forked from; Linux tells our own. */
function reportMemory() {
  let kilobytes = 0;
  try {
    kilobytes = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? 0);
  } catch {
    kilobytes = process.resourceUsage().maxRSS;
  }
  writeFrame('M', String(kilobytes));
}

for (const [name, type] of [
  ['stdout', 'O'],
  ['stderr', 'E'],
]) {
  // Streams are made when first asked for, as Node does; raw writes then keep their place among console lines.
  const original = Object.getOwnPropertyDescriptor(process, name).get;
  let stream;
  const framed = () => {
    if (stream === undefined) {
      stream = original.call(process);
      stream._write = (chunk, encoding, done) => {
        writeFrame(type, typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk);
        done();
      };
      stream._writev = null;
    }
    return stream;
  };
  Object.defineProperty(process, name, { configurable: true, enumerable: true, get: framed });
}

// ---- paths as they are on Lambda, in what people read ----

const bootstrapFile = fileURLToPath(import.meta.url);
const virtualPaths = new Map();
for (const root of [taskRoot, realPath(taskRoot)]) {
  if (root === undefined || dirname(root) === root) continue;
  virtualPaths.set(pathToFileURL(root).href, 'file:///var/task');
  virtualPaths.set(root, '/var/task');
}
virtualPaths.set(import.meta.url, 'file:///var/runtime/index.mjs');
virtualPaths.set(bootstrapFile, '/var/runtime/index.mjs');
const realPaths = new RegExp(
  [...virtualPaths.keys()]
    .toSorted((a, b) => b.length - a.length)
    .map((path) => (path.startsWith('file:') ? '' : String.raw`(?<![\w./-])`) + escapeRegExp(path))
    .map((pattern) => String.raw`${pattern}(?![\w-]|\.\w)`)
    .join('|'),
  'g',
);

function escapeRegExp(text) {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}

function realPath(path) {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** The real task root reads `/var/task`, this file `/var/runtime/index.mjs`. */
function virtual(text) {
  return text.replace(realPaths, (path) => virtualPaths.get(path));
}

/** A stack as lines. Below the frame of this file that called the handler there is only this file's own way there. */
function stackLines(stack) {
  const lines = virtual(stack).split('\n');
  const ours = lines.findIndex((line) => /^\s+at .*\/var\/runtime\/index\.mjs:\d/.test(line));
  if (ours === -1) return lines;
  const theirs = lines.findLastIndex((line) => /^\s+at .*\/var\/task\//.test(line));
  return theirs > ours ? lines : lines.slice(0, ours + 1);
}

// ---- console ----

let requestId; // `undefined` during init, and printed so, as on Lambda

function log(level, ...parameters) {
  const at = new Date();
  writeFrame('L', `${at.toISOString()}\t${requestId}\t${level}\t${virtual(format(...parameters))}\n`, at.getTime());
}

console.trace = (...parameters) => log('TRACE', ...parameters);
console.debug = (...parameters) => log('DEBUG', ...parameters);
console.info = (...parameters) => log('INFO', ...parameters);
console.log = console.info;
console.warn = (...parameters) => log('WARN', ...parameters);
console.error = (...parameters) => log('ERROR', ...parameters);
console.fatal = (...parameters) => log('FATAL', ...parameters);

/** `Invoke Error \t{"errorType":…,"errorMessage":…,"code":…,…own properties,"stack":[…]}` */
function logError(title, thrown) {
  const error = thrown instanceof Error ? thrown : new Error(thrown);
  let text;
  try {
    text = JSON.stringify(error, (_key, value) => (value instanceof Error ? errorProperties(value) : value));
  } catch {
    text = JSON.stringify(errorPayload(error));
  }
  log('ERROR', '%s', `${title} \t${text}`);
}

function errorProperties(error) {
  const { name: errorType, message: errorMessage, code, stack } = error;
  const properties = { errorType, errorMessage, code, ...error };
  if (typeof stack === 'string') properties.stack = stackLines(stack);
  return properties;
}

// ---- errors ----

const withoutDelete = (text) => text.replaceAll('\x7F', '%7F');

/** The error JSON that Lambda hands on byte for byte (spec 6.3.1). */
function errorPayload(error) {
  try {
    const isError =
      types.isNativeError(error) ||
      (error && [error.name, error.message, error.stack].every((part) => typeof part === 'string' && part !== ''));
    if (!isError) return { errorType: typeof error, errorMessage: withoutDelete(virtual(String(error))), trace: [] };
    return {
      errorType: withoutDelete(error.name),
      errorMessage: withoutDelete(virtual(error.message)),
      trace: stackLines(withoutDelete(error.stack)),
    };
  } catch {
    return {
      errorType: 'handled',
      errorMessage:
        'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack',
    };
  }
}

/** An error whose type has the prefix `Runtime.`, in its stack too. */
function runtimeError(type, message, properties) {
  const error = new Error(message);
  Object.defineProperty(error, 'name', { value: `Runtime.${type}` });
  Error.captureStackTrace(error, runtimeError);
  return Object.assign(error, properties);
}

/** AWS brings its SDK along; here it comes from the project. */
function withInstallHint(error) {
  const name = /Cannot find (?:module|package) '((?:@aws-sdk|@smithy)\/[\w.-]+|aws-sdk)/.exec(error.message ?? '')?.[1];
  if (name === undefined) return error;
  const hint = `On AWS the runtime provides '${name}'; locally it comes from your project. Run: npm install --save-dev ${name}`;
  const [, header = ''] = error.message.match(/^(.*)$/m) ?? [];
  const message = error.message.replace(header, `${header}\n${hint}`);
  error.stack = error.stack?.replace(error.message, message);
  error.message = message;
  return error;
}

// ---- the Runtime API, over one connection of our own: handlers may patch node:http, and it costs start-up time ----

class RuntimeApi {
  #socket;
  #chunks = [];
  #received = 0;
  #expected = Infinity;
  #head;
  #settle;
  /** Whether an answer is awaited. */
  waiting = false;

  constructor(address) {
    const [host, port] = address.split(':');
    this.host = address;
    this.#socket = connect({ host, port: Number(port), noDelay: true });
    this.#socket.on('data', (chunk) => this.#receive(chunk));
    this.#socket.on('error', () => process.exit(1));
    this.#socket.on('close', () => process.exit(1));
    this.#socket.unref();
  }

  /** Waits for the next event. */
  next() {
    reportMemory();
    return this.#request('GET', 'invocation/next');
  }

  respond(id, body) {
    return this.#request('POST', `invocation/${id}/response`, body, 'application/json');
  }

  /** Tells of an error: of the invocation `id`, or of init. */
  fail(id, error) {
    const payload = errorPayload(error);
    const path = id === undefined ? 'init/error' : `invocation/${id}/error`;
    const type = `Lambda-Runtime-Function-Error-Type: ${payload.errorType.replace(/[^\x21-\x7E]/g, '?')}\r\n`;
    return this.#request('POST', path, JSON.stringify(payload), 'application/vnd.aws.lambda.error+json', type);
  }

  #request(method, path, body = '', contentType = '', headers = '') {
    const bytes = Buffer.from(body);
    const head = `${method} /2018-06-01/runtime/${path} HTTP/1.1\r\nHost: ${this.host}\r\n${headers}`;
    const entity = method === 'GET' ? '' : `Content-Type: ${contentType}\r\nContent-Length: ${bytes.length}\r\n`;
    this.waiting = true;
    this.#socket.ref(); // The process lives while it waits for an answer; not for the sake of the connection alone.
    this.#socket.write(Buffer.concat([Buffer.from(`${head}${entity}\r\n`), bytes]));
    return new Promise((settle) => {
      this.#settle = settle;
    });
  }

  #receive(chunk) {
    this.#chunks.push(chunk);
    this.#received += chunk.length;
    if (this.#head === undefined) {
      const bytes = Buffer.concat(this.#chunks);
      const end = bytes.indexOf('\r\n\r\n');
      if (end === -1) return;
      const lines = bytes.toString('latin1', 0, end).split('\r\n').slice(1);
      const headers = lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 2),
      ]);
      this.#head = Object.fromEntries(headers);
      this.#chunks = [bytes.subarray(end + 4)];
      this.#received = bytes.length - end - 4;
      this.#expected = Number(this.#head['content-length']);
    }
    if (this.#received < this.#expected) return;
    const answer = { headers: this.#head, body: Buffer.concat(this.#chunks) };
    this.#chunks = [];
    this.#received = 0;
    this.#head = undefined;
    this.#socket.unref();
    this.waiting = false;
    this.#settle(answer);
  }
}

// ---- handler string → function (spec 7, "Handler string → entry point") ----

/** Whether `.js` files in `folder` are ES modules: the nearest package.json decides, node_modules ends the search. */
function isModuleFolder(folder) {
  if (basename(folder) === 'node_modules') return false;
  const manifest = join(folder, 'package.json');
  if (existsSync(manifest)) {
    try {
      return JSON.parse(readFileSync(manifest, 'utf8'))?.type === 'module';
    } catch (error) {
      console.warn(`${manifest} cannot be read, it will be ignored for ES module detection purposes.`, error);
      return false;
    }
  }
  const parent = dirname(folder);
  return parent === folder ? false : isModuleFolder(parent);
}

async function loadModule(folder, name) {
  const base = resolve(taskRoot, folder, name);
  const modules = isModuleFolder(dirname(base));
  const typescript = Boolean(process.features.typescript);
  const candidates = [
    ['', 'require'],
    ['.js', modules ? 'import' : 'require'],
    ['.mjs', 'import'],
    ['.cjs', 'require'],
    ...(typescript
      ? [
          ['.ts', modules ? 'import' : 'require'],
          ['.mts', 'import'],
          ['.cts', 'require'],
        ]
      : []),
  ];
  for (const [extension, way] of candidates) {
    const file = base + extension;
    if (!existsSync(file)) continue;
    if (way === 'require') return require(file);
    const imported = await import(pathToFileURL(file).href);
    return imported;
  }
  return require(require.resolve(name, { paths: [taskRoot, folder] }));
}

async function _loadUserApp(folder, name) {
  try {
    return await loadModule(folder, name);
  } catch (error) {
    if (error instanceof SyntaxError) {
      const wrapped = runtimeError('UserCodeSyntaxError', String(error));
      wrapped.stack = error.stack; // names the line, as AWS's newest runtime does
      throw wrapped;
    }
    if (error?.code === 'MODULE_NOT_FOUND') throw runtimeError('ImportModuleError', String(withInstallHint(error)));
    throw error instanceof Error ? withInstallHint(error) : error;
  }
}

async function loadHandler(text) {
  if (text.includes('..')) {
    throw runtimeError(
      'MalformedHandlerName',
      `'${text}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const last = basename(text);
  const folder = text.slice(0, text.length - last.length);
  const dot = last.indexOf('.');
  if (dot === -1) throw runtimeError('MalformedHandlerName', 'Bad handler');
  const exported = await _loadUserApp(folder, last.slice(0, dot));
  const found = last
    .slice(dot + 1)
    .split('.')
    .reduce((nested, key) => nested && nested[key], exported);
  if (!found) throw runtimeError('HandlerNotFound', `${text} is undefined or not exported`);
  if (typeof found !== 'function') throw runtimeError('HandlerNotFound', `${text} is not a function`);
  if (promisesOnly && found.length >= 3) {
    throw runtimeError(
      'CallbackHandlerDeprecated',
      'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. ' +
        'You need to modify this function to use a supported handler signature to use Node.js 24 or later. ' +
        'For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.',
    );
  }
  return found;
}

// ---- the loop ----

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
  constructor(api, handler) {
    this.api = api;
    this.handler = handler;
    this.isAsync = promisesOnly || handler.constructor?.name === 'AsyncFunction';
  }

  async handleOnceNonStreaming() {
    const { headers, body } = await this.api.next();
    const id = headers['lambda-runtime-aws-request-id'];
    requestId = id;
    openInvocation = id;
    const trace = headers['lambda-runtime-trace-id'];
    if (trace) process.env._X_AMZN_TRACE_ID = trace;
    else delete process.env._X_AMZN_TRACE_ID;

    let finished = false;
    const finish = (answer) => {
      whenDrained = () => {};
      void answer.then(() => this.schedule());
    };
    const succeed = (result) => finish(this.api.respond(id, serialise(result)));
    const fail = (error) => {
      logError('Invoke Error', error);
      finish(this.api.fail(id, error));
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
      functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
      functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
      memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
      logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
      logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
      clientContext: parseHeader(headers['lambda-runtime-client-context']),
      identity: parseHeader(headers['lambda-runtime-cognito-identity']),
      invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
      awsRequestId: id,
      tenantId: undefined,
      getRemainingTimeInMillis: () => Number(headers['lambda-runtime-deadline-ms']) - Date.now(),
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

  /** The next round, from a fresh turn of the event loop. */
  schedule() {
    setImmediate(() => void this.handleOnceNonStreaming());
  }
}

const neverSettled =
  'The Lambda runtime client detected an unexpected Node.js exit code. ' +
  'This is most commonly caused by a Promise that was never settled. ' +
  'For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes';

function parseHeader(text) {
  return text === undefined || text === '' ? undefined : JSON.parse(text);
}

const api = new RuntimeApi(process.env.AWS_LAMBDA_RUNTIME_API);

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

loadHandler(process.env._HANDLER ?? '').then(
  (handler) => new Runtime(api, handler).schedule(),
  (error) => die('Uncaught Exception', error, 129),
);
