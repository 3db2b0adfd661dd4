import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type AccountScope, parseArn, queueArn } from '../../model/arn.ts';
import type { QueueAttributes } from './queueAttributes.ts';

/** A queue. Times epoch ms. */
export interface Queue {
  readonly id: number;
  readonly name: string;
  readonly arn: string;
  readonly fifo: boolean;
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** Only what was set; see `withDefaults`. */
  readonly attributes: QueueAttributes;
  readonly tags: Readonly<Record<string, string>>;
}

interface QueueRow {
  readonly id: number;
  readonly name: string;
  readonly created_at: number;
  readonly modified_at: number;
  readonly attributes: string;
  readonly tags: string;
}

/** The queues of the one account and region that local Lambda has, kept in its database. */
export class QueueTable {
  readonly #scope: AccountScope;
  readonly #byName: StatementSync;
  readonly #byId: StatementSync;
  readonly #page: StatementSync;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #delete: StatementSync;
  readonly #declared: StatementSync;
  readonly #declare: StatementSync;

  constructor(db: DatabaseSync, scope: AccountScope) {
    this.#scope = scope;
    db.exec(`CREATE TABLE IF NOT EXISTS sqs_queues (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL UNIQUE,
      created_at INTEGER NOT NULL,
      modified_at INTEGER NOT NULL,
      attributes TEXT NOT NULL,
      tags TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS sqs_declared_attributes (
      queue_id INTEGER PRIMARY KEY REFERENCES sqs_queues ON DELETE CASCADE,
      attributes TEXT NOT NULL
    ) STRICT`);
    this.#byName = db.prepare('SELECT * FROM sqs_queues WHERE name = ?');
    this.#byId = db.prepare('SELECT * FROM sqs_queues WHERE id = ?');
    this.#page = db.prepare(
      'SELECT * FROM sqs_queues WHERE name > ? AND substr(name, 1, length(?)) = ? ORDER BY name LIMIT ?',
    );
    this.#insert = db.prepare(
      'INSERT INTO sqs_queues (name, created_at, modified_at, attributes, tags) VALUES (?, ?, ?, ?, ?)',
    );
    this.#update = db.prepare('UPDATE sqs_queues SET attributes = ?, tags = ?, modified_at = ? WHERE id = ?');
    this.#delete = db.prepare('DELETE FROM sqs_queues WHERE id = ?');
    this.#declared = db.prepare('SELECT attributes FROM sqs_declared_attributes WHERE queue_id = ?');
    this.#declare = db.prepare('INSERT OR REPLACE INTO sqs_declared_attributes VALUES (?, ?)');
  }

  find(name: string): Queue | undefined {
    const row = this.#byName.get(name) as unknown as QueueRow | undefined;
    return row && this.#queue(row);
  }

  findById(id: number): Queue | undefined {
    const row = this.#byId.get(id) as unknown as QueueRow | undefined;
    return row && this.#queue(row);
  }

  /** By ARN; `undefined` also when it belongs to another account or region. */
  findByArn(arn: string): Queue | undefined {
    const parts = parseArn(arn);
    if (parts?.service !== 'sqs' || parts.region !== this.#scope.region || parts.account !== this.#scope.account) {
      return undefined;
    }
    return this.find(parts.resource);
  }

  /** By URL: its path ends in `/ACCOUNT/NAME`; the host does not matter. */
  findByUrl(url: string): Queue | undefined {
    const [, account, name] = /\/(\d{12})\/([\w.-]+)\/?$/.exec(url) ?? [];
    return name !== undefined && account === this.#scope.account ? this.find(name) : undefined;
  }

  /** Queues after a name, by name. */
  list(prefix: string, after: string, limit: number): readonly Queue[] {
    const rows = this.#page.all(after, prefix, prefix, limit) as unknown as readonly QueueRow[];
    return rows.map((row) => this.#queue(row));
  }

  create(name: string, attributes: QueueAttributes, tags: Readonly<Record<string, string>>, now: number): void {
    this.#insert.run(name, now, now, JSON.stringify(attributes), JSON.stringify(tags));
  }

  update(queue: Queue, change: Partial<Pick<Queue, 'attributes' | 'tags'>>, now: number): void {
    const { attributes, tags } = { ...queue, ...change };
    this.#update.run(JSON.stringify(attributes), JSON.stringify(tags), now, queue.id);
  }

  /** What was last taken from a template's declaration of it. */
  declaration({ id }: Queue): QueueAttributes {
    const row = this.#declared.get(id) as { readonly attributes: string } | undefined;
    return row ? (JSON.parse(row.attributes) as QueueAttributes) : {};
  }

  setDeclaration({ id }: Queue, attributes: QueueAttributes): void {
    this.#declare.run(id, JSON.stringify(attributes));
  }

  /** Its messages go with it. */
  remove(queue: Queue): void {
    this.#delete.run(queue.id);
  }

  #queue(row: QueueRow): Queue {
    return {
      id: row.id,
      name: row.name,
      arn: queueArn(this.#scope, row.name),
      fifo: row.name.endsWith('.fifo'),
      createdAt: row.created_at,
      modifiedAt: row.modified_at,
      attributes: JSON.parse(row.attributes) as QueueAttributes,
      tags: JSON.parse(row.tags) as Readonly<Record<string, string>>,
    };
  }
}
