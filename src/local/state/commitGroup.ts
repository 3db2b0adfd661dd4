import type { DatabaseSync } from 'node:sqlite';
import { transaction } from './database.ts';

interface Member {
  readonly work: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Writes of one turn of the event loop in one transaction: many requests come in a turn when there is much to do, and a
 * commit costs more than what one of them writes.
 */
export class CommitGroup {
  readonly #db: DatabaseSync;
  #members: Member[] = [];
  #turn: NodeJS.Immediate | undefined;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /**
   * Runs `work`, which only writes to the database and may be run again after a rollback, in this turn. Resolves when what it
   * wrote is kept; rejects with what it threw, and then nothing of it is kept, but all of the others.
   */
  run<T>(work: () => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#members.push({ work, resolve, reject });
    this.#turn ??= setImmediate(() => this.#commit());
    return promise as Promise<T>;
  }

  /** Commits at once what has come so far: before the database is closed. */
  flush(): void {
    if (this.#members.length > 0) this.#commit();
  }

  #commit(): void {
    const members = this.#members;
    this.#members = [];
    clearImmediate(this.#turn);
    this.#turn = undefined;
    try {
      const values = transaction(this.#db, () => members.map(({ work }) => work()));
      for (const [index, { resolve }] of members.entries()) resolve(values[index]);
    } catch {
      // Nothing of any is kept: one by one, so that each gets what is its own.
      for (const member of members) this.#commitOne(member);
    }
  }

  #commitOne({ work, resolve, reject }: Member): void {
    try {
      resolve(transaction(this.#db, work));
    } catch (error) {
      reject(error);
    }
  }
}
