import type { DatabaseSync, StatementSync } from 'node:sqlite';

/**
 * The table of messages and its prepared statements. `receipt` is null until a message is first received in this queue;
 * `earlier_receives` counts receives in the queue it was a dead letter of (AWS goes on counting).
 */
export function messageStatements(db: DatabaseSync) {
  db.exec(`
    CREATE TABLE IF NOT EXISTS sqs_messages (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      queue_id INTEGER NOT NULL REFERENCES sqs_queues ON DELETE CASCADE,
      message_id TEXT NOT NULL,
      body TEXT NOT NULL,
      body_md5 TEXT NOT NULL,
      attributes TEXT NOT NULL,
      sender_id TEXT NOT NULL,
      trace_header TEXT,
      sent_at INTEGER NOT NULL,
      visible_at INTEGER NOT NULL,
      receive_count INTEGER NOT NULL DEFAULT 0,
      earlier_receives INTEGER NOT NULL DEFAULT 0,
      first_received_at INTEGER,
      receipt TEXT,
      group_id TEXT,
      deduplication_id TEXT,
      sequence_number TEXT,
      dead_letter_source TEXT
    ) STRICT;
    CREATE INDEX IF NOT EXISTS sqs_messages_visible ON sqs_messages (queue_id, visible_at, id);
    CREATE INDEX IF NOT EXISTS sqs_messages_sent ON sqs_messages (queue_id, sent_at);
    CREATE INDEX IF NOT EXISTS sqs_messages_group ON sqs_messages (queue_id, group_id, id) WHERE group_id IS NOT NULL;
    CREATE TABLE IF NOT EXISTS sqs_deduplication (
      queue_id INTEGER NOT NULL REFERENCES sqs_queues ON DELETE CASCADE,
      deduplication_id TEXT NOT NULL,
      message_id TEXT NOT NULL,
      sequence_number TEXT NOT NULL,
      at INTEGER NOT NULL,
      PRIMARY KEY (queue_id, deduplication_id)
    ) STRICT, WITHOUT ROWID;
  `);
  return {
    insert: db.prepare(`INSERT INTO sqs_messages (queue_id, message_id, body, body_md5, attributes, sender_id,
      trace_header, sent_at, visible_at, group_id, deduplication_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    setSequence: db.prepare('UPDATE sqs_messages SET sequence_number = ? WHERE id = ?'),
    visible: db.prepare(`SELECT id, receive_count FROM sqs_messages WHERE queue_id = ? AND visible_at <= ?
      ORDER BY visible_at, id LIMIT ?`),
    // A group waits while an older message of it is in flight.
    visibleInOrder: db.prepare(`SELECT id, receive_count FROM sqs_messages AS message
      WHERE queue_id = ?1 AND visible_at <= ?2 AND NOT EXISTS (
        SELECT 1 FROM sqs_messages AS older WHERE older.queue_id = message.queue_id
        AND older.group_id = message.group_id AND older.id < message.id AND older.visible_at > ?2)
      ORDER BY id LIMIT ?3`),
    take: db.prepare(`UPDATE sqs_messages SET receive_count = receive_count + 1,
      first_received_at = coalesce(first_received_at, ?), receipt = ?, visible_at = ? WHERE id = ? RETURNING *`),
    move: db.prepare(`UPDATE sqs_messages SET queue_id = ?, visible_at = ?, dead_letter_source = ?,
      earlier_receives = earlier_receives + receive_count, receive_count = 0, receipt = NULL WHERE id = ?`),
    // SQS takes a redriven message for a new one.
    redrive: db.prepare(`UPDATE sqs_messages SET queue_id = ?, message_id = ?, sent_at = ?, visible_at = ?,
      earlier_receives = 0, receive_count = 0, first_received_at = NULL, receipt = NULL, dead_letter_source = NULL
      WHERE id = ?`),
    deadLetters: db.prepare(`SELECT id, dead_letter_source AS source FROM sqs_messages
      WHERE queue_id = ? AND visible_at <= ? ORDER BY visible_at, id LIMIT ?`),
    nextVisible: db.prepare(`SELECT visible_at AS at FROM sqs_messages WHERE queue_id = ? AND visible_at > ?
      ORDER BY visible_at LIMIT 1`),
    delete: db.prepare('DELETE FROM sqs_messages WHERE queue_id = ? AND id = ? AND receipt = ?'),
    hiddenUntil: db.prepare(`SELECT visible_at AS at FROM sqs_messages
      WHERE queue_id = ? AND id = ? AND receipt = ?`),
    hide: db.prepare('UPDATE sqs_messages SET visible_at = ? WHERE id = ?'),
    purge: db.prepare('DELETE FROM sqs_messages WHERE queue_id = ?'),
    expire: db.prepare('DELETE FROM sqs_messages WHERE queue_id = ? AND sent_at <= ?'),
    counts: db.prepare(`SELECT
      count(*) FILTER (WHERE visible_at <= :now) AS visible,
      count(*) FILTER (WHERE visible_at > :now AND receipt IS NOT NULL) AS inFlight,
      count(*) FILTER (WHERE visible_at > :now AND receipt IS NULL) AS delayed
      FROM sqs_messages WHERE queue_id = :queue`),
    findDuplicate: db.prepare(`SELECT message_id, sequence_number FROM sqs_deduplication
      WHERE queue_id = ? AND deduplication_id = ? AND at > ?`),
    rememberDuplicate: db.prepare('INSERT OR REPLACE INTO sqs_deduplication VALUES (?, ?, ?, ?, ?)'),
    forgetDuplicates: db.prepare('DELETE FROM sqs_deduplication WHERE queue_id = ? AND at <= ?'),
  } as const satisfies Record<string, StatementSync>;
}
