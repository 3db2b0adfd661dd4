import type { Queue } from './queueTable.ts';
import { sqsError } from './sqsErrors.ts';

/** SQS purges a queue once in 60 s. Not kept over a restart. */
const purgeMs = 60_000;

/** When queues were purged last. */
export class PurgeTimes {
  readonly #at = new Map<number, number>();

  /** A purge at `now`, epoch ms. @throws ServiceError `PurgeQueueInProgress` */
  take({ id, name }: Queue, now: number): void {
    for (const [purged, at] of this.#at) if (at + purgeMs <= now) this.#at.delete(purged);
    if (this.#at.has(id)) {
      const message = `Only one PurgeQueue operation on ${name} is allowed every 60 seconds.`;
      throw sqsError('PurgeQueueInProgress', message, 'AWS.SimpleQueueService.PurgeQueueInProgress', 403);
    }
    this.#at.set(id, now);
  }
}
