import { createHash } from 'node:crypto';
import { pieceText } from '../model/foldInvocation.ts';
import type { InvocationPiece } from '../model/invocation.ts';
import { parseErrorPayload } from '../model/stack/errorPayload.ts';

/** A piece as the store keeps it: its one big text apart, so that lists never read it. */
export interface PieceColumns {
  readonly kind: InvocationPiece['kind'];
  /** 16 bytes; the same for pieces that say the same. */
  readonly hash: Uint8Array;
  /** JSON, without the body. */
  readonly piece: string;
  readonly body: string | null;
  /** What a text query finds it by; empty: nothing. */
  readonly search: string;
}

/** Longer texts are found by their beginning only: an index of three-letter parts is several times as long as its text. Characters. */
const maximumSearchLength = 65_536;

/** Takes a piece apart. */
export function toColumns(piece: InvocationPiece): PieceColumns {
  const { rest, body } = split(piece);
  return {
    kind: piece.kind,
    hash: createHash('sha256').update(pieceText(piece)).digest().subarray(0, 16),
    piece: JSON.stringify(rest),
    body: body ?? null,
    search: searchText(piece),
  };
}

/** Puts a piece together again. Without its body (`null`) it is as if that had been empty or absent. */
export function fromColumns(text: string, body: string | null): InvocationPiece {
  const piece = JSON.parse(text) as InvocationPiece;
  switch (piece.kind) {
    case 'sent':
      return { ...piece, payload: body ?? '' };
    case 'accepted':
      return body === null ? piece : { ...piece, payload: body };
    case 'attemptEnded':
      return body === null ? piece : { ...piece, response: body };
    case 'log':
      return { ...piece, lines: JSON.parse(body ?? '[]') as (typeof piece)['lines'] };
    case 'logEvents':
      return { ...piece, lines: JSON.parse(body ?? '[]') as (typeof piece)['lines'] };
    case 'delivery':
    case 'record':
    case 'deadLetter':
    case 'raw':
      return { ...piece, body: body ?? '' };
    default:
      return piece;
  }
}

function split(piece: InvocationPiece): { readonly rest: object; readonly body: string | undefined } {
  switch (piece.kind) {
    case 'sent':
    case 'accepted': {
      const { payload, ...rest } = piece;
      return { rest, body: payload };
    }
    case 'attemptEnded': {
      const { response, ...rest } = piece;
      return { rest, body: response };
    }
    case 'log':
    case 'logEvents': {
      const { lines, ...rest } = piece;
      return { rest, body: JSON.stringify(lines) };
    }
    case 'delivery':
    case 'record':
    case 'deadLetter':
    case 'raw': {
      const { body, ...rest } = piece;
      return { rest, body };
    }
    default:
      return { rest: piece, body: undefined };
  }
}

function searchText(piece: InvocationPiece): string {
  return searchParts(piece)
    .map((part) => part.slice(0, maximumSearchLength))
    .join('\n')
    .replaceAll('\0', ' ');
}

function searchParts(piece: InvocationPiece): readonly string[] {
  switch (piece.kind) {
    case 'sent':
      return [piece.functionName, piece.payload];
    case 'accepted':
      return [piece.functionName, piece.requestId, piece.payload ?? ''];
    case 'notAccepted':
      return [piece.errorName, piece.errorMessage];
    case 'attemptEnded': {
      if (piece.status === 'success' || piece.response === undefined) return [];
      const { type, message } = parseErrorPayload(piece.response);
      return [type, message];
    }
    default:
      return [];
  }
}
