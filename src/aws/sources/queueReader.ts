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
  readonly destinationArn: string;
  readonly deadLetterOf?: string;
  readonly sink: PieceSink;
  readonly log: Logger;
  readonly report: SourceReport;
  readonly now: () => number;
  /** At the same time; 1 for what has to stay in order. */
  readonly receivers: number;
}

/** Seconds of one long poll: as long as SQS allows. */
const idleWait = 20;

/** Seconds of a poll while there is much: it asks all of SQS's servers, and is soon back when there is nothing. */
const busyWait = 1;

/** Seconds until a message that was read and not deleted is there again. */
const visibilityTimeout = 30;

/** A burst ends after so long, ms, so that other things get their turn. */
const longestBurst = 30_000;

/** So long a queue is emptied that is to be deleted, ms. */
const longestRest = 5_000;

/**
 * One long poll; when it comes back full, several receivers until the queue gives less. A message is deleted only when what
 * was read of it is stored: what was interrupted comes again. @throws UserFacingFailure
 */
export async function readQueue(reading: QueueReading, signal: AbortSignal): Promise<void> {
  const first = await receive(reading, idleWait, signal);
  await take(reading, first);
  if (first.length < largestBatch || signal.aborted) return;
  const enough = new AbortController();
  const until = AbortSignal.any([signal, enough.signal]);
  const ends = reading.now() + longestBurst;
  const receivers = Array.from({ length: reading.receivers }, async () => {
    try {
      await readBurst(reading, ends, until);
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
export async function readRest(reading: QueueReading): Promise<void> {
  await readBurst(reading, reading.now() + longestRest, new AbortController().signal);
}

async function readBurst(reading: QueueReading, ends: number, signal: AbortSignal): Promise<void> {
  let scanty = 0;
  while (!signal.aborted && scanty < 2 && reading.now() < ends) {
    const messages = await receive(reading, busyWait, signal);
    if (messages.length === 0) return;
    await take(reading, messages);
    // SQS may give less than there is: one that is not full says little.
    scanty = messages.length < largestBatch ? scanty + 1 : 0;
  }
}

async function receive(
  { clients, queue, report, now }: QueueReading,
  waitSeconds: number,
  signal: AbortSignal,
): Promise<readonly Message[]> {
  const messages = await receiveMessages(clients, { ...queue, waitSeconds, visibilityTimeout }, signal);
  const at = now();
  report.heard(at, oldestAge(messages, at) ?? 0);
  return messages;
}

/** Stores, then deletes; not to be interrupted in between. */
async function take(reading: QueueReading, messages: readonly Message[]): Promise<void> {
  if (messages.length === 0) return;
  const { clients, queue, destinationArn, deadLetterOf, sink, log, report, now } = reading;
  const from = { destinationArn, at: now(), ...(deadLetterOf === undefined ? {} : { deadLetterOf }) };
  await sink.ingest(messages.map((message) => readMessage(message, from)));
  report.received(messages.length);
  await deleteMessages(clients, queue, messages, log);
}
