import type { JsonInput } from '../server/jsonInput.ts';
import { Constraints } from './constraints.ts';
import { validationError } from './eventsErrors.ts';

const defaultLimit = 100;

/** One page of things that have names, and the `NextToken` when there is more. */
export function pageOf<T>(
  input: JsonInput,
  list: (page: { readonly after: string; readonly limit: number }) => readonly T[],
  nameOf: (item: T) => string,
): { readonly page: readonly T[]; readonly next: { readonly NextToken?: string } } {
  const limit = input.integer('Limit') ?? defaultLimit;
  const constraints = new Constraints();
  constraints.range(limit, 1, defaultLimit, 'limit');
  constraints.throwIfBroken();
  const token = input.text('NextToken');
  const after = token === undefined ? '' : Buffer.from(token, 'base64url').toString();
  if (token !== undefined && Buffer.from(after).toString('base64url') !== token) {
    throw validationError('The NextToken is not valid: take it from the page before.');
  }
  const found = list({ after, limit: limit + 1 });
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return {
    page,
    next: last === undefined ? {} : { NextToken: Buffer.from(nameOf(last)).toString('base64url') },
  };
}
