import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';

/** A log event to be put. */
export interface PutEvent {
  readonly timestamp: number;
  readonly message: string;
}

/** What an attempt that takes 20 ms from `at` on logs in text format (spec 5.8), `lines` a millisecond apart. */
export function attemptLines(requestId: string, at: number, ...lines: readonly string[]): readonly PutEvent[] {
  return [
    { timestamp: at, message: `START RequestId: ${requestId} Version: $LATEST\n` },
    ...lines.map((message, index) => ({ timestamp: at + 1 + index, message })),
    { timestamp: at + 20, message: `END RequestId: ${requestId}\n` },
    {
      timestamp: at + 20,
      message: `REPORT RequestId: ${requestId}\tDuration: 20.00 ms\tBilled Duration: 20 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t\n`,
    },
  ];
}

/** An error as Node.js's runtime logs it. */
export function errorLine(requestId: string, at: number, errorMessage: string): string {
  const error = JSON.stringify({ errorType: 'TypeError', errorMessage, stack: [] });
  return `${new Date(at).toISOString()}\t${requestId}\tERROR\tInvoke Error \t${error}\n`;
}

/** Puts log events; makes groups and streams as they are needed. */
export interface LogPutter extends AsyncDisposable {
  put(logGroupName: string, logStreamName: string, events: readonly PutEvent[]): Promise<void>;
}

/** One for a server. */
export function logPutter(endpoint: string): LogPutter {
  const client = new CloudWatchLogsClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const made = new Set<string>();
  const once = async (key: string, make: () => Promise<unknown>): Promise<void> => {
    if (made.has(key)) return;
    made.add(key);
    await make();
  };
  return {
    async put(logGroupName, logStreamName, events) {
      await once(logGroupName, () => client.send(new CreateLogGroupCommand({ logGroupName })));
      await once(`${logGroupName} ${logStreamName}`, () =>
        client.send(new CreateLogStreamCommand({ logGroupName, logStreamName })),
      );
      await client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents: [...events] }));
    },
    [Symbol.asyncDispose]() {
      client.destroy();
      return Promise.resolve();
    },
  };
}
