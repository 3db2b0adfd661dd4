import type { Message } from '@aws-sdk/client-sqs';
import { destinationName } from '../../model/destination.ts';
import { readMessage } from '../../model/reading/readMessage.ts';
import type { RecordSource } from '../../model/recordSource.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import type { AwsClients } from '../awsClients.ts';
import { calling, findQueueUrl, giveBackMessages, largestBatch, oldestAge, receiveMessages } from './queueCalls.ts';
import type { QueueSourceOptions } from './queueDrain.ts';
import { SourceLife } from './sourceLife.ts';

/** A sweep ends with so many messages. */
const largestSweep = 500;

/** Seconds: what a sweep holds is there again after so long, even if the sweep never gives it back. */
const visibilityTimeout = 20;

/** A sweep ends after so long, ms, well before what it took first is visible again. */
const longestSweep = 10_000;

/** At most one sweep in so long, ms; and when sweeps find nothing new, up to six times as long. */
const sweepEvery = 5_000;
const longestPause = 30_000;

/** A receive is let end, however the source is stopped; one without an answer is given up after so long, ms. */
const longestReceive = 3_000;

/** Ids of messages that are stored, so that each sweep stores only what is new. */
const remembered = 20_000;

/** A source that can be told to look soon, where it has slowed down. */
export interface Looking {
  /** Somebody waits for something: looks again as soon as it may. */
  look(): void;
}

/**
 * Looks at a queue without taking anything: receives, then gives all back at once. A sample: what others hold at that moment is
 * not seen, and others don't see what it holds. Receive counts rise by it, so that it refuses (`peekRefused`) queues with a
 * redrive policy, where that moves messages to the dead-letter queue, and FIFO queues, where it holds up whole groups.
 */
export function createQueuePeek(options: QueueSourceOptions): RecordSource & Looking {
  const { clients, queueArn, deadLetterOf, sink, log, now = Date.now } = options;
  const name = destinationName(queueArn);
  let look = (): void => undefined;
  const life: SourceLife = new SourceLife({ kind: 'peek', name: `peek at ${name}`, log, sampled: true }, (report) => {
    let queueUrl = '';
    let pause = sweepEvery;
    let lastSweep = -Infinity;
    const stored = new Set<string>();
    look = () => {
      pause = sweepEvery / 2;
      life.wake();
    };
    const from = { destinationArn: queueArn, ...(deadLetterOf === undefined ? {} : { deadLetterOf }) };

    const ingest = async (messages: readonly Message[]): Promise<number> => {
      const unseen = messages.filter(({ MessageId = '' }) => !stored.has(MessageId));
      if (unseen.length === 0) return 0;
      await sink.ingest(unseen.map((message) => readMessage(message, { ...from, at: now() })));
      for (const { MessageId = '' } of unseen) stored.add(MessageId);
      for (const id of stored) {
        if (stored.size <= remembered) break;
        stored.delete(id);
      }
      report.received(unseen.length);
      return unseen.length;
    };

    /** Gives how many were new, and whether the queue was empty in the end. */
    const sweep = async (signal: AbortSignal): Promise<{ readonly fresh: number; readonly whole: boolean }> => {
      const held: Message[] = [];
      const begun = now();
      let fresh = 0;
      let whole = false;
      try {
        while (!whole && held.length < largestSweep && now() - begun < longestSweep && !signal.aborted) {
          const messages = await receiveMessages(
            clients,
            { queueUrl, name, waitSeconds: 1, visibilityTimeout },
            // Broken off, the server could still hand messages to nobody, and hide them from everybody.
            AbortSignal.timeout(longestReceive),
          );
          held.push(...messages);
          whole = messages.length === 0;
          fresh += await ingest(messages);
        }
      } finally {
        await giveBack(clients, { queueUrl, name }, held);
      }
      const at = now();
      report.heard(at, oldestAge(held, at) ?? 0);
      return { fresh, whole };
    };

    return {
      async prepare(signal) {
        queueUrl = await findQueueUrl(clients, queueArn, signal);
        await refuseWhereItHarms(clients, queueUrl, name, signal);
      },
      async round(signal) {
        const begun = now();
        const early = sweepEvery - (begun - lastSweep);
        if (early > 0) return early;
        lastSweep = begun;
        // Somebody may have given it a redrive policy since.
        await refuseWhereItHarms(clients, queueUrl, name, signal);
        const { fresh, whole } = await sweep(signal);
        if (!whole) report.sampled(begun);
        pause = fresh > 0 ? sweepEvery : Math.min(pause * 2, longestPause);
        return pause;
      },
      isFinal: (error) => UserFacingFailure.is(error, 'peekRefused'),
    };
  });
  return Object.assign(life, { look: () => look() });
}

async function giveBack(
  clients: AwsClients,
  queue: { readonly queueUrl: string; readonly name: string },
  held: readonly Message[],
): Promise<void> {
  const batches = Array.from({ length: Math.ceil(held.length / largestBatch) }, (_, index) =>
    held.slice(index * largestBatch, (index + 1) * largestBatch),
  );
  await Promise.all(batches.map((batch) => giveBackMessages(clients, queue, batch)));
}

async function refuseWhereItHarms(
  clients: AwsClients,
  queueUrl: string,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const attributes = await calling(
    clients,
    `look at the settings of the queue ${name}`,
    'sqs:GetQueueAttributes',
    async () => {
      const client = await clients.sqs();
      const { GetQueueAttributesCommand } = await import('@aws-sdk/client-sqs');
      const command = new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: ['All'],
      });
      return (await client.send(command, { abortSignal: signal })).Attributes ?? {};
    },
  );
  if (attributes.RedrivePolicy) {
    throw refused(
      name,
      'it has a redrive policy, and every look counts as a receive: after some, SQS would move its messages to the dead-letter queue',
    );
  }
  if (attributes.FifoQueue === 'true') {
    throw refused(name, 'it is a FIFO queue, and a look would hold up the message groups that are in it');
  }
}

function refused(name: string, why: string): UserFacingFailure {
  return new UserFacingFailure(
    'peekRefused',
    `Could not look into the queue ${name}: ${why}. Drain it instead (what is read is deleted from it), or rely on the function’s own logs.`,
  );
}
