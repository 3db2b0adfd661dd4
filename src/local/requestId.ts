import { randomUUID } from 'node:crypto';

/** The id before, as a number of its steps. */
let latest = 0;

/**
 * A new request id: a version 4 UUID, as AWS's are, whose first twelve digits rise with every id (they begin anew after two
 * years), so that the indexes of the database that hold request ids grow at one end. Put in at random, each id dirties
 * pages of its own, and writing these is most of what it costs to accept an event.
 */
export function newRequestId(): string {
  // 4,096 steps a millisecond.
  latest = Math.max(latest + 1, Date.now() * 4_096);
  const digits = (latest % 0x1_0000_0000_0000).toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}${randomUUID().slice(13)}`;
}
