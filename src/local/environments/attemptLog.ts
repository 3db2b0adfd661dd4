import type { LogLine } from '../../model/invocation.ts';
import type { Logger } from '../../model/logger.ts';
import type { LogWriter } from '../logs/logWriter.ts';
import type { CommitGroup } from '../state/commitGroup.ts';

/** Of an attempt's lines its result holds the latest, this many UTF-16 units; the log group has them all. */
const keptUnits = 4 * 1024 * 1024;

/** Where an attempt's lines go: the log store, and word of it when that takes none. */
export interface AttemptLogTargets {
  readonly logs: LogWriter;
  readonly log: Logger;
  /** Lines are stored with what else is written in a turn, or of many attempts in a moment. Absent: at once. */
  readonly commits?: CommitGroup;
}

/** The log stream of one environment, and which of its lines belong to the attempt that runs. */
export class AttemptLog {
  readonly #targets: AttemptLogTargets;
  readonly #group: string;
  readonly #stream: string;
  #attempt: LogLine[] | undefined;
  /** What is to be stored with the next commit. */
  #unstored: LogLine[] | undefined;
  #units = 0;
  #refused = false;

  constructor(targets: AttemptLogTargets, logGroupName: string, logStreamName: string) {
    this.#targets = targets;
    this.#group = logGroupName;
    this.#stream = logStreamName;
  }

  /** From here to `end` lines belong to an attempt. */
  begin(): void {
    this.#attempt = [];
    this.#units = 0;
    this.#refused = false;
  }

  /** Writes lines now. Those that the store can't take (a full disk) are lost to it, but stop nothing. */
  add(lines: readonly LogLine[]): void {
    if (lines.length === 0) return;
    this.#keep(lines);
    const { logs, commits } = this.#targets;
    if (commits) {
      this.#storeSoon(commits, lines);
      return;
    }
    try {
      logs.append(this.#group, this.#stream, lines);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Seldom: every stream has pages of its own in the database, and under load they would be most of what is written. */
  #storeSoon(commits: CommitGroup, lines: readonly LogLine[]): void {
    if (this.#unstored !== undefined) {
      for (const line of lines) this.#unstored.push(line);
      return;
    }
    const unstored = [...lines];
    this.#unstored = unstored;
    const append = (): void => {
      this.#unstored = undefined;
      this.#targets.logs.append(this.#group, this.#stream, unstored);
    };
    commits.run(append, 'seldom').catch((error: unknown) => this.#refuse(error));
  }

  #refuse(error: unknown): void {
    if (!this.#refused) this.#targets.log.error(`Lines for ${this.#group} can't be stored: ${String(error)}`);
    this.#refused = true;
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
    return this.#latest(lines);
  }

  /** Twice what is to be held in the end, so that dropping the rest is rare. */
  #keep(lines: readonly LogLine[]): void {
    if (this.#attempt === undefined) return;
    for (const line of lines) {
      this.#attempt.push(line);
      this.#units += line.message.length;
    }
    if (this.#units > 2 * keptUnits) this.#attempt = this.#latest(this.#attempt);
  }

  #latest(lines: LogLine[]): LogLine[] {
    if (this.#units <= keptUnits) return lines;
    let first = lines.length;
    let units = 0;
    // One line is held however long it is.
    while (first > 0 && (units === 0 || units + (lines[first - 1]?.message.length ?? 0) <= keptUnits)) {
      first -= 1;
      units += lines[first]?.message.length ?? 0;
    }
    this.#units = units;
    return lines.slice(first);
  }
}
