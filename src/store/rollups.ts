import { facetColumns, wholeNumber, type Facet, type RowColumns } from './rowColumns.ts';
import type { Statements } from './statements.ts';

/** A minute is the finest that the timeline tells apart. */
export const timelineStepMs = 60_000;

/** So many groups' ids are known without a look. */
const maximumGroupsAtHand = 5_000;

const facets = Object.entries(facetColumns) as readonly (readonly [Facet, keyof RowColumns])[];

/** What a row counts for in the group of its error. */
export interface ErrorSeen {
  readonly errorType: string;
  readonly shape: string;
  readonly frame: string;
  readonly message: string;
  readonly at: number;
}

/** Numbers kept as rows change: collected while a transaction goes on, and written at its end. */
export class Rollups {
  readonly #statements: Statements;
  readonly #facets = new Map<number, ReadonlyMap<Facet, Map<string | number | null, number>>>();
  /** By connection, status and minute. */
  readonly #timeline = new Map<number, Map<string, Map<number, number>>>();
  readonly #groups = new Map<number, { number: number; at: number | undefined }>();
  readonly #groupIds = new Map<string, number>();

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** A row came (1) or went (-1). */
  count(connection: number, row: RowColumns, by: 1 | -1, at?: number): void {
    const own = within(this.#facets, connection, () => new Map(facets.map(([facet]) => [facet, new Map()])));
    for (const [facet, column] of facets) {
      const numbers = own.get(facet);
      if (numbers) add(numbers, row[column], by);
    }
    const statuses = within(this.#timeline, connection, () => new Map<string, Map<number, number>>());
    const minutes = within(statuses, row.status, () => new Map<number, number>());
    add(minutes, Math.floor(row.started_at / timelineStepMs), by);
    if (row.error_group === null) return;
    const group = this.#groups.get(row.error_group) ?? { number: 0, at: undefined };
    group.number += by;
    group.at = Math.max(group.at ?? 0, at ?? 0) || undefined;
    this.#groups.set(row.error_group, group);
  }

  /** The id of the group of an error; a new one if it is the first of its kind. */
  groupOf(connection: number, { errorType, shape, frame, message, at }: ErrorSeen): number {
    const key = [connection, errorType, shape, frame].join('\0');
    const known = this.#groupIds.get(key);
    if (known !== undefined) return known;
    const id = this.#statements.number(
      `INSERT INTO error_groups (connection, error_type, shape, frame, message, number, first_at, last_at)
       VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?6)
       ON CONFLICT DO UPDATE SET first_at = min(first_at, excluded.first_at) RETURNING id`,
      connection,
      errorType,
      shape,
      frame,
      message,
      wholeNumber(at),
    );
    this.#groupIds.set(key, id);
    return id;
  }

  /** Writes what was collected. */
  flush(): void {
    const statements = this.#statements;
    for (const [connection, facet, value, by] of this.#facetChanges()) {
      statements.run(
        'INSERT INTO facets VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET number = number + excluded.number',
        connection,
        facet,
        value,
        by,
      );
      if (by > 0) continue;
      statements.run(
        'DELETE FROM facets WHERE connection = ? AND facet = ? AND value = ? AND number <= 0',
        connection,
        facet,
        value,
      );
    }
    for (const [connection, minute, status, by] of this.#timelineChanges()) {
      statements.run(
        'INSERT INTO timeline VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET number = number + excluded.number',
        connection,
        minute,
        status,
        by,
      );
      if (by > 0) continue;
      statements.run(
        'DELETE FROM timeline WHERE connection = ? AND minute = ? AND status = ? AND number <= 0',
        connection,
        minute,
        status,
      );
    }
    for (const [id, { number, at = 0 }] of this.#groups) {
      statements.run(
        `UPDATE error_groups SET number = number + ?2, last_at = max(last_at, ?3),
         first_at = CASE WHEN ?3 > 0 THEN min(first_at, ?3) ELSE first_at END WHERE id = ?1`,
        id,
        number,
        wholeNumber(at),
      );
      if (number < 0 && statements.run('DELETE FROM error_groups WHERE id = ? AND number <= 0', id) > 0) {
        this.#groupIds.clear();
      }
    }
    this.#facets.clear();
    this.#timeline.clear();
    this.#groups.clear();
    if (this.#groupIds.size > maximumGroupsAtHand) this.#groupIds.clear();
  }

  *#facetChanges(): Generator<readonly [connection: number, facet: Facet, value: string, by: number]> {
    for (const [connection, facetsOf] of this.#facets) {
      for (const [facet, numbers] of facetsOf) {
        for (const [value, by] of numbers) if (by !== 0) yield [connection, facet, String(value), by];
      }
    }
  }

  *#timelineChanges(): Generator<readonly [connection: number, minute: number, status: string, by: number]> {
    for (const [connection, statuses] of this.#timeline) {
      for (const [status, minutes] of statuses) {
        for (const [minute, by] of minutes) if (by !== 0) yield [connection, minute, status, by];
      }
    }
  }

  /** What was collected is not to be written; ids are looked up again. */
  forget(): void {
    this.#facets.clear();
    this.#timeline.clear();
    this.#groups.clear();
    this.#groupIds.clear();
  }
}

function add<K>(map: Map<K, number>, key: K, by: number): void {
  map.set(key, (map.get(key) ?? 0) + by);
}

function within<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
