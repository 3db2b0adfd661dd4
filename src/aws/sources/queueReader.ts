import type { Message } from '@aws-sdk/client-sqs';
import type { Logger } from '../../model/logger.ts';
import { readMessage } from '../../model/reading/readMessage.ts';
import type { PieceSink } from '../../model/recordSource.ts';
import type { AwsClients } from '../awsClients.ts';
import { isAbort } from '../awsErrors.ts';
import { deleteMessages, largestBatch, oldestAge, receiveMessages, type Receiving } from './queueCalls.ts';
import type { SourceReport } from './sourceLife.ts';

/** Where a queue reader reads, and where what it reads goes. */
export interface QueueReading {
  readonly clients: AwsClients;
  readonly queue: Pick<Receiving, 'queueUrl' | 'name'>;
  /** The destination where a message does not tell it. */
  readonly destinationArn: () => string;
  readonly deadLetterOf?: string | undefined;
  readonly sink: PieceSink;
  readonly log: Logger;
  readonly report: SourceReport;
  readonly now: () => number;
  /** At the same time; 1 for what has to stay in order. */
  readonly receivers: number;
  /** Seconds until a message that was read and not deleted is there again; default 30. */
  readonly visibilityTimeout?: number | undefined;
}

/** Seconds of one long poll: as long as SQS allows. */
const idleWait = 20;

/** Seconds of a poll while there is much: it asks all of SQS's servers, and is soon back when there is nothing. */
const busyWait = 1;

/** A burst ends after so long, ms, so that other things get their turn. */
const longestBurst = 30_000;

/** So long a queue is emptied that is to be deleted, ms: a window that closes has a few seconds for all. */
const longestRest = 2_000;

/** What was received and is not yet deleted. */
interface Batch {
  readonly messages: readonly Message[];
  stored: boolean;
}

/**
 * Takes what comes to a queue: one long poll; when it comes back full, several receivers until the queue gives less. A
 * message is deleted only when what was read of it is stored. What could be received and not be stored or deleted is kept
 * and tried again before anything else is received, so that its receive count, which a redrive policy counts, does not rise.
 */
export class QueueReader {
  readonly #reading: QueueReading;
  readonly #unfinished = new Set<Batch>();

  constructor(reading: QueueReading) {
    this.#reading = reading;
  }

  /** Reads once. @throws UserFacingFailure */
  async read(signal: AbortSignal): Promise<void> {
    for (const batch of this.#unfinished) await this.#finish(batch);
    const first = await this.#receive(idleWait, signal);
    if (first < largestBatch || signal.aborted) return;
    const enough = new AbortController();
    const until = AbortSignal.any([signal, enough.signal]);
    const ends = this.#reading.now() + longestBurst;
    const receivers = Array.from({ length: this.#reading.receivers }, async () => {
      try {
        await this.#readBurst(ends, until);
      } catch (error) {
        // The others finish what they have.
        enough.abort();
        throw error;
      }
    });
    const ended = await Promise.allSettled(receivers);
    signal.throwIfAborted();
    // What stopped the others, not that they were stopped.
    const reasons = ended.flatMap((result): unknown[] => (result.status === 'rejected' ? [result.reason] : []));
    const worst = reasons.find((reason) => !isAbort(reason)) ?? reasons[0];
    if (worst !== undefined) throw worst instanceof Error ? worst : new Error(String(worst));
  }

  /** Takes what is left in a queue that nobody sends to any more. @throws UserFacingFailure */
  async readRest(): Promise<void> {
    for (const batch of this.#unfinished) await this.#finish(batch);
    await this.#readBurst(Infinity, AbortSignal.timeout(longestRest));
  }

  async #readBurst(ends: number, signal: AbortSignal): Promise<void> {
    let scanty = 0;
    while (!signal.aborted && scanty < 2 && this.#reading.now() < ends) {
      const count = await this.#receive(busyWait, signal);
      if (count === 0) return;
      // SQS may give less than there is: one that is not full says little.
      scanty = count < largestBatch ? scanty + 1 : 0;
    }
  }

  /** Gives how many came. Once they are here, they are finished, whatever `signal` says. */
  async #receive(waitSeconds: number, signal: AbortSignal): Promise<number> {
    const { clients, queue, report, now, visibilityTimeout = 30 } = this.#reading;
    const messages = await receiveMessages(clients, { ...queue, waitSeconds, visibilityTimeout }, signal);
    const at = now();
    report.heard(at, oldestAge(messages, at) ?? 0);
    if (messages.length === 0) return 0;
    const batch = { messages, stored: false };
    this.#unfinished.add(batch);
    await this.#finish(batch);
    return messages.length;
  }

  async #finish(batch: Batch): Promise<void> {
    const { clients, queue, destinationArn, deadLetterOf, sink, log, report, now } = this.#reading;
    if (!batch.stored) {
      const dead = deadLetterOf === undefined ? {} : { deadLetterOf };
      const from = { destinationArn: destinationArn(), at: now(), ...dead };
      await sink.ingest(batch.messages.map((message) => readMessage(message, from)));
      batch.stored = true;
      report.received(batch.messages.length);
    }
    await deleteMessages(clients, queue, batch.messages, log);
    this.#unfinished.delete(batch);
  }
}
