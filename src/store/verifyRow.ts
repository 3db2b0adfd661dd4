import { matchesBody } from '../model/query/matchBody.ts';
import { kindsWithBodies, searchedBodies, type SearchedBody } from './bodies.ts';
import { fromColumns } from './pieceColumns.ts';
import { piecesPerRow } from './rowState.ts';
import type { Statements } from './statements.ts';
import type { OnText } from './textConditions.ts';

/** Looks whether a row is what terms on its texts ask for. */
export function verifyRow(statements: Statements, id: number, terms: readonly OnText[]): boolean {
  const bodies = bodiesOf(statements, id);
  let haystack: string | undefined;
  return terms.every((term) => {
    if (term.kind === 'text') {
      haystack ??= `${namesOf(statements, id)}\n${bodies.map(({ text }) => text).join('\n')}`.toLowerCase();
      return haystack.includes(term.text.toLowerCase()) !== term.negated;
    }
    return bodies.some(({ root, text }) => root === term.root && matchesBody(term, text)) !== term.negated;
  });
}

function bodiesOf(statements: Statements, id: number): readonly SearchedBody[] {
  const pieces = statements.all(
    `SELECT piece, body FROM pieces WHERE id >= ? AND id < ? AND body IS NOT NULL AND kind IN ${kindsWithBodies}`,
    id * piecesPerRow,
    (id + 1) * piecesPerRow,
  );
  return pieces.flatMap(({ piece, body }) => searchedBodies(fromColumns(String(piece), String(body))));
}

function namesOf(statements: Statements, id: number): string {
  const found = statements.get(
    `SELECT function_name, request_id, error_type, summary ->> 'errorMessage' AS message FROM invocations WHERE id = ?`,
    id,
  );
  return Object.values(found ?? {})
    .map((value) => (typeof value === 'string' ? value : ''))
    .join('\n');
}
