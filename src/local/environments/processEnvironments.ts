import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import type { AccountScope } from '../../model/arn.ts';
import type { Logger } from '../../model/logger.ts';
import type { DebugRefusal } from '../../protocol/localApi.ts';
import type { FaultDecisions } from '../faults/localFaults.ts';
import type { FunctionDefinition } from '../functionDefinition.ts';
import type { LogWriter } from '../logs/logWriter.ts';
import type { CommitGroup } from '../state/commitGroup.ts';
import { CodeFolder } from './codeFolder.ts';
import type { ColdStart, EnvironmentSettings } from './coldStart.ts';
import { Debugging } from './debugging.ts';
import type { DebuggedLaunch } from './debugging.ts';
import { EnvFiles } from './envFile.ts';
import type { EnvFile } from './envFile.ts';
import { Environment } from './environment.ts';
import type { ExecutionEnvironments, ExecutionRequest, ExecutionResult } from './executionEnvironments.ts';
import { LayerFolders } from './layerFolders.ts';
import type { LayersInUse } from './layerFolders.ts';
import { MemoryGuard } from './memoryGuard.ts';
import { ProcessGroups } from './processGroups.ts';
import { Runtimes } from './runtimes.ts';
import type { RuntimeCommands } from './runtimeCommands.ts';
import { StartGate } from './startGate.ts';

/** What `createProcessEnvironments` needs. Times in ms. */
export interface ProcessEnvironmentsOptions {
  readonly logs: LogWriter;
  /** Log lines are stored with what else is written in a turn. Absent: at once. */
  readonly commits?: CommitGroup;
  readonly scope: AccountScope;
  /** Where local Lambda's services answer; asked at each cold start. */
  readonly endpoint: () => string;
  /** The Node that runs handlers; may be Electron. */
  readonly nodePath: string;
  /** The Python that runs handlers; empty or absent: the best one that is found for a function. */
  readonly pythonPath?: string;
  /** How people have functions started, by function name or the beginning of a runtime's name. */
  readonly runtimeCommands?: RuntimeCommands;
  /** The folder of the template: its virtual environment and env files are used. */
  readonly projectDir?: string;
  /** Holds the bootstraps and `reaper.mjs`. */
  readonly bootstrapDir: string;
  /** Holds the list of process groups that a next start sweeps. */
  readonly stateDir: string;
  readonly log: Logger;
  /** Whether an attempt that holds more memory than its function has is ended, as on AWS. Default: yes. */
  readonly memoryLimit?: boolean;
  /** Which functions are debugged; none unless said. */
  readonly debugging?: Debugging;
  /** Faults to make; none unless said. */
  readonly faults?: FaultDecisions;
  /** A warm environment ends after so long without an event; 10 minutes unless said. */
  readonly idleMs?: number;
  /** AWS's 10 s unless said. */
  readonly initLimitMs?: number;
  /** Cold starts that go on side by side: too many, and none is done in time. Default: 8, or four a CPU. */
  readonly maxStarts?: number;
  /** Warm environments that are kept, over all functions: each is a process with its memory. Default: 50. */
  readonly maxIdle?: number;
  /** The server's own environment; that of this process unless said. */
  readonly parent?: Readonly<Record<string, string | undefined>>;
}

/** Execution environments that are processes of this machine, one each (design.md, "Handlers run in real execution environments"). */
export async function createProcessEnvironments(options: ProcessEnvironmentsOptions): Promise<DebuggableEnvironments> {
  const { nodePath, bootstrapDir, stateDir, log } = options;
  const electron = isElectron(nodePath);
  const groups = await ProcessGroups.open({
    nodePath,
    nodeVariables: electron ? { ELECTRON_RUN_AS_NODE: '1' } : {},
    reaperFile: join(bootstrapDir, 'reaper.mjs'),
    stateDir,
    log,
  });
  const layers = await LayerFolders.open({ dir: join(stateDir, 'layers'), ignored: stateDir, log });
  const { logs, scope, endpoint, initLimitMs = 10_000, idleMs = 600_000, maxIdle = 50 } = options;
  const starts = new StartGate(options.maxStarts ?? Math.max(8, 4 * availableParallelism()));
  const { projectDir, pythonPath = '', runtimeCommands = {}, parent = process.env } = options;
  const settings = {
    ...{ logs, log, scope, endpoint, bootstrapDir, groups, parent, initLimitMs },
    ...(options.commits === undefined ? {} : { commits: options.commits }),
    ...(options.memoryLimit === false ? {} : { memoryGuard: new MemoryGuard() }),
    ...(options.faults === undefined ? {} : { faults: options.faults }),
  };
  const project = projectDir === undefined ? {} : { projectDir };
  const runtimes = new Runtimes({
    ...{ ...project, nodePath, electron, pythonPath, runtimeCommands },
    ...{ bootstrapDir, stateDir, parent, log },
  });
  return new ProcessEnvironments({
    ...project,
    settings,
    runtimes,
    layers,
    debugging: options.debugging ?? new Debugging(),
    groups,
    log,
    stateDir,
    idleMs,
    maxIdle,
    starts,
  });
}

/** Environments whose attempts can wait for a debugger. */
export interface DebuggableEnvironments extends ExecutionEnvironments {
  /** What a function's attempts can wait for a debugger with, or why they can't; `debugpyDir` as in `Debugging`. */
  debuggerFor(definition: FunctionDefinition, debugpyDir?: string): Promise<DebuggedLaunch | DebugRefusal>;
}

/** What an attempt runs from, as it is now. */
interface FoundCode {
  readonly fingerprint: string;
  readonly layers: LayersInUse;
  readonly refuse: (errorType: string, why: string) => Promise<ExecutionResult>;
}

/** Environments of one function version that can take an event, all made from the same code and settings. */
interface Pool {
  key: string;
  readonly idle: Idle[];
}

/** An environment that waits for an event. */
interface Idle {
  readonly environment: Environment;
  readonly timer: NodeJS.Timeout;
}

interface ProcessEnvironmentsParts {
  readonly settings: EnvironmentSettings;
  readonly runtimes: Runtimes;
  readonly layers: LayerFolders;
  readonly debugging: Debugging;
  readonly projectDir?: string;
  readonly groups: ProcessGroups;
  readonly log: Logger;
  readonly stateDir: string;
  readonly idleMs: number;
  readonly maxIdle: number;
  readonly starts: StartGate;
}

class ProcessEnvironments implements DebuggableEnvironments {
  readonly #parts: ProcessEnvironmentsParts;
  readonly #pools = new Map<string, Pool>();
  readonly #folders = new Map<string, CodeFolder>();
  /** Attempts by the code folder that they run from, from the beginning to the end of each. */
  readonly #users = new Map<string, Set<Promise<unknown>>>();
  readonly #running = new Map<Environment, Promise<unknown>>();
  /** Those of all pools that are idle, the longest idle first. */
  readonly #idle = new Map<Environment, Pool>();
  readonly #envFiles: EnvFiles | undefined;
  #disposed = false;

  constructor(parts: ProcessEnvironmentsParts) {
    this.#parts = parts;
    if (parts.projectDir !== undefined) this.#envFiles = new EnvFiles(parts.projectDir);
  }

  async execute(request: ExecutionRequest, onStarted?: (startedAt: number) => void): Promise<ExecutionResult> {
    const { codeDir } = request.definition;
    const users = this.#users.get(codeDir) ?? new Set<Promise<unknown>>();
    this.#users.set(codeDir, users);
    const attempt = this.#execute(request, onStarted);
    users.add(attempt);
    try {
      return await attempt;
    } finally {
      users.delete(attempt);
      if (users.size === 0 && this.#users.get(codeDir) === users) this.#users.delete(codeDir);
    }
  }

  debuggerFor(definition: FunctionDefinition, debugpyDir?: string): Promise<DebuggedLaunch | DebugRefusal> {
    return this.#parts.runtimes.debuggerFor(definition, debugpyDir);
  }

  async release(codeDir: string): Promise<void> {
    for (let users = this.#users.get(codeDir); users !== undefined; users = this.#users.get(codeDir)) {
      await Promise.allSettled(users);
    }
    const ends: Promise<void>[] = [];
    for (const pool of this.#pools.values()) {
      for (const idle of pool.idle.filter(({ environment }) => environment.codeDir === codeDir)) {
        pool.idle.splice(pool.idle.indexOf(idle), 1);
        ends.push(this.#end(idle));
      }
    }
    this.#folders.get(codeDir)?.dispose();
    this.#folders.delete(codeDir);
    await Promise.all(ends);
  }

  async #execute(request: ExecutionRequest, onStarted?: (startedAt: number) => void): Promise<ExecutionResult> {
    this.#throwIfDisposed();
    const { definition, executedVersion } = request;
    const refuse = (errorType: string, why: string): Promise<ExecutionResult> =>
      new Environment(this.#parts.settings, definition, executedVersion).refuse(request, errorType, why, onStarted);
    if (definition.unavailable !== undefined) return refuse('Runtime.InvalidEntrypoint', definition.unavailable);
    const fingerprint = await this.#folder(definition.codeDir).fingerprint();
    this.#throwIfDisposed();
    if (fingerprint === undefined) {
      const why =
        `The code folder of "${definition.functionName}" doesn't exist: ${definition.codeDir}. ` +
        'Build the project, or correct CodeUri in the template.';
      return refuse('Runtime.InvalidWorkingDir', why);
    }
    const layers = await this.#parts.layers.acquire(definition.layers ?? []);
    if ('why' in layers) return refuse('Runtime.InvalidWorkingDir', layers.why);
    try {
      return await this.#executeWith(request, { fingerprint, layers, refuse }, onStarted);
    } finally {
      layers.release();
    }
  }

  async #executeWith(
    request: ExecutionRequest,
    { fingerprint, layers, refuse }: FoundCode,
    onStarted?: (startedAt: number) => void,
  ): Promise<ExecutionResult> {
    this.#throwIfDisposed();
    const { definition, executedVersion } = request;
    const envFile = await this.#envFiles?.read(definition.functionName);
    await this.#endStale(`${definition.functionName}:${executedVersion}`);
    const pool = this.#pool(definition, executedVersion, `${fingerprint} ${layers.optDir}`, envFile);
    const { key } = pool;
    const seat = this.#parts.debugging.seat(definition.functionName);
    const found = seat && (await this.#parts.runtimes.debuggerFor(definition, seat.debugpyDir));
    const debugged = found !== undefined && 'kind' in found ? found : undefined;
    const debug = seat && debugged && { seat, kind: debugged.kind };
    let environment = debug === undefined ? this.#takeWarm(pool) : undefined;
    if (environment === undefined) {
      const launch = await this.#parts.runtimes.launch(definition, {
        optDir: layers.optDir,
        debugged,
      });
      if ('why' in launch) return refuse('Runtime.InvalidEntrypoint', launch.why);
      const coldStart: ColdStart = {
        launch,
        fileVariables: envFile?.variables ?? {},
        notes: [...(envFile?.problems ?? []), ...layers.notes],
        optDir: layers.optDir,
        debug,
      };
      const fresh = (): Environment => new Environment(this.#parts.settings, definition, executedVersion, coldStart);
      // One that waits for a debugger must not hold up others.
      environment = debug === undefined ? await this.#start(pool, key, fresh) : fresh();
    }
    if (this.#disposed) await environment.kill();
    this.#throwIfDisposed();
    const attempt = environment.run(request, onStarted);
    this.#running.set(environment, attempt);
    try {
      const result = await attempt;
      if (environment.killed) throw new Error('Local Lambda stopped before the attempt ended');
      return result;
    } finally {
      this.#running.delete(environment);
      if (pool.key === key && !this.#disposed && !environment.debugged) this.#keep(pool, environment);
      else void environment.kill();
    }
  }

  async dispose(graceMs = 0): Promise<void> {
    this.#disposed = true;
    this.#envFiles?.dispose();
    for (const folder of this.#folders.values()) folder.dispose();
    const ends = [...this.#pools.values()].flatMap((pool) => pool.idle.splice(0).map((idle) => this.#end(idle)));
    const running = Promise.allSettled(this.#running.values());
    if (this.#running.size > 0 && graceMs > 0) {
      const { promise: graceOver, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, graceMs);
      await Promise.race([running, graceOver]);
      clearTimeout(timer);
    }
    await Promise.all([...ends, ...[...this.#running.keys()].map((environment) => environment.kill())]);
    await running;
    await this.#parts.groups.dispose();
    await this.#parts.layers.dispose();
  }

  /** A new environment when its start has its turn, or one that has become free meanwhile. */
  async #start(pool: Pool, key: string, fresh: () => Environment): Promise<Environment> {
    const leave = await this.#parts.starts.enter();
    try {
      this.#throwIfDisposed();
      const warm = pool.key === key ? this.#takeWarm(pool) : undefined;
      if (warm !== undefined) {
        leave();
        return warm;
      }
      const environment = fresh();
      void environment.initialised.then(leave);
      return environment;
    } catch (error) {
      leave();
      throw error;
    }
  }

  #throwIfDisposed(): void {
    if (this.#disposed) throw new Error('Local Lambda is stopping; it takes no more attempts');
  }

  #folder(codeDir: string): CodeFolder {
    const known = this.#folders.get(codeDir);
    if (known !== undefined) return known;
    const folder = new CodeFolder(codeDir, this.#parts.stateDir, this.#parts.log);
    this.#folders.set(codeDir, folder);
    return folder;
  }

  /** The version's pool; what it holds of older code or settings ends here. */
  #pool(definition: FunctionDefinition, version: string, fingerprint: string, envFile: EnvFile | undefined): Pool {
    const { functionName, runtime, handler, codeDir, entryPoints, timeout } = definition;
    const { memorySize, environment, logGroupName, jsonLogs } = definition;
    const key = JSON.stringify([
      runtime,
      handler,
      codeDir,
      entryPoints,
      timeout,
      memorySize,
      environment,
      logGroupName,
      jsonLogs,
      fingerprint,
      envFile?.text,
    ]);
    const name = `${functionName}:${version}`;
    const pool = this.#pools.get(name);
    if (pool === undefined) {
      const created: Pool = { key, idle: [] };
      this.#pools.set(name, created);
      return created;
    }
    if (pool.key !== key) {
      this.#parts.log.debug(`${functionName} has changed: its next attempts start cold`);
      pool.key = key;
      for (const idle of pool.idle.splice(0)) void this.#end(idle);
    }
    return pool;
  }

  /** Ends the warm environments of a pool whose code came from files that have changed outside of the code folder. */
  async #endStale(name: string): Promise<void> {
    const idle = this.#pools.get(name)?.idle ?? [];
    await Promise.all(
      idle.map(async ({ environment }) => {
        if (await environment.isStale()) this.#retire(environment);
      }),
    );
  }

  /** Keeps a warm environment for the next event, for a while. */
  #keep(pool: Pool, environment: Environment): void {
    if (!environment.warm) return;
    const timer = setTimeout(() => this.#retire(environment), this.#parts.idleMs);
    timer.unref();
    pool.idle.push({ environment, timer });
    this.#idle.set(environment, pool);
    for (const oldest of this.#idle.keys()) {
      if (this.#idle.size <= this.#parts.maxIdle) break;
      this.#retire(oldest);
    }
  }

  #retire(environment: Environment): void {
    const pool = this.#idle.get(environment);
    const index = pool?.idle.findIndex((idle) => idle.environment === environment) ?? -1;
    if (index !== -1) pool?.idle.splice(index, 1).forEach((idle) => void this.#end(idle));
  }

  /** The environment used last, so that those too many grow old and end. */
  #takeWarm(pool: Pool): Environment | undefined {
    for (let idle = pool.idle.pop(); idle !== undefined; idle = pool.idle.pop()) {
      clearTimeout(idle.timer);
      this.#idle.delete(idle.environment);
      if (idle.environment.warm) return idle.environment;
    }
    return undefined;
  }

  #end({ environment, timer }: Idle): Promise<void> {
    clearTimeout(timer);
    this.#idle.delete(environment);
    return environment.kill();
  }
}

/** Electron plays Node only when told to by a variable. */
function isElectron(nodePath: string): boolean {
  if (nodePath === process.execPath) return process.versions['electron'] !== undefined;
  return !/^node/i.test(basename(nodePath)) && !/^(?:bun|deno)/i.test(basename(nodePath));
}
