import type { Connection } from '../../connections/connection.ts';
import type { ListeningEntry } from '../../connections/listening/listening.ts';
import type { Disposable } from '../../model/disposable.ts';
import { nodeId, type FunctionsNode } from './nodes.ts';

/** Which rows show something that is listened to, so that these alone are drawn again when it stands elsewhere. */
export class ListenedRows implements Disposable {
  readonly #connection: Pick<Connection, 'listening' | 'onDidChangeListening'>;
  readonly #subscription: Disposable | undefined;
  /** Rows that stand for something that can be listened to, by their id. */
  readonly #rows = new Map<string, FunctionsNode>();
  /** By id, what was shown last. */
  #shown: ReadonlyMap<string, string> = new Map();

  constructor(
    connection: Pick<Connection, 'listening' | 'onDidChangeListening'>,
    redraw: (rows: FunctionsNode[]) => void,
  ) {
    this.#connection = connection;
    this.#subscription = connection.onDidChangeListening?.(() => {
      const before = this.#shown;
      const now = new Map(connection.listening?.entries.map((entry) => [entry.id, stateOf(entry)]));
      this.#shown = now;
      const changed = [...this.#rows.values()].filter((row) => {
        const id = listenedId(row);
        return id !== undefined && before.get(id) !== now.get(id);
      });
      if (changed.length > 0) redraw(changed);
    });
  }

  /** These are on show now. */
  show(rows: readonly FunctionsNode[]): void {
    for (const row of rows) if (listenedId(row) !== undefined) this.#rows.set(nodeId(row), row);
  }

  /** Nothing of what was shown is there any more. */
  clear(): void {
    this.#rows.clear();
  }

  /** How what a row stands for is listened to. */
  entryOf(row: FunctionsNode): ListeningEntry | undefined {
    const id = listenedId(row);
    return id === undefined ? undefined : this.#connection.listening?.entries.find((entry) => entry.id === id);
  }

  dispose(): void {
    this.#subscription?.dispose();
  }
}

/** A destination's ARN, or the id of a function's own log. */
function listenedId(row: FunctionsNode): string | undefined {
  if (row.kind === 'destination') return row.arn;
  return row.kind === 'function' ? `logs:${row.functionName}` : undefined;
}

/** What is shown of it. */
function stateOf({ way, state: { phase, problem, lagMs = 0 } }: ListeningEntry): string {
  return `${way} ${phase} ${Math.round(lagMs / 1_000)} ${problem ?? ''}`;
}
