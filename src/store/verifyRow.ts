import type { InvocationPiece } from '../model/invocation.ts';
import { matchesBody } from '../model/query/matchBody.ts';
import { kindsWithBodies, searchedBodies, type SearchedBody } from './bodies.ts';
import { fromColumns } from './pieceColumns.ts';
import { piecesPerRow } from './rowState.ts';
import type { Statements } from './statements.ts';
import { namesOf, withUnescaped } from './searchText.ts';
import type { OnText } from './textConditions.ts';

/** Looks whether a row is what terms on its texts ask for. */
export function verifyRow(statements: Statements, id: number, terms: readonly OnText[]): boolean {
  const pieces = piecesOf(statements, id);
  const bodies = pieces.flatMap(searchedBodies);
  let haystack: string | undefined;
  return terms.every((term) => {
    if (term.kind === 'text') {
      haystack ??= haystackOf([rowTexts(statements, id), ...pieces.flatMap(namesOf)], bodies);
      return haystack.includes(term.text.toLowerCase()) !== term.negated;
    }
    return bodies.some(({ root, text }) => root === term.root && matchesBody(term, text)) !== term.negated;
  });
}

/** Bodies as they are, and with what their escapes stand for. */
function haystackOf(names: readonly string[], bodies: readonly SearchedBody[]): string {
  return [...names, ...bodies.flatMap(({ text }) => withUnescaped(text))].join('\n').toLowerCase();
}

/** What the index has documents of; of other kinds the bodies are not needed. */
function piecesOf(statements: Statements, id: number): readonly InvocationPiece[] {
  return statements
    .all(
      `SELECT piece, CASE WHEN kind IN ${kindsWithBodies} THEN body END AS body
       FROM pieces WHERE id >= ? AND id < ? AND (body IS NOT NULL OR kind = 'notAccepted')`,
      id * piecesPerRow,
      (id + 1) * piecesPerRow,
    )
    .map(({ piece, body }) => fromColumns(String(piece), typeof body === 'string' ? body : null));
}

function rowTexts(statements: Statements, id: number): string {
  const found = statements.get(
    `SELECT function_name, request_id, error_type, summary ->> 'errorMessage' AS message FROM invocations WHERE id = ?`,
    id,
  );
  return Object.values(found ?? {})
    .map((value) => (typeof value === 'string' ? value : ''))
    .join('\n');
}
