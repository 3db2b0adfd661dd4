import type { JsonOperation } from '../server/awsJson.ts';
import type { MessageParts } from './messageParts.ts';
import { findQueue } from './queueOperations.ts';
import { invalidParameter, missingParameter } from './sqsErrors.ts';

const maximumTags = 50;

/** TagQueue, UntagQueue, ListQueueTags. A change of tags is none of the queue (`LastModifiedTimestamp`). */
export function tagOperations({ queues }: MessageParts): Readonly<Record<string, JsonOperation>> {
  return {
    TagQueue: (input) => {
      const queue = findQueue(queues, input);
      const given = input.textMap('Tags');
      if (!given) throw missingParameter('Tags');
      const tags = { ...queue.tags, ...given };
      if (Object.keys(tags).length > maximumTags) {
        throw invalidParameter(`Too many tags added for queue ${queue.name}.`);
      }
      queues.update(queue, { tags }, queue.modifiedAt);
    },
    UntagQueue: (input) => {
      const queue = findQueue(queues, input);
      const gone = input.texts('TagKeys');
      if (!gone) throw missingParameter('TagKeys');
      const kept = Object.entries(queue.tags).filter(([key]) => !gone.includes(key));
      queues.update(queue, { tags: Object.fromEntries(kept) }, queue.modifiedAt);
    },
    ListQueueTags: (input) => {
      const { tags } = findQueue(queues, input);
      return Object.keys(tags).length === 0 ? {} : { Tags: tags };
    },
  };
}
