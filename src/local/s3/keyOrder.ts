/** S3 lists keys in the order of their UTF-8 bytes; JavaScript compares by UTF-16 units, which differs. */
export function compareKeys(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

/** The smallest text that comes after `text`. */
export function justAfter(text: string): string {
  return `${text}\0`;
}

/** The smallest text that comes after all that begin with `prefix`; `undefined` when there is none. */
export function afterAllOf(prefix: string): string | undefined {
  const points = Array.from(prefix);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const point = last.codePointAt(0) ?? 0;
    if (point === 0x10ffff) continue;
    // Surrogates are no characters.
    const next = point === 0xd7ff ? 0xe000 : point + 1;
    return points.join('') + String.fromCodePoint(next);
  }
  return undefined;
}
