import { fromColumns } from './pieceColumns.ts';
import { piecesPerRow } from './rowState.ts';
import type { Statements } from './statements.ts';
import type { ExportedPiece } from './transfer.ts';

/** All pieces of some rows, whole. */
export function exportedPieces(statements: Statements, ids: readonly number[]): readonly ExportedPiece[] {
  return ids.flatMap((id) => {
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
  });
}
