// The console, in the lines of Lambda's Node.js runtime (spec 5.8).
import { format } from 'node:util';
import { errorPayload } from './errors.mjs';
import { writeFrame } from './output.mjs';
import { stackLines, virtual } from './virtualPaths.mjs';

let requestId; // `undefined` during init, and printed so, as on Lambda

function log(level, ...parameters) {
  const at = new Date();
  writeFrame('L', `${at.toISOString()}\t${requestId}\t${level}\t${virtual(format(...parameters))}\n`, at.getTime());
}

/** Names the invocation in all lines from now on. */
export function setRequestId(id) {
  requestId = id;
}

/** Makes the console write log events. */
export function frameConsole() {
  console.trace = (...parameters) => log('TRACE', ...parameters);
  console.debug = (...parameters) => log('DEBUG', ...parameters);
  console.info = (...parameters) => log('INFO', ...parameters);
  console.log = console.info;
  console.warn = (...parameters) => log('WARN', ...parameters);
  console.error = (...parameters) => log('ERROR', ...parameters);
  console.fatal = (...parameters) => log('FATAL', ...parameters);
}

/** `Invoke Error \t{"errorType":…,"errorMessage":…,"code":…,…own properties,"stack":[…]}` */
export function logError(title, thrown) {
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
