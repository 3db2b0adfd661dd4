import type { InvocationPiece } from '../model/invocation.ts';
import type { BodyRoot } from '../model/query/filter.ts';

/** A text that a filter's `payload` or `response` looks into. */
export interface SearchedBody {
  readonly root: BodyRoot;
  readonly text: string;
}

/** What of a piece is payload or response. */
export function searchedBodies(piece: InvocationPiece): readonly SearchedBody[] {
  switch (piece.kind) {
    case 'sent':
      return [{ root: 'payload', text: piece.payload }];
    case 'accepted':
      return piece.payload === undefined ? [] : [{ root: 'payload', text: piece.payload }];
    case 'deadLetter':
    case 'raw':
      return [{ root: 'payload', text: piece.body }];
    case 'attemptEnded':
      return piece.response === undefined ? [] : [{ root: 'response', text: piece.response }];
    case 'record': {
      const { requestPayload, responsePayload, body } = piece;
      return [
        ...(requestPayload ? [{ root: 'payload' as const, text: body.slice(...requestPayload) }] : []),
        ...(responsePayload ? [{ root: 'response' as const, text: body.slice(...responsePayload) }] : []),
      ];
    }
    default:
      return [];
  }
}

/** Kinds of pieces that have such texts, for SQL. */
export const kindsWithBodies = "('sent', 'accepted', 'deadLetter', 'raw', 'attemptEnded', 'record')";
