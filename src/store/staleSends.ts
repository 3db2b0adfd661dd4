import type { DatabaseSync } from 'node:sqlite';
import type { NotAcceptedPiece } from '../model/invocation.ts';

/**
 * A send that nothing was heard of for so long has nobody who waits for its answer: its window ended or was killed.
 * Longer than a send may take, start of local Lambda and time-outs included, so another window's send is never meant.
 */
export const staleSendMs = 3 * 60_000;

/** What to add to such sends, by connection: no answer was seen, so the event may have been accepted. */
export function staleSends(db: DatabaseSync, now: number): ReadonlyMap<string, readonly NotAcceptedPiece[]> {
  const found = db
    .prepare(
      // By connection, as the index has it: looking at every row once a minute would keep an idle machine busy.
      `SELECT name AS connection_id, client_token FROM invocations JOIN connections ON connections.id = connection
       WHERE status = 'sending' AND started_at < ? AND client_token IS NOT NULL
       AND connection IN (SELECT connection FROM facets WHERE facet = 'status' AND value = 'sending')`,
    )
    .all(now - staleSendMs);
  const byConnection = Map.groupBy(found, (row) => String(row['connection_id']));
  return new Map(
    [...byConnection].map(([connectionId, rows]) => [
      connectionId,
      rows.map((row) => ({
        kind: 'notAccepted',
        clientToken: String(row['client_token']),
        at: now,
        errorName: 'NoAnswer',
        errorMessage: 'The window that sent it ended before an answer came.',
        mayHaveRun: true,
      })),
    ]),
  );
}
