import { randomBytes } from 'node:crypto';

/** The ids that link a chain of invocations (spec 4.6). */
export interface Trace {
  /** What the runtime gets, and queue messages carry: `Root=…;Parent=…;Sampled=0;Lineage=1:<8 hex>:0`. */
  readonly traceId: string;
  /** Of the answer to an `Event` invoke: `root=…;parent=…;sampled=0`. */
  readonly responseHeader: string;
}

/** Goes on with the chain that a handler's SDK passes along in `X-Amzn-Trace-Id`, or begins one. `now` is epoch ms. */
export function traceOf(header: string | undefined, now: number): Trace {
  const given = new Map(
    (header ?? '').split(';').map((part) => {
      const [key = '', value = ''] = part.split('=', 2);
      return [key.trim().toLowerCase(), value.trim()] as const;
    }),
  );
  const root = /^1-[\da-f]{8}-[\da-f]{24}$/i.exec(given.get('root') ?? '')?.[0] ?? newRoot(now);
  const parent = hex(8);
  const sampled = given.get('sampled') === '1' ? '1' : '0';
  return {
    traceId: `Root=${root};Parent=${parent};Sampled=${sampled};Lineage=${nextLineage(given.get('lineage'))}`,
    responseHeader: `root=${root};parent=${parent};sampled=${sampled}`,
  };
}

function newRoot(now: number): string {
  const seconds = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, '0');
  return `1-${seconds}-${hex(12)}`;
}

/** One link more: `<n>:<hash>:<n-1>`. */
function nextLineage(given: string | undefined): string {
  const [, count, hash] = /^(\d{1,6}):([\da-f]{8}):\d{1,6}$/.exec(given ?? '') ?? [];
  const next = Number(count ?? 0) + 1;
  return `${next}:${hash ?? hex(4)}:${next - 1}`;
}

function hex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}
