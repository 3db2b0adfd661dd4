import type { LogEvent } from '../../model/logs/logReader.ts';
import type { AwsClients } from '../awsClients.ts';
import { errorName, translateError } from '../awsErrors.ts';
import type { LogsPace } from './logsPace.ts';

/** What is read of a log group. */
export interface LogPagesOptions {
  readonly clients: AwsClients;
  readonly functionName: string;
  readonly logGroupName: string;
  /** Epoch ms, included. */
  readonly from: number;
  readonly pace: LogsPace;
}

/** What says that a quota was used up. */
const throttles: ReadonlySet<string> = new Set(['ThrottlingException', 'Throttling', 'LimitExceededException']);

/**
 * All events from a time on, oldest first, page by page (up to 10,000 events or 1 MB each; spec 5.10). There are none in a log
 * group that is not there yet. @throws UserFacingFailure
 */
export async function* readLogPages(
  { clients, functionName, logGroupName, from, pace }: LogPagesOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly LogEvent[], void, undefined> {
  const client = await clients.logs();
  const { FilterLogEventsCommand } = await import('@aws-sdk/client-cloudwatch-logs');
  let nextToken: string | undefined;
  do {
    await pace.turn(signal);
    const command = new FilterLogEventsCommand({ logGroupName, startTime: Math.max(0, Math.floor(from)), nextToken });
    try {
      const { events = [], ...answer } = await client.send(command, { abortSignal: signal });
      pace.speedUp();
      nextToken = answer.nextToken;
      yield events.map(({ eventId, timestamp = 0, message = '', logStreamName = '' }) => ({
        id: eventId,
        timestamp,
        message,
        logStreamName,
      }));
    } catch (error) {
      const name = errorName(error);
      if (name === 'ResourceNotFoundException') return;
      if (throttles.has(name)) pace.slowDown();
      throw translateError(error, {
        doing: `read the logs of ${functionName} (log group ${logGroupName})`,
        target: clients.target,
        action: 'logs:FilterLogEvents',
      });
    }
  } while (nextToken !== undefined);
}
