import { randomUUID } from 'node:crypto';

/**
 * A new request id: a version 4 UUID, as AWS's are, whose first eight digits rise with time (a step is 16 ms; they begin
 * anew after two years), so that the indexes of the database that hold request ids grow at one end. Put in at random, each
 * id dirties pages of its own, and writing these is most of what it costs to accept an event.
 */
export function newRequestId(): string {
  const step = Math.floor(Date.now() / 16) % 0x1_0000_0000;
  return step.toString(16).padStart(8, '0') + randomUUID().slice(8);
}
