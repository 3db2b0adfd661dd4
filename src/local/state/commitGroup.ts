import type { DatabaseSync } from 'node:sqlite';
import { transaction } from './database.ts';

interface Member {
  readonly work: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** What can wait is written with what comes next, and after so long at the latest, in ms. */
const laterMs = 20;

/** What is written seldom is not written again before so long, in ms. */
const seldomMs = 20;

/** A turn that may wait for more to come does so for as long, in ms: the least that a timer can. */
const patienceMs = 1;

/**
 * When work is done: with this turn; with what comes next, or in a moment; with this turn unless such work was done a moment
 * ago; with this turn, after all else that belongs to it.
 */
export type CommitTime = 'now' | 'later' | 'seldom' | 'last';

/**
 * Writes of one turn of the event loop in one transaction: many requests come in a turn when there is much to do, and a
 * commit costs more than what one of them writes.
 */
export class CommitGroup {
  readonly #db: DatabaseSync;
  #members: Member[] = [];
  #seldom: Member[] = [];
  #last: Member[] = [];
  #turn: NodeJS.Immediate | undefined;
  /** For what can wait: for the next turn, for its time to come, for more to be written with it. */
  #timers: { later?: NodeJS.Timeout; seldom?: NodeJS.Timeout; patience?: NodeJS.Timeout } = {};
  readonly #now: () => number;
  #seldomAt = -Infinity;
  #moreComes: () => boolean = () => false;

  /** `now` never goes back, in ms. */
  constructor(db: DatabaseSync, now: () => number = () => performance.now()) {
    this.#db = db;
    this.#now = now;
  }

  /**
   * Runs `work`, which only writes to the database and may be run again after a rollback, in this turn or when `time` says.
   * Resolves when what it wrote is kept; rejects with what it threw, and then nothing of it is kept, but all of the others.
   */
  run<T>(work: () => T, time: CommitTime = 'now'): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const member = { work, resolve, reject };
    if (time === 'last') this.#last.push(member);
    else if (time === 'seldom') this.#seldom.push(member);
    else this.#members.push(member);
    if (time === 'later') this.#timers.later ??= setTimeout(() => this.#commit(), laterMs);
    else if (time === 'seldom') this.#hurrySeldom();
    else this.#hurry();
    return promise as Promise<T>;
  }

  /** A turn waits a moment for the next ones while more is about to come: a commit costs the less the more is in it. */
  waitWhile(moreComes: () => boolean): void {
    this.#moreComes = moreComes;
  }

  /** Commits at once what has come so far: before the database is closed, or read for what waits. */
  flush(): void {
    if (this.#members.length + this.#seldom.length + this.#last.length > 0) this.#commit(true);
  }

  #hurry(): void {
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      if (this.#moreComes()) this.#timers.patience ??= setTimeout(() => this.#commit(), patienceMs);
      else this.#commit();
    });
  }

  #hurrySeldom(): void {
    const leftMs = this.#seldomAt + seldomMs - this.#now();
    if (leftMs <= 0) this.#hurry();
    else this.#timers.seldom ??= setTimeout(() => this.#commit(true), leftMs);
  }

  #commit(withSeldom = this.#now() >= this.#seldomAt + seldomMs): void {
    const { later, seldom, patience } = this.#timers;
    clearImmediate(this.#turn);
    clearTimeout(later);
    clearTimeout(patience);
    this.#turn = undefined;
    this.#timers = {};
    const members = this.#members;
    this.#members = [];
    if (withSeldom && this.#seldom.length > 0) {
      clearTimeout(seldom);
      members.push(...this.#seldom);
      this.#seldom = [];
      this.#seldomAt = this.#now();
    } else if (seldom !== undefined) {
      this.#timers.seldom = seldom;
    }
    members.push(...this.#last);
    this.#last = [];
    this.#commitAll(members);
  }

  #commitAll(members: readonly Member[]): void {
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
