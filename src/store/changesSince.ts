import type { Statements } from './statements.ts';

/** So many rows are told as changed where it is not known any more which ones did. */
const newestRows = 1_000;

/** Rows that changed after a version, by us or by others, and the newest version. */
export function changesSince(
  statements: Statements,
  version: number,
): { readonly ids: readonly number[]; readonly version: number } {
  const newer = statements.all('SELECT version, ids FROM changes WHERE version > ? ORDER BY version', version);
  const ids = newer.flatMap(({ ids: text }) => JSON.parse(String(text)) as number[]);
  // Of a window that slept for long some are forgotten: then the newest rows may be other ones.
  if (Number(newer[0]?.['version'] ?? 0) > version + 1) {
    for (const { id } of statements.all('SELECT id FROM invocations ORDER BY id DESC LIMIT ?', newestRows)) {
      ids.push(Number(id));
    }
  }
  return { ids, version: Math.max(version, Number(newer.at(-1)?.['version'] ?? 0)) };
}
