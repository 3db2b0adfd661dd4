import { randomUUID } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Emitter } from '../../model/event.ts';
import type { InvocationPiece } from '../../model/invocation.ts';
import type { StreamItem } from '../../protocol/localApi.ts';
import { transaction } from '../state/database.ts';
import type { InvocationJournal } from './invocationJournal.ts';

/** How much the journal keeps of invocations that are over; an invocation that is not over is always kept whole. */
export interface JournalLimits {
  readonly pieces: number;
  /** Of the pieces as JSON text, in UTF-16 units. */
  readonly size: number;
}

const defaultLimits: JournalLimits = { pieces: 200_000, size: 128 * 1024 * 1024 };

/** Trimming goes down to this part of a limit, so that it is rare. */
const lowWater = 0.9;

/** When there was nothing (more) to forget, trimming is tried again after this part of a limit came on top: each try counts. */
const retryAfter = 0.05;

/** Invocations forgotten in one transaction: other work gets its turn in between. */
const trimBatch = 100;

/** The journal in local Lambda's database: its table, its stream id and its retention are made here. */
export function createInvocationJournal(db: DatabaseSync, limits: JournalLimits = defaultLimits): InvocationJournal {
  return new SqliteJournal(db, limits);
}

class SqliteJournal implements InvocationJournal {
  readonly stream: string;
  readonly #db: DatabaseSync;
  readonly #limits: JournalLimits;
  readonly #appended = new Emitter<void>();
  readonly #insert: StatementSync;
  readonly #read: StatementSync;
  readonly #totals: StatementSync;
  readonly #oldestOver: StatementSync;
  readonly #forget: StatementSync;
  // A rolled-back append leaves them too high, which only makes a trim look early: it counts afresh.
  #pieces = 0;
  #size = 0;
  #turnPending = false;
  /** What was there when there was nothing more to forget. */
  #stuck = { pieces: 0, size: 0 };

  constructor(db: DatabaseSync, limits: JournalLimits) {
    this.#db = db;
    this.#limits = limits;
    // AUTOINCREMENT: a cursor is never used twice, not even when everything was forgotten.
    // `size` is in the index so that the totals are read without touching the pieces.
    db.exec(`
      CREATE TABLE IF NOT EXISTS journal_stream (id TEXT NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS journal (
        cursor INTEGER PRIMARY KEY AUTOINCREMENT,
        invocation TEXT NOT NULL,
        is_end INTEGER NOT NULL,
        size INTEGER NOT NULL,
        piece TEXT NOT NULL
      ) STRICT;
      CREATE INDEX IF NOT EXISTS journal_invocation ON journal (invocation, size);
      CREATE INDEX IF NOT EXISTS journal_end ON journal (cursor) WHERE is_end = 1;
    `);
    this.stream = streamId(db);
    this.#insert = db.prepare('INSERT INTO journal (invocation, is_end, size, piece) VALUES (?, ?, ?, ?)');
    this.#read = db.prepare('SELECT cursor, piece FROM journal WHERE cursor > ? ORDER BY cursor LIMIT ?');
    this.#totals = db.prepare(
      'SELECT count(*) AS pieces, total(size) AS size FROM journal INDEXED BY journal_invocation',
    );
    this.#oldestOver = db.prepare('SELECT invocation FROM journal WHERE is_end = 1 ORDER BY cursor LIMIT ?');
    this.#forget = db.prepare('DELETE FROM journal WHERE invocation = ? RETURNING size');
    this.#count();
  }

  get onDidAppend(): InvocationJournal['onDidAppend'] {
    return this.#appended.event;
  }

  append(piece: InvocationPiece): void {
    const text = JSON.stringify(piece);
    const isEnd = piece.kind === 'outcome' || piece.kind === 'notAccepted';
    const invocation =
      'requestId' in piece ? piece.requestId : 'clientToken' in piece ? piece.clientToken : piece.rawId;
    this.#insert.run(invocation, isEnd ? 1 : 0, text.length, text);
    this.#pieces += 1;
    this.#size += text.length;
    this.#announce();
  }

  read(after: number, limit: number): readonly StreamItem[] {
    const rows = this.#read.all(after, limit) as unknown as readonly { cursor: number; piece: string }[];
    return rows.map(({ cursor, piece }) => ({ cursor, piece: JSON.parse(piece) as InvocationPiece }));
  }

  /** Transactions are synchronous, so the next turn finds every append of this one committed or rolled back. */
  #announce(): void {
    if (this.#turnPending) return;
    this.#turnPending = true;
    setImmediate(() => {
      this.#turnPending = false;
      if (!this.#db.isOpen) return;
      this.#appended.fire();
      if (this.#isOver(1) && this.#hasGrown()) this.#trim();
    });
  }

  #isOver(part: number): boolean {
    return this.#pieces > this.#limits.pieces * part || this.#size > this.#limits.size * part;
  }

  #hasGrown(): boolean {
    const { pieces, size } = this.#stuck;
    return (
      this.#pieces > pieces + this.#limits.pieces * retryAfter || this.#size > size + this.#limits.size * retryAfter
    );
  }

  /** Forgets whole invocations, those that ended first first. */
  #trim(): void {
    this.#count();
    if (!this.#isOver(1)) return;
    this.#forgetSome();
  }

  #forgetSome(): void {
    let forgotten = 0;
    transaction(this.#db, () => {
      const rows = this.#oldestOver.all(trimBatch) as unknown as readonly { invocation: string }[];
      for (const { invocation } of rows) {
        if (!this.#isOver(lowWater)) break;
        const sizes = this.#forget.all(invocation) as unknown as readonly { size: number }[];
        this.#pieces -= sizes.length;
        this.#size -= sizes.reduce((sum, { size }) => sum + size, 0);
        forgotten += sizes.length;
      }
    });
    if (!this.#isOver(lowWater)) {
      this.#stuck = { pieces: 0, size: 0 };
    } else if (forgotten > 0) {
      setImmediate(() => this.#db.isOpen && this.#forgetSome());
    } else {
      this.#stuck = { pieces: this.#pieces, size: this.#size };
    }
  }

  #count(): void {
    const totals = this.#totals.get() as unknown as { pieces: number; size: number };
    this.#pieces = totals.pieces;
    this.#size = totals.size;
  }
}

/** The stream's id, made when the database is new. */
function streamId(db: DatabaseSync): string {
  db.prepare('INSERT INTO journal_stream (id) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM journal_stream)').run(
    randomUUID(),
  );
  return String(db.prepare('SELECT id FROM journal_stream').get()?.['id']);
}
