import { UserFacingFailure } from '../model/userFacingFailure.ts';

/** What a call was for; goes into messages. */
export interface CallContext {
  /** In words, after "could not": `list the functions`, `send to charge`. */
  readonly doing: string;
  readonly functionName?: string;
  /** `http://127.0.0.1:4710`, or the service's name. */
  readonly endpoint: string;
}

/** A kind of failure: what happened is told by the context, this is why and what to do. */
interface Translation {
  /** For programs and buttons (`UserFacingFailure.code`). */
  readonly code: string;
  /** Sentences, `{service}` stands for what the service said. */
  readonly why: string;
}

const credentialsMissing: Translation = {
  code: 'credentialsMissing',
  why: 'no AWS credentials were found. Sign in, or choose a profile that has credentials.',
};

const credentialsExpired: Translation = {
  code: 'credentialsExpired',
  why: 'the AWS credentials have expired. Sign in again, then try once more.',
};

const credentialsInvalid: Translation = {
  code: 'credentialsInvalid',
  why: 'AWS does not know these credentials. Check the profile, then try again.',
};

const accessDenied: Translation = {
  code: 'accessDenied',
  why: 'access was denied: {service} Ask for this permission, or choose another profile.',
};

const throttled: Translation = {
  code: 'throttled',
  why: 'there were too many requests in a short time. Wait a moment, then try again.',
};

const payloadTooLarge: Translation = {
  code: 'payloadTooLarge',
  why: 'the payload is too large: {service} An asynchronous invocation takes up to 1 MB; put larger data into S3 and send its key.',
};

const unreachable: Translation = {
  code: 'unreachable',
  why: 'nothing answers at {endpoint}. Check that it runs and that the network lets you through, then try again.',
};

const timedOut: Translation = {
  code: 'timedOut',
  why: 'no answer came from {endpoint} in time. Check the network, then try again.',
};

const connectionLost: Translation = {
  code: 'connectionLost',
  why: 'the connection to {endpoint} was lost. Check that it still runs, then try again.',
};

const serviceFailed: Translation = {
  code: 'serviceFailed',
  why: 'the service failed: {service} Try again in a moment.',
};

/** Error name (of a service or of the SDK) or Node.js error code → what to say. Service errors: spec 5.3, 5.4. */
const translations: Readonly<Record<string, Translation>> = {
  ResourceNotFoundException: {
    code: 'functionNotFound',
    why: '{service} Check its name and the region, or refresh the list of functions.',
  },
  ResourceConflictException: { code: 'functionNotReady', why: '{service} Wait until it is active, then try again.' },
  ResourceNotReadyException: { code: 'functionNotReady', why: '{service} Wait until it is active, then try again.' },
  InvalidRequestContentException: {
    code: 'invalidPayload',
    why: 'the payload is not valid JSON: {service} Correct it, then send again.',
  },
  InvalidParameterValueException: { code: 'invalidParameter', why: 'a value was refused: {service}' },
  ValidationException: { code: 'invalidParameter', why: 'a value was refused: {service}' },
  RequestTooLargeException: payloadTooLarge,
  RequestEntityTooLargeException: payloadTooLarge,
  SerializedRequestEntityTooLargeException: payloadTooLarge,
  UnsupportedMediaTypeException: { code: 'invalidPayload', why: 'the payload was not taken as JSON: {service}' },
  RecursiveInvocationException: {
    code: 'recursiveInvocation',
    why: 'Lambda stopped a loop: {service} Look at what the function and its destinations call.',
  },
  TooManyRequestsException: throttled,
  ThrottlingException: throttled,
  Throttling: throttled,
  AccessDeniedException: accessDenied,
  AccessDenied: accessDenied,
  UnrecognizedClientException: credentialsInvalid,
  InvalidClientTokenId: credentialsInvalid,
  InvalidSignatureException: {
    code: 'credentialsInvalid',
    why: 'the signature was refused: {service} Check the secret key and the clock of this machine.',
  },
  ExpiredTokenException: credentialsExpired,
  ExpiredToken: credentialsExpired,
  TokenProviderError: credentialsExpired,
  CredentialsProviderError: credentialsMissing,
  ServiceException: serviceFailed,
  InternalFailure: serviceFailed,
  ServiceUnavailableException: serviceFailed,
  TimeoutError: timedOut,
  ETIMEDOUT: timedOut,
  ECONNRESET: connectionLost,
  EPIPE: connectionLost,
  ECONNREFUSED: unreachable,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  ENOTFOUND: unreachable,
  EAI_AGAIN: unreachable,
};

/** The failures before anything is sent: no connection was there (Node.js error codes). */
const neverConnected = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'EPROTO']);

/** The name that says what kind of error it is: that of the service or SDK, or Node.js's code below it. */
export function errorName(error: unknown): string {
  const [first] = names(error);
  return first ?? 'Error';
}

/** Whether the caller gave up by its signal. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** HTTP status of the service's answer; `undefined`: none came. */
export function answeredStatus(error: unknown): number | undefined {
  const metadata = property(error, '$metadata');
  const status = property(metadata, 'httpStatusCode');
  return typeof status === 'number' ? status : undefined;
}

/** Whether an error says that there was no connection, so that nothing can have arrived. */
export function isNeverConnected(error: unknown): boolean {
  if (names(error).some((name) => neverConnected.has(name))) return true;
  const message = property(error, 'message');
  // The SDK has one name for all its time-outs.
  return typeof message === 'string' && message.includes('did not establish a connection');
}

/** An error of a call, for people. Aborts and what is a `UserFacingFailure` already stay as they are. */
export function translateError(error: unknown, context: CallContext): unknown {
  if (isAbort(error) || UserFacingFailure.is(error)) return error;
  const { code, message } = explain(error, context);
  return new UserFacingFailure(code, message, { cause: error });
}

/** Code and message of an error, for people: what happened, why, what to do. */
export function explain(error: unknown, context: CallContext): { readonly code: string; readonly message: string } {
  const translation = names(error)
    .map((name) => (Object.hasOwn(translations, name) ? translations[name] : undefined))
    .find((found) => found !== undefined) ?? { code: 'awsError', why: `{service} (${errorName(error)})` };
  const service = sentence(property(error, 'message'));
  const why = translation.why.replaceAll('{service}', () => service).replaceAll('{endpoint}', () => context.endpoint);
  return { code: translation.code, message: `Could not ${context.doing}: ${why}` };
}

/** Names from the outside in: an error of the SDK wraps Node's, and one address family's failure hides the other's. */
function names(error: unknown, depth = 0): readonly string[] {
  if (!(error instanceof Error) || depth > 4) return [];
  const code = property(error, 'code');
  // The SDK calls a connection that broke a time-out, too; the code below tells them apart.
  const first = error.name === 'TimeoutError' ? [code, error.name] : [error.name, code];
  const own = [...first, property(error, 'Code')].filter(
    (name): name is string => typeof name === 'string' && name !== '' && name !== 'Error' && name !== 'AggregateError',
  );
  const inner = error instanceof AggregateError ? error.errors : [];
  return [...own, ...[error.cause, ...(inner as unknown[])].flatMap((next) => names(next, depth + 1))];
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (Reflect.get(value, key) as unknown) : undefined;
}

function sentence(value: unknown): string {
  const text = typeof value === 'string' ? value.trim() : '';
  if (text === '') return 'it did not say why.';
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
