import { UserFacingFailure } from '../model/userFacingFailure.ts';
import {
  failedWithStatus,
  notAws,
  notAwsBetween,
  proxyFailed,
  regionDisabled,
  regionUnknown,
  translations,
  type Translation,
} from './awsErrorTable.ts';
import { listRegions } from './regions.ts';

/** Whom a call was made to, and as whom. */
export interface AwsTarget {
  readonly region: string;
  /** `http://127.0.0.1:4710`, or `AWS in REGION`. */
  readonly endpoint: string;
  /** An endpoint was named: it need not be AWS. */
  readonly custom: boolean;
  /** Absent: fixed credentials; `''`: those of the SDK's default chain. */
  readonly profile?: string;
}

/** What a call was for; goes into messages. */
export interface CallContext {
  /** In words, after "could not": `list the functions`, `send to charge`. */
  readonly doing: string;
  readonly target: AwsTarget;
  /** `lambda:ListFunctions`: for services whose refusals don't name what was refused. */
  readonly action?: string;
}

/** A success that holds nothing of what the AWS API answers with. */
export class NotAwsAnswer extends Error {
  readonly $metadata: object;

  /** `$metadata`: of the SDK's output. */
  constructor($metadata: object) {
    super('The answer is none of the AWS API.');
    // Without a name of its own, as the SDK's own errors for what it can't read.
    this.$metadata = $metadata;
  }
}

/** The failures before anything is sent: no connection was there (Node.js error codes). */
const neverConnected = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'EPROTO']);

/** What the SDK calls an answer that names no error, and one that it can't read. */
const unnamed = new Set(['Unknown', 'UnknownError', 'NotFound', 'SyntaxError', 'TypeError']);

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
  // Credentials that could not be had: told where they were looked for.
  if (UserFacingFailure.is(error)) return { code: error.code, message: error.message };
  const { code, why } = translationOf(error, context.target);
  const { target, doing } = context;
  const service = sentence(property(error, 'message'));
  const values: Readonly<Record<string, string>> = {
    service,
    endpoint: target.endpoint,
    region: target.region,
    who: whoText(target.profile),
    signIn: signInText(target.profile),
    action: actionText(service, context.action),
    status: statusText(error),
  };
  const told = why.replaceAll(/\{(\w+)\}/g, (placeholder, key: string) => values[key] ?? placeholder);
  return { code, message: `Could not ${doing}: ${told}` };
}

/** `profile "dev"`; for `''` and none, what stands for it. */
export function whoText(profile: string | undefined): string {
  return profile ? `profile "${profile}"` : 'the default profile or the environment';
}

/** What to do for new credentials. */
export function signInText(profile: string | undefined): string {
  const option = profile ? ` --profile ${quoteIfNeeded(profile)}` : '';
  return `Sign in in a terminal (aws sso login${option}, or aws login${option}), or put new keys into the profile; then try again.`;
}

/** A word for the command line. */
export function quoteIfNeeded(word: string): string {
  return /^[\w.@%+=:,/-]+$/.test(word) ? word : `"${word}"`;
}

function translationOf(error: unknown, { custom, region }: AwsTarget): Translation {
  const found = names(error);
  const status = answeredStatus(error);
  if (status === 407 || found.some((name) => name.startsWith('ERR_PROXY'))) return proxyFailed;
  if (found.some((name) => name.startsWith('HPE_'))) return custom ? notAws : notAwsBetween;
  const [name, translation] = found
    .map((candidate) => [candidate, known(candidate)] as const)
    .find(([, candidate]) => candidate !== undefined) ?? [undefined, undefined];
  if (!translation) {
    // An answer was there, and no AWS error in it.
    if (status !== undefined && found.every((candidate) => unnamed.has(candidate))) {
      if (status >= 500) return failedWithStatus;
      return custom ? notAws : notAwsBetween;
    }
    return { code: 'awsError', why: `{service} (${errorName(error)})` };
  }
  if (custom) return translation;
  const listed = listRegions().find(({ id }) => id === region);
  if (name === 'ENOTFOUND' && !listed) return regionUnknown;
  const unknownKeys = name === 'UnrecognizedClientException' || name === 'InvalidClientTokenId';
  return unknownKeys && listed?.optIn === true ? regionDisabled : translation;
}

function known(name: string): Translation | undefined {
  // OpenSSL has many.
  if (name.startsWith('ERR_SSL_')) return translations['EPROTO'];
  return Object.hasOwn(translations, name) ? translations[name] : undefined;
}

/** Names from the outside in: an error of the SDK wraps Node's, and one address family's failure hides the other's. */
function names(error: unknown, depth = 0): readonly string[] {
  if (!(error instanceof Error) || depth > 4) return [];
  if (UserFacingFailure.is(error)) return [error.code];
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
  // What follows is the request that was signed, session token and all.
  const [said = ''] = typeof value === 'string' ? value.trim().split(/\n|The Canonical String/, 1) : [];
  const text = said.trim();
  if (text === '') return 'it did not say why.';
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** IAM's refusals name the action: "… is not authorized to perform: lambda:ListFunctions on resource: …". */
function actionText(service: string, action: string | undefined): string {
  const named = /not authorized to perform: ([\w-]+:\w+)/.exec(service)?.[1] ?? action;
  return named === undefined ? 'permission' : `permission ${named}`;
}

function statusText(error: unknown): string {
  const status = answeredStatus(error);
  return status === undefined ? 'no HTTP' : `HTTP ${status}`;
}
