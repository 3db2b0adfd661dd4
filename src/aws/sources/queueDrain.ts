import { destinationName } from '../../model/destination.ts';
import type { Logger } from '../../model/logger.ts';
import type { PieceSink, RecordSource } from '../../model/recordSource.ts';
import type { AwsClients } from '../awsClients.ts';
import { findQueueUrl } from './queueCalls.ts';
import { readQueue } from './queueReader.ts';
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

/**
 * Receives and deletes: only where a person chose it, since nobody else gets what it took. Each message once; what was read
 * and not stored comes again within 30 s.
 */
export function createQueueDrain(options: QueueSourceOptions): RecordSource {
  const { clients, queueArn, deadLetterOf, sink, log, now = Date.now } = options;
  const name = destinationName(queueArn);
  return new SourceLife({ kind: 'drain', name: `drain of ${name}`, log }, (report) => {
    let queueUrl = '';
    return {
      async prepare(signal) {
        queueUrl = await findQueueUrl(clients, queueArn, signal);
      },
      async round(signal) {
        const queue = { queueUrl, name };
        const dead = deadLetterOf === undefined ? {} : { deadLetterOf };
        // Groups of a FIFO queue are handed out to one receiver at a time: more of them only change the order between groups.
        const receivers = name.endsWith('.fifo') ? 1 : 4;
        const reading = { clients, queue, destinationArn: queueArn, ...dead, sink, log, report, now, receivers };
        await readQueue(reading, signal);
        return 0;
      },
    };
  });
}
