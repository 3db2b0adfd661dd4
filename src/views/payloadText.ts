import type { ParseError } from 'jsonc-parser';
import { asyncLimits } from '../model/eventInvokeConfig.ts';
import { UserFacingFailure } from '../model/userFacingFailure.ts';

/** A place in a text; both count from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** Why a payload can't be sent, and where it goes wrong when it does at one place. */
export interface PayloadProblem {
  readonly code: 'invalidPayload' | 'payloadTooLarge';
  readonly message: string;
  readonly place?: TextPlace;
}

/**
 * Judges a payload before it is sent: it has to be JSON, and an event may have at most 1 MB (spec 5.4). `undefined`: fine.
 * Lambda would refuse the same; said here, it can name the place.
 */
export async function payloadProblem(text: string): Promise<PayloadProblem | undefined> {
  const bytes = Buffer.byteLength(text);
  const limit = asyncLimits.maximumEventPayloadBytes;
  if (bytes > limit) {
    return {
      code: 'payloadTooLarge',
      message:
        `Not sent: the payload is over 1 MB (${bytes.toLocaleString('en')} bytes). An asynchronous event may have at most ` +
        `${limit.toLocaleString('en')}. Make it smaller, or send a reference to the data.`,
    };
  }
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    const place = await failurePlace(text);
    // What counts comes first: a notification shows one line until it is opened.
    const what =
      text.trim() === ''
        ? 'the payload is empty, which is not valid JSON'
        : `the payload is not valid JSON at line ${place.line}, column ${place.column}`;
    return {
      code: 'invalidPayload',
      message: `Not sent: ${what}. Correct it and send again.`,
      place,
    };
  }
}

/** A payload problem as a failure to throw. */
export function payloadFailure(problem: PayloadProblem): UserFacingFailure {
  return new UserFacingFailure(problem.code, problem.message);
}

/** JSON text of what a program gave as a payload: a string is JSON text already. */
export function payloadTextOf(payload: unknown): string {
  if (typeof payload === 'string') return payload;
  try {
    // undefined, functions and symbols have no JSON.
    return (JSON.stringify(payload) as string | undefined) ?? '';
  } catch (error) {
    throw new UserFacingFailure('invalidPayload', "The payload can't be written as JSON. Nothing was sent.", {
      cause: error,
    });
  }
}

/** One short line of a payload, for lists. */
export function payloadPreview(text: string, length = 80): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}

/** V8's own message names no position for most errors. */
async function failurePlace(text: string): Promise<TextPlace> {
  const { parse } = await import('jsonc-parser');
  const errors: ParseError[] = [];
  parse(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
  const before = text.slice(0, errors[0]?.offset ?? text.length).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
