import assert from 'node:assert/strict';
import fc from 'fast-check';
import { columnsFor } from '../../../src/webview/columns.ts';
import {
  formatAge,
  formatBytes,
  formatCountdown,
  formatDuration,
  formatOffset,
  formatWait,
  shortId,
} from '../../../src/webview/format.ts';
import { flattenJson, initiallyOpen } from '../../../src/webview/jsonLines.ts';
import { installHint } from '../../../src/webview/installHint.ts';
import { logParts } from '../../../src/webview/logParts.ts';
import { initialPageState, parsePageState } from '../../../src/webview/pageState.ts';
import {
  chipCount,
  chipLabel,
  chips,
  errorText,
  nominalRemaining,
  outcomeText,
  rowSentence,
  statusLook,
} from '../../../src/webview/rowText.ts';
import { timelineEntries } from '../../../src/webview/timelineEntries.ts';
import {
  rowHeight,
  scrollHeight,
  scrollTopOf,
  scrollTopToShow,
  visibleRange,
} from '../../../src/webview/virtualRange.ts';
import { nominalDuration, waterfallMarks, waterfallScale } from '../../../src/webview/waterfall.ts';
import { parseExactJson } from '../../../src/model/exactJson.ts';
import { emptyCounts, fakeInvocation } from '../../support/panelFakes.ts';

const minute = 60_000;
const error = { type: 'TypeError', message: 'no sku' };

describe('times for people', () => {
  it('says lengths with two units at most', () => {
    const said = [
      0,
      38.4,
      999.4,
      999.6,
      3_000,
      9_949,
      9_951,
      41_000,
      59_600,
      181_000,
      2 * 60 * minute + 5 * minute,
      76 * 60 * minute,
    ].map(formatDuration);
    assert.deepEqual(said, [
      '0 ms',
      '38 ms',
      '999 ms',
      '1.0 s',
      '3.0 s',
      '9.9 s',
      '10 s',
      '41 s',
      '1 m 0 s',
      '3 m 1 s',
      '2 h 5 m',
      '3 d 4 h',
    ]);
  });

  it('says ages, never negative', () => {
    assert.deepEqual([-5_000, 999, 2_999, 14 * minute, 5 * 60 * minute, 50 * 60 * minute].map(formatAge), [
      'now',
      'now',
      '2 s',
      '14 m',
      '5 h',
      '2 d',
    ]);
  });

  it('counts down to 0:00, rounding up', () => {
    assert.deepEqual([40_001, 41_000, 60_000, 3_723_000, 1, 0, -5].map(formatCountdown), [
      '0:41',
      '0:41',
      '1:00',
      '1:02:03',
      '0:01',
      '0:00',
      '0:00',
    ]);
  });

  it('says places on a timeline', () => {
    assert.deepEqual([0, 31, 9_999, 12_345, 60_200, 180_949, 59_999.6, 119_999].map(formatOffset), [
      '0.000 s',
      '0.031 s',
      '9.999 s',
      '12.3 s',
      '1 m 0.2 s',
      '3 m 0.9 s',
      '1 m 0.0 s',
      '2 m 0.0 s',
    ]);
  });

  it('says waits, sizes and ids short', () => {
    assert.deepEqual([60_000, 120_000, 90_000, 1_000].map(formatWait), ['1 m', '2 m', '1 m 30 s', '1 s']);
    assert.deepEqual([512, 1_229, 1_048_576].map(formatBytes), ['512 B', '1.2 KB', '1.0 MB']);
    assert.equal(shortId('8ea123e4-4db7-4aca-94d2-5c3de2b3c1fd'), '8ea123e4…c1fd');
    assert.equal(shortId('short'), 'short');
  });
});

describe('the list’s geometry', () => {
  it('draws the rows of the viewport and one more, wherever it is scrolled to', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5_000_000 }),
        fc.integer({ min: 0, max: 2_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (total, viewport, part) => {
          const scrollTop = part * Math.max(0, scrollHeight(total) - viewport);
          const { first, count, top } = visibleRange(total, viewport, scrollTop);
          assert.ok(first >= 0 && first + count <= total);
          assert.ok(count <= Math.ceil(viewport / rowHeight) + 1);
          assert.ok(total === 0 || (top <= scrollTop + 0.001 && top > scrollTop - rowHeight - 0.001));
          // The rows reach the end of the viewport, or the list ends there.
          assert.ok(first + count === total || top + count * rowHeight >= scrollTop + viewport - 0.001);
        },
      ),
    );
  });

  it('shows the last row at the end of a scaled scroll range', () => {
    const total = 3_000_000;
    const end = scrollHeight(total) - 600;
    const { first, count, top } = visibleRange(total, 600, end);
    assert.equal(first + count, total);
    assert.ok(Math.abs(top + count * rowHeight - (end + 600)) < 1);
  });

  it('scrolls as little as possible to show a row, scaled or not', () => {
    assert.equal(scrollTopToShow(100, 220, 0, 5), 0);
    assert.equal(scrollTopToShow(100, 220, 0, 10), 22);
    assert.equal(scrollTopToShow(100, 220, 220, 3), 66);
    for (const total of [1_000, 3_000_000]) {
      const target = Math.floor(total * 0.7);
      const scrollTop = scrollTopToShow(total, 600, 0, target);
      const { first, count } = visibleRange(total, 600, scrollTop);
      assert.ok(target >= first && target < first + count);
      assert.equal(Math.round(scrollTopOf(total, 600, 0)), 0);
    }
  });

  it('drops the least important columns first', () => {
    assert.deepEqual(columnsFor(300).columns, ['status', 'function', 'outcome', 'age']);
    assert.deepEqual(columnsFor(480).columns, ['status', 'function', 'outcome', 'error', 'tries', 'age']);
    assert.equal(columnsFor(800).columns.length, 8);
    assert.equal(columnsFor(300).waterfallWidth, 0);
    for (const width of [200, 480, 800, 3_000]) {
      const layout = columnsFor(width);
      assert.equal(layout.template.match(/minmax\([^)]*\)|\S+/g)?.length, layout.columns.length);
    }
  });
});

describe('the waterfall', () => {
  const thrice = fakeInvocation(1, {
    functionName: 'f',
    status: 'failed',
    at: 0,
    attempts: [
      { ms: 38, failed: true },
      { ms: 38, failed: true },
      { ms: 38, failed: true },
    ],
    error,
    destination: 'arn:aws:sqs:us-east-1:000000000000:q',
  }).row;
  const quick = fakeInvocation(2, { functionName: 'f', status: 'succeeded', at: 0, attempts: [{ ms: 38 }] }).row;
  const slow = fakeInvocation(3, { functionName: 'f', status: 'succeeded', at: 0, attempts: [{ ms: 3_000 }] }).row;
  const now = 10 * minute;

  it('fills the column with the longest row, waits to scale', () => {
    const scale = waterfallScale([thrice, quick, slow], 204, now, 60);
    const marks = waterfallMarks(thrice, scale, 204, now, 60);
    assert.deepEqual(
      marks.map(({ kind }) => kind),
      ['attempt', 'wait', 'attempt', 'wait', 'attempt', 'delivery'],
    );
    const [, first, , second] = marks;
    assert.ok(first && second && Math.abs(second.width / first.width - 2) < 0.01);
    const last = marks.at(-1);
    assert.ok(last && last.x + last.width <= 204 && last.x > 180, `${last?.x}`);
  });

  it('keeps short attempts visible and longer ones longer', () => {
    const scale = waterfallScale([thrice, quick, slow], 204, now, 60);
    const width = (row: typeof quick): number =>
      waterfallMarks(row, scale, 204, now, 60).find(({ kind }) => kind === 'attempt')?.width ?? 0;
    assert.ok(width(quick) >= 4);
    assert.ok(width(slow) > 3 * width(quick));
  });

  it('never leaves the column', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 900_000 }), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 40, max: 700 }),
        (lengths, width) => {
          const { row } = fakeInvocation(1, {
            functionName: 'f',
            status: 'failed',
            at: 0,
            attempts: lengths.map((ms) => ({ ms, failed: true })),
            error,
            destination: 'arn:aws:sqs:us-east-1:000000000000:q',
          });
          const marks = waterfallMarks(row, waterfallScale([row], width, now, 60), width, now, 60);
          for (const mark of marks)
            assert.ok(mark.x >= 0 && mark.x + mark.width <= width + 0.001, JSON.stringify(marks));
        },
      ),
    );
  });

  it('says durations in AWS’s time', () => {
    assert.equal(nominalDuration(thrice, now, 60), 12 + 3 * 38 + 3 * minute);
    assert.equal(nominalDuration(quick, now, 60), 50);
  });

  it('grows a wait as it passes', () => {
    const { row } = fakeInvocation(1, {
      functionName: 'f',
      status: 'waiting',
      at: 0,
      attempts: [{ ms: 38, failed: true }],
      error,
    });
    const scale = waterfallScale([row], 204, 550, 60);
    const width = (at: number): number =>
      waterfallMarks(row, scale, 204, at, 60).find(({ kind }) => kind === 'wait')?.width ?? 0;
    const end = row.waitingUntil ?? 0;
    assert.ok(width(end) > 1.9 * width(end - 500) && width(end - 500) > 0);
    assert.equal(waterfallScale([row], 204, end, 60).wait, scale.wait);
  });
});

describe('what a row says', () => {
  it('counts a wait down in AWS’s time, at most the whole of it', () => {
    const { row } = fakeInvocation(1, {
      functionName: 'f',
      status: 'waiting',
      at: 0,
      attempts: [{ ms: 38, failed: true }],
      error,
    });
    const until = row.waitingUntil ?? 0;
    assert.equal(nominalRemaining(row, until - 1_000, 60), minute);
    assert.equal(nominalRemaining(row, until - 500, 60), minute / 2);
    assert.equal(nominalRemaining(row, until - 5_000, 60), minute);
    assert.equal(outcomeText(row, until - 683, 60).text, 'Retrying in 0:41');
    assert.equal(outcomeText(row, until + 5, 60).text, 'Retrying now');
  });

  it('says what went wrong, or where a success went', () => {
    const base = { functionName: 'f', at: 0, attempts: [{ ms: 1 }] } as const;
    const arn = 'arn:aws:sqs:us-east-1:000000000000:orders-ok';
    const bus = 'arn:aws:events:us-east-1:000000000000:event-bus/default';
    assert.equal(
      errorText(fakeInvocation(1, { ...base, status: 'succeeded', destination: arn }).row).text,
      '→ orders-ok (SQS)',
    );
    assert.equal(
      errorText(fakeInvocation(1, { ...base, status: 'succeeded', destination: bus }).row).text,
      '→ default bus',
    );
    assert.equal(errorText(fakeInvocation(1, { ...base, status: 'succeeded' }).row).text, 'no destination');
    const { condition: _told, ...fromLog } = fakeInvocation(1, { ...base, status: 'succeeded' }).row;
    assert.equal(errorText(fromLog).text, '', 'a log does not tell what a destination got');
    assert.equal(
      errorText(fakeInvocation(1, { ...base, status: 'succeeded', destination: arn, dropped: 'gone' }).row).text,
      'not delivered to orders-ok (SQS)',
    );
    assert.equal(
      errorText(fakeInvocation(1, { ...base, status: 'lost', error: { type: 'E', message: 'a\n  b' } }).row).text,
      'a b',
    );
    assert.equal(
      outcomeText(fakeInvocation(1, { ...base, status: 'lost', error }).row, 0, 1).text,
      'Lost: no destination',
    );
  });

  it('puts every status under one chip', () => {
    const statuses = Object.keys(emptyCounts).filter((key) => key !== 'all');
    assert.deepEqual(chips.flatMap((chip) => chip.statuses).sort(), statuses.sort());
    assert.equal(chipCount('retrying', { ...emptyCounts, waiting: 1, running: 2, queued: 3, sending: 4 }), 10);
  });
});

describe('the timeline', () => {
  it('tells a failure in order, in AWS’s time', () => {
    const { row, invocation } = fakeInvocation(1, {
      functionName: 'f',
      status: 'failed',
      at: 1_000,
      attempts: [
        { ms: 38, failed: true },
        { ms: 12, failed: true },
        { ms: 11, failed: true },
      ],
      error,
      destination: 'arn:aws:sns:us-east-1:000000000000:alerts',
    });
    const entries = timelineEntries(row, invocation, 10 * minute, 60);
    assert.deepEqual(
      entries.map(({ offsetMs, title, note }) =>
        [offsetMs === undefined ? '' : formatOffset(offsetMs), title, note].join(' | '),
      ),
      [
        '0.000 s | Sent, 202 | from charge.js, lens',
        '0.012 s | Attempt 1 failed | 38 ms, cold start 182 ms',
        ' | waited 1 m | ',
        '1 m 0.1 s | Attempt 2 failed | 12 ms',
        ' | waited 2 m | ',
        '3 m 0.1 s | Attempt 3 failed | 11 ms',
        '3 m 0.1 s | RetriesExhausted | after 3 attempts',
        '3 m 0.1 s | Delivered to on-failure | alerts (SNS)',
      ],
    );
  });

  it('counts the wait that goes on down, and lets it be skipped', () => {
    const { row, invocation } = fakeInvocation(1, {
      functionName: 'f',
      status: 'waiting',
      at: 0,
      attempts: [{ ms: 38, failed: true }],
      error,
    });
    const entry = timelineEntries(row, invocation, (row.waitingUntil ?? 0) - 500, 60).at(-1);
    assert.equal(entry?.title, 'waits 1 m');
    assert.equal(entry.note, '0:30 left at ×60');
    assert.equal(entry.waiting, true);
  });

  it('does not let an event wait for ever whose further way is not read', () => {
    const { row, invocation } = fakeInvocation(1, { functionName: 'f', status: 'queued', at: 0 });
    const entries = timelineEntries(row, invocation, 1_000, 1, 'AWS');
    assert.deepEqual(
      entries.map(({ title, note }) => `${title} | ${note}`),
      ['Sent, 202 | from charge.js, lens', 'Accepted by Lambda | what became of it is not read from AWS'],
    );
    assert.equal(outcomeText(row, 1_000, 1, false).text, 'Accepted');
    assert.equal(statusLook('queued', false).words, 'Accepted');
    assert.equal(rowSentence(row, false), 'f, Accepted');
    assert.equal(chipLabel('retrying', false), 'Accepted');
    assert.equal(chipLabel('retrying', true), 'Retrying');
    assert.ok(!timelineEntries(row, invocation, 1_000, 1).some(({ key }) => key === 'unread'));
  });

  it('says that a send without an answer may have run', () => {
    const { row, invocation } = fakeInvocation(1, { functionName: 'f', status: 'unknown', at: 0 });
    const { sent } = invocation;
    assert.ok(sent);
    const entries = timelineEntries(
      row,
      {
        sent,
        notAccepted: {
          kind: 'notAccepted',
          clientToken: 't',
          at: 900,
          errorName: 'TimeoutError',
          errorMessage: 'no answer',
          mayHaveRun: true,
        },
        attempts: [],
        waits: [],
        deliveries: [],
      },
      1_000,
      60,
    );
    assert.deepEqual(
      entries.map(({ title }) => title),
      ['Sent', 'No answer: it may have run'],
    );
  });
});

describe('the page’s memory', () => {
  it('reads back what it wrote', () => {
    const state = {
      ...initialPageState,
      text: 'x',
      chip: 'lost',
      selected: 4,
      tab: 'logs',
      detailOpen: true,
      anchor: { maxId: 9, first: 30 },
    } as const;
    assert.deepEqual(parsePageState(JSON.parse(JSON.stringify(state))), state);
  });

  it('falls back where a part makes no sense', () => {
    for (const value of [undefined, null, 1, 'x', [], {}, { version: 2, text: 'x' }])
      assert.deepEqual(parsePageState(value), initialPageState);
    const odd = {
      version: 1,
      text: 4,
      chip: 'x',
      selected: -1,
      tab: 'y',
      splitWide: 7,
      splitNarrow: NaN,
      anchor: { maxId: 'a' },
      detailOpen: 1,
    };
    assert.deepEqual(parsePageState(odd), initialPageState);
    assert.deepEqual(parsePageState({ version: 1, anchor: null }), initialPageState);
  });
});

describe('JSON lines', () => {
  it('opens whole levels as long as they fit, the first always', () => {
    const small = parseExactJson('{"a":{"b":[1,2]},"c":3}');
    assert.ok(small);
    const { lines } = flattenJson(small, initiallyOpen(small), 100);
    assert.deepEqual(
      lines.map(({ key, depth }) => `${depth}${key ?? ''}`),
      ['0', '1a', '2b', '30', '31', '1c'],
    );
    const large = parseExactJson(`{"a":[${Array.from({ length: 5_000 }, (_, index) => index).join(',')}]}`);
    assert.ok(large);
    assert.equal(flattenJson(large, initiallyOpen(large), 100).lines.length, 2);
  });

  it('stops at the limit and says that there is more', () => {
    const node = parseExactJson('[1,2,3]');
    assert.ok(node);
    const { lines, more } = flattenJson(node, new Set(['r']), 2);
    assert.equal(lines.length, 2);
    assert.equal(more, true);
    assert.equal(flattenJson(node, new Set(['r']), 4).more, false);
  });
});

describe('log lines', () => {
  it('drops what is on the screen already', () => {
    assert.deepEqual(logParts('2026-03-01T09:12:04.120Z\t8ea1\tINFO\tcharging order 42\n'), {
      kind: '',
      level: 'INFO',
      text: 'charging order 42',
    });
    assert.deepEqual(logParts('[ERROR]\t2026-03-01T09:12:04.120Z\t8ea1\tno sku\n'), {
      kind: 'error',
      level: 'ERROR',
      text: 'no sku',
    });
    assert.deepEqual(logParts('START RequestId: 8ea1 Version: $LATEST'), {
      kind: 'platform',
      level: '',
      text: 'START RequestId: 8ea1 Version: $LATEST',
    });
    assert.equal(logParts('2026-03-01T09:12:04.120Z 8ea1 Task timed out after 3.00 seconds').kind, 'error');
    assert.deepEqual(logParts('plain text'), { kind: '', level: '', text: 'plain text' });
  });
});

describe('the way to install a module that is missing', () => {
  const logs = (...messages: readonly string[]) => ({
    invocation: {
      waits: [],
      deliveries: [],
      attempts: [{ number: 1, logs: messages.map((message) => ({ at: 1, message })) }],
    },
  });

  it('is what the bootstraps logged of it', () => {
    const node = 'dayjs is not installed. Run "npm install dayjs" in "/home/me/my app".';
    const line = `2026-01-01T00:00:00.000Z\tundefined\tWARN\t${node}\n`;
    assert.equal(installHint(logs('INIT_START …', line)), node);
    const scoped = '@scope/a.b is not installed. Run "pnpm add @scope/a.b" in "/p".';
    assert.equal(installHint(logs(`x\t${scoped}`)), scoped);
    const python =
      "The module 'yaml' is not installed for the Python that runs this function. Run: /p/.venv/bin/python -m pip install PyYAML";
    assert.equal(installHint(logs(`${python}\n`)), python);
  });

  it('is not there where nothing was logged of it', () => {
    assert.equal(installHint(logs('dayjs is not installed', 'REPORT …')), undefined);
    assert.equal(installHint({ invocation: { waits: [], deliveries: [], attempts: [] } }), undefined);
  });
});
