import assert from 'node:assert/strict';
import type { LogEventsPiece } from '../../../../src/model/invocation.ts';
import { LogReader, type LogEvent } from '../../../../src/model/logs/logReader.ts';

const a = 'aaaaaaaa-0000-4000-8000-000000000001';
const b = 'bbbbbbbb-0000-4000-8000-000000000002';
const group = { functionName: 'charge', logGroupName: '/aws/lambda/charge' };
const stream = '2026/09/14/[$LATEST]0123456789abcdef0123456789abcdef';
const iso = '2026-09-14T15:18:45.648Z';
const start = (id: string): string => `START RequestId: ${id} Version: $LATEST\n`;
const end = (id: string): string => `END RequestId: ${id}\n`;
const report = (id: string, rest = ''): string =>
  `REPORT RequestId: ${id}\tDuration: 12.21 ms\tBilled Duration: 106 ms\tMemory Size: 128 MB\tMax Memory Used: 37 MB\t${rest}\n`;
const initStart =
  'INIT_START Runtime Version: python:3.12.v61\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:x\n';

/** Events one millisecond apart, with ids that rise. */
function events(messages: readonly string[], logStreamName = stream, from = 1): LogEvent[] {
  return messages.map((message, index) => ({
    id: String(1_000 + from + index),
    timestamp: from + index,
    message,
    logStreamName,
  }));
}

/** Messages by request, in the order of their ids; however many pieces they came in. */
function byRequest(pieces: readonly LogEventsPiece[]): Readonly<Record<string, readonly string[]>> {
  const lines = pieces.flatMap((piece) => piece.lines.map((line) => ({ ...line, requestId: piece.requestId })));
  const distinct = [...new Map(lines.map((line) => [`${line.requestId} ${line.id}`, line])).values()];
  const sorted = distinct.toSorted((x, y) => x.at - y.at || (x.id < y.id ? -1 : 1));
  return Object.fromEntries(
    Object.entries(Object.groupBy(sorted, ({ requestId }) => requestId)).map(([id, of = []]) => [
      id,
      of.map(({ message }) => message),
    ]),
  );
}

describe('LogReader', () => {
  const two = [
    initStart,
    'loading\n',
    start(a),
    'plain of a\n',
    end(a),
    'between\n',
    report(a),
    'late\n',
    start(b),
    'plain of b\n',
    end(b),
    report(b),
  ];
  const expected: Readonly<Record<string, readonly string[]>> = {
    [a]: [initStart, 'loading\n', start(a), 'plain of a\n', end(a), 'between\n', report(a)],
    [b]: ['late\n', start(b), 'plain of b\n', end(b), report(b)],
  };

  it('gives a line without a request to the one that runs in its stream', () => {
    const other = '2026/09/14/[$LATEST]ffffffffffffffffffffffffffffffff';
    const interleaved = [...events([start(b), 'of b\n', report(b)], other), ...events([start(a), 'of a\n', report(a)])];
    interleaved.sort((x, y) => x.timestamp - y.timestamp);
    assert.deepEqual(byRequest(new LogReader(group).read(interleaved)), {
      [a]: [start(a), 'of a\n', report(a)],
      [b]: [start(b), 'of b\n', report(b)],
    });
    assert.deepEqual(byRequest(new LogReader(group).read(events(two))), expected);
  });

  it('gives the same in any portions, by one reader or by others that go on from its state', () => {
    const all = events(two);
    for (let size = 1; size < all.length; size++) {
      const pieces: LogEventsPiece[] = [];
      let reader = new LogReader(group);
      for (let at = 0; at < all.length; at += size) {
        pieces.push(...reader.read(all.slice(at, at + size)));
        reader = new LogReader(group, JSON.parse(JSON.stringify(reader.state)) as LogReader['state']);
      }
      assert.deepEqual(byRequest(pieces), expected, `portions of ${size}`);
    }
  });

  it('may begin anywhere, and read again what it has read: no line goes to another request', () => {
    const all = events(two);
    for (let from = 0; from < all.length; from++) {
      const found = byRequest(new LogReader(group).read(all.slice(from)));
      for (const [id, messages] of Object.entries(found)) {
        for (const message of messages) assert.ok(expected[id]?.includes(message), `${message} from ${from}`);
      }
      // All that is between what names it and its end.
      if (from <= 3) assert.equal(found[a]?.includes('plain of a\n'), true);
      const again = new LogReader(group);
      const first = again.read(all);
      assert.deepEqual(byRequest([...first, ...again.read(all.slice(from))]), expected);
    }
  });

  it('goes on with what runs when a poll begins a little before where it was', () => {
    const reader = new LogReader(group);
    const all = events([start(a), 'one\n', 'two\n', 'three\n']);
    const pieces = [...reader.read(all.slice(0, 3)), ...reader.read(all.slice(1))];
    assert.deepEqual(byRequest(pieces), { [a]: [start(a), 'one\n', 'two\n', 'three\n'] });
  });

  it('gives a line to nobody when the end of its request is not in what was read', () => {
    const messages = ['whose?\n', start(b), report(b)];
    assert.deepEqual(byRequest(new LogReader(group).read(events(messages))), { [b]: [start(b), report(b)] });
  });

  it('gives lines of another request that are read again to that one, while one runs', () => {
    const all = events([start(a), 'of a\n', end(a), report(a), start(b), 'of b\n']);
    const reader = new LogReader(group);
    const pieces = [...reader.read(all), ...reader.read(all.slice(1))];
    assert.deepEqual(byRequest(pieces), { [a]: [start(a), 'of a\n', end(a), report(a)], [b]: [start(b), 'of b\n'] });
  });

  it('makes the same id for an event wherever it begins to read', () => {
    const at = (timestamp: number): LogEvent => ({ timestamp, message: start(a), logStreamName: stream });
    const ids = (pieces: readonly LogEventsPiece[]): readonly string[] =>
      pieces.flatMap(({ lines }) => lines.map(({ id }) => id));
    const [, second] = ids(new LogReader(group).read([at(5), at(6)]));
    assert.deepEqual(ids(new LogReader(group).read([at(6)])), [second]);
  });

  it('tells lines apart that say the same in the same millisecond, with ids or without', () => {
    const same = [start(a), 'x\n', 'x\n', report(a)];
    const at = (message: string): LogEvent => ({ timestamp: 5, message, logStreamName: stream });
    const [piece] = new LogReader(group).read(same.map(at));
    assert.equal(new Set(piece?.lines.map(({ id }) => id)).size, 4);
    assert.deepEqual(new LogReader(group).read(same.map(at)), [piece]);
  });

  it('passes over other functions of a shared log group', () => {
    const of = (name: string): string => `2026/09/14/${name}[$LATEST]0123456789abcdef0123456789abcdef`;
    const read = new LogReader(group).read([...events([start(a)], of('other')), ...events([start(b)], of('charge'))]);
    assert.deepEqual(
      read.map(({ requestId, logStreamName }) => [requestId, logStreamName]),
      [[b, of('charge')]],
    );
  });

  it('marks beginning, end and report', () => {
    const messages = [
      start(a),
      end(a),
      report(a, 'Init Duration: 93.73 ms\tStatus: error\tError Type: Runtime.OutOfMemory'),
    ];
    const [piece] = new LogReader(group).read(events(messages));
    assert.deepEqual(piece?.marks, [
      { type: 'start', at: 1, executedVersion: '$LATEST' },
      { type: 'end', at: 2 },
      {
        type: 'report',
        at: 3,
        durationMs: 12.21,
        billedDurationMs: 106,
        memorySizeMB: 128,
        maxMemoryUsedMB: 37,
        initDurationMs: 93.73,
        status: 'exit',
        errorType: 'Runtime.OutOfMemory',
      },
    ]);
  });

  it('reads X-Ray tails, and blanks that REPORT had before 2019', () => {
    const xray = `${report(a, 'Status: timeout').trimEnd()}\nXRAY TraceId: 1-x\tSegmentId: y\tSampled: true\t\n`;
    const old = `REPORT RequestId: ${b}\tDuration: 3.00 ms\tBilled Duration: 100 ms \tMemory Size: 128 MB\tMax Memory Used: 37 MB\t\n`;
    const marks = new LogReader(group).read(events([xray, old])).flatMap((piece) => piece.marks);
    assert.deepEqual(
      marks.map((mark) => mark.type === 'report' && [mark.durationMs, mark.billedDurationMs, mark.status]),
      [
        [12.21, 106, 'timeout'],
        [3, 100, undefined],
      ],
    );
  });

  it('reads JSON logs', () => {
    const json = (type: string, record: object): string => `${JSON.stringify({ time: iso, type, record })}\n`;
    const python = `{"timestamp": "${iso}", "log_level": "ERROR", "errorMessage": "boom", "errorType": "RuntimeError", "requestId": "${a}", "stackTrace": []}\n`;
    const [piece, other] = new LogReader(group).read(
      events([
        json('platform.initStart', { phase: 'init', functionName: 'charge' }),
        json('platform.start', { requestId: a, functionArn: 'x', version: '7' }),
        `{"timestamp":"${iso}","level":"INFO","requestId":"${b}","message":"another's request, told by the function"}\n`,
        'printed\n',
        python,
        json('platform.runtimeDone', { requestId: a, status: 'success', metrics: { durationMs: 5.1 } }),
        json('platform.report', {
          requestId: a,
          metrics: {
            durationMs: 5.1,
            billedDurationMs: 100,
            memorySizeMB: 128,
            maxMemoryUsedMB: 40,
            initDurationMs: 90,
          },
          status: 'success',
        }),
      ]),
    );
    assert.equal(other, undefined);
    assert.equal(piece?.lines.length, 7);
    assert.deepEqual(piece?.marks, [
      { type: 'start', at: 2, executedVersion: '7' },
      { type: 'error', at: 5, status: 'error', errorType: 'RuntimeError', errorMessage: 'boom' },
      { type: 'end', at: 6 },
      {
        type: 'report',
        at: 7,
        durationMs: 5.1,
        billedDurationMs: 100,
        memorySizeMB: 128,
        maxMemoryUsedMB: 40,
        initDurationMs: 90,
      },
    ]);
  });

  it('takes every word of JSON reports for an attempt that did not answer', () => {
    const statuses = ['success', 'error', 'failure', 'timeout', 'constructor'].map((status) => {
      const record = { requestId: a, metrics: { durationMs: 1 }, status };
      const [piece] = new LogReader(group).read(
        events([JSON.stringify({ time: iso, type: 'platform.report', record })]),
      );
      const [mark] = piece?.marks ?? [];
      return mark?.type === 'report' ? mark.status : mark;
    });
    assert.deepEqual(statuses, [undefined, 'exit', 'exit', 'timeout', undefined]);
  });

  it('takes an error that a handler may have logged itself for the end only where nothing follows', () => {
    const line = (id: string): string =>
      `${JSON.stringify({ timestamp: iso, level: 'ERROR', requestId: id, message: { errorType: 'TypeError', errorMessage: 'no', stackTrace: [] } })}\n`;
    const read = (messages: readonly string[]): readonly string[] =>
      new LogReader(group).read(events(messages)).flatMap(({ marks }) => marks.map(({ type }) => type));
    assert.deepEqual(read([start(a), line(a), report(a)]), ['start', 'report', 'error']);
    assert.deepEqual(read([start(a), line(a), 'goes on\n', report(a)]), ['start', 'report']);
  });

  it('reads a function whose platform logs failures only: the lines say who runs', () => {
    const line = (id: string, text: string): string =>
      `${JSON.stringify({ timestamp: iso, level: 'INFO', requestId: id, message: text })}\n`;
    const messages = [line(a, 'one'), 'printed\n', line(b, 'two'), 'printed, too\n'];
    assert.deepEqual(byRequest(new LogReader(group).read(events(messages))), {
      [a]: [line(a, 'one'), 'printed\n'],
      [b]: [line(b, 'two'), 'printed, too\n'],
    });
  });

  it('keeps an init that is done again inside an invocation with it', () => {
    const again = 'INIT_REPORT Init Duration: 3000.00 ms\tPhase: invoke\tStatus: timeout\n';
    const messages = [initStart, start(a), again, 'printed\n', end(a), report(a, 'Status: timeout')];
    assert.deepEqual(byRequest(new LogReader(group).read(events(messages))), { [a]: messages });
  });
});
