import { basename, join } from 'node:path';
import type { AccountScope } from '../../model/arn.ts';
import type { Logger } from '../../model/logger.ts';
import type { FunctionDefinition } from '../functionDefinition.ts';
import type { LogWriter } from '../logs/logWriter.ts';
import { CodeFolder } from './codeFolder.ts';
import { Environment } from './environment.ts';
import type { EnvironmentSettings } from './environment.ts';
import type { ExecutionEnvironments, ExecutionRequest, ExecutionResult } from './executionEnvironments.ts';
import { ProcessGroups } from './processGroups.ts';

/** What `createProcessEnvironments` needs. Times in ms. */
export interface ProcessEnvironmentsOptions {
  readonly logs: LogWriter;
  readonly scope: AccountScope;
  /** Where local Lambda's services answer; asked at each cold start. */
  readonly endpoint: () => string;
  /** The Node that runs handlers; may be Electron. */
  readonly nodePath: string;
  /** Holds `node.mjs` and `reaper.mjs`. */
  readonly bootstrapDir: string;
  /** Holds the list of process groups that a next start sweeps. */
  readonly stateDir: string;
  readonly log: Logger;
  /** A warm environment ends after so long without an event; 10 minutes unless said. */
  readonly idleMs?: number;
  /** AWS's 10 s unless said. */
  readonly initLimitMs?: number;
}

/** Execution environments that are processes of this machine, one each (design.md, "Handlers run in real execution environments"). */
export async function createProcessEnvironments(options: ProcessEnvironmentsOptions): Promise<ExecutionEnvironments> {
  const { nodePath, bootstrapDir, stateDir, log } = options;
  const electron = isElectron(nodePath);
  const groups = await ProcessGroups.open({
    nodePath,
    nodeVariables: electron ? { ELECTRON_RUN_AS_NODE: '1' } : {},
    reaperFile: join(bootstrapDir, 'reaper.mjs'),
    stateDir,
    log,
  });
  const { logs, scope, endpoint, initLimitMs = 10_000, idleMs = 600_000 } = options;
  const settings = {
    logs,
    log,
    scope,
    endpoint,
    nodePath,
    electron,
    bootstrapDir,
    groups,
    parent: process.env,
    initLimitMs,
  };
  return new ProcessEnvironments(settings, groups, log, stateDir, idleMs);
}

/** Environments of one function version that can take an event, all made from the same code and settings. */
interface Pool {
  key: string;
  readonly idle: { readonly environment: Environment; readonly timer: NodeJS.Timeout }[];
}

class ProcessEnvironments implements ExecutionEnvironments {
  readonly #settings: EnvironmentSettings;
  readonly #groups: ProcessGroups;
  readonly #log: Logger;
  readonly #stateDir: string;
  readonly #idleMs: number;
  readonly #pools = new Map<string, Pool>();
  readonly #folders = new Map<string, CodeFolder>();
  readonly #running = new Map<Environment, Promise<unknown>>();
  #disposed = false;

  constructor(settings: EnvironmentSettings, groups: ProcessGroups, log: Logger, stateDir: string, idleMs: number) {
    this.#stateDir = stateDir;
    this.#settings = settings;
    this.#groups = groups;
    this.#log = log;
    this.#idleMs = idleMs;
  }

  async execute(request: ExecutionRequest, onStarted?: (startedAt: number) => void): Promise<ExecutionResult> {
    this.#throwIfDisposed();
    const { definition, executedVersion } = request;
    const fresh = (): Environment => new Environment(this.#settings, definition, executedVersion);
    if (definition.unavailable !== undefined) {
      return fresh().refuse(request, 'Runtime.InvalidEntrypoint', definition.unavailable, onStarted);
    }
    if (!/^nodejs\d/.test(definition.runtime)) {
      const why =
        `Local Lambda runs Node.js functions only so far, and "${definition.functionName}" has the runtime ` +
        `"${definition.runtime}". Invoke it on AWS, or give it a nodejs runtime in the template.`;
      return fresh().refuse(request, 'Runtime.InvalidEntrypoint', why, onStarted);
    }
    const fingerprint = await this.#folder(definition.codeDir).fingerprint();
    this.#throwIfDisposed();
    if (fingerprint === undefined) {
      const why =
        `The code folder of "${definition.functionName}" doesn't exist: ${definition.codeDir}. ` +
        'Build the project, or correct CodeUri in the template.';
      return fresh().refuse(request, 'Runtime.InvalidWorkingDir', why, onStarted);
    }
    const pool = this.#pool(definition, executedVersion, fingerprint);
    const { key } = pool;
    const environment = takeWarm(pool) ?? fresh();
    const attempt = environment.run(request, onStarted);
    this.#running.set(environment, attempt);
    try {
      const result = await attempt;
      if (environment.killed) throw new Error('Local Lambda stopped before the attempt ended');
      return result;
    } finally {
      this.#running.delete(environment);
      if (pool.key === key && !this.#disposed) this.#keep(pool, environment);
      else void environment.kill();
    }
  }

  async dispose(graceMs = 0): Promise<void> {
    this.#disposed = true;
    for (const folder of this.#folders.values()) folder.dispose();
    const ends = [...this.#pools.values()].flatMap((pool) => pool.idle.splice(0).map(end));
    const running = Promise.allSettled(this.#running.values());
    if (this.#running.size > 0 && graceMs > 0) {
      const { promise: graceOver, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, graceMs);
      await Promise.race([running, graceOver]);
      clearTimeout(timer);
    }
    await Promise.all([...ends, ...[...this.#running.keys()].map((environment) => environment.kill())]);
    await running;
    await this.#groups.dispose();
  }

  #throwIfDisposed(): void {
    if (this.#disposed) throw new Error('Local Lambda is stopping; it takes no more attempts');
  }

  #folder(codeDir: string): CodeFolder {
    const known = this.#folders.get(codeDir);
    if (known !== undefined) return known;
    const folder = new CodeFolder(codeDir, this.#stateDir, this.#log);
    this.#folders.set(codeDir, folder);
    return folder;
  }

  /** The version's pool; what it holds of older code or settings ends here. */
  #pool(definition: FunctionDefinition, version: string, fingerprint: string): Pool {
    const { functionName, runtime, handler, codeDir, timeout, memorySize, environment, logGroupName } = definition;
    const key = JSON.stringify([
      runtime,
      handler,
      codeDir,
      timeout,
      memorySize,
      environment,
      logGroupName,
      fingerprint,
    ]);
    const name = `${functionName}:${version}`;
    const pool = this.#pools.get(name);
    if (pool === undefined) {
      const created: Pool = { key, idle: [] };
      this.#pools.set(name, created);
      return created;
    }
    if (pool.key !== key) {
      this.#log.debug(`${functionName} has changed: its next attempts start cold`);
      pool.key = key;
      for (const idle of pool.idle.splice(0)) void end(idle);
    }
    return pool;
  }

  /** Keeps a warm environment for the next event, for a while. */
  #keep(pool: Pool, environment: Environment): void {
    if (!environment.warm) return;
    const timer = setTimeout(() => {
      const index = pool.idle.findIndex((idle) => idle.environment === environment);
      if (index !== -1) pool.idle.splice(index, 1).forEach((idle) => void end(idle));
    }, this.#idleMs);
    timer.unref();
    pool.idle.push({ environment, timer });
  }
}

/** The environment used last, so that those too many grow old and end. */
function takeWarm(pool: Pool): Environment | undefined {
  for (let idle = pool.idle.pop(); idle !== undefined; idle = pool.idle.pop()) {
    clearTimeout(idle.timer);
    if (idle.environment.warm) return idle.environment;
  }
  return undefined;
}

function end(idle: Pool['idle'][number]): Promise<void> {
  clearTimeout(idle.timer);
  return idle.environment.kill();
}

/** Electron plays Node only when told to by a variable. */
function isElectron(nodePath: string): boolean {
  if (nodePath === process.execPath) return process.versions['electron'] !== undefined;
  return !/^node/i.test(basename(nodePath)) && !/^(?:bun|deno)/i.test(basename(nodePath));
}
