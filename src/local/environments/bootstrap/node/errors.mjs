// Errors as Lambda's Node.js runtime words them (spec 6.3.1).
import { types } from 'node:util';
import { stackLines, virtual } from './virtualPaths.mjs';

const withoutDelete = (text) => text.replaceAll('\x7F', '%7F');

/** The error JSON that Lambda hands on byte for byte (spec 6.3.1). */
export function errorPayload(error) {
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

/** The type of an error payload, as a header holds it. */
export function errorTypeHeader({ errorType }) {
  return errorType.replace(/[^\x21-\x7E]/g, '?');
}

/** Whether an error says that a module is not there. */
export function isMissingModule(error) {
  return error?.code === 'MODULE_NOT_FOUND' || error?.code === 'ERR_MODULE_NOT_FOUND';
}

/** An error whose type has the prefix `Runtime.`, in its stack too. */
export function runtimeError(type, message, properties) {
  const error = new Error(message);
  Object.defineProperty(error, 'name', { value: `Runtime.${type}` });
  Error.captureStackTrace(error, runtimeError);
  return Object.assign(error, properties);
}
