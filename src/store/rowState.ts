import type { InvocationPiece } from '../model/invocation.ts';
import { fromColumns, type PieceColumns } from './pieceColumns.ts';
import { rowColumnNames, type RowColumns } from './rowColumns.ts';
import type { SqlRow, Statements } from './statements.ts';

/** So many pieces a row has at most: their ids are numbers of the row's own. */
export const piecesPerRow = 65_536;

/** A row while it is written to, and for some time after: what is folded, without its bodies. */
export interface RowState {
  readonly id: number;
  readonly connection: number;
  requestId: string | undefined;
  token: string | undefined;
  /** As the row is in the database; absent: it is not there yet. */
  stored: RowColumns | undefined;
  readonly light: InvocationPiece[];
  readonly hashes: Set<string>;
  /** Number of the next piece. */
  next: number;
  /** A piece with the payload is in the index. */
  payloadKnown: boolean;
  /** Where the error was thrown, and when that was told. */
  frame: string;
  frameAt: number;
  /** Pieces that are to be written. */
  readonly added: { readonly piece: InvocationPiece; readonly columns: PieceColumns }[];
  keysChanged: boolean;
  /** It took in a row that was pinned. */
  pinned: boolean;
}

/** A row that is not there yet. */
export function newRow(id: number, connection: number, requestId?: string, token?: string): RowState {
  return {
    id,
    connection,
    requestId,
    token,
    stored: undefined,
    light: [],
    hashes: new Set(),
    next: 0,
    payloadKnown: false,
    frame: '',
    frameAt: 0,
    added: [],
    keysChanged: false,
    pinned: false,
  };
}

/** What reads a row for `loadRow`. */
export const rowSelect = `SELECT id, request_id, client_token, ${rowColumnNames.join(', ')} FROM invocations`;

/** The state of a row that is in the database. */
export function loadRow(statements: Statements, connection: number, found: SqlRow): RowState {
  const id = Number(found['id']);
  const state = newRow(id, connection, textOf(found['request_id']), textOf(found['client_token']));
  state.stored = Object.fromEntries(rowColumnNames.map((name) => [name, found[name]])) as unknown as RowColumns;
  // Only what a failed attempt answered is needed of all bodies: the error's type and message.
  const pieces = statements.all(
    `SELECT id, hash, piece, body IS NOT NULL AS whole,
            CASE WHEN kind = 'attemptEnded' AND piece ->> 'status' <> 'success' THEN body END AS body
     FROM pieces WHERE id >= ? AND id < ? ORDER BY id`,
    id * piecesPerRow,
    (id + 1) * piecesPerRow,
  );
  for (const { id: pieceId, hash, piece, whole, body } of pieces) {
    const light = fromColumns(String(piece), typeof body === 'string' ? body : null);
    state.light.push(light);
    state.hashes.add(String(hash));
    state.next = Number(pieceId) - id * piecesPerRow + 1;
    state.payloadKnown ||= hasPayload(light, whole === 1);
  }
  if (state.stored.error_group !== null) {
    const group = statements.get('SELECT frame FROM error_groups WHERE id = ?', state.stored.error_group);
    state.frame = textOf(group?.['frame']) ?? '';
    for (const piece of state.light) state.frameAt = Math.max(state.frameAt, failureAt(piece) ?? 0);
  }
  return state;
}

/** When a piece says that an attempt failed, and with what; `undefined`: it says no such thing. */
export function failureAt(piece: InvocationPiece): number | undefined {
  if (piece.kind === 'attemptEnded') {
    return piece.status === 'success' || piece.response === undefined ? undefined : piece.at;
  }
  return piece.kind === 'record' && piece.condition !== 'Success' && piece.responsePayload ? piece.at : undefined;
}

/** Whether a piece, of whose body only is known whether it has one, makes the payload known to the index. */
export function hasPayload(piece: InvocationPiece, withBody: boolean): boolean {
  if (piece.kind === 'record') return piece.requestPayload !== undefined;
  return withBody && (piece.kind === 'sent' || piece.kind === 'accepted' || piece.kind === 'deadLetter');
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
