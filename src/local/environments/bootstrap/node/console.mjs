// The console, in the lines of Lambda's Node.js runtime: text (spec 5.8), or JSON where the function is so configured (spec 5.9).
import { format } from 'node:util';
import { errorPayload } from './errors.mjs';
import { writeFrame } from './output.mjs';
import { stackLines, virtual } from './virtualPaths.mjs';

let requestId; // `undefined` during init, and printed so, as on Lambda

const json = process.env.AWS_LAMBDA_LOG_FORMAT?.toUpperCase() === 'JSON';
const levels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const lowest = levels.indexOf(process.env.AWS_LAMBDA_LOG_LEVEL?.toUpperCase());

function log(level, ...parameters) {
  const at = new Date();
  const line = json
    ? jsonLine(at, level, parameters)
    : `${at.toISOString()}\t${requestId}\t${level}\t${virtual(format(...parameters))}`;
  writeFrame('L', `${line}\n`, at.getTime());
}

/** One thing is the message as it is, several are one text; the first error among several is told beside it. */
function jsonLine(at, level, parameters) {
  const line = { timestamp: at.toISOString(), level, requestId };
  if (parameters.length <= 1) {
    line.message = parameters[0];
    try {
      return JSON.stringify(line, virtualValue);
    } catch {
      line.message = format(line.message);
      return JSON.stringify(line, virtualValue);
    }
  }
  line.message = format(...parameters);
  const error = parameters.find((parameter) => parameter instanceof Error);
  if (error) Object.assign(line, errorFields(error, []));
  return JSON.stringify(line, virtualValue);
}

function virtualValue(_key, value) {
  if (value instanceof Error) return { ...errorFields(value, value.stack), ...value };
  return typeof value === 'string' ? virtual(value) : value;
}

function errorFields(error, otherStack) {
  return {
    errorType: error.constructor?.name ?? 'UnknownError',
    errorMessage: error.message,
    stackTrace: typeof error.stack === 'string' ? stackLines(error.stack) : otherStack,
  };
}

/** Names the invocation in all lines from now on. */
export function setRequestId(id) {
  requestId = id;
}

/** Makes the console write log events, those of a level that is wanted. */
export function frameConsole() {
  const writer = (level) =>
    levels.indexOf(level) < lowest && level !== 'FATAL' ? () => {} : (...parameters) => log(level, ...parameters);
  console.trace = writer('TRACE');
  console.debug = writer('DEBUG');
  console.info = writer('INFO');
  console.log = console.info;
  console.warn = writer('WARN');
  console.error = writer('ERROR');
  console.fatal = writer('FATAL');
}

/** `Invoke Error \t{"errorType":…,"errorMessage":…,"code":…,…own properties,"stack":[…]}`; of JSON lines the error is the message. */
export function logError(title, thrown) {
  const error = thrown instanceof Error ? thrown : new Error(thrown);
  if (json) {
    if (lowest <= levels.indexOf('ERROR')) log('ERROR', error);
    return;
  }
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
