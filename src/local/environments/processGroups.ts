import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { Logger } from '../../model/logger.ts';
import { processIdentity } from './processIdentity.ts';

/** What the groups' keeper needs. `stateDir` holds the list of groups, for the next start to sweep. */
export interface ProcessGroupsOptions {
  readonly nodePath: string;
  readonly nodeVariables: Readonly<Record<string, string>>;
  readonly reaperFile: string;
  readonly stateDir: string;
  readonly log: Logger;
}

interface Group {
  /** As the reaper is told of it. */
  readonly line: string;
  /** See `processIdentity`. */
  identity?: string;
  /** It is to be stopped, as soon as there is somebody to end it. */
  frozen: boolean;
}

const LIST_NAME = /^environments-(\d+)\.txt$/;
const windows = process.platform === 'win32';

/**
 * The process groups of execution environments, one a leader's pid. Frozen ones would outlive a server that is killed,
 * so a reaper process, never frozen, kills them when the server's end of a pipe closes; a list on disk lets the next
 * server do so should the reaper be gone too (design.md, "Freezing"). While there is no reaper nothing is frozen: what
 * runs ends by itself when its connection to the server breaks.
 */
export class ProcessGroups {
  readonly #options: ProcessGroupsOptions;
  readonly #groups = new Map<number, Group>();
  readonly #listFile: string;
  #reaper: ChildProcess | undefined;
  #reaperReady = false;
  #writing: Promise<void> | undefined;
  #dirty = false;
  #disposed = false;

  private constructor(options: ProcessGroupsOptions) {
    this.#options = options;
    this.#listFile = join(options.stateDir, `environments-${process.pid}.txt`);
  }

  /** Kills what servers that are gone have left in `stateDir`'s lists, then starts with none. */
  static async open(options: ProcessGroupsOptions): Promise<ProcessGroups> {
    await mkdir(options.stateDir, { recursive: true });
    await sweep(options.stateDir, options.log);
    return new ProcessGroups(options);
  }

  /**
   * Takes charge of the group that `pid` leads. Processes that leave the group are known by `variables`, `NAME=value`
   * each, which no others have; found on Linux only.
   */
  add(pid: number, variables: readonly string[] = []): void {
    const group: Group = { line: [`+${pid}`, ...variables].join('\t'), frozen: false };
    this.#groups.set(pid, group);
    this.#tellReaper(group.line);
    void processIdentity(pid).then((identity) => {
      if (identity === undefined || this.#groups.get(pid) !== group) return;
      group.identity = identity;
      this.#save();
    });
  }

  /** Ends every process of the group and forgets it. */
  kill(pid: number): void {
    if (!this.#groups.delete(pid)) return;
    signalGroup(pid, 'SIGKILL');
    this.#tellReaper(`-${pid}`);
    this.#save();
  }

  /** Stops the group's processes until `thaw`. Nothing on Windows, which can't. */
  freeze(pid: number): void {
    const group = this.#groups.get(pid);
    if (windows || group === undefined) return;
    group.frozen = true;
    if (this.#reaperReady) signalGroup(pid, 'SIGSTOP');
  }

  /** Lets a frozen group go on. */
  thaw(pid: number): void {
    const group = this.#groups.get(pid);
    if (windows || group?.frozen !== true) return;
    group.frozen = false;
    signalGroup(pid, 'SIGCONT');
  }

  /** Kills all groups; resolves when the reaper is gone too. */
  async dispose(): Promise<void> {
    for (const pid of this.#groups.keys()) this.kill(pid);
    this.#disposed = true;
    const reaper = this.#reaper;
    if (reaper !== undefined && reaper.exitCode === null && reaper.signalCode === null) {
      reaper.ref();
      const gone = once(reaper, 'exit');
      reaper.stdin?.end();
      await gone;
    }
    await this.#writing;
    await rm(this.#listFile, { force: true });
  }

  #tellReaper(line: string): void {
    if (this.#disposed) return;
    this.#reaper ??= this.#startReaper();
    this.#reaper.stdin?.write(`${line}\n`);
  }

  #startReaper(): ChildProcess {
    const { nodePath, nodeVariables, reaperFile, log } = this.#options;
    const reaper = spawn(nodePath, [reaperFile, this.#listFile], {
      detached: true,
      env: { ...nodeVariables },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const gone = (why: string): void => {
      if (this.#reaper !== reaper) return;
      this.#reaper = undefined;
      if (this.#disposed) return;
      this.#setReaperReady(false);
      log.warn(
        `The process that ends handlers should local Lambda be killed is gone (${why}); the next one to start brings it back`,
      );
    };
    reaper.on('error', (error) => gone(error.message));
    reaper.on('exit', (code, signal) => gone(String(signal ?? code)));
    reaper.stdin?.on('error', () => undefined);
    reaper.stdout?.once('data', () => {
      reaper.stdout?.destroy();
      if (this.#reaper === reaper) this.#setReaperReady(true);
    });
    (reaper.stdout as Socket | null)?.unref();
    reaper.unref();
    for (const { line } of this.#groups.values()) reaper.stdin?.write(`${line}\n`);
    return reaper;
  }

  #setReaperReady(ready: boolean): void {
    this.#reaperReady = ready;
    if (windows) return;
    for (const [pid, { frozen }] of this.#groups) if (frozen) signalGroup(pid, ready ? 'SIGSTOP' : 'SIGCONT');
  }

  /** Writes the list, once more if it changed meanwhile. */
  #save(): void {
    this.#dirty = true;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  async #write(): Promise<void> {
    const own = (await processIdentity(process.pid)) ?? '';
    while (this.#dirty) {
      this.#dirty = false;
      const lines = [`${process.pid} ${own}`];
      for (const [pid, { identity }] of this.#groups) if (identity !== undefined) lines.push(`${pid} ${identity}`);
      try {
        await writeFile(this.#listFile, `${lines.join('\n')}\n`);
      } catch (error) {
        this.#options.log.warn(`The list of handler processes can't be written: ${String(error)}`);
      }
    }
  }
}

/** Kills the groups in the lists of servers that no longer run; what has another start time now is someone else's. */
async function sweep(stateDir: string, log: Logger): Promise<void> {
  for (const name of await readdir(stateDir)) {
    if (!LIST_NAME.test(name)) continue;
    const file = join(stateDir, name);
    const [server, ...groups] = (await readFile(file, 'utf8')).split('\n').map(parseEntry);
    if (server !== undefined && (await isSame(server))) continue;
    for (const group of groups) {
      if (group === undefined || !(await isSame(group))) continue;
      log.info(`Ending handler process ${group.pid}, left by a local Lambda that was killed`);
      signalGroup(group.pid, 'SIGKILL');
    }
    await rm(file, { force: true });
  }
}

interface Entry {
  readonly pid: number;
  readonly identity: string;
}

function parseEntry(line: string): Entry | undefined {
  const [, pid, identity] = /^(\d+) (\S+)$/.exec(line) ?? [];
  return pid === undefined || identity === undefined || Number(pid) <= 1 ? undefined : { pid: Number(pid), identity };
}

async function isSame(entry: Entry): Promise<boolean> {
  return (await processIdentity(entry.pid)) === entry.identity;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  if (windows) {
    if (signal === 'SIGKILL')
      spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' }).on('error', () => undefined);
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // All of it has ended.
  }
}
