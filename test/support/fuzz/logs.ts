import assert from 'node:assert/strict';
import {
  endLine,
  exitLine,
  initReportLine,
  initStartLine,
  reportLine,
  startLine,
} from '../../../src/local/environments/platformLines.ts';
import type { LogEventsPiece } from '../../../src/model/invocation.ts';
import { LogReader, type LogEvent } from '../../../src/model/logs/logReader.ts';
import { anyJson, mutate } from './mutate.ts';
import { seededRandom, type Random } from './random.ts';

const requests = ['aaaaaaaa-0000-4000-8000-000000000001', 'bbbbbbbb-0000-4000-8000-000000000002'];
const streams = ['2026/09/14/[$LATEST]0123456789abcdef', '2026/09/14/[7]fedcba9876543210'];
const iso = '2026-09-14T15:18:45.648Z';

/** How many lines, marks and errors the cases had in them. */
export interface LogTally {
  lines: number;
  marks: number;
  errors: number;
}

/** Reads `count` lots of log events that are like AWS's or nearly so: no throw, and the same in portions as in one. */
export function fuzzLogs(seed: number, count: number): LogTally {
  const tally = { lines: 0, marks: 0, errors: 0 };
  for (let index = 0; index < count; index++) {
    const random = seededRandom(seed + index);
    const events = anyEvents(random);
    try {
      const whole = new LogReader({ functionName: 'charge', logGroupName: 'g' }).read(events);
      for (const { lines, marks } of whole) {
        tally.lines += lines.length;
        tally.marks += marks.length;
        tally.errors += marks.filter(({ type }) => type === 'error').length;
      }
      assert.deepEqual(told(inPortions(events, random)), told(whole));
    } catch (error) {
      throw new Error(`Seed ${seed + index}: ${JSON.stringify(events)}`, { cause: error });
    }
  }
  return tally;
}

function inPortions(events: readonly LogEvent[], random: Random): readonly LogEventsPiece[] {
  let reader = new LogReader({ functionName: 'charge', logGroupName: 'g' });
  const pieces: LogEventsPiece[] = [];
  for (let at = 0; at < events.length;) {
    const size = 1 + random.below(5);
    pieces.push(...reader.read(events.slice(at, at + size)));
    at += size;
    if (random.chance(0.3)) {
      const state = JSON.parse(JSON.stringify(reader.state)) as LogReader['state'];
      reader = new LogReader({ functionName: 'charge', logGroupName: 'g' }, state);
    }
  }
  return pieces;
}

function told(pieces: readonly LogEventsPiece[]): readonly string[] {
  return pieces
    .flatMap(({ requestId, logStreamName, lines, marks }) =>
      [...lines, ...marks].map((fact) => JSON.stringify([requestId, logStreamName, fact])),
    )
    .toSorted();
}

function anyEvents(random: Random): readonly LogEvent[] {
  const places = new Map(streams.map((name) => [name, 1_000]));
  return Array.from({ length: 1 + random.below(25) }, () => {
    const logStreamName = random.pick(streams);
    const timestamp = (places.get(logStreamName) ?? 0) + random.below(3) - (random.chance(0.05) ? 5 : 0);
    places.set(logStreamName, timestamp);
    const line = anyLine(random);
    const message = random.chance(0.3) ? mutate(line, random) : line;
    return {
      ...(random.chance(0.8) ? { id: String(timestamp * 100 + random.below(100)) } : {}),
      timestamp,
      message,
      logStreamName,
    };
  });
}

function anyLine(random: Random): string {
  const requestId = random.pick(requests);
  const facts = {
    requestId,
    durationMs: random.below(5_000) / 7,
    billedDurationMs: random.below(5_000),
    memorySizeMB: 128,
    maxMemoryUsedMB: 37,
    ...(random.chance(0.5) ? { initDurationMs: 90.1 } : {}),
  };
  const json = (type: string, record: object): string => `${JSON.stringify({ time: iso, type, record })}\n`;
  switch (random.below(16)) {
    case 0:
      return initStartLine('nodejs24.x', 'us-east-1');
    case 1:
      return initReportLine(90, random.pick(['init', 'invoke']), random.chance(0.5) ? undefined : 'Runtime.ExitError');
    case 2:
    case 3:
      return startLine(requestId, '$LATEST');
    case 4:
      return endLine(requestId);
    case 5:
      return reportLine(facts);
    case 6:
      return reportLine({
        ...facts,
        failure: random.pick([{ status: 'timeout' }, { status: 'error', errorType: 'Runtime.ExitError' }] as const),
      });
    case 7:
      return exitLine(requestId, 'Runtime exited without providing a reason');
    case 8:
      return `${iso}\t${requestId}\tERROR\tInvoke Error \t{"errorType":"Error","errorMessage":${anyJson(random)},"stack":[]}\n`;
    case 9:
      return `[ERROR] RuntimeError: x\nTraceback (most recent call last):\n\u00a0\u00a0File "/var/task/a.py", line 1, in handler\n`;
    case 10:
      return json('platform.start', { requestId, functionArn: 'x', version: '7' });
    case 11:
      return json('platform.report', {
        requestId,
        metrics: facts,
        status: random.pick(['success', 'timeout', 'error', 'constructor']),
      });
    case 12:
      return `{"timestamp":"${iso}","level":"ERROR","requestId":"${requestId}","message":{"errorType":"E","errorMessage":"m"}}\n`;
    case 13:
      return 'a: b.C\nb.C: a\n\tat b.C.d(C.java:1)\n';
    case 14:
      return `{"timestamp":"${iso}","level":"INFO","requestId":"${requestId}","message":${anyJson(random)}}\n`;
    default:
      return random.pick(['plain', '', '\n', ' '.repeat(1_000), '\u00a0', `${iso}\t${requestId}\tINFO\thello\n`]);
  }
}
