import { basename, dirname } from 'node:path';
import type { DeclaredFunction } from '../iac/declarations.ts';
import { isInside } from './deployedPath.ts';

/** A payload kept as a file. */
export interface PayloadFile {
  /** Absolute path. */
  readonly file: string;
  /** `events/order.json` */
  readonly label: string;
}

/** Payloads as a person looks for them: those named after the function, those beside its template, the others; each by label. */
export function payloadsInOrder<P extends PayloadFile>(
  payloads: readonly P[],
  functionName: string | undefined,
  fn: DeclaredFunction | undefined,
): readonly P[] {
  const names = [functionName, fn?.logicalId].filter((name) => name !== undefined).map((name) => name.toLowerCase());
  const rank = ({ file }: P): number => {
    const path = file.toLowerCase();
    if (names.some((name) => basename(path) === `${name}.json`)) return 0;
    if (names.some((name) => isNamedAfter(path, name))) return 1;
    return fn && isInside(dirname(fn.location.file), file) ? 2 : 3;
  };
  return payloads
    .map((payload) => ({ payload, rank: rank(payload) }))
    .toSorted((a, b) => a.rank - b.rank || a.payload.label.localeCompare(b.payload.label, 'en', { numeric: true }))
    .map(({ payload }) => payload);
}

/** `orders-large.json` and `orders/large.json` are for `orders`. */
function isNamedAfter(file: string, name: string): boolean {
  const rest = basename(file).startsWith(name) ? basename(file).slice(name.length) : undefined;
  return (rest !== undefined && /^[-_.]/.test(rest)) || basename(dirname(file)) === name;
}
