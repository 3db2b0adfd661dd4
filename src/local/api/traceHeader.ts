import { randomUUID } from 'node:crypto';

/** The ids that link a chain of invocations (spec 4.6). */
export interface Trace {
  /** `Root=…;Parent=…;Sampled=0`, with the `Lineage=…` that was handed in, if any; who runs the event adds its hop. */
  readonly traceId: string;
  /** Of the answer to an `Event` invoke: `root=…;parent=…;sampled=0`. */
  readonly responseHeader: string;
}

/** Longer is no chain that was made here: 500 hops of up to 23 characters (lineage.ts). */
const maximumLineageLength = 11_500;

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
  const lineage = lineageOf(given.get('lineage'));
  return {
    traceId: `Root=${root};Parent=${parent};Sampled=${sampled}${lineage}`,
    responseHeader: `root=${root};parent=${parent};sampled=${sampled}`,
  };
}

function newRoot(now: number): string {
  const seconds = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, '0');
  return `1-${seconds}-${hex(12)}`;
}

function lineageOf(given: string | undefined): string {
  const valid =
    given !== undefined &&
    given.length <= maximumLineageLength &&
    /^\d{1,6}:[\da-f]{8}:\d{1,6}(?:\|\d{1,6}:[\da-f]{8}:\d{1,6})*$/.test(given);
  return valid ? `;Lineage=${given}` : '';
}

/** Up to 12 bytes. Taken from UUIDs, which Node makes from random bytes in stock: a call for each would cost a system call. */
function hex(bytes: number): string {
  const uuid = randomUUID();
  // The last twelve digits are all random; before them two have fixed bits.
  const digits = uuid.slice(24) + uuid.slice(0, 8) + uuid.slice(9, 13);
  return digits.slice(0, 2 * bytes);
}
