import type { InvocationStatus } from '../invocation.ts';

/** What a key of the filter takes. */
export interface FilterKey {
  readonly key: string;
  /** Other names people may try. */
  readonly aliases: readonly string[];
  /** In a few words. */
  readonly hint: string;
}

/** Keys that are followed by a colon, in the order in which they are offered. */
export const filterKeys = [
  { key: 'fn', aliases: ['function', 'func'], hint: 'Function' },
  { key: 'status', aliases: ['state'], hint: 'Where it stands' },
  { key: 'err', aliases: ['error'], hint: 'Error type' },
  { key: 'cond', aliases: ['condition', 'outcome'], hint: 'Condition of the outcome' },
  { key: 'since', aliases: ['after'], hint: 'Started since' },
  { key: 'until', aliases: ['before'], hint: 'Started until' },
  { key: 'dest', aliases: ['destination'], hint: 'Destination' },
  { key: 'attempts', aliases: ['tries'], hint: 'Number of attempts' },
  { key: 'duration', aliases: ['took'], hint: 'From sending to the end' },
  { key: 'q', aliases: ['qualifier'], hint: 'Version or alias' },
  { key: 'id', aliases: ['requestid'], hint: 'Request id' },
  { key: 'is', aliases: [], hint: 'pinned' },
  { key: 'group', aliases: [], hint: 'Group of like errors' },
] as const satisfies readonly FilterKey[];

/** A key's own name. */
export type FilterKeyName = (typeof filterKeys)[number]['key'];

/** Every status, as it is written after `status:`. */
export const filterStatuses = [
  'sending',
  'queued',
  'running',
  'waiting',
  'succeeded',
  'failed',
  'lost',
  'notAccepted',
  'unknown',
  'raw',
] as const satisfies readonly InvocationStatus[];

/** The key that was meant, by its name or another one for it; whatever the case. */
export function findKey(written: string): FilterKeyName | undefined {
  const lower = written.toLowerCase();
  return filterKeys.find(({ key, aliases }) => key === lower || (aliases as readonly string[]).includes(lower))?.key;
}
