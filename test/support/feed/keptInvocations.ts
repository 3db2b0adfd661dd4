import type { Invocation, InvocationRow } from '../../../src/model/invocation.ts';
import type { InvocationStore } from '../../../src/store/invocationStore.ts';
import { fedRequestId } from './fedInvocations.ts';

/** What a store has of the invocations that were fed. */
export interface Kept {
  /** Without a row, or with one that lacks something of what happened. */
  readonly lost: number;
  /** Rows beyond one an invocation, and rows with something in them twice. */
  readonly duplicated: number;
}

const rowsAtOnce = 500;

/** Looks at every row of a connection: of fed invocations 0 to `count`, each is to be there once, whole. */
export async function keptOf(
  store: Pick<InvocationStore, 'rows' | 'get'>,
  connectionId: string,
  count: number,
): Promise<Kept> {
  const whole = new Set<string>();
  let duplicated = 0;
  const { total } = await store.rows({ connectionId }, { offset: 0, limit: 1 });
  for (let offset = 0; offset < total; offset += rowsAtOnce) {
    const { rows } = await store.rows({ connectionId }, { offset, limit: rowsAtOnce });
    for (const found of await Promise.all(rows.map(({ id }) => store.get(id)))) {
      if (!found) continue;
      const { requestId = '' } = found.row;
      if (whole.has(requestId) || !isOnce(found.invocation)) duplicated++;
      if (isWhole(found.row, found.invocation)) whole.add(requestId);
    }
  }
  const lost = Array.from({ length: count }, (_, number) => fedRequestId(number)).filter((id) => !whole.has(id)).length;
  return { lost, duplicated };
}

function isWhole({ status }: InvocationRow, { accepted, attempts, outcome, deliveries }: Invocation): boolean {
  const [attempt] = attempts;
  const over = status === 'succeeded' || status === 'failed';
  return over && !!accepted && !!attempt?.started && !!attempt.ended && !!outcome && deliveries.length > 0;
}

function isOnce({ attempts, deliveries }: Invocation): boolean {
  return attempts.length <= 1 && deliveries.length <= 1 && (attempts[0]?.logs.length ?? 0) <= 1;
}
