import type { DetailError } from '../../../src/protocol/panel.ts';
import type { PanelConnection } from '../../../src/protocol/panel.ts';
import { fakeInvocation, type FakeEntry, type FakeInvocationSpec } from '../../support/panelFakes.ts';

/** What a page of the harness starts with. */
export interface Scenario {
  readonly entries: readonly FakeEntry[];
  readonly phase: PanelConnection['state'];
  readonly problem?: string;
  readonly trusted: boolean;
}

const minute = 60_000;
const sku = { type: 'TypeError', message: "Cannot read properties of undefined (reading 'sku')" };
const timedOut = { type: 'Sandbox.Timedout', message: 'Task timed out after 3.00 seconds' };
const queue = 'arn:aws:sqs:us-east-1:000000000000:orders-ok';
const topic = 'arn:aws:sns:us-east-1:000000000000:alerts';
const bus = 'arn:aws:events:us-east-1:000000000000:event-bus/default';

function usual(now: number): readonly FakeInvocationSpec[] {
  const thrice = [
    { ms: 38, failed: true },
    { ms: 12, failed: true },
    { ms: 11, failed: true },
  ];
  const success = (functionName: string, ago: number, ms: number, destination?: string): FakeInvocationSpec => ({
    functionName,
    status: 'succeeded',
    at: now - ago,
    attempts: [{ ms }],
    ...(destination === undefined ? {} : { destination }),
  });
  return [
    {
      functionName: 'orders-charge',
      status: 'failed',
      at: now - 6_000,
      attempts: thrice,
      error: sku,
      destination: topic,
    },
    {
      functionName: 'orders-charge',
      status: 'waiting',
      at: now - 43 - 19_000 / 60,
      attempts: [{ ms: 31, failed: true }],
      error: sku,
    },
    { functionName: 'orders-import', status: 'running', at: now - 900, attempts: [{ ms: 0, open: true }] },
    { functionName: 'orders-import', status: 'queued', at: now - 500 },
    {
      functionName: 'orders-charge',
      status: 'failed',
      at: now - 6 * minute,
      attempts: thrice,
      error: sku,
      destination: topic,
    },
    {
      functionName: 'orders-export',
      status: 'failed',
      at: now - 9 * minute,
      attempts: [{ ms: 3_000, failed: true }],
      error: timedOut,
      condition: 'EventAgeExceeded',
      destination: topic,
    },
    {
      functionName: 'orders-email',
      status: 'lost',
      at: now - 14 * minute,
      attempts: [
        { ms: 3_000, failed: true },
        { ms: 3_000, failed: true },
        { ms: 3_000, failed: true },
      ],
      error: timedOut,
    },
    success('orders-charge', 14.2 * minute, 38, queue),
    success('orders-charge', 15 * minute, 41, queue),
    success('orders-audit', 15.1 * minute, 12, bus),
    {
      functionName: 'orders-charge',
      status: 'succeeded',
      at: now - 16 * minute,
      attempts: [{ ms: 35, failed: true }, { ms: 40 }],
      destination: queue,
    },
    success('orders-email', 17 * minute, 220),
    success('orders-audit', 18 * minute, 11, bus),
    success('orders-charge', 19 * minute, 39, queue),
    success('orders-charge', 20 * minute, 40, queue),
    { ...success('orders-audit', 21 * minute, 13, bus), dropped: 'the bus does not exist' },
    success('orders-charge', 61 * minute, 37, queue),
    success('orders-email', 66 * minute, 210),
  ];
}

function entriesOf(specs: readonly FakeInvocationSpec[]): FakeEntry[] {
  return specs.map((spec, index) => fakeInvocation(specs.length - index, spec));
}

/** All scenarios by name; `now` is epoch ms. */
export function scenario(name: string, now: number): Scenario {
  const ready = { phase: 'ready', trusted: true } as const;
  switch (name) {
    case 'usual':
      return { ...ready, entries: entriesOf(usual(now)) };
    case 'hostile':
      return { ...ready, entries: entriesOf(hostile(now)) };
    case 'many':
      return { ...ready, entries: manyEntries(now, 100_000) };
    case 'large':
      return {
        ...ready,
        entries: entriesOf([
          {
            functionName: 'orders-import',
            status: 'succeeded',
            at: now - 4_000,
            attempts: [{ ms: 410 }],
            payload: largePayload(),
          },
        ]),
      };
    case 'starting':
      return { entries: [], phase: 'starting', trusted: true };
    case 'stopped':
      return { entries: [], phase: 'stopped', trusted: true };
    case 'failed':
      return {
        entries: [],
        phase: 'failed',
        trusted: true,
        problem:
          'Local Lambda could not start: port 9001 is in use by another program. Stop that program, or choose another port in the setting lambdaDestinations.local.port.',
      };
    case 'failedLater':
      return {
        entries: entriesOf(usual(now)),
        phase: 'failed',
        trusted: true,
        problem:
          'Local Lambda ended unexpectedly (exit code 137). What was accepted is kept and goes on after a restart.',
      };
    case 'untrusted':
      return { entries: [], phase: 'stopped', trusted: false };
    default:
      return { ...ready, entries: [] };
  }
}

/** The error of a row, resolved as the workspace would. */
export function resolvedError(entry: FakeEntry): DetailError | undefined {
  const { row } = entry;
  if (row.errorType === undefined) return undefined;
  const base = { type: row.errorType, message: row.errorMessage ?? '' };
  if (row.errorType !== 'TypeError') return { ...base, frames: [] };
  const runtime = (text: string): DetailError['frames'][number] => ({ text, kind: 'runtime' });
  return {
    ...base,
    frames: [
      {
        text: 'at chargeCard (/var/task/src/orders/charge.js:41:27)',
        functionName: 'chargeCard',
        kind: 'own',
        label: 'src/orders/charge.ts:41:27',
        location: { uri: 'file:///workspace/src/orders/charge.ts', line: 41, column: 27 },
        excerpt: {
          firstLine: 38,
          lines: [
            'let total = 0;',
            'for (const line of order.lines) {',
            '  const item = catalog.get(line.id);',
            '  total += prices[item.sku] * line.qty;',
            '}',
            'return total;',
          ],
        },
      },
      {
        text: 'at handler (/var/task/src/orders/charge.js:18:9)',
        functionName: 'handler',
        kind: 'own',
        label: 'src/orders/charge.ts:18:9',
        location: { uri: 'file:///workspace/src/orders/charge.ts', line: 18, column: 9 },
      },
      runtime('at Runtime.handleOnceNonStreaming (file:///var/runtime/index.mjs:1173:29)'),
      runtime('at process.processTicksAndRejections (node:internal/process/task_queues:95:5)'),
      runtime('at async Runtime.handleOnce (file:///var/runtime/index.mjs:1120:5)'),
    ],
  };
}

function hostile(now: number): readonly FakeInvocationSpec[] {
  const long = 'a-function-with-a-name-that-is-as-long-as-lambda-allows-it-64ch';
  return [
    {
      functionName: long,
      status: 'failed',
      at: now - 2_000,
      attempts: [{ ms: 900_000, failed: true }],
      error: {
        type: 'com.example.orders.internal.validation.OrderLineValidationFailedException',
        message: `<img src=x onerror="document.title='owned'"> ${'very '.repeat(200)}long message\nwith\nlines`,
      },
      destination: `arn:aws:sqs:us-east-1:000000000000:${'q'.repeat(80)}`,
      payload:
        '{"html":"<script>document.title=\'owned\'</script>","n":1.0,"big":12345678901234567890,"deep":[[[[[[1e400]]]]]],"a":1,"a":2}',
      logs: Array.from({ length: 3_000 }, (_, index) => `line ${index} ${'x'.repeat(index % 300)}`),
    },
    { functionName: 'ünïcødé-ﷺ-🦊', status: 'unknown', at: now + 60_000 },
    {
      functionName: 'x',
      status: 'notAccepted',
      at: now - 3 * 86_400_000,
      error: { type: 'TooManyRequestsException', message: 'Rate Exceeded.' },
    },
    { functionName: 'y', status: 'sending', at: now },
    {
      functionName: 'z',
      status: 'succeeded',
      at: now - 400 * 86_400_000,
      attempts: [{ ms: 0 }],
      payload: 'not JSON at all',
      response: '',
    },
  ];
}

function manyEntries(now: number, count: number): FakeEntry[] {
  return Array.from({ length: count }, (_, index) => {
    const failed = index % 97 === 0;
    return fakeInvocation(count - index, {
      functionName: `function-${index % 40}`,
      status: failed ? 'failed' : 'succeeded',
      at: now - index * 1_700,
      attempts: failed
        ? [
            { ms: 20, failed },
            { ms: 20, failed },
            { ms: 20, failed },
          ]
        : [{ ms: 10 + (index % 300) }],
      ...(failed ? { error: sku } : {}),
      destination: queue,
      logs: [],
    });
  });
}

function largePayload(): string {
  const orders = Array.from(
    { length: 5_200 },
    (_, index) => `{"id":${index},"sku":"sku-${index}","price":${index}.10,"note":"${'n'.repeat(150)}"}`,
  );
  return `{"orders":[${orders.join(',')}]}`;
}
