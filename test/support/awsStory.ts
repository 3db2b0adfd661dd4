import { writeExecutionRecord } from '../../src/local/records/recordWriter.ts';
import { endLine, reportLine, startLine } from '../../src/local/environments/platformLines.ts';
import type { InvocationPiece } from '../../src/model/invocation.ts';
import { LogReader, type LogEvent } from '../../src/model/logs/logReader.ts';
import { readMessage } from '../../src/model/reading/readMessage.ts';

/** An invocation as it is seen on AWS. Times epoch ms. */
export interface AwsStoryOptions {
  readonly requestId?: string;
  readonly at?: number;
  /** How its attempts end, in order; each begins when AWS would try again. */
  readonly attempts: readonly ('success' | 'error' | 'timeout' | 'running')[];
  /** A record was delivered. */
  readonly record?: 'Success' | 'RetriesExhausted' | 'EventAgeExceeded' | 'ZeroReservedConcurrency';
  readonly deadLetter?: boolean;
  /** The log's events in portions of this size. */
  readonly portion?: number;
}

/** The request of a story that names none. */
export const storyRequest = 'aaaaaaaa-0000-4000-8000-000000000001';
/** Where the record goes, and the dead letter. */
export const storyQueue = 'arn:aws:sqs:us-east-1:000000000000:caught';
/** What is sent; no `JSON.parse` gives it back. */
export const storyPayload = '{"id": 9007199254740993}';

const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:charge:live';

/** The pieces that sources would hand on: log events, record, dead letter. */
export function awsStory(options: AwsStoryOptions): InvocationPiece[] {
  const { requestId = storyRequest, at = 1_790_000_000_000, attempts, portion = 100 } = options;
  const events: LogEvent[] = [];
  let clock = at;
  attempts.forEach((end, index) => {
    // The second on another environment, the third on the first one again.
    const logStreamName = `2026/09/21/[7]${index === 1 ? 'b' : 'a'.repeat(32)}`;
    const add = (message: string): void =>
      void events.push({ id: `${clock}`.padStart(30, '0') + events.length, timestamp: clock, message, logStreamName });
    add(startLine(requestId, '7'));
    clock += 10;
    add(`working on attempt ${index + 1}\n`);
    if (end === 'running') return;
    clock += 90;
    const error = {
      errorType: 'TypeError',
      errorMessage: `no ${index + 1}`,
      stack: ['    at handler (/var/task/i.js:1:2)'],
    };
    if (end === 'error') {
      add(`${new Date(clock).toISOString()}\t${requestId}\tERROR\tInvoke Error \t${JSON.stringify(error)}\n`);
    }
    add(endLine(requestId));
    const failure = end === 'timeout' ? { status: 'timeout' as const } : undefined;
    const facts = { requestId, durationMs: 100, billedDurationMs: 100, memorySizeMB: 128, maxMemoryUsedMB: 60 };
    add(reportLine({ ...facts, failure, initDurationMs: index < 2 ? 90 : undefined }));
    clock += (index + 1) * 60_000;
  });
  const pieces: InvocationPiece[] = [];
  const reader = new LogReader({ functionName: 'charge', logGroupName: '/aws/lambda/charge' });
  for (let from = 0; from < events.length; from += portion)
    pieces.push(...reader.read(events.slice(from, from + portion)));
  const over = events.at(-1)?.timestamp ?? at;
  const ran = attempts.length > 0;
  const response =
    options.record === 'Success'
      ? '"done"'
      : `{"errorType":"TypeError","errorMessage":"no ${attempts.length}","trace":[]}`;
  if (options.record !== undefined) {
    const body = writeExecutionRecord({
      requestId,
      functionArn,
      condition: options.record,
      approximateInvokeCount: options.record === 'Success' ? 1 : attempts.length,
      at: over,
      requestPayload: Buffer.from(storyPayload),
      ...(ran
        ? {
            responseContext: {
              statusCode: 200,
              executedVersion: '7',
              ...(options.record === 'Success' ? {} : { functionError: 'Unhandled' }),
            },
            responsePayload: Buffer.from(response),
          }
        : {}),
    });
    pieces.push(readMessage({ MessageId: 'm', Body: body }, { destinationArn: storyQueue, at: over + 500 }));
  }
  if (options.deadLetter === true) {
    const text = (StringValue: string): { readonly DataType: string; readonly StringValue: string } => ({
      DataType: 'String',
      StringValue,
    });
    const MessageAttributes = { RequestID: text(requestId), ErrorMessage: text(`no ${attempts.length}`) };
    const message = { MessageId: 'd', Body: storyPayload, MessageAttributes };
    pieces.push(readMessage(message, { destinationArn: storyQueue, at: over + 300, deadLetterOf: 'charge' }));
  }
  return pieces;
}
