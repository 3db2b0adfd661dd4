/** What keeps a database from being used; `disk`: what is under it fails. */
export type DatabaseTrouble = 'damaged' | 'full' | 'denied' | 'disk';

/** By SQLite's primary result codes. */
const troubles: Readonly<Record<number, DatabaseTrouble>> = {
  // PERM, READONLY, CANTOPEN
  3: 'denied',
  8: 'denied',
  14: 'denied',
  // NOMEM, IOERR
  7: 'disk',
  10: 'disk',
  // CORRUPT, NOTADB
  11: 'damaged',
  26: 'damaged',
  13: 'full',
};

/** What an error says of the database as a whole, or of the disk that it is on; `undefined`: nothing. */
export function databaseTrouble(error: unknown): DatabaseTrouble | undefined {
  const { code, errcode } = (error ?? {}) as { readonly code?: unknown; readonly errcode?: unknown };
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'full';
  return typeof errcode === 'number' ? troubles[errcode & 0xff] : undefined;
}
