import type { DatabaseSync } from 'node:sqlite';
import { errorShape } from '../model/errorShape.ts';
import { foldInvocation } from '../model/foldInvocation.ts';
import type { InvocationPiece } from '../model/invocation.ts';
import { summarizeInvocation } from '../model/summarizeInvocation.ts';
import { searchedBodies } from './bodies.ts';
import { OwnFrames } from './ownFrames.ts';
import { fromColumns, toColumns } from './pieceColumns.ts';
import { Rollups } from './rollups.ts';
import { rowColumnNames, rowColumns, type RowColumns } from './rowColumns.ts';
import { failureAt, hasPayload, loadRow, newRow, piecesPerRow, rowSelect, type RowState } from './rowState.ts';
import { searchDocument, type SearchDocument } from './searchText.ts';
import { Statements, type SqlRow } from './statements.ts';
import { Vocabulary } from './vocabulary.ts';

/** Row ids that a write touched; `gone` are those that are there no more. */
export interface Written {
  readonly changed: readonly number[];
  readonly gone: readonly number[];
}

/** A row that is put back. */
export interface RestoredRow {
  readonly connectionId: string;
  readonly id: number;
  readonly requestId?: string;
  readonly token?: string;
  readonly pieces: readonly InvocationPiece[];
}

const selects = {
  request_id: `${rowSelect} WHERE connection = ? AND request_id = ?`,
  client_token: `${rowSelect} WHERE connection = ? AND client_token = ?`,
};
const insertRow = `INSERT INTO invocations (id, connection, request_id, client_token, ${rowColumnNames.join(', ')}, summary)
  VALUES (?, ?, ?, ?, ${rowColumnNames.map(() => '?').join(', ')}, ?)`;

/** Rows that changed last are kept at hand: more is likely to come for them. */
const rowsAtHand = 2_000;
/** Failed attempts that answered more are read again instead of kept. Characters. */
const maximumAtHand = 20_000;
/** So many transactions' rows are told to windows that look later. */
const keptChanges = 4_096;

/**
 * Puts pieces where they belong. A row is known by its client token, its request id or both: `accepted` with a token
 * binds them, and where each had a row of its own by then, the sent one takes the other in. Works inside the caller's
 * transaction; after one that failed `forget` has to be called.
 */
export class Writer {
  readonly #statements: Statements;
  readonly #rollups: Rollups;
  readonly #vocabulary: Vocabulary;
  readonly #frames = new OwnFrames();
  readonly #connections = new Map<string, number>();
  /** By id, those changed last at the end. */
  readonly #rows = new Map<number, RowState>();
  readonly #byKey = new Map<string, RowState>();
  /** To be added to the index of words. */
  readonly #documents: (readonly [id: number, SearchDocument])[] = [];
  #dataVersion = -1;
  #lastId = 0;

  constructor(db: DatabaseSync) {
    this.#statements = new Statements(db);
    this.#rollups = new Rollups(this.#statements);
    this.#vocabulary = new Vocabulary(this.#statements);
  }

  /** Adds pieces of one connection; those that are known change nothing. */
  ingest(connectionId: string, pieces: readonly InvocationPiece[]): Written {
    return this.#write(() => {
      const connection = this.#connection(connectionId);
      const touched = new Set<RowState>();
      const gone = new Set<number>();
      for (const piece of pieces) {
        const columns = toColumns(piece);
        const row = this.#rowOf(connection, piece, touched, gone);
        if (row.hashes.has(columns.hash) || row.next + row.added.length >= piecesPerRow) continue;
        row.hashes.add(columns.hash);
        row.added.push({ piece, columns });
        touched.add(row);
      }
      return this.#finish(touched, gone);
    });
  }

  /** Puts back rows that were kept under another schema, under their ids. */
  restore(rows: readonly RestoredRow[]): void {
    this.#write(() => {
      const restored = rows.map(({ connectionId, id, requestId, token, pieces }) => {
        const row = newRow(id, this.#connection(connectionId), requestId, token);
        for (const piece of pieces) {
          const columns = toColumns(piece);
          row.hashes.add(columns.hash);
          row.added.push({ piece, columns });
        }
        return row;
      });
      return this.#finish(new Set(restored), new Set());
    });
  }

  /** Removes rows with all that belongs to them; gives those that were there. */
  remove(ids: readonly number[], { pinnedToo = true } = {}): readonly number[] {
    return this.#write(() => {
      // Asked here: another window may just have pinned one.
      const gone = new Set(ids.filter((id) => (pinnedToo || !this.#isPinned(id)) && this.#removeRow(id)));
      return this.#finish(new Set(), gone);
    }).gone;
  }

  /** Keeps rows whatever is cut, or no longer. */
  pin(ids: readonly number[], pinned: boolean): void {
    this.#statements.run(
      'UPDATE invocations SET pinned = ? WHERE id IN (SELECT value FROM json_each(?))',
      Number(pinned),
      JSON.stringify(ids),
    );
    this.#noteChanged(ids);
  }

  #noteChanged(ids: readonly number[]): void {
    const statements = this.#statements;
    if (ids.length === 0) return;
    const version = Number(
      statements.of('INSERT INTO changes (ids) VALUES (?)').run(JSON.stringify(ids)).lastInsertRowid,
    );
    if (version % 256 === 0) statements.run('DELETE FROM changes WHERE version <= ?', version - keptChanges);
  }

  /** Remembers where a stream was left; positions only rise. */
  setCursor(connectionId: string, stream: string, value: number): void {
    this.#statements.run(
      `INSERT INTO cursors VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET value = max(value, excluded.value)`,
      connectionId,
      stream,
      value,
    );
  }

  /** What is at hand may not be what is in the database. */
  forget(): void {
    this.#rows.clear();
    this.#byKey.clear();
    this.#connections.clear();
    this.#documents.length = 0;
    this.#rollups.forget();
    this.#vocabulary.forget();
  }

  #write(work: () => Written): Written {
    const statements = this.#statements;
    const dataVersion = statements.number('PRAGMA data_version');
    if (dataVersion !== this.#dataVersion) this.forget();
    this.#dataVersion = dataVersion;
    this.#lastId = statements.number("SELECT seq FROM sqlite_sequence WHERE name = 'invocations'");
    try {
      return work();
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  #finish(touched: ReadonlySet<RowState>, gone: ReadonlySet<number>): Written {
    const changed: number[] = [];
    for (const row of touched) {
      if (gone.has(row.id)) continue;
      changed.push(row.id);
      this.#store(row);
      this.#keepAtHand(row);
    }
    this.#rollups.flush();
    this.#index();
    this.#noteChanged([...changed, ...gone]);
    return { changed, gone: [...gone] };
  }

  /** All documents in a row: other statements in between would make the index write a part of itself each time. */
  #index(): void {
    const statement = this.#statements.of('INSERT INTO words (rowid, text) VALUES (?, ?)');
    for (const [id, { words, values }] of this.#documents)
      statement.run(id, values === '' ? words : `${words} ${values}`);
    for (const [, { letters }] of this.#documents) for (const text of letters) this.#vocabulary.add(text);
    this.#documents.length = 0;
  }

  #connection(name: string): number {
    let id = this.#connections.get(name);
    if (id === undefined) {
      this.#statements.run('INSERT OR IGNORE INTO connections (name) VALUES (?)', name);
      id = this.#statements.number('SELECT id FROM connections WHERE name = ?', name);
      this.#connections.set(name, id);
    }
    return id;
  }

  #rowOf(connection: number, piece: InvocationPiece, touched: Set<RowState>, gone: Set<number>): RowState {
    const requestId = 'requestId' in piece ? piece.requestId : undefined;
    let token =
      piece.kind === 'raw'
        ? `raw:${piece.rawId}`
        : 'clientToken' in piece
          ? (piece.clientToken ?? undefined)
          : undefined;
    let byToken = token === undefined ? undefined : this.#find(connection, 'client_token', token);
    // The same token again is another event that some program sent under it: a row holds one.
    if (requestId !== undefined && byToken?.requestId !== undefined && byToken.requestId !== requestId) {
      token = undefined;
      byToken = undefined;
    }
    const byRequest = requestId === undefined ? undefined : this.#find(connection, 'request_id', requestId);
    if (byToken && byRequest && byToken !== byRequest) {
      this.#takeIn(byToken, byRequest);
      gone.add(byRequest.id);
      touched.delete(byRequest);
      touched.add(byToken);
    }
    let row = byToken ?? byRequest;
    if (!row) {
      row = newRow(++this.#lastId, connection);
      this.#rows.set(row.id, row);
    }
    this.#bind(row, requestId, token);
    return row;
  }

  #bind(row: RowState, requestId: string | undefined, token: string | undefined): void {
    if (requestId !== undefined && row.requestId === undefined) {
      row.requestId = requestId;
      row.keysChanged = true;
      this.#byKey.set(keyOf(row.connection, 'request_id', requestId), row);
    }
    if (token !== undefined && row.token === undefined) {
      row.token = token;
      row.keysChanged = true;
      this.#byKey.set(keyOf(row.connection, 'client_token', token), row);
    }
  }

  #find(connection: number, column: 'request_id' | 'client_token', value: string): RowState | undefined {
    const atHand = this.#byKey.get(keyOf(connection, column, value));
    if (atHand) return atHand;
    const found = this.#statements.get(selects[column], connection, value);
    return found && this.#load(connection, found);
  }

  #load(connection: number, found: SqlRow): RowState {
    const known = this.#rows.get(Number(found['id']));
    if (known) return known;
    const row = loadRow(this.#statements, connection, found);
    this.#rows.set(row.id, row);
    for (const column of ['request_id', 'client_token'] as const) {
      const value = column === 'request_id' ? row.requestId : row.token;
      if (value !== undefined) this.#byKey.set(keyOf(connection, column, value), row);
    }
    return row;
  }

  #takeIn(into: RowState, from: RowState): void {
    const stored = this.#statements.all(
      'SELECT piece, body FROM pieces WHERE id >= ? AND id < ? ORDER BY id',
      from.id * piecesPerRow,
      (from.id + 1) * piecesPerRow,
    );
    const pieces = stored.map(({ piece, body }) => fromColumns(String(piece), typeof body === 'string' ? body : null));
    for (const { piece } of from.added) pieces.push(piece);
    into.pinned ||= this.#isPinned(from.id);
    if (from.stored) this.#removeRow(from.id);
    this.#letGo(from);
    for (const piece of pieces) {
      const columns = toColumns(piece);
      if (into.hashes.has(columns.hash)) continue;
      into.hashes.add(columns.hash);
      into.added.push({ piece, columns });
    }
    if (from.requestId !== undefined) this.#bind(into, from.requestId, undefined);
  }

  #isPinned(id: number): boolean {
    return this.#statements.number('SELECT pinned FROM invocations WHERE id = ?', id) === 1;
  }

  #removeRow(id: number): boolean {
    const statements = this.#statements;
    const found = statements.get(`SELECT connection, ${rowColumnNames.join(', ')} FROM invocations WHERE id = ?`, id);
    if (!found) return false;
    this.#rollups.count(Number(found['connection']), found as unknown as RowColumns, -1);
    const range = [id * piecesPerRow, (id + 1) * piecesPerRow] as const;
    statements.run('DELETE FROM words WHERE rowid IN (SELECT id FROM pieces WHERE id >= ? AND id < ?)', ...range);
    statements.run('DELETE FROM pieces WHERE id >= ? AND id < ?', ...range);
    statements.run('DELETE FROM invocations WHERE id = ?', id);
    const row = this.#rows.get(id);
    if (row) this.#letGo(row);
    return true;
  }

  #letGo(row: RowState): void {
    this.#rows.delete(row.id);
    for (const column of ['request_id', 'client_token'] as const) {
      const value = column === 'request_id' ? row.requestId : row.token;
      if (value === undefined) continue;
      const key = keyOf(row.connection, column, value);
      if (this.#byKey.get(key) === row) this.#byKey.delete(key);
    }
  }

  #keepAtHand(row: RowState): void {
    this.#rows.delete(row.id);
    const big = row.light.some((piece) => 'response' in piece && (piece.response?.length ?? 0) > maximumAtHand);
    if (big) this.#letGo(row);
    else this.#rows.set(row.id, row);
    for (const oldest of this.#rows.values()) {
      if (this.#rows.size <= rowsAtHand || oldest.added.length > 0) return;
      this.#letGo(oldest);
    }
  }

  #store(row: RowState): void {
    const statements = this.#statements;
    for (const { piece, columns } of row.added) {
      const id = row.id * piecesPerRow + row.next++;
      statements.run(
        'INSERT INTO pieces VALUES (?, ?, ?, ?, ?)',
        id,
        columns.kind,
        columns.hash,
        columns.piece,
        columns.body,
      );
      const found = searchDocument(piece, row.payloadKnown);
      row.payloadKnown ||= hasPayload(piece, columns.body !== null);
      if (found) this.#documents.push([id, found]);
      noteFrame(row, piece, this.#frames);
      row.light.push(columns.light);
    }
    row.added.length = 0;
    const summary = summarizeInvocation(foldInvocation(row.light));
    const { errorType, errorMessage = '', updatedAt } = summary;
    const group =
      errorType === undefined
        ? null
        : this.#rollups.groupOf(row.connection, {
            errorType,
            shape: errorShape(errorMessage),
            frame: row.frame,
            message: errorMessage.slice(0, 500),
            at: updatedAt,
          });
    const columns = rowColumns(summary, group);
    this.#storeRow(row, columns, JSON.stringify(summary));
    if (row.pinned) statements.run('UPDATE invocations SET pinned = 1 WHERE id = ?', row.id);
    row.pinned = false;
    if (row.stored) this.#rollups.count(row.connection, row.stored, -1);
    this.#rollups.count(row.connection, columns, 1, updatedAt);
    row.stored = columns;
    row.keysChanged = false;
  }

  #storeRow(row: RowState, columns: RowColumns, summary: string): void {
    const { stored } = row;
    const statements = this.#statements;
    if (!stored) {
      statements.run(
        insertRow,
        row.id,
        row.connection,
        row.requestId ?? null,
        row.token ?? null,
        ...rowColumnNames.map((name) => columns[name]),
        summary,
      );
      return;
    }
    // Only what changed: each column that is set is written to its index again.
    const names = rowColumnNames.filter((name) => columns[name] !== stored[name]);
    const keys = row.keysChanged ? 'request_id = ?, client_token = ?, ' : '';
    statements.run(
      `UPDATE invocations SET ${keys}${names.map((name) => `${name} = ?, `).join('')}summary = ? WHERE id = ?`,
      ...(row.keysChanged ? [row.requestId ?? null, row.token ?? null] : []),
      ...names.map((name) => columns[name]),
      summary,
      row.id,
    );
  }
}

/** The place that the last failed attempt told; of two at once the one that comes later in the alphabet. */
function noteFrame(row: RowState, piece: InvocationPiece, frames: OwnFrames): void {
  const at = failureAt(piece);
  if (at === undefined || at < row.frameAt) return;
  const frame = frames.of(searchedBodies(piece).find(({ root }) => root === 'response')?.text ?? '');
  if (at === row.frameAt && frame < row.frame) return;
  row.frame = frame;
  row.frameAt = at;
}

function keyOf(connection: number, column: string, value: string): string {
  return `${connection} ${column} ${value}`;
}
