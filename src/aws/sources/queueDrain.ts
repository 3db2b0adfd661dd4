import { destinationName } from '../../model/destination.ts';
import type { Logger } from '../../model/logger.ts';
import type { PieceSink, RecordSource } from '../../model/recordSource.ts';
import type { AwsClients } from '../awsClients.ts';
import { findQueueUrl } from './queueCalls.ts';
import { QueueReader } from './queueReader.ts';
import { SourceLife } from './sourceLife.ts';

/** A queue that is a destination or a dead-letter queue, and where what is read of it goes. */
export interface QueueSourceOptions {
  readonly clients: AwsClients;
  readonly queueArn: string;
  /** The only function whose dead-letter queue it is, where that is known. */
  readonly deadLetterOf?: string;
  readonly sink: PieceSink;
  readonly log: Logger;
  /** Epoch ms. */
  readonly now?: () => number;
}

/** A queue that is drained. */
export interface QueueDrainOptions extends QueueSourceOptions {
  /** Seconds until what was read and not stored is there again; default 30. */
  readonly visibilityTimeout?: number;
}

/**
 * Receives and deletes: only where a person chose it, since nobody else gets what it took. Each message once; what was read
 * and not stored comes again.
 */
export function createQueueDrain(options: QueueDrainOptions): RecordSource {
  const { clients, queueArn, deadLetterOf, sink, log, now = Date.now, visibilityTimeout } = options;
  const name = destinationName(queueArn);
  return new SourceLife({ kind: 'drain', name: `drain of ${name}`, log }, (report) => {
    let reader: QueueReader | undefined;
    return {
      async prepare(signal) {
        const queueUrl = await findQueueUrl(clients, queueArn, signal);
        reader = new QueueReader({
          clients,
          queue: { queueUrl, name },
          destinationArn: () => queueArn,
          deadLetterOf,
          sink,
          log,
          report,
          now,
          // Groups of a FIFO queue are handed out to one receiver at a time: more of them only change the order between groups.
          receivers: name.endsWith('.fifo') ? 1 : 4,
          visibilityTimeout,
        });
      },
      async round(signal) {
        await reader?.read(signal);
        return 0;
      },
    };
  });
}
