import type { StoreOperations } from './storeProtocol.ts';

/**
 * Streams whose reader knows that the file is a new one, because it asked where it is. What others send comes too early: it
 * goes on from a place that the file before this one had, and what came before would be missing.
 */
export class KnownStreams {
  readonly #known = new Set<string>();

  /** The reader asked. */
  add(connectionId: string, stream: string): void {
    this.#known.add(keyOf(connectionId, stream));
  }

  /** Whether what is to be taken in has to be refused. Once: who does not begin again after that has no beginning. */
  refuses([connectionId, , cursor]: Parameters<StoreOperations['ingest']>): boolean {
    if (!cursor || this.#known.has(keyOf(connectionId, cursor.stream))) return false;
    this.add(connectionId, cursor.stream);
    return true;
  }
}

function keyOf(connectionId: string, stream: string): string {
  return `${connectionId} ${stream}`;
}
