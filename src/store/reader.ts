import type { DatabaseSync } from 'node:sqlite';
import { foldInvocation } from '../model/foldInvocation.ts';
import type { Invocation, InvocationRow, InvocationStatus, InvocationSummary } from '../model/invocation.ts';
import { filterStatuses } from '../model/query/filterKeys.ts';
import type {
  ErrorGroup,
  FacetCount,
  InvocationQuery,
  RowFacet,
  RowsFound,
  TimelineBucket,
  TimelineRange,
} from './invocationStore.ts';
import { fromColumns } from './pieceColumns.ts';
import { maxIdSql } from './rowConditions.ts';
import { indexOfAll, mergedByValue, orderSql, planQuery, RowSearch, whereOf, type Plan } from './rowSearch.ts';
import { piecesPerRow } from './rowState.ts';
import { timelineStepMs } from './rollups.ts';
import { Statements, type SqlRow } from './statements.ts';

/** How many rows stand where. */
export type Counts = Readonly<Record<InvocationStatus | 'all', number>>;

/** Answers what takes no longer than a moment; searches take their time in `RowResults`. */
export class Reader {
  readonly statements: Statements;
  readonly #now: () => number;

  constructor(db: DatabaseSync, now: () => number = Date.now) {
    this.statements = new Statements(db);
    this.#now = now;
  }

  plan(query: InvocationQuery): Plan {
    return planQuery(this.statements, query, this.#now());
  }

  search(query: InvocationQuery): RowSearch {
    return new RowSearch(this.statements, this.plan(query));
  }

  /** A window of rows where an index has them all in order; `undefined`: they have to be searched for. */
  window(
    query: InvocationQuery,
    { offset, limit }: { readonly offset: number; readonly limit: number },
  ): RowsFound | undefined {
    const plan = this.plan(query);
    const merged = mergedByValue(plan);
    if (merged) {
      const ids = this.statements
        .all(merged.sql, ...merged.values, Math.max(0, limit), Math.max(0, offset))
        .map(({ id }) => Number(id));
      return { total: merged.number ?? this.#number(plan), rows: this.rowsOf(ids) };
    }
    const index = indexOfAll(plan);
    if (index === undefined) return undefined;
    const { sql, values } = whereOf(plan);
    const ids = this.statements
      .all(
        `SELECT id FROM invocations INDEXED BY ${index} WHERE ${sql} ${orderSql(plan.order)} LIMIT ? OFFSET ?`,
        ...values,
        Math.max(0, limit),
        Math.max(0, offset),
      )
      .map(({ id }) => Number(id));
    return { total: this.#number(plan), rows: this.rowsOf(ids) };
  }

  /** Rows by their ids, in their order; those that are gone are left out. */
  rowsOf(ids: readonly number[]): readonly InvocationRow[] {
    const found = this.statements.all(
      `SELECT invocations.id, name AS connection_id, pinned, summary
       FROM invocations JOIN connections ON connections.id = connection
       WHERE invocations.id IN (SELECT value FROM json_each(?))`,
      JSON.stringify(ids),
    );
    const byId = new Map(found.map((row) => [Number(row['id']), toRow(row)]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  /** Everything about one row. */
  get(id: number): { readonly row: InvocationRow; readonly invocation: Invocation } | undefined {
    const [row] = this.rowsOf([id]);
    if (!row) return undefined;
    const pieces = this.statements
      .all('SELECT piece, body FROM pieces WHERE id >= ? AND id < ?', id * piecesPerRow, (id + 1) * piecesPerRow)
      .map(({ piece, body }) => fromColumns(String(piece), typeof body === 'string' ? body : null));
    return { row, invocation: foldInvocation(pieces) };
  }

  /** How many rows stand where, by numbers that are kept; `undefined`: they have to be searched for. */
  counts(query: InvocationQuery): Counts | undefined {
    const { ids, functionName, requestId, text, maxId, filter } = query;
    const asked = ids ?? functionName ?? requestId;
    if (asked !== undefined || (text ?? '').trim() !== '' || (filter?.terms ?? []).length > 0) return undefined;
    const { connections } = this.plan(query);
    const byMaxId = `SELECT status, count(*) AS number FROM invocations INDEXED BY invocations_status
       WHERE connection IN (SELECT value FROM json_each(?)) AND id <= ? GROUP BY status`;
    const connectionIds = JSON.stringify(connections);
    const found =
      maxId !== undefined
        ? this.statements.all(byMaxId, connectionIds, maxId)
        : this.statements.all(
            `SELECT value AS status, sum(number) AS number FROM facets
       WHERE facet = 'status' AND connection IN (SELECT value FROM json_each(?)) GROUP BY value`,
            connectionIds,
          );
    const { statuses = [] } = query;
    return countsOf(
      statuses.length === 0 ? found : found.filter(({ status }) => statuses.includes(status as InvocationStatus)),
    );
  }

  /** How many of some rows stand where. */
  countsAmong(ids: readonly number[]): Counts {
    return countsOf(
      this.statements.all(
        `SELECT status, count(*) AS number FROM invocations NOT INDEXED
         WHERE id IN (SELECT value FROM json_each(?)) GROUP BY status`,
        JSON.stringify(ids),
      ),
    );
  }

  facets(connectionId: string, facet: RowFacet, limit: number): readonly FacetCount[] {
    return this.statements
      .all(
        `SELECT value, number FROM facets
         WHERE connection = (SELECT id FROM connections WHERE name = ?) AND facet = ? AND value <> ''
         ORDER BY number DESC, value LIMIT ?`,
        connectionId,
        facet,
        limit,
      )
      .map(({ value, number }) => ({ value: String(value), number: Number(number) }));
  }

  timeline(connectionId: string, { from, to, stepMs }: TimelineRange): readonly TimelineBucket[] {
    const minutes = Math.max(1, Math.round(stepMs / timelineStepMs));
    const found = this.statements.all(
      `SELECT minute / CAST(?1 AS INTEGER) AS bucket, status, sum(number) AS number FROM timeline
       WHERE connection = (SELECT id FROM connections WHERE name = ?2) AND minute >= ?3 AND minute < ?4
       GROUP BY bucket, status ORDER BY bucket`,
      minutes,
      connectionId,
      Math.floor(from / timelineStepMs),
      Math.ceil(to / timelineStepMs),
    );
    return [...Map.groupBy(found, ({ bucket }) => Number(bucket))].map(([bucket, rows]) => ({
      at: bucket * minutes * timelineStepMs,
      counts: Object.fromEntries(rows.map(({ status, number }) => [String(status), Number(number)])),
    }));
  }

  errorGroups(connectionId: string, limit: number): readonly ErrorGroup[] {
    return this.statements
      .all(
        `SELECT * FROM error_groups WHERE connection = (SELECT id FROM connections WHERE name = ?) AND number > 0
         ORDER BY last_at DESC LIMIT ?`,
        connectionId,
        limit,
      )
      .map((row) => ({
        id: Number(row['id']),
        errorType: String(row['error_type']),
        message: String(row['message']),
        shape: String(row['shape']),
        ...(row['frame'] === '' ? {} : { frame: String(row['frame']) }),
        number: Number(row['number']),
        firstAt: Number(row['first_at']),
        lastAt: Number(row['last_at']),
      }));
  }

  /** Where a stream was left; 0 when never seen. */
  cursor(connectionId: string, stream: string): number {
    return this.statements.number(
      'SELECT value FROM cursors WHERE connection_id = ? AND stream = ?',
      connectionId,
      stream,
    );
  }

  #number(plan: Plan): number {
    const { connections, conditions } = plan;
    const [only] = conditions;
    const counted = only?.by ?? { number: undefined };
    if (conditions.length === 1 && counted.number !== undefined) return counted.number;
    if (conditions.length === 0) {
      return this.statements.number(
        `SELECT sum(number) FROM facets WHERE facet = 'status' AND connection IN (SELECT value FROM json_each(?))`,
        JSON.stringify(connections),
      );
    }
    const { sql, values } = whereOf(plan);
    const equal = conditions.find(({ sql: own }) => own !== maxIdSql)?.by?.index ?? 'invocations_order';
    return this.statements.number(`SELECT count(*) FROM invocations INDEXED BY ${equal} WHERE ${sql}`, ...values);
  }
}

function countsOf(found: readonly SqlRow[]): Counts {
  const counts = Object.fromEntries(['all', ...filterStatuses].map((status) => [status, 0])) as Record<
    InvocationStatus | 'all',
    number
  >;
  for (const { status, number } of found) {
    counts[status as InvocationStatus] += Number(number);
    counts.all += Number(number);
  }
  return counts;
}

function toRow(found: SqlRow): InvocationRow {
  const summary = JSON.parse(String(found['summary'])) as InvocationSummary;
  return {
    id: Number(found['id']),
    connectionId: String(found['connection_id']),
    ...summary,
    ...(found['pinned'] === 1 ? { pinned: true } : {}),
  };
}
