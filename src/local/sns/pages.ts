import type { QueryInput } from '../server/queryInput.ts';
import { invalidParameter } from './snsErrors.ts';
import { element, type Xml } from '../server/xml.ts';

const pageSize = 100;

/** One page of a list of things with ARNs, and the `NextToken` element when there is more. */
export function pageOf<T extends { readonly arn: string }>(
  input: QueryInput,
  list: (afterArn: string, limit: number) => readonly T[],
): { readonly page: readonly T[]; readonly next: readonly Xml[] } {
  const after = Buffer.from(input.text('NextToken') ?? '', 'base64url').toString();
  if (after !== '' && !after.startsWith('arn:')) throw invalidParameter('NextToken');
  const found = list(after, pageSize + 1);
  const page = found.slice(0, pageSize);
  const last = found.length > pageSize ? page.at(-1)?.arn : undefined;
  return { page, next: last === undefined ? [] : [element('NextToken', Buffer.from(last).toString('base64url'))] };
}
