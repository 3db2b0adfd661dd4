import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { foldInvocation } from '../model/foldInvocation.ts';
import type { Invocation, InvocationRow, InvocationStatus, InvocationSummary } from '../model/invocation.ts';
import type { InvocationQuery } from './invocationStore.ts';
import { fromColumns } from './pieceColumns.ts';

/** How many rows stand where. */
export type Counts = Readonly<Record<InvocationStatus | 'all', number>>;

/** Answers queries. */
export class Reader {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** A window of rows, newest first, and how many there are in all. */
  rows(
    query: InvocationQuery,
    window: { readonly offset: number; readonly limit: number },
  ): { readonly total: number; readonly rows: readonly InvocationRow[] } {
    const { where, values } = conditions(query);
    // The window is found on an index alone; only its own rows are read.
    const rows = this.#db
      .prepare(
        `SELECT id, connection_id, summary FROM invocations
         WHERE id IN (SELECT id FROM invocations ${where} ORDER BY id DESC LIMIT ? OFFSET ?) ORDER BY id DESC`,
      )
      .all(...values, Math.max(0, window.limit), Math.max(0, window.offset))
      .map(toRow);
    return { total: this.#total(query), rows };
  }

  /** Everything about one row. */
  get(id: number): { readonly row: InvocationRow; readonly invocation: Invocation } | undefined {
    const found = this.#db.prepare('SELECT id, connection_id, summary FROM invocations WHERE id = ?').get(id);
    if (!found) return undefined;
    const pieces = this.#db
      .prepare('SELECT piece, body FROM pieces WHERE invocation_id = ?')
      .all(id)
      .map(({ piece, body }) => fromColumns(String(piece), typeof body === 'string' ? body : null));
    return { row: toRow(found), invocation: foldInvocation(pieces) };
  }

  /** How many rows of the query stand where. */
  counts(query: InvocationQuery): Counts {
    const counts: Record<InvocationStatus | 'all', number> = { ...noCounts };
    for (const { status, number } of this.#countRows(query)) {
      counts[status as InvocationStatus] += Number(number);
      counts.all += Number(number);
    }
    return counts;
  }

  /** Where a stream was left; 0 when never seen. */
  cursor(connectionId: string, stream: string): number {
    const found = this.#db
      .prepare('SELECT value FROM cursors WHERE connection_id = ? AND stream = ?')
      .get(connectionId, stream);
    return Number(found?.['value'] ?? 0);
  }

  #total(query: InvocationQuery): number {
    if (isCounted(query)) {
      const counts = this.counts(query);
      return query.statuses && query.statuses.length > 0
        ? [...new Set(query.statuses)].reduce((sum, status) => sum + counts[status], 0)
        : counts.all;
    }
    const { where, values } = conditions(query);
    return Number(this.#db.prepare(`SELECT count(*) AS number FROM invocations ${where}`).get(...values)?.['number']);
  }

  #countRows(query: InvocationQuery): readonly Record<string, unknown>[] {
    if (isCounted(query)) {
      const statuses = query.statuses ?? [];
      const rows =
        query.connectionId === undefined
          ? this.#db.prepare('SELECT status, number FROM counts').all()
          : this.#db.prepare('SELECT status, number FROM counts WHERE connection_id = ?').all(query.connectionId);
      return statuses.length === 0 ? rows : rows.filter(({ status }) => statuses.includes(status as InvocationStatus));
    }
    const { where, values } = conditions(query);
    return this.#db
      .prepare(`SELECT status, count(*) AS number FROM invocations ${where} GROUP BY status`)
      .all(...values);
  }
}

const noCounts: Counts = {
  all: 0,
  sending: 0,
  queued: 0,
  running: 0,
  waiting: 0,
  succeeded: 0,
  failed: 0,
  lost: 0,
  notAccepted: 0,
  unknown: 0,
  raw: 0,
};

/** Whether the numbers kept as rows change answer it. */
function isCounted({ functionName, requestId, text, maxId }: InvocationQuery): boolean {
  return functionName === undefined && requestId === undefined && maxId === undefined && terms(text).length === 0;
}

function conditions(query: InvocationQuery): { readonly where: string; readonly values: readonly SQLInputValue[] } {
  const parts: string[] = [];
  const values: SQLInputValue[] = [];
  const add = (part: string, ...of: readonly SQLInputValue[]): void => {
    parts.push(part);
    values.push(...of);
  };
  const { connectionId, statuses = [], functionName, requestId, maxId } = query;
  if (connectionId !== undefined) add('connection_id = ?', connectionId);
  if (statuses.length === 1) add('status = ?', ...statuses);
  // The plus keeps SQLite from sorting what several index ranges give: it walks the rows in order instead.
  if (statuses.length > 1) add(`+status IN (${statuses.map(() => '?').join(', ')})`, ...statuses);
  if (functionName !== undefined) add('function_name = ?', functionName);
  if (requestId !== undefined) add('request_id = ?', requestId);
  if (maxId !== undefined) add('id <= ?', maxId);
  for (const term of terms(query.text)) {
    if ([...term].length >= 3) {
      add(
        'id IN (SELECT invocation_id FROM pieces WHERE id IN (SELECT rowid FROM search WHERE search MATCH ?))',
        `"${term.replaceAll('"', '""')}"`,
      );
    } else {
      // Too short for the index: function, request id and error are in the summary, the payload in its piece.
      const pattern = `%${term.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
      add(
        `(function_name LIKE ? ESCAPE '\\' OR request_id LIKE ? ESCAPE '\\'
          OR summary ->> 'errorType' LIKE ? ESCAPE '\\' OR summary ->> 'errorMessage' LIKE ? ESCAPE '\\'
          OR EXISTS (SELECT 1 FROM pieces WHERE invocation_id = invocations.id AND kind IN ('sent', 'accepted')
                     AND substr(body, 1, 65536) LIKE ? ESCAPE '\\'))`,
        pattern,
        pattern,
        pattern,
        pattern,
        pattern,
      );
    }
  }
  return { where: parts.length === 0 ? '' : `WHERE ${parts.join(' AND ')}`, values };
}

/** Words that must all be found; where each is, does not matter. Any text is fine, it is never read as a query. */
function terms(text: string | undefined): readonly string[] {
  const words = (text ?? '')
    .replaceAll('\0', ' ')
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '');
  return [...new Set(words)].slice(0, 16);
}

function toRow(found: Record<string, unknown>): InvocationRow {
  const summary = JSON.parse(String(found['summary'])) as InvocationSummary;
  return { id: Number(found['id']), connectionId: String(found['connection_id']), ...summary };
}
