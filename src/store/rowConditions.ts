import type { SQLInputValue } from 'node:sqlite';
import type { Comparison, FilterTerm, NameTerm, Pattern } from '../model/query/filter.ts';
import { resolveTime } from '../model/query/filterTime.ts';
import { matchesPattern } from '../model/query/matchBody.ts';
import type { InvocationQuery } from './invocationStore.ts';
import { timelineStepMs } from './rollups.ts';
import { facetColumns, type Facet } from './rowColumns.ts';
import type { Statements } from './statements.ts';

/** A condition on a row's columns. */
export interface RowCondition {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
  /** The index that finds such rows (`''`: their ids do), and about how many there are; absent: it finds none. */
  readonly by?: { readonly index: string; readonly number: number };
  /** The one value of the index's column: its rows are in order of arrival. */
  readonly equals?: { readonly column: string; readonly value: string | number };
  /** Several of them. */
  readonly among?: { readonly column: string; readonly values: readonly (string | number)[] };
}

/** The condition of `maxId`. */
export const maxIdSql = 'id <= ?';

/** The index of each column that is looked for or sorted by. */
const indexes: Readonly<Record<string, string>> = {
  status: 'invocations_status',
  function_name: 'invocations_function',
  condition: 'invocations_condition',
  error_type: 'invocations_error',
  destination: 'invocations_destination',
  attempts: 'invocations_attempts',
};

/** Makes conditions of a query for rows of some connections. */
export class RowConditions {
  readonly #statements: Statements;
  readonly #connections: string;
  readonly #now: number;

  constructor(statements: Statements, connections: readonly number[], now: number) {
    this.#statements = statements;
    this.#connections = JSON.stringify(connections);
    this.#now = now;
  }

  /** All that the query asks of columns, but not its connection. */
  of(query: InvocationQuery): readonly RowCondition[] {
    const { ids, statuses = [], functionName, requestId, maxId, filter } = query;
    const conditions: RowCondition[] = [];
    if (ids !== undefined) {
      conditions.push({
        sql: 'id IN (SELECT value FROM json_each(?))',
        values: [JSON.stringify(ids)],
        by: { index: '', number: ids.length },
      });
    }
    if (statuses.length > 0) conditions.push(this.#facet('status', [...new Set(statuses)], false));
    if (functionName !== undefined) conditions.push(this.#facet('fn', [functionName], false));
    if (requestId !== undefined) {
      conditions.push({
        sql: 'request_id = ?',
        values: [requestId],
        by: { index: 'invocations_request', number: 1 },
      });
    }
    if (maxId !== undefined) conditions.push({ sql: maxIdSql, values: [maxId] });
    for (const term of filter?.terms ?? []) {
      const condition = this.#term(term);
      if (condition) conditions.push(condition);
    }
    return conditions;
  }

  #term(term: FilterTerm): RowCondition | undefined {
    switch (term.kind) {
      case 'status':
        return this.#facet('status', term.values, term.negated);
      case 'name':
        return term.field === 'id' ? requestIdCondition(term) : this.#name(term);
      case 'number': {
        if (term.field === 'attempts' && term.comparison === '=') {
          return this.#facet('attempts', term.values, term.negated);
        }
        const operator = operators[term.comparison];
        const known = term.field === 'duration' ? 'duration >= 0 AND ' : '';
        const many = term.values.length > maximumAlternatives;
        const each = many
          ? `${term.field} IN (SELECT value FROM json_each(?))`
          : term.values.map(() => `${term.field} ${operator} ?`).join(' OR ');
        return {
          sql: not(term.negated, `${known}(${each})`),
          // Of several only equality is asked.
          values: many ? [JSON.stringify(term.values)] : [...term.values],
        };
      }
      case 'time': {
        const [from, to] = resolveTime(term.value, this.#now);
        const since = (term.field === 'since') !== term.negated;
        // Not since is before the beginning, not until is from the end on.
        const at = term.field === 'since' ? from : to;
        return {
          sql: since ? 'started_at >= ?' : 'started_at < ?',
          values: [at],
          by: { index: 'invocations_started', number: this.#started(since, at) },
        };
      }
      case 'group': {
        const ids = JSON.stringify(term.values);
        const number = this.#statements.number(
          'SELECT sum(number) FROM error_groups WHERE id IN (SELECT value FROM json_each(?))',
          ids,
        );
        return {
          sql: `error_group ${term.negated ? 'IS NULL OR error_group NOT' : ''} IN (SELECT value FROM json_each(?))`,
          values: [ids],
          ...(term.negated ? {} : { by: { index: 'invocations_group', number } }),
        };
      }
      case 'pinned':
        return term.negated
          ? { sql: 'pinned = 0', values: [] }
          : {
              sql: 'pinned = 1',
              values: [],
              by: {
                index: 'invocations_pinned',
                number: this.#statements.number('SELECT count(*) FROM invocations WHERE pinned = 1'),
              },
            };
      default:
        return undefined;
    }
  }

  /** Which values there are is known: so patterns, and letters of another case, need no look at the rows. */
  #name(term: NameTerm): RowCondition {
    const facet = term.field as Exclude<NameTerm['field'], 'id'>;
    const values = this.#statements
      .all(
        `SELECT DISTINCT value FROM facets WHERE facet = ? AND connection IN (SELECT value FROM json_each(?))`,
        facet,
        this.#connections,
      )
      .map(({ value }) => String(value))
      .filter((value) => term.values.some((pattern) => matchesName(facet, value, pattern)));
    return this.#facet(facet, values, term.negated);
  }

  #facet(facet: Facet, values: readonly (string | number)[], negated: boolean): RowCondition {
    const column = facetColumns[facet];
    const [only] = values;
    const index = indexes[column];
    const single = only !== undefined && values.length === 1;
    return {
      sql: single
        ? `${column} ${negated ? '<>' : '='} ?`
        : `${column} ${negated ? 'NOT ' : ''}IN (SELECT value FROM json_each(?))`,
      values: single ? [only] : [JSON.stringify(values)],
      ...(negated || index === undefined ? {} : { by: { index, number: this.#count(facet, values) } }),
      ...(single && !negated && index !== undefined ? { equals: { column, value: only } } : {}),
      ...(values.length > 1 && !negated && index !== undefined ? { among: { column, values } } : {}),
    };
  }

  #count(facet: Facet, values: readonly (string | number)[]): number {
    return this.#statements.number(
      `SELECT sum(number) FROM facets WHERE facet = ? AND connection IN (SELECT value FROM json_each(?))
       AND value IN (SELECT CAST(value AS TEXT) FROM json_each(?))`,
      facet,
      this.#connections,
      JSON.stringify(values),
    );
  }

  #started(since: boolean, at: number): number {
    return this.#statements.number(
      `SELECT sum(number) FROM timeline WHERE connection IN (SELECT value FROM json_each(?)) AND minute ${since ? '>=' : '<='} ?`,
      this.#connections,
      Math.floor(at / timelineStepMs),
    );
  }
}

const operators = { '=': '=', '>': '>', '>=': '>=', '<': '<', '<=': '<=' } as const satisfies Record<
  Comparison,
  string
>;

function not(negated: boolean, sql: string): string {
  return negated ? `NOT (${sql})` : sql;
}

/** A destination is known by its name, too. */
function matchesName(facet: Facet, value: string, pattern: Pattern): boolean {
  if (matchesPattern(value, pattern)) return true;
  return facet === 'dest' && value !== '' && matchesPattern(/[^:/]*$/.exec(value)?.[0] ?? '', pattern);
}

/** More alternatives than these are given as a list: SQLite's expressions have at most a thousand levels. */
const maximumAlternatives = 50;
/** Longer patterns than SQLite takes; no request id has so many characters. */
const longestPattern = 10_000;

/** Request ids are found by their beginning. */
function requestIdCondition({ values: all, negated }: NameTerm): RowCondition {
  const values = all.filter((pattern) => pattern.join('*').length <= longestPattern);
  if (values.length > maximumAlternatives || values.length === 0) return requestIdAmong(values, negated);
  const parts: string[] = [];
  const bound: string[] = [];
  let plain = true;
  for (const pattern of values) {
    const [first, ...rest] = pattern.map((part) => part.toLowerCase());
    if (first === undefined) continue;
    if (rest.every((part) => part === '')) {
      parts.push('request_id >= ? AND request_id < ?');
      bound.push(first, `${first}\u{10ffff}`);
    } else {
      plain = false;
      parts.push(String.raw`request_id LIKE ? ESCAPE '\'`);
      bound.push(likePattern(pattern));
    }
  }
  const longest = Math.min(...values.map(([first]) => first.length));
  const sql = parts.map((part) => `(${part})`).join(' OR ');
  return {
    sql: negated ? `coalesce(NOT (${sql}), 1)` : `request_id IS NOT NULL AND (${sql})`,
    values: bound,
    // Four hexadecimal digits tell 65,536 apart.
    ...(negated || !plain || longest < 4 ? {} : { by: { index: 'invocations_request', number: 100 } }),
  };
}

function requestIdAmong(values: readonly Pattern[], negated: boolean): RowCondition {
  const patterns = values.map((pattern) => likePattern(pattern.length === 1 ? [pattern[0], ''] : pattern));
  const sql = String.raw`EXISTS (SELECT 1 FROM json_each(?) AS each WHERE request_id LIKE each.value ESCAPE '\')`;
  return { sql: not(negated, sql), values: [JSON.stringify(patterns)] };
}

function likePattern(pattern: Pattern): string {
  return pattern.map((part) => part.replaceAll(/[\\%_]/g, String.raw`\$&`)).join('%');
}
