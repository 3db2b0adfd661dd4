import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { EventInvokeConfig } from '../../src/model/eventInvokeConfig.ts';
import type { FaultKind } from '../../src/model/fault.ts';
import type { AttemptStatus, InvocationPiece, LogLine } from '../../src/model/invocation.ts';
import type { DeliveryOrigin, DeliveryTarget, MessageAttributes } from '../../src/local/deliveryTargets.ts';
import type {
  ExecutionEnvironments,
  ExecutionRequest,
  ExecutionResult,
} from '../../src/local/environments/executionEnvironments.ts';
import type { Clock } from '../../src/local/events/clock.ts';
import type { EventQueue } from '../../src/local/events/eventQueue.ts';
import { createEventQueue, type EventQueueOptions } from '../../src/local/events/sqliteEventQueue.ts';
import type { FunctionDefinition } from '../../src/local/functionDefinition.ts';
import type { FunctionRegistry, ResolvedFunction } from '../../src/local/functions/functionRegistry.ts';
import type { InvocationJournal } from '../../src/local/journal/invocationJournal.ts';
import { createInvocationJournal } from '../../src/local/journal/sqliteJournal.ts';
import { openDatabase } from '../../src/local/state/database.ts';

/** 2026-09-14T15:18:45.648Z */
export const startOfTime = Date.UTC(2026, 8, 14, 15, 18, 45, 648);

/** The ARN of a function here. */
export function arnOf(functionName: string): string {
  return `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`;
}

/** The queue that the tests deliver to. */
export const queueArn = 'arn:aws:sqs:us-east-1:000000000000:results';

/** Time that moves only when told to. */
export class VirtualClock implements Clock {
  #now = startOfTime;
  readonly #timers = new Set<{ readonly at: number; readonly work: () => void }>();

  now(): number {
    return this.#now;
  }

  schedule(at: number, work: () => void): { dispose(): void } {
    const timer = { at, work };
    this.#timers.add(timer);
    return { dispose: () => void this.#timers.delete(timer) };
  }

  /** Goes to the next timer and fires it; `false` when there is none. */
  advance(): boolean {
    const next = [...this.#timers].toSorted((a, b) => a.at - b.at)[0];
    if (!next) return false;
    this.#timers.delete(next);
    this.#now = Math.max(this.#now, next.at);
    next.work();
    return true;
  }

  /** When the next timer fires. */
  get next(): number | undefined {
    return [...this.#timers].map(({ at }) => at).toSorted((a, b) => a - b)[0];
  }

  /** Moves time without firing anything. */
  skip(ms: number): void {
    this.#now += ms;
  }

  /** As if the process were gone. */
  forgetTimers(): void {
    this.#timers.clear();
  }
}

/** Functions and their settings, in maps that tests change as they like. */
export class FakeFunctions implements FunctionRegistry {
  /** Functions whose loops go on. */
  readonly recursive = new Set<string>();
  readonly #definitions = new Map<string, FunctionDefinition>();
  readonly #versions = new Map<string, string>();
  readonly #configs = new Map<string, EventInvokeConfig>();

  list(): readonly FunctionDefinition[] {
    return [...this.#definitions.values()];
  }

  resolve(functionName: string, qualifier = '$LATEST'): ResolvedFunction | undefined {
    const definition = this.#definitions.get(functionName);
    const executedVersion = this.#versions.get(`${functionName}:${qualifier}`);
    return definition && executedVersion !== undefined ? { definition, executedVersion } : undefined;
  }

  allowsRecursion(functionName: string): boolean {
    return this.recursive.has(functionName);
  }

  eventInvokeConfig(functionName: string, qualifier: string): EventInvokeConfig | undefined {
    return this.#configs.get(`${functionName}:${qualifier}`);
  }

  add(functionName: string, changes: Partial<FunctionDefinition> = {}): void {
    this.#definitions.set(functionName, {
      functionName,
      functionArn: arnOf(functionName),
      description: '',
      runtime: 'nodejs22.x',
      handler: 'index.handler',
      codeDir: '/code',
      timeout: 3,
      memorySize: 128,
      environment: {},
      role: 'arn:aws:iam::000000000000:role/local',
      logGroupName: `/aws/lambda/${functionName}`,
      lastModified: startOfTime,
      ...changes,
    });
    this.publish(functionName, '$LATEST', '$LATEST');
  }

  publish(functionName: string, qualifier: string, version: string): void {
    this.#versions.set(`${functionName}:${qualifier}`, version);
  }

  configure(functionName: string, config: Omit<EventInvokeConfig, 'functionArn'>, qualifier = '$LATEST'): void {
    this.#configs.set(`${functionName}:${qualifier}`, {
      functionArn: `${arnOf(functionName)}:${qualifier}`,
      ...config,
    });
  }

  /** Removes a version or alias, or (no qualifier) the function with everything. */
  remove(functionName: string, qualifier?: string): void {
    if (qualifier === undefined) this.#definitions.delete(functionName);
    const prefix = qualifier === undefined ? `${functionName}:` : `${functionName}:${qualifier}`;
    for (const map of [this.#versions, this.#configs]) {
      for (const key of [...map.keys()]) if (key.startsWith(prefix)) map.delete(key);
    }
  }
}

/** What an attempt does. */
export interface Behaviour {
  readonly status?: AttemptStatus;
  readonly payload?: string | Uint8Array;
  /** Ms by the virtual clock; absent: it takes no time. */
  readonly takes?: number;
  /** The attempt ends only when this does. */
  readonly until?: Promise<unknown>;
  readonly logs?: readonly LogLine[];
  /** It was made to end so; it says that it took `says` ms. */
  readonly fault?: FaultKind;
  readonly says?: number;
  /** The environment itself fails. */
  readonly breaks?: boolean;
}

/** A failure as Node.js reports it, short. */
export const failure: Behaviour = { status: 'error', payload: '{"errorType":"Error","errorMessage":"no"}' };

/** Execution environments that do what the test says. */
export class ScriptedEnvironments implements ExecutionEnvironments {
  readonly requests: ExecutionRequest[] = [];
  readonly #clock: Clock;
  /** By function; default: returns `null`. `nth` counts the requests of that function from 1. */
  behave: (request: ExecutionRequest, nth: number) => Behaviour = () => ({});

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async execute(request: ExecutionRequest, onStarted?: (startedAt: number) => void): Promise<ExecutionResult> {
    this.requests.push(request);
    const name = request.definition.functionName;
    const nth = this.requests.filter(({ definition }) => definition.functionName === name).length;
    const {
      status = 'success',
      payload = 'null',
      takes,
      until,
      logs = [],
      breaks,
      fault,
      says,
    } = this.behave(request, nth);
    if (breaks === true) throw new Error('spawn failed');
    const startedAt = this.#clock.now();
    onStarted?.(startedAt);
    if (takes !== undefined) {
      await new Promise<void>((resolve) => this.#clock.schedule(startedAt + takes, resolve));
    }
    await until;
    return {
      startedAt,
      endedAt: this.#clock.now(),
      durationMs: says ?? takes ?? 1,
      billedDurationMs: takes ?? 1,
      maxMemoryUsedMB: 64,
      status,
      payload: typeof payload === 'string' ? new TextEncoder().encode(payload) : payload,
      logGroupName: `/aws/lambda/${name}`,
      logStreamName: 'stream',
      logs,
      ...(fault === undefined ? {} : { fault }),
    };
  }

  async release(): Promise<void> {}

  async dispose(): Promise<void> {}
}

/** What a target got. */
export interface Delivered {
  readonly arn: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly origin?: DeliveryOrigin;
}

/** A delivery target that keeps what it gets in a table of the database, as the real ones do. */
export function tableTarget(db: DatabaseSync, table: string): DeliveryTarget & { all(): readonly Delivered[] } {
  db.exec(`CREATE TABLE IF NOT EXISTS ${table} (delivered TEXT NOT NULL)`);
  return {
    deliver: (arn, body, attributes, origin) => {
      db.prepare(`INSERT INTO ${table} VALUES (?)`).run(JSON.stringify({ arn, body, attributes, origin }));
    },
    all: () =>
      db
        .prepare(`SELECT delivered FROM ${table} ORDER BY rowid`)
        .all()
        .map((row) => JSON.parse(String(row['delivered'])) as Delivered),
  };
}

/** A queue with everything around it. */
export class QueueHarness implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly functions = new FakeFunctions();
  readonly environments = new ScriptedEnvironments(this.clock);
  readonly log: string[] = [];
  readonly #dataDir = mkdtempSync(join(tmpdir(), 'lambda-destinations-queue-'));
  readonly #options: Partial<EventQueueOptions>;
  #requests = 0;
  db!: DatabaseSync;
  journal!: InvocationJournal;
  queue!: EventQueue;
  sqs!: ReturnType<typeof tableTarget>;
  sns!: ReturnType<typeof tableTarget>;

  constructor(options: Partial<EventQueueOptions> = {}) {
    this.#options = options;
    this.functions.add('fn');
    this.open();
  }

  /** Opens the database and starts a queue on it, as a new process does. */
  open(): void {
    const note = (message: string): void => void this.log.push(message);
    this.db = openDatabase(this.#dataDir);
    this.journal = createInvocationJournal(this.db);
    this.sqs = tableTarget(this.db, 'fake_sqs');
    this.sns = tableTarget(this.db, 'fake_sns');
    this.queue = createEventQueue({
      db: this.db,
      registry: this.functions,
      environments: this.environments,
      journal: this.journal,
      targets: { SQS: this.sqs, SNS: this.sns },
      timeScale: 1,
      log: { trace: note, debug: note, info: note, warn: note, error: note },
      clock: this.clock,
      ...this.#options,
    });
    this.queue.start();
  }

  /** The process is gone from one moment to the next. */
  crash(): void {
    this.db.close();
    this.clock.forgetTimers();
  }

  /** Sends an event; the request id is `r1`, `r2`, … */
  send(payload = '{}', functionName = 'fn', qualifier?: string): string {
    this.#requests += 1;
    const requestId = `r${this.#requests}`;
    this.queue.accept({
      requestId,
      functionName,
      ...(qualifier === undefined ? {} : { qualifier }),
      payload: new TextEncoder().encode(payload),
      traceId: 'Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0',
    });
    return requestId;
  }

  /** Lets everything happen that happens without time moving. */
  async settle(): Promise<void> {
    for (let quiet = 0, before = -1; quiet < 4; quiet += 1) {
      await new Promise<void>((resolve) => void setImmediate(resolve));
      const now = this.#happened();
      if (now !== before) quiet = 0;
      before = now;
    }
  }

  #happened(): number {
    const { cursor } = this.db.prepare('SELECT max(cursor) AS cursor FROM journal').get() ?? {};
    return this.environments.requests.length + Number(cursor);
  }

  /** Moves time until nothing is left to do, or (with `until`) something is so. */
  async run(until: () => boolean = () => false): Promise<void> {
    await this.settle();
    while (!until() && this.clock.advance()) await this.settle();
  }

  /** The journal's pieces, of one request or of all. */
  pieces(requestId?: string): readonly InvocationPiece[] {
    const all = this.journal.read(0, 1_000_000).map(({ piece }) => piece);
    return requestId === undefined ? all : all.filter((piece) => 'requestId' in piece && piece.requestId === requestId);
  }

  /** The journal's pieces of one kind. */
  ofKind<K extends InvocationPiece['kind']>(kind: K): readonly Extract<InvocationPiece, { readonly kind: K }>[] {
    return this.pieces().filter(
      (piece): piece is Extract<InvocationPiece, { readonly kind: K }> => piece.kind === kind,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.db.isOpen) {
      const stopped = this.queue.stop(0);
      this.clock.advance();
      await stopped;
      this.db.close();
    }
    rmSync(this.#dataDir, { recursive: true });
  }
}
