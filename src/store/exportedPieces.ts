import { setImmediate as nextTurn } from 'node:timers/promises';
import { fromColumns } from './pieceColumns.ts';
import type { RowSearch } from './rowSearch.ts';
import { piecesPerRow } from './rowState.ts';
import type { Statements } from './statements.ts';
import type { ExportedPiece } from './transfer.ts';

/** After so many rows others have their turn. */
const rowsPerPart = 100;

/**
 * The pieces of all that a search finds, row by row, others being served in between. `told` hears how many rows were
 * given, 0 before each; what it throws ends it.
 */
export async function* exportedParts(
  run: <T>(work: (statements: Statements) => T) => Promise<T>,
  search: RowSearch,
  told: (rows: number) => void,
): AsyncGenerator<readonly ExportedPiece[]> {
  while (!search.done) {
    const ids = await run(() => search.step());
    for (let at = 0; at < ids.length; at += rowsPerPart) {
      told(0);
      const part = ids.slice(at, at + rowsPerPart);
      // One at a time: a row may have many megabytes, and a text has an end.
      for (const id of part) yield await run((statements) => exportedPieces(statements, id));
      told(part.length);
      await nextTurn();
    }
    await nextTurn();
  }
}

/** All pieces of a row, whole. */
function exportedPieces(statements: Statements, id: number): readonly ExportedPiece[] {
  const { name } =
    statements.get(
      'SELECT name FROM connections JOIN invocations ON connection = connections.id WHERE invocations.id = ?',
      id,
    ) ?? {};
  return statements
    .all('SELECT piece, body FROM pieces WHERE id >= ? AND id < ?', id * piecesPerRow, (id + 1) * piecesPerRow)
    .map(({ piece, body }) => ({
      connectionId: String(name),
      piece: fromColumns(String(piece), typeof body === 'string' ? body : null),
    }));
}
