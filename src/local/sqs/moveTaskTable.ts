import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Queue } from './queueTable.ts';

/** A task that moves the messages of a dead-letter queue. */
export interface MoveTask {
  readonly id: string;
  readonly queueId: number;
  /** None: each message goes back to the queue it was in. */
  readonly destinationArn: string | null;
  /** Messages a second at most. */
  readonly rate: number | null;
  readonly status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  readonly moved: number;
  /** When it started. */
  readonly toMove: number;
  /** Epoch ms. */
  readonly startedAt: number;
  readonly failure: string | null;
}

/** SQS lists no more of a queue. */
const keptTasks = 10;

/** The tasks, the latest ten of a queue. They go with the queue. */
export class MoveTaskTable {
  readonly #insert: StatementSync;
  readonly #trim: StatementSync;
  readonly #find: StatementSync;
  readonly #list: StatementSync;
  readonly #running: StatementSync;
  readonly #update: StatementSync;

  constructor(db: DatabaseSync) {
    db.exec(`CREATE TABLE IF NOT EXISTS sqs_move_tasks (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      queue_id INTEGER NOT NULL REFERENCES sqs_queues ON DELETE CASCADE,
      destination_arn TEXT,
      rate INTEGER,
      status TEXT NOT NULL,
      moved INTEGER NOT NULL,
      to_move INTEGER NOT NULL,
      started_at INTEGER NOT NULL,
      failure TEXT
    ) STRICT;
    CREATE INDEX IF NOT EXISTS sqs_move_tasks_queue ON sqs_move_tasks (queue_id, number)`);
    const columns = `id, queue_id AS queueId, destination_arn AS destinationArn, rate, status, moved, to_move AS toMove,
      started_at AS startedAt, failure`;
    this.#insert = db.prepare(`INSERT INTO sqs_move_tasks (id, queue_id, destination_arn, rate, status, moved, to_move,
      started_at, failure) VALUES (:id, :queueId, :destinationArn, :rate, :status, :moved, :toMove, :startedAt, :failure)`);
    this.#trim = db.prepare(`DELETE FROM sqs_move_tasks WHERE queue_id = ?1 AND number NOT IN (
      SELECT number FROM sqs_move_tasks WHERE queue_id = ?1 ORDER BY number DESC LIMIT ${keptTasks})`);
    this.#find = db.prepare(`SELECT ${columns} FROM sqs_move_tasks WHERE id = ?`);
    this.#list = db.prepare(
      `SELECT ${columns} FROM sqs_move_tasks WHERE queue_id = ? ORDER BY number DESC LIMIT ${keptTasks}`,
    );
    this.#running = db.prepare(`SELECT ${columns} FROM sqs_move_tasks WHERE status = 'RUNNING' ORDER BY number`);
    this.#update = db.prepare('UPDATE sqs_move_tasks SET status = ?, moved = ?, failure = ? WHERE id = ?');
  }

  add(task: MoveTask): void {
    this.#insert.run({ ...task });
    this.#trim.run(task.queueId);
  }

  find(id: string): MoveTask | undefined {
    return this.#find.get(id) as unknown as MoveTask | undefined;
  }

  /** The latest first. */
  list(queue: Queue): readonly MoveTask[] {
    return this.#list.all(queue.id) as unknown as readonly MoveTask[];
  }

  running(): readonly MoveTask[] {
    return this.#running.all() as unknown as readonly MoveTask[];
  }

  update({ id, status, moved, failure }: MoveTask): void {
    this.#update.run(status, moved, failure, id);
  }
}
