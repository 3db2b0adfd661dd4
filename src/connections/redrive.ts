import PQueue from 'p-queue';
import type { ReplayItem } from '../model/replay.ts';
import { UserFacingFailure } from '../model/userFacingFailure.ts';

/** How events are sent again. */
export interface RedriveOptions {
  /** Sends that begin in a second, evenly. */
  readonly perSecond: number;
  /** Sends one; resolves when it was accepted. @throws UserFacingFailure */
  send(item: ReplayItem): Promise<{ readonly requestId: string }>;
  onProgress?(progress: RedriveProgress): void;
  /** Begins no more; sends under way end as they do. */
  readonly signal?: AbortSignal;
}

/** How far it has come. */
export interface RedriveProgress {
  readonly total: number;
  readonly sent: number;
  readonly failed: number;
}

/** What came of it. Every item is in exactly one of the lists, in its order. */
export interface RedriveResult {
  readonly sent: readonly { readonly item: ReplayItem; readonly requestId: string }[];
  readonly failed: readonly { readonly item: ReplayItem; readonly error: Error }[];
  /** Never begun: it was cancelled, or given up. */
  readonly left: readonly ReplayItem[];
  /** It was given up: so many sends in a row failed that the others would. */
  readonly gaveUp?: Error;
}

/** Sends at the same time: what a slow endpoint may hold. */
const concurrency = 8;
/** After so many failures in a row the rest is not tried. */
const failuresInARow = 5;
/** With these nothing can be sent any more, whatever it is. */
const hopeless = new Set([
  'accountChanged',
  'connectionChanged',
  'credentialsExpired',
  'credentialsInvalid',
  'credentialsMissing',
  'declined',
  'profileMissing',
  'untrusted',
]);

/**
 * Sends events again, in order, at a steady rate. Each is sent at most once: one that failed without an answer may have
 * run, and stays for the person to decide about.
 */
export async function redrive(items: readonly ReplayItem[], options: RedriveOptions): Promise<RedriveResult> {
  const { perSecond, send, onProgress, signal } = options;
  const outcomes = new Map<number, { readonly requestId: string } | { readonly error: Error }>();
  const queue = new PQueue({ concurrency, interval: 1000 / perSecond, intervalCap: 1, strict: true });
  const progress = { total: items.length, sent: 0, failed: 0 };
  let inARow = 0;
  let gaveUp: Error | undefined;
  const end = (): void => queue.clear();
  signal?.addEventListener('abort', end, { once: true });
  const sendOne = async (item: ReplayItem, index: number): Promise<void> => {
    try {
      outcomes.set(index, { requestId: (await send(item)).requestId });
      progress.sent++;
      inARow = 0;
    } catch (reason) {
      const error = reason instanceof Error ? reason : new Error(String(reason));
      outcomes.set(index, { error });
      progress.failed++;
      inARow++;
      if (inARow >= failuresInARow || (UserFacingFailure.is(error) && hopeless.has(error.code))) {
        gaveUp ??= error;
        end();
      }
    }
    onProgress?.({ ...progress });
  };
  try {
    if (!signal?.aborted) items.forEach((item, index) => void queue.add(() => sendOne(item, index)));
    await queue.onIdle();
  } finally {
    signal?.removeEventListener('abort', end);
  }
  const sent: { item: ReplayItem; requestId: string }[] = [];
  const failed: { item: ReplayItem; error: Error }[] = [];
  const left: ReplayItem[] = [];
  items.forEach((item, index) => {
    const outcome = outcomes.get(index);
    if (!outcome) left.push(item);
    else if ('error' in outcome) failed.push({ item, error: outcome.error });
    else sent.push({ item, requestId: outcome.requestId });
  });
  return { sent, failed, left, ...(gaveUp && left.length > 0 ? { gaveUp } : {}) };
}
