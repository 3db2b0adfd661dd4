import type { LogLine } from '../../model/invocation.ts';
import type { LogWriter } from '../logs/logWriter.ts';

/** The log stream of one environment, and which of its lines belong to the attempt that runs. */
export class AttemptLog {
  readonly #writer: LogWriter;
  readonly #group: string;
  readonly #stream: string;
  #attempt: LogLine[] | undefined;

  constructor(writer: LogWriter, logGroupName: string, logStreamName: string) {
    this.#writer = writer;
    this.#group = logGroupName;
    this.#stream = logStreamName;
  }

  /** From here to `end` lines belong to an attempt. */
  begin(): void {
    this.#attempt = [];
  }

  /** Writes lines now. */
  add(lines: readonly LogLine[]): void {
    if (lines.length === 0) return;
    this.#attempt?.push(...lines);
    this.#writer.append(this.#group, this.#stream, lines);
  }

  /** Writes platform lines with the time of now. */
  platform(...messages: readonly string[]): void {
    const at = Date.now();
    this.add(messages.map((message) => ({ at, message })));
  }

  /** The lines of the attempt, which ends here. */
  end(): readonly LogLine[] {
    const lines = this.#attempt ?? [];
    this.#attempt = undefined;
    return lines;
  }
}
