import type { DatabaseSync } from 'node:sqlite';
import type { AccountScope } from '../../model/arn.ts';
import type { ApiService } from '../server/apiRequest.ts';
import { createAwsJsonService } from '../server/awsJson.ts';
import { eventOperations } from './eventOperations.ts';
import { groupOperations } from './groupOperations.ts';
import { type GroupLimits, LogTable } from './logTable.ts';
import type { LogWriter } from './logWriter.ts';

/** Local CloudWatch Logs. */
export interface LogsService {
  /** AWS JSON 1.1. */
  readonly service: ApiService;
  readonly writer: LogWriter;
}

/** Retention: each log group keeps its latest 64 MiB or 200,000 events, so that the database can't grow without bound. */
const defaultLimits: GroupLimits = { bytes: 64 * 1024 * 1024, events: 200_000 };

/** Makes local CloudWatch Logs on the shared database. `now` is epoch ms. */
export function createLogsService(options: {
  readonly db: DatabaseSync;
  readonly scope: AccountScope;
  readonly limits?: GroupLimits;
  readonly now?: () => number;
  /** Has stored what was logged: called before each operation. */
  readonly settle?: () => void;
  /** AWS updates Live Tail once a second. */
  readonly liveTailMs?: number;
}): LogsService {
  const { db, scope, limits = defaultLimits, now = Date.now, liveTailMs = 1000, settle } = options;
  const table = new LogTable(db, limits);
  const parts = { table, scope, now, liveTailMs };
  const service = createAwsJsonService(
    { version: '1.1', targetPrefix: 'Logs_20140328', serviceName: 'Amazon CloudWatch Logs', queryErrors: false },
    { ...groupOperations(parts), ...eventOperations(parts) },
  );
  return {
    service: {
      handle(request) {
        settle?.();
        return service.handle(request);
      },
    },
    writer: { append: (group, stream, lines) => table.append(group, stream, lines, now()) },
  };
}
