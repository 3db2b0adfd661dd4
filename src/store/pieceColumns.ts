import { hash } from 'node:crypto';
import type { InvocationPiece } from '../model/invocation.ts';

/** A piece as the store keeps it: its one big text apart, so that lists never read it. */
export interface PieceColumns {
  readonly kind: InvocationPiece['kind'];
  /** The same for pieces that say the same. */
  readonly hash: string;
  /** JSON, without the body. */
  readonly piece: string;
  readonly body: string | null;
  /** The piece as folding for a list needs it: of its bodies only what a failed attempt answered. */
  readonly light: InvocationPiece;
}

/** Takes a piece apart. */
export function toColumns(piece: InvocationPiece): PieceColumns {
  const { rest, body } = split(piece);
  const text = JSON.stringify(rest);
  const whole = body === undefined || (piece.kind === 'attemptEnded' && piece.status !== 'success');
  return {
    kind: piece.kind,
    hash: hashOf(rest, piece, body),
    piece: text,
    body: body ?? null,
    light: whole ? piece : withBody(rest as InvocationPiece, null),
  };
}

/** Puts a piece together again. Without its body (`null`) it is as if that had been empty or absent. */
export function fromColumns(text: string, body: string | null): InvocationPiece {
  return withBody(JSON.parse(text) as InvocationPiece, body);
}

function withBody(piece: InvocationPiece, body: string | null): InvocationPiece {
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

/** The same for pieces that say the same: keys may come in any order, those of parts are always made by the same code. */
function hashOf(rest: object, piece: InvocationPiece, body: string | undefined): string {
  const parts: string[] = [];
  // All the rest of a record was read from its text.
  if (piece.kind === 'record') {
    return hash('sha256', `record\0${piece.destinationArn}\0${piece.body}`, 'base64url').slice(0, 22);
  }
  for (const key of Object.keys(rest).sort()) {
    const value = (rest as Record<string, unknown>)[key];
    if (value !== undefined) parts.push(key, typeof value === 'string' ? value : JSON.stringify(value));
  }
  if (body !== undefined) parts.push(body);
  return hash('sha256', parts.join('\0'), 'base64url').slice(0, 22);
}
