import { randomBytes, randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { transaction } from '../state/database.ts';
import type { StoredAttributes } from './messageAttributes.ts';
import { messageStatements } from './messageStatements.ts';
import { numericAttribute } from './queueAttributes.ts';
import { redrivePolicy } from './redrive.ts';
import type { Queue, QueueTable } from './queueTable.ts';

/** A message to put into a queue. */
export interface NewMessage {
  readonly body: string;
  readonly bodyMd5: string;
  readonly attributes: StoredAttributes;
  readonly senderId: string;
  readonly traceHeader?: string;
  readonly delaySeconds: number;
  readonly groupId?: string;
  /** FIFO queues: a second message with it within five minutes is taken and dropped. */
  readonly deduplicationId?: string;
}

/** A message as received. Times epoch ms. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly bodyMd5: string;
  readonly attributes: StoredAttributes;
  readonly senderId: string;
  readonly traceHeader?: string;
  readonly sentAt: number;
  readonly firstReceivedAt: number;
  readonly receiveCount: number;
  readonly groupId?: string;
  readonly deduplicationId?: string;
  readonly sequenceNumber?: string;
  readonly deadLetterSourceArn?: string;
}

/** Where a receipt handle points. */
export interface Receipt {
  readonly id: number;
  readonly token: string;
}

interface MessageRow {
  readonly id: number;
  readonly message_id: string;
  readonly body: string;
  readonly body_md5: string;
  readonly attributes: string;
  readonly sender_id: string;
  readonly trace_header: string | null;
  readonly sent_at: number;
  readonly receive_count: number;
  readonly earlier_receives: number;
  readonly first_received_at: number;
  readonly group_id: string | null;
  readonly deduplication_id: string | null;
  readonly sequence_number: string | null;
  readonly dead_letter_source: string | null;
}

/** FIFO queues: how long a deduplication id is remembered. */
const deduplicationMs = 300_000;

/** The messages in all queues, kept in local Lambda's database. Every method is one transaction, or part of the open one. */
export class MessageTable {
  readonly #db: DatabaseSync;
  readonly #queues: QueueTable;
  readonly #sql: ReturnType<typeof messageStatements>;

  constructor(db: DatabaseSync, queues: QueueTable) {
    this.#db = db;
    this.#queues = queues;
    this.#sql = messageStatements(db);
  }

  send(
    queue: Queue,
    message: NewMessage,
    now: number,
  ): { readonly messageId: string; readonly sequenceNumber?: string } {
    return transaction(this.#db, () => {
      this.#expire(queue, now);
      const deduplicationId = queue.fifo ? scopedDeduplicationId(queue, message) : '';
      const known = queue.fifo && this.#sql.findDuplicate.get(queue.id, deduplicationId, now - deduplicationMs);
      if (known) {
        const { message_id: messageId, sequence_number: sequenceNumber } = known as Record<string, string>;
        return { messageId: String(messageId), sequenceNumber: String(sequenceNumber) };
      }
      const messageId = randomUUID();
      const visibleAt = now + message.delaySeconds * 1000;
      const { lastInsertRowid } = this.#sql.insert.run(
        queue.id,
        messageId,
        message.body,
        message.bodyMd5,
        JSON.stringify(message.attributes),
        message.senderId,
        message.traceHeader ?? null,
        now,
        visibleAt,
        message.groupId ?? null,
        message.deduplicationId ?? null,
      );
      if (!queue.fifo) return { messageId };
      const sequenceNumber = (18_000_000_000_000_000_000n + BigInt(lastInsertRowid)).toString();
      this.#sql.setSequence.run(sequenceNumber, lastInsertRowid);
      this.#sql.rememberDuplicate.run(queue.id, deduplicationId, messageId, sequenceNumber, now);
      return { messageId, sequenceNumber };
    });
  }

  /**
   * Takes up to `limit` visible messages and hides them. Those received too often go to the dead-letter queue instead;
   * `onMoved` is told its id.
   */
  receive(
    queue: Queue,
    options: { readonly limit: number; readonly visibilitySeconds: number },
    now: number,
    onMoved: (queueId: number) => void,
  ): readonly ReceivedMessage[] {
    return transaction(this.#db, () => {
      this.#expire(queue, now);
      const select = queue.fifo ? this.#sql.visibleInOrder : this.#sql.visible;
      const ids = (): readonly { readonly id: number; readonly receive_count: number }[] =>
        select.all(queue.id, now, options.limit) as never;
      let candidates = ids();
      const redrive = redrivePolicy(queue.attributes);
      const deadLetters = redrive && this.#queues.findByArn(redrive.deadLetterTargetArn);
      if (redrive && deadLetters) {
        const isExhausted = (row: { readonly receive_count: number }): boolean =>
          row.receive_count >= redrive.maxReceiveCount;
        while (candidates.some(isExhausted)) {
          for (const { id } of candidates.filter(isExhausted)) {
            this.#sql.move.run(deadLetters.id, now, queue.arn, id);
            onMoved(deadLetters.id);
          }
          candidates = ids();
        }
      }
      const hiddenUntil = now + options.visibilitySeconds * 1000;
      return candidates.map(({ id }) => {
        const token = randomBytes(12).toString('hex');
        const row = this.#sql.take.get(now, token, hiddenUntil, id) as unknown as MessageRow;
        return received(queue, row, token);
      });
    });
  }

  /** When the first hidden or delayed message becomes visible. */
  nextVisibleAt(queue: Queue, now: number): number | undefined {
    return (this.#sql.nextVisible.get(queue.id, now) as { readonly at: number } | undefined)?.at;
  }

  /** Deletes what was received with that receipt; an old receipt deletes nothing, as in SQS. */
  delete(queue: Queue, receipt: Receipt): void {
    this.#sql.delete.run(queue.id, receipt.id, receipt.token);
  }

  /** Hides a received message for another time. `missing`: it is gone; `notInFlight`: it is visible again. */
  changeVisibility(
    queue: Queue,
    receipt: Receipt,
    seconds: number,
    now: number,
  ): 'changed' | 'missing' | 'notInFlight' {
    const row = this.#sql.hiddenUntil.get(queue.id, receipt.id, receipt.token) as { readonly at: number } | undefined;
    if (!row) return 'missing';
    if (row.at <= now) return 'notInFlight';
    this.#sql.hide.run(now + seconds * 1000, receipt.id);
    return 'changed';
  }

  /** The oldest visible messages of a dead-letter queue, and the ARN of the queue that each was in before. */
  deadLetters(
    queue: Queue,
    limit: number,
    now: number,
  ): readonly { readonly id: number; readonly source: string | null }[] {
    this.#expire(queue, now);
    return this.#sql.deadLetters.all(queue.id, now, limit) as never;
  }

  /** Moves a message to another queue as a new one: id, time sent and counts begin again. */
  redrive(id: number, to: Queue, now: number): void {
    this.#sql.redrive.run(to.id, randomUUID(), now, now, id);
  }

  purge(queue: Queue): void {
    this.#sql.purge.run(queue.id);
  }

  counts(queue: Queue, now: number): { readonly visible: number; readonly inFlight: number; readonly delayed: number } {
    this.#expire(queue, now);
    return this.#sql.counts.get({ queue: queue.id, now }) as never;
  }

  #expire(queue: Queue, now: number): void {
    const retention = numericAttribute(queue.attributes, 'MessageRetentionPeriod') * 1000;
    this.#sql.expire.run(queue.id, now - retention);
    if (queue.fifo) this.#sql.forgetDuplicates.run(queue.id, now - deduplicationMs);
  }
}

/** What a duplicate has the same: its id, and its group where the queue drops duplicates within a group only. */
function scopedDeduplicationId({ attributes }: Queue, { deduplicationId = '', groupId }: NewMessage): string {
  return attributes['DeduplicationScope'] === 'messageGroup'
    ? JSON.stringify([groupId, deduplicationId])
    : deduplicationId;
}

/** The handle that deletes or hides a received message. */
export function receiptHandle(queue: Queue, receipt: Receipt): string {
  return Buffer.from(`${queue.id}:${receipt.id}:${receipt.token}`).toString('base64');
}

/** Reads a handle; `undefined` when it is none of that queue's. */
export function parseReceiptHandle(queue: Queue, handle: string): Receipt | undefined {
  const match = /^(\d+):(\d+):([\da-f]{24})$/.exec(Buffer.from(handle, 'base64').toString('latin1'));
  if (!match || Number(match[1]) !== queue.id) return undefined;
  return { id: Number(match[2]), token: match[3] ?? '' };
}

function received(queue: Queue, row: MessageRow, token: string): ReceivedMessage {
  return {
    messageId: row.message_id,
    receiptHandle: receiptHandle(queue, { id: row.id, token }),
    body: row.body,
    bodyMd5: row.body_md5,
    attributes: JSON.parse(row.attributes) as StoredAttributes,
    senderId: row.sender_id,
    sentAt: row.sent_at,
    firstReceivedAt: row.first_received_at,
    receiveCount: row.earlier_receives + row.receive_count,
    ...(row.trace_header === null ? {} : { traceHeader: row.trace_header }),
    ...(row.group_id === null ? {} : { groupId: row.group_id }),
    ...(row.deduplication_id === null ? {} : { deduplicationId: row.deduplication_id }),
    ...(row.sequence_number === null ? {} : { sequenceNumber: row.sequence_number }),
    ...(row.dead_letter_source === null ? {} : { deadLetterSourceArn: row.dead_letter_source }),
  };
}
