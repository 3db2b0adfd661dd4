import { randomUUID } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type AccountScope, topicArn } from '../../model/arn.ts';
import { transaction } from '../state/database.ts';

/** Attributes of a topic or a subscription; SNS keeps every value as text. */
export type SnsAttributes = Readonly<Record<string, string>>;

/** A topic. */
export interface Topic {
  readonly arn: string;
  readonly name: string;
  readonly fifo: boolean;
  /** Only what was set. */
  readonly attributes: SnsAttributes;
}

/** A subscription; confirmed from the start, as those to queues and functions are. */
export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  /** Only what was set: `RawMessageDelivery`, `FilterPolicy`, `FilterPolicyScope`, `RedrivePolicy`. */
  readonly attributes: SnsAttributes;
}

/** A subscription as a template declares it. */
export type SubscriptionDeclaration = Omit<Subscription, 'arn'>;

/** Topics and subscriptions, kept in local Lambda's database. */
export class TopicTable {
  readonly #db: DatabaseSync;
  readonly #scope: AccountScope;
  readonly #sql: ReturnType<typeof prepare>;

  constructor(db: DatabaseSync, scope: AccountScope) {
    this.#db = db;
    this.#scope = scope;
    db.exec(`
      CREATE TABLE IF NOT EXISTS sns_topics (arn TEXT PRIMARY KEY, attributes TEXT NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS sns_subscriptions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        arn TEXT NOT NULL UNIQUE,
        topic_arn TEXT NOT NULL REFERENCES sns_topics ON DELETE CASCADE,
        protocol TEXT NOT NULL,
        endpoint TEXT NOT NULL,
        attributes TEXT NOT NULL,
        UNIQUE (topic_arn, protocol, endpoint)
      ) STRICT;
      CREATE TABLE IF NOT EXISTS sns_declared_subscriptions (
        topic_arn TEXT NOT NULL REFERENCES sns_topics ON DELETE CASCADE,
        protocol TEXT NOT NULL,
        endpoint TEXT NOT NULL,
        attributes TEXT NOT NULL,
        PRIMARY KEY (topic_arn, protocol, endpoint)
      ) STRICT;
      CREATE TABLE IF NOT EXISTS sns_tags (
        topic_arn TEXT NOT NULL REFERENCES sns_topics ON DELETE CASCADE,
        key TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (topic_arn, key)
      ) STRICT;
    `);
    this.#sql = prepare(db);
  }

  find(arn: string): Topic | undefined {
    const row = this.#sql.topic.get(arn) as { readonly attributes: string } | undefined;
    return row && toTopic({ arn, ...row });
  }

  /** By ARN. */
  list(after: string, limit: number): readonly Topic[] {
    return (this.#sql.topics.all(after, limit) as never as readonly Parameters<typeof toTopic>[0][]).map(toTopic);
  }

  /** The topic's ARN. An existing topic stays as it is. */
  create(name: string, attributes: SnsAttributes): string {
    const arn = topicArn(this.#scope, name);
    this.#sql.addTopic.run(arn, JSON.stringify(attributes));
    return arn;
  }

  setAttributes(arn: string, attributes: SnsAttributes): void {
    this.#sql.setTopic.run(JSON.stringify(attributes), arn);
  }

  /** Its subscriptions go with it. */
  remove(arn: string): void {
    this.#sql.removeTopic.run(arn);
  }

  /** By key. */
  tags(arn: string): Readonly<Record<string, string>> {
    const rows = this.#sql.tags.all(arn) as never as readonly { readonly key: string; readonly value: string }[];
    return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
  }

  /** Others stay. */
  setTags(arn: string, tags: Readonly<Record<string, string>>): void {
    for (const [key, value] of Object.entries(tags)) this.#sql.setTag.run(arn, key, value);
  }

  removeTags(arn: string, keys: readonly string[]): void {
    for (const key of keys) this.#sql.removeTag.run(arn, key);
  }

  findSubscription(arn: string): Subscription | undefined {
    const row = this.#sql.subscription.get(arn) as SubscriptionRow | undefined;
    return row && toSubscription(row);
  }

  /** The one that has this protocol and endpoint. */
  sameSubscription(topic: string, protocol: string, endpoint: string): Subscription | undefined {
    const row = this.#sql.sameSubscription.get(topic, protocol, endpoint) as SubscriptionRow | undefined;
    return row && toSubscription(row);
  }

  /** In the order they were made, after `afterArn`. */
  subscriptions(options: {
    readonly topicArn?: string;
    readonly afterArn?: string;
    readonly limit?: number;
  }): readonly Subscription[] {
    const { topicArn: topic = null, afterArn = '', limit = -1 } = options;
    return (this.#sql.subscriptions.all({ topic, afterArn, limit }) as never as readonly SubscriptionRow[]).map(
      toSubscription,
    );
  }

  subscribe(topic: string, protocol: string, endpoint: string, attributes: SnsAttributes): Subscription {
    return transaction(this.#db, () => {
      const arn = `${topic}:${randomUUID()}`;
      this.#sql.subscribe.run(arn, topic, protocol, endpoint, JSON.stringify(attributes));
      return { arn, topicArn: topic, protocol, endpoint, attributes };
    });
  }

  setSubscriptionAttributes(arn: string, attributes: SnsAttributes): void {
    this.#sql.setSubscription.run(JSON.stringify(attributes), arn);
  }

  unsubscribe(arn: string): void {
    this.#sql.unsubscribe.run(arn);
  }

  /** What was last taken from a template. */
  declarations(): readonly SubscriptionDeclaration[] {
    return (this.#sql.declarations.all() as never as readonly DeclarationRow[]).map(toDeclaration);
  }

  setDeclaration({ topicArn: topic, protocol, endpoint, attributes }: SubscriptionDeclaration): void {
    this.#sql.declare.run(topic, protocol, endpoint, JSON.stringify(attributes));
  }

  removeDeclaration({ topicArn: topic, protocol, endpoint }: SubscriptionDeclaration): void {
    this.#sql.undeclare.run(topic, protocol, endpoint);
  }
}

interface SubscriptionRow extends DeclarationRow {
  readonly arn: string;
}

interface DeclarationRow {
  readonly topic_arn: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly attributes: string;
}

function prepare(db: DatabaseSync) {
  return {
    topic: db.prepare('SELECT attributes FROM sns_topics WHERE arn = ?'),
    topics: db.prepare('SELECT arn, attributes FROM sns_topics WHERE arn > ? ORDER BY arn LIMIT ?'),
    addTopic: db.prepare('INSERT OR IGNORE INTO sns_topics VALUES (?, ?)'),
    setTopic: db.prepare('UPDATE sns_topics SET attributes = ? WHERE arn = ?'),
    removeTopic: db.prepare('DELETE FROM sns_topics WHERE arn = ?'),
    tags: db.prepare('SELECT key, value FROM sns_tags WHERE topic_arn = ? ORDER BY key'),
    setTag: db.prepare('INSERT OR REPLACE INTO sns_tags VALUES (?, ?, ?)'),
    removeTag: db.prepare('DELETE FROM sns_tags WHERE topic_arn = ? AND key = ?'),
    subscription: db.prepare('SELECT * FROM sns_subscriptions WHERE arn = ?'),
    sameSubscription: db.prepare(
      'SELECT * FROM sns_subscriptions WHERE topic_arn = ? AND protocol = ? AND endpoint = ?',
    ),
    subscriptions: db.prepare(`SELECT * FROM sns_subscriptions WHERE (:topic IS NULL OR topic_arn = :topic)
      AND id > coalesce((SELECT id FROM sns_subscriptions WHERE arn = :afterArn), 0) ORDER BY id LIMIT :limit`),
    subscribe: db.prepare(
      'INSERT INTO sns_subscriptions (arn, topic_arn, protocol, endpoint, attributes) VALUES (?, ?, ?, ?, ?)',
    ),
    setSubscription: db.prepare('UPDATE sns_subscriptions SET attributes = ? WHERE arn = ?'),
    unsubscribe: db.prepare('DELETE FROM sns_subscriptions WHERE arn = ?'),
    declarations: db.prepare('SELECT * FROM sns_declared_subscriptions'),
    declare: db.prepare('INSERT OR REPLACE INTO sns_declared_subscriptions VALUES (?, ?, ?, ?)'),
    undeclare: db.prepare(
      'DELETE FROM sns_declared_subscriptions WHERE topic_arn = ? AND protocol = ? AND endpoint = ?',
    ),
  } as const satisfies Record<string, StatementSync>;
}

function toTopic({ arn, attributes }: { readonly arn: string; readonly attributes: string }): Topic {
  const name = arn.slice(arn.lastIndexOf(':') + 1);
  return { arn, name, fifo: name.endsWith('.fifo'), attributes: JSON.parse(attributes) as SnsAttributes };
}

function toSubscription(row: SubscriptionRow): Subscription {
  return { arn: row.arn, ...toDeclaration(row) };
}

function toDeclaration(row: DeclarationRow): SubscriptionDeclaration {
  return {
    topicArn: row.topic_arn,
    protocol: row.protocol,
    endpoint: row.endpoint,
    attributes: JSON.parse(row.attributes) as SnsAttributes,
  };
}
