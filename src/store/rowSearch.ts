import type { SQLInputValue } from 'node:sqlite';
import type { InvocationQuery, RowOrder } from './invocationStore.ts';
import { Postings } from './postings.ts';
import { maxIdSql, RowConditions, type RowCondition } from './rowConditions.ts';
import type { Statements } from './statements.ts';
import { textConditions, textTerms, type OnText, type TextConditions } from './textConditions.ts';
import { verifyRow } from './verifyRow.ts';

/** A step takes about so long, then others have their turn. */
const stepMs = 8;
/** So few rows are found by an index and sorted; of more, the first ones are met sooner in their order. */
const maximumSorted = 5_000;
const maximumLookedAt = 300;
const smallestPart = 100;
const largestPart = 4_000;

/** Columns and indexes of the orders. */
const orders = {
  arrival: { column: 'id', index: 'invocations_order' },
  started: { column: 'started_at', index: 'invocations_started' },
  status: { column: 'status', index: 'invocations_status' },
  function: { column: 'function_name', index: 'invocations_function' },
  condition: { column: 'condition', index: 'invocations_condition' },
  error: { column: 'error_type', index: 'invocations_error' },
  attempts: { column: 'attempts', index: 'invocations_attempts' },
  duration: { column: 'duration', index: 'invocations_duration' },
  destination: { column: 'destination', index: 'invocations_destination' },
} as const satisfies Record<RowOrder['column'], { readonly column: string; readonly index: string }>;

/** A query made out: what SQL is asked, what the index of words is, and what has to be looked at. */
export interface Plan {
  readonly connections: readonly number[];
  readonly conditions: readonly RowCondition[];
  readonly texts: TextConditions;
  readonly order: RowOrder;
  readonly maxId: number | undefined;
}

/** Makes out a query. `now`: epoch ms. */
export function planQuery(statements: Statements, query: InvocationQuery, now: number): Plan {
  const connections =
    query.connectionId === undefined
      ? statements.all('SELECT id FROM connections').map(({ id }) => Number(id))
      : statements.all('SELECT id FROM connections WHERE name = ?', query.connectionId).map(({ id }) => Number(id));
  const terms = [...textTerms(query.text), ...(query.filter?.terms ?? [])];
  return {
    connections,
    conditions: new RowConditions(statements, connections, now).of(query),
    texts: textConditions(statements, terms),
    order: query.order ?? { column: 'arrival', descending: true },
    maxId: query.maxId,
  };
}

/** SQL of a plan's conditions, for a `WHERE`; `connection` left out where an index has it. */
export function whereOf({ connections, conditions }: Plan): {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
} {
  const [only] = connections;
  const own =
    connections.length === 1 && only !== undefined
      ? { sql: 'connection = ?', values: [only] }
      : { sql: 'connection IN (SELECT value FROM json_each(?))', values: [JSON.stringify(connections)] };
  const all = [own, ...conditions];
  return { sql: allOf(all.map(({ sql }) => `(${sql})`)), values: all.flatMap(({ values }) => values) };
}

/** So many conditions side by side; SQLite's expressions have at most a thousand levels. */
const sideBySide = 200;

function allOf(parts: readonly string[]): string {
  if (parts.length <= sideBySide) return parts.join(' AND ');
  const groups: string[] = [];
  for (let at = 0; at < parts.length; at += sideBySide) {
    groups.push(`(${parts.slice(at, at + sideBySide).join(' AND ')})`);
  }
  return allOf(groups);
}

/** `ORDER BY` of an order. */
export function orderSql({ column, descending }: RowOrder): string {
  const direction = descending ? 'DESC' : 'ASC';
  const { column: name } = orders[column];
  return name === 'id' ? `ORDER BY id ${direction}` : `ORDER BY ${name} ${direction}, id ${direction}`;
}

/** Where all of a plan's rows stand one after the other in one index: any window of them is read from there. */
export function indexOfAll({ connections, conditions, texts, order }: Plan): string | undefined {
  if (texts.postings.length > 0 || texts.verify.length > 0 || connections.length !== 1) return undefined;
  const others = conditions.filter(({ sql }) => sql !== maxIdSql);
  const [equal] = others;
  if (equal === undefined) return orders[order.column].index;
  if (others.length > 1 || !equal.equals) return undefined;
  const sorted = orders[order.column].column;
  return sorted === 'id' || sorted === equal.equals.column ? equal.by?.index : undefined;
}

/** More values than these are looked for along the order. */
const maximumMerged = 16;

/**
 * SQL that gives a plan's rows in order of arrival by merging what an index has for each of several values, the newest
 * first; a limit and an offset are to be given with the values. `undefined`: it is not such a plan.
 */
export function mergedByValue({
  connections,
  conditions,
  texts,
  order,
  maxId,
}: Plan): { readonly sql: string; readonly values: readonly SQLInputValue[]; readonly number?: number } | undefined {
  const others = conditions.filter(({ sql }) => sql !== maxIdSql);
  const [among] = others;
  const [connection] = connections;
  if (texts.all.length > 0 || connections.length !== 1 || connection === undefined || order.column !== 'arrival')
    return undefined;
  if (others.length !== 1 || !among?.among || !among.by || among.among.values.length > maximumMerged) return undefined;
  const { column, values } = among.among;
  const part = `SELECT id FROM invocations INDEXED BY ${among.by.index} WHERE connection = ? AND ${column} = ? AND id <= ?`;
  return {
    sql: `${values.map(() => part).join(' UNION ALL ')} ORDER BY id ${order.descending ? 'DESC' : 'ASC'} LIMIT ? OFFSET ?`,
    values: values.flatMap((value) => [connection, value, maxId ?? Number.MAX_SAFE_INTEGER]),
    ...(maxId === undefined ? { number: among.by.number } : {}),
  };
}

/** Finds the rows of a plan in their order, a step at a time. */
export class RowSearch {
  readonly #statements: Statements;
  readonly #plan: Plan;
  readonly #where: ReturnType<typeof whereOf>;
  #verify: readonly OnText[];
  #source: () => readonly number[] | undefined;
  /** Found, but not looked at yet. */
  #pending: readonly number[] = [];
  #at = 0;
  #deadline = 0;
  #done = false;

  constructor(statements: Statements, plan: Plan) {
    this.#statements = statements;
    this.#plan = plan;
    this.#where = whereOf(plan);
    this.#verify = plan.texts.verify;
    this.#source = this.#chooseSource();
  }

  get done(): boolean {
    return this.#done;
  }

  /** Goes on for some milliseconds; gives the rows that were found meanwhile. */
  step(): readonly number[] {
    this.#deadline = performance.now() + stepMs;
    const verify = this.#verify;
    const found: number[] = [];
    while (!this.#done && performance.now() < this.#deadline) {
      const id = this.#pending[this.#at];
      if (id === undefined) {
        this.#pending = this.#source() ?? this.#finish();
        this.#at = 0;
      } else if (verify.length === 0) {
        for (const each of this.#pending) found.push(each);
        this.#at = this.#pending.length;
      } else {
        this.#at++;
        if (verifyRow(this.#statements, id, verify)) found.push(id);
      }
    }
    return found;
  }

  #finish(): readonly number[] {
    this.#done = true;
    return [];
  }

  #chooseSource(): () => readonly number[] | undefined {
    const { connections, conditions, texts, order } = this.#plan;
    if (connections.length === 0) return () => undefined;
    const best = conditions
      .filter(({ by }) => by !== undefined)
      .toSorted((a, b) => (a.by?.number ?? 0) - (b.by?.number ?? 0))[0];
    // Of few rows the texts are looked at sooner than the index is asked.
    const few = texts.postings.length > 0 ? maximumLookedAt : connections.length > 1 ? Infinity : maximumSorted;
    if (best?.by && best.by.number <= few) {
      this.#verify = texts.all;
      return this.#sorted(best.by.index);
    }
    if (texts.postings.length > 0) {
      const newestFirst = order.column === 'arrival' && order.descending;
      return newestFirst ? this.#newestOfPostings() : this.#sortedPostings();
    }
    if (connections.length > 1 && order.column !== 'arrival') return this.#sorted(undefined);
    return this.#walk(best);
  }

  /** All rows at once, found by an index and sorted. */
  #sorted(index: string | undefined): () => readonly number[] | undefined {
    let asked = false;
    return () => {
      if (asked) return undefined;
      asked = true;
      // Without an index the ids lead to their rows.
      const by = index === undefined ? '' : index === '' ? 'NOT INDEXED' : `INDEXED BY ${index}`;
      return this.#ids(
        `SELECT id FROM invocations ${by} WHERE ${this.#where.sql} ${orderSql(this.#plan.order)}`,
        ...this.#where.values,
      );
    };
  }

  #newestOfPostings(): () => readonly number[] | undefined {
    const postings = this.#postings();
    return () => {
      const ids = postings.take(smallestPart, () => performance.now() > this.#deadline);
      return ids && this.#refine(ids);
    };
  }

  /** Those of the index of words, sorted; of very many, the order is walked through and others are passed over. */
  #sortedPostings(): () => readonly number[] | undefined {
    const postings = this.#postings();
    const all = new Set<number>();
    let rest: (() => readonly number[] | undefined) | undefined;
    return () => {
      if (rest) return rest();
      const ids = postings.take(largestPart, () => performance.now() > this.#deadline);
      if (ids) {
        for (const id of ids) all.add(id);
        return [];
      }
      if (all.size <= maximumSorted) {
        const sorted = this.#refine([...all], orderSql(this.#plan.order));
        let given = false;
        rest = () => {
          if (given) return undefined;
          given = true;
          return sorted;
        };
      } else {
        const walk = this.#walk(undefined);
        rest = () => walk()?.filter((id) => all.has(id));
      }
      return [];
    };
  }

  #postings(): Postings {
    const { texts, maxId } = this.#plan;
    const newest = this.#statements.number('SELECT max(id) FROM invocations');
    return new Postings(this.#statements, texts.postings, Math.min(maxId ?? newest, newest));
  }

  /** Goes along an index in the order, parts of it at a time. */
  #walk(best: RowCondition | undefined): () => readonly number[] | undefined {
    const { connections, conditions, order, maxId } = this.#plan;
    const [connection] = connections;
    const one = connections.length === 1;
    // Rows that have one value in common are in order of arrival in the value's index.
    const equal =
      order.column === 'arrival' && one ? conditions.find((each) => each === best && each.equals) : undefined;
    const { column } = orders[order.column];
    const index = one ? (equal?.by?.index ?? orders[order.column].index) : 'invocations_order';
    const [past, direction] = order.descending ? ['<', 'DESC'] : ['>', 'ASC'];
    const columns = column === 'id' ? 'id' : `${column}, id`;
    const marks = column === 'id' ? '?' : '(?, ?)';
    const scope = [...(one ? ['connection = ?'] : []), ...(equal?.equals ? [`${equal.equals.column} = ?`] : [])];
    const bound: SQLInputValue[] = [...(one ? [connection ?? 0] : []), ...(equal?.equals ? [equal.equals.value] : [])];
    const fromMaxId = column === 'id' && order.descending && maxId !== undefined;
    const others = conditions.filter((each) => each !== equal && !(fromMaxId && each.sql === maxIdSql));
    let last: SQLInputValue[] | undefined = fromMaxId ? [maxId + 1] : undefined;
    let size = smallestPart;
    let ended = false;
    return () => {
      if (ended) return undefined;
      const where = [...scope, ...(last ? [`${column === 'id' ? 'id' : `(${columns})`} ${past} ${marks}`] : [])];
      const rows = this.#statements.all(
        `SELECT id${column === 'id' ? '' : `, ${column} AS sorted`} FROM invocations ${one ? `INDEXED BY ${index}` : ''}
         ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`}
         ORDER BY ${columns.replaceAll(/(\w+)/g, `$1 ${direction}`)} LIMIT ?`,
        ...bound,
        ...(last ?? []),
        size,
      );
      ended = rows.length < size;
      size = Math.min(size * 2, largestPart);
      const end = rows.at(-1);
      if (end) last = column === 'id' ? [end['id'] ?? 0] : [end['sorted'] ?? null, end['id'] ?? 0];
      const ids = rows.map(({ id }) => Number(id));
      return others.length === 0 && one ? ids : this.#refine(ids);
    };
  }

  /** Those of some rows that meet the conditions, in the same order or a given one. */
  #refine(ids: readonly number[], order?: string): readonly number[] {
    if (ids.length === 0) return [];
    const found = this.#ids(
      `SELECT id FROM invocations NOT INDEXED WHERE id IN (SELECT value FROM json_each(?)) AND ${this.#where.sql} ${order ?? ''}`,
      JSON.stringify(ids),
      ...this.#where.values,
    );
    if (order !== undefined) return found;
    const kept = new Set(found);
    return ids.filter((id) => kept.has(id));
  }

  #ids(sql: string, ...values: readonly SQLInputValue[]): readonly number[] {
    return this.#statements.all(sql, ...values).map(({ id }) => Number(id));
  }
}
