import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Disposable } from '../model/disposable.ts';
import type { Logger } from '../model/logger.ts';
import { localApiPath, type StreamFunctions, type StreamHello, type StreamItem } from '../protocol/localApi.ts';
import type { InvocationStore } from '../store/invocationStore.ts';
import { localRequest, type LocalApiAccess } from './localRequest.ts';

/** What the stream is followed with. */
export interface InvocationStreamOptions extends LocalApiAccess {
  readonly connectionId: string;
  readonly store: Pick<InvocationStore, 'ingest' | 'cursor'>;
  readonly log: Logger;
  /** Functions or their settings were changed, by whomever. */
  onFunctionsChanged(): void;
}

/** Pieces for the store at once: a transaction. */
const batch = 200;
/** The server says something every 15 s. */
const silenceMs = 45_000;
const firstDelayMs = 100;
const longestDelayMs = 5_000;

/**
 * Follows local Lambda's invocation stream into the store, from where the store left off, until disposed. It reads on only
 * when the store has taken what came: under load, batches grow by themselves.
 */
export function followInvocations(options: InvocationStreamOptions): Disposable {
  const abort = new AbortController();
  const done = follow(options, abort.signal);
  return {
    async dispose() {
      abort.abort();
      await done;
    },
  };
}

async function follow(options: InvocationStreamOptions, signal: AbortSignal): Promise<void> {
  const { log } = options;
  let functions = 0;
  // Which stream the server has is known after its first hello only.
  let stream: string | undefined;
  let delayMs = firstDelayMs;
  const progress: Progress = {
    greeted: (hello) => {
      stream = hello.stream;
    },
    functionsAt: (revision) => {
      if (revision === functions) return;
      functions = revision;
      options.onFunctionsChanged();
    },
    // A hello is no sign that the store takes what follows.
    kept: () => {
      delayMs = firstDelayMs;
    },
  };
  while (!signal.aborted) {
    const began = Date.now();
    try {
      const goOn = await readOnce(options, stream, signal, progress);
      if (goOn) continue;
      log.debug('the invocation stream ended');
    } catch (error) {
      if (signal.aborted) return;
      // Once is what a stop of local Lambda looks like from here.
      const level = delayMs === firstDelayMs ? 'debug' : 'warn';
      log[level](`the invocation stream broke off: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (Date.now() - began > longestDelayMs) delayMs = firstDelayMs;
    // Several windows that lost the same server come back at different times.
    const wait = delayMs * (0.75 + Math.random() / 2);
    delayMs = Math.min(longestDelayMs, delayMs * 2);
    await delay(wait, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** What a connection came to. */
interface Progress {
  greeted(hello: StreamHello): void;
  /** How often functions were changed since the server started. */
  functionsAt(revision: number): void;
  /** Pieces are in the store. */
  kept(): void;
}

/** One connection. Resolves with `true` when another should follow at once: from where the store is. */
async function readOnce(
  options: InvocationStreamOptions,
  stream: string | undefined,
  signal: AbortSignal,
  { greeted, functionsAt, kept }: Progress,
): Promise<boolean> {
  const { store, connectionId, log } = options;
  const after = stream === undefined ? 0 : await store.cursor(connectionId, stream);
  const query = new URLSearchParams({ after: String(after), ...(stream === undefined ? {} : { stream }) });
  const path = `${localApiPath}/invocations/stream?${query.toString()}`;
  const response = await localRequest(options, { method: 'GET', path, silenceMs, signal });
  if (response.statusCode !== 200) {
    response.destroy();
    throw new Error(`it answers ${response.statusCode}.`);
  }
  let hello: StreamHello | undefined;
  for await (const lines of linesOf(response)) {
    const items: StreamItem[] = [];
    for (const line of lines) {
      if (line === '') continue;
      const value: unknown = JSON.parse(line);
      if (!hello) {
        hello = toHello(value);
        greeted(hello);
        const known = await store.cursor(connectionId, hello.stream);
        // What the store has already is not sent again: ask once more, now by the stream's name.
        if (known > hello.after) return true;
        continue;
      }
      if (isItem(value)) items.push(value);
      else if (isFunctions(value)) functionsAt(value.functions);
      else log.warn('the invocation stream has a line of an unknown kind');
    }
    if (!hello || items.length === 0) continue;
    await keep(options, hello.stream, items);
    kept();
  }
  return false;
}

async function keep(
  { store, connectionId }: InvocationStreamOptions,
  stream: string,
  items: readonly StreamItem[],
): Promise<void> {
  for (let from = 0; from < items.length; from += batch) {
    const part = items.slice(from, from + batch);
    const pieces = part.map(({ piece }) => piece);
    await store.ingest(connectionId, pieces, { stream, value: part.at(-1)?.cursor ?? 0 });
  }
}

/** Whole lines, as many at once as have arrived. */
async function* linesOf(response: IncomingMessage): AsyncGenerator<readonly string[], void, undefined> {
  response.setEncoding('utf8');
  // A line may be many megabytes in small chunks: joined once, when it is whole.
  let begun: string[] = [];
  for await (const chunk of response as AsyncIterable<string>) {
    const [first = '', ...others] = chunk.split('\n');
    begun.push(first);
    const rest = others.pop();
    if (rest === undefined) continue;
    const line = begun.join('');
    begun = [rest];
    yield [line, ...others];
  }
}

function toHello(value: unknown): StreamHello {
  if (typeof value === 'object' && value !== null && 'stream' in value && 'after' in value) {
    const { stream, after } = value;
    if (typeof stream === 'string' && typeof after === 'number') return { stream, after };
  }
  throw new Error('its first line is no hello.');
}

function isFunctions(value: unknown): value is StreamFunctions {
  return typeof value === 'object' && value !== null && 'functions' in value && Number.isSafeInteger(value.functions);
}

function isItem(value: unknown): value is StreamItem {
  if (typeof value !== 'object' || value === null || !('cursor' in value) || !('piece' in value)) return false;
  const { cursor, piece } = value;
  return Number.isSafeInteger(cursor) && typeof piece === 'object' && piece !== null && 'kind' in piece;
}
