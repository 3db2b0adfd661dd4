import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { foldInvocation } from '../model/foldInvocation.ts';
import type { InvocationPiece } from '../model/invocation.ts';
import { summarizeInvocation } from '../model/summarizeInvocation.ts';
import { fromColumns, toColumns, type PieceColumns } from './pieceColumns.ts';

/** Row ids that a write touched; `gone` are those that others took in. */
export interface Written {
  readonly changed: readonly number[];
  readonly gone: readonly number[];
}

/**
 * Puts pieces where they belong. A row is known by its client token, its request id or both: `accepted` with a token
 * binds them, and where each had a row of its own by then, the sent one takes the other in. Works inside the caller's
 * transaction.
 */
export class Writer {
  readonly #byToken: StatementSync;
  readonly #byRequest: StatementSync;
  readonly #create: StatementSync;
  readonly #bind: StatementSync;
  readonly #addPiece: StatementSync;
  readonly #addSearch: StatementSync;
  readonly #hasPayload: StatementSync;
  readonly #movePieces: StatementSync;
  readonly #leftPieces: StatementSync;
  readonly #removeSearch: StatementSync;
  readonly #removeRow: StatementSync;
  readonly #lightPieces: StatementSync;
  readonly #update: StatementSync;
  readonly #nextVersion: StatementSync;
  readonly #setCursor: StatementSync;

  constructor(db: DatabaseSync) {
    this.#byToken = db.prepare('SELECT id, request_id FROM invocations WHERE connection_id = ? AND client_token = ?');
    this.#byRequest = db.prepare('SELECT id FROM invocations WHERE connection_id = ? AND request_id = ?');
    this.#create = db.prepare(
      `INSERT INTO invocations (connection_id, client_token, request_id, status, function_name, started_at, version, summary)
       VALUES (?, ?, ?, 'queued', '', 0, 0, '{}')`,
    );
    this.#bind = db.prepare(
      'UPDATE invocations SET client_token = coalesce(client_token, ?), request_id = coalesce(request_id, ?) WHERE id = ?',
    );
    this.#addPiece = db.prepare(
      'INSERT INTO pieces (invocation_id, kind, hash, piece, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#addSearch = db.prepare('INSERT INTO search (rowid, text) VALUES (?, ?)');
    this.#hasPayload = db.prepare("SELECT 1 FROM pieces WHERE invocation_id = ? AND kind = 'sent' LIMIT 1");
    this.#movePieces = db.prepare('UPDATE OR IGNORE pieces SET invocation_id = ? WHERE invocation_id = ?');
    this.#leftPieces = db.prepare('SELECT id FROM pieces WHERE invocation_id = ?');
    this.#removeSearch = db.prepare('DELETE FROM search WHERE rowid = ?');
    this.#removeRow = db.prepare('DELETE FROM invocations WHERE id = ?');
    // Only what a failed attempt answered is needed of all bodies: the error's type and message.
    this.#lightPieces = db.prepare(
      `SELECT piece, CASE WHEN kind = 'attemptEnded' AND piece ->> 'status' <> 'success' THEN body END AS body
       FROM pieces WHERE invocation_id = ?`,
    );
    this.#update = db.prepare(
      'UPDATE invocations SET status = ?, function_name = ?, started_at = ?, version = ?, summary = ? WHERE id = ?',
    );
    // Every change adds a piece, and SQLite remembers the highest number a piece ever had: rows that are cut lower nothing.
    this.#nextVersion = db.prepare(
      "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'pieces'), 0) + 1 AS version",
    );
    this.#setCursor = db.prepare(
      `INSERT INTO cursors VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET value = max(value, excluded.value)`,
    );
  }

  /** Adds pieces of one connection; those that are known change nothing. */
  ingest(connectionId: string, pieces: readonly InvocationPiece[]): Written {
    const changed = new Set<number>();
    const gone = new Set<number>();
    // A number that is used again would hide a change from other windows.
    const version = Number(this.#nextVersion.get()?.['version'] ?? 1);
    for (const piece of pieces) {
      const columns = toColumns(piece);
      const id = this.#rowOf(connectionId, piece, gone, changed);
      if (this.#add(id, piece, columns)) changed.add(id);
    }
    for (const id of gone) changed.delete(id);
    for (const id of changed) this.#refold(id, version);
    return { changed: [...changed], gone: [...gone] };
  }

  /** Remembers where a stream was left; positions only rise. */
  setCursor(connectionId: string, stream: string, value: number): void {
    this.#setCursor.run(connectionId, stream, value);
  }

  #rowOf(connectionId: string, piece: InvocationPiece, gone: Set<number>, changed: Set<number>): number {
    const requestId = 'requestId' in piece ? piece.requestId : null;
    let token = 'clientToken' in piece ? (piece.clientToken ?? null) : null;
    const ofToken = token === null ? undefined : this.#byToken.get(connectionId, token);
    // The same token again is another event that some program sent under it: a row holds one.
    const taken =
      requestId !== null && typeof ofToken?.['request_id'] === 'string' && ofToken['request_id'] !== requestId;
    if (taken) token = null;
    const byToken = taken ? undefined : idOf(ofToken);
    const byRequest = requestId === null ? undefined : idOf(this.#byRequest.get(connectionId, requestId));
    if (byToken !== undefined && byRequest !== undefined && byToken !== byRequest) {
      this.#takeIn(byToken, byRequest);
      gone.add(byRequest);
      changed.add(byToken);
    }
    const id = byToken ?? byRequest ?? Number(this.#create.run(connectionId, token, requestId).lastInsertRowid);
    if (token !== null && requestId !== null) this.#bind.run(token, requestId, id);
    return id;
  }

  #takeIn(into: number, from: number): void {
    this.#movePieces.run(into, from);
    // What is left, the other row has already.
    for (const { id } of this.#leftPieces.all(from)) this.#removeSearch.run(Number(id));
    this.#removeRow.run(from);
  }

  #add(id: number, piece: InvocationPiece, columns: PieceColumns): boolean {
    const { kind, hash, piece: text, body, search } = columns;
    const { changes, lastInsertRowid } = this.#addPiece.run(id, kind, hash, text, body);
    if (Number(changes) === 0) return false;
    // The payload is found by the sent piece already.
    const known = piece.kind === 'accepted' && this.#hasPayload.get(id) !== undefined;
    const found = known ? `${piece.functionName}\n${piece.requestId}` : search;
    if (found !== '') this.#addSearch.run(lastInsertRowid, found);
    return true;
  }

  #refold(id: number, version: number): void {
    const pieces = this.#lightPieces
      .all(id)
      .map(({ piece, body }) => fromColumns(String(piece), typeof body === 'string' ? body : null));
    const summary = summarizeInvocation(foldInvocation(pieces));
    const { status, functionName, startedAt } = summary;
    this.#update.run(status, functionName, Math.trunc(startedAt), version, JSON.stringify(summary), id);
  }
}

function idOf(row: Record<string, unknown> | undefined): number | undefined {
  return row === undefined ? undefined : Number(row['id']);
}
