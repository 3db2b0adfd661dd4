import type { DatabaseSync } from 'node:sqlite';
import type { AccountScope } from '../../model/arn.ts';
import type { LongPolls } from './longPolls.ts';
import type { MessageTable } from './messageTable.ts';
import type { QueueTable } from './queueTable.ts';

/** What the operations on messages work with. */
export interface MessageParts {
  readonly db: DatabaseSync;
  readonly scope: AccountScope;
  readonly queues: QueueTable;
  readonly messages: MessageTable;
  readonly polls: LongPolls;
  readonly now: () => number;
}
