import { stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { FaultKind } from '../../model/fault.ts';
import type { FunctionDefinition } from '../functionDefinition.ts';
import { endingOf, failed, initErrorType, outOfMemoryEnding } from './attemptEnding.ts';
import type { Ending } from './attemptEnding.ts';
import { AttemptLog } from './attemptLog.ts';
import { attemptSpans } from './attemptSpans.ts';
import { startRuntime } from './coldStart.ts';
import type { ColdStart, EnvironmentSettings } from './coldStart.ts';
import type { ExecutionRequest, ExecutionResult } from './executionEnvironments.ts';
import { cannotRun, timedOut } from './platformErrors.ts';
import { logStreamName } from './platformLines.ts';
import { platformLog } from './platformLog.ts';
import type { PlatformLog } from './platformLog.ts';
import type { RuntimeEvent, RuntimeProcess } from './runtimeProcess.ts';

/** Under a debugger time does not count; ms, the longest that timers take. */
const UNLIMITED_MS = 2_000_000_000;

/**
 * One execution environment: a log stream, and a runtime's process that handles one event at a time, frozen between
 * them. It is used up when its process ends.
 */
export class Environment {
  readonly #settings: EnvironmentSettings;
  readonly #definition: FunctionDefinition;
  readonly #version: string;
  readonly #coldStart: ColdStart | undefined;
  readonly #logStreamName: string;
  readonly #log: AttemptLog;
  readonly #platform: PlatformLog;
  #runtime: RuntimeProcess | undefined;
  readonly #kill = new AbortController();
  readonly #initialised = Promise.withResolvers<void>();
  /** How much longer its init is made to take, in ms. */
  #slowerMs = 0;

  /** Without `coldStart` it can only refuse. */
  constructor(settings: EnvironmentSettings, definition: FunctionDefinition, version: string, coldStart?: ColdStart) {
    this.#settings = settings;
    this.#coldStart = coldStart;
    this.#definition = definition;
    this.#version = version;
    this.#logStreamName = logStreamName(definition, version, new Date());
    this.#log = new AttemptLog(settings, definition.logGroupName, this.#logStreamName);
    const { region } = settings.scope;
    this.#platform = platformLog({ definition, version, logStreamName: this.#logStreamName, region });
  }

  /** Whether it can take another event without a cold start. */
  get warm(): boolean {
    return this.#runtime?.alive === true && !this.killed;
  }

  /** Whether a file outside of the code folder has changed since it was read. */
  async isStale(): Promise<boolean> {
    const changed = (this.#runtime?.sources ?? []).map(async ({ path, mtimeMs, size }) => {
      const found = await stat(path).catch(() => undefined);
      return found?.mtimeMs !== mtimeMs || found.size !== size;
    });
    return (await Promise.all(changed)).includes(true);
  }

  /** Resolves when its cold start is over, however that went. */
  get initialised(): Promise<void> {
    return this.#initialised.promise;
  }

  /** Where its code lies. */
  get codeDir(): string {
    return this.#definition.codeDir;
  }

  /** Whether a debugger is at it: it takes one event only. */
  get debugged(): boolean {
    return this.#coldStart?.debug !== undefined;
  }

  /** Whether `kill` was called. */
  get killed(): boolean {
    return this.#kill.signal.aborted;
  }

  /** Runs one attempt; the environment must be fresh or warm. */
  async run(request: ExecutionRequest, onStarted?: (startedAt: number) => void): Promise<ExecutionResult> {
    const startedAt = Date.now();
    onStarted?.(startedAt);
    this.#log.begin();
    if (this.#runtime !== undefined) return this.#finish(request, startedAt, await this.#invoke(request));

    this.#slowerMs = this.#settings.faults?.slowsStart(this.#definition.functionName) ?? 0;
    const notes = this.#coldStart?.notes ?? [];
    this.#log.platform(...this.#platform.initStart(), ...notes.flatMap((note) => this.#platform.note(note)));
    const begun = performance.now();
    const init = await this.#init(this.#limit(this.#settings.initLimitMs)).finally(this.#initialised.resolve);
    const initDurationMs = performance.now() - begun;
    this.#tellInit(init, initDurationMs, 'init');
    if (init.kind === 'next') {
      return this.#finish(request, startedAt, await this.#invoke(request), initDurationMs);
    }
    return this.#finish(request, startedAt, await this.#invokeWithInit(request));
  }

  /** What an attempt comes to that can't be made: no process is started. */
  refuse(
    request: ExecutionRequest,
    errorType: string,
    why: string,
    onStarted?: (startedAt: number) => void,
  ): Promise<ExecutionResult> {
    const startedAt = Date.now();
    onStarted?.(startedAt);
    this.#log.begin();
    this.#tellStart(request);
    const error = cannotRun(request.requestId, errorType, why);
    this.#log.platform(...this.#platform.refusal(request.requestId, errorType, why));
    return this.#finish(request, startedAt, failed('error', error, 0));
  }

  /** Ends its processes. */
  async kill(): Promise<void> {
    this.#kill.abort();
    await this.#runtime?.kill();
  }

  #limit(ms: number): number {
    return this.debugged ? UNLIMITED_MS : ms;
  }

  /** Starts the runtime and waits until it asks for an event, or fails. */
  async #init(limitMs: number): Promise<RuntimeEvent> {
    const coldStart = this.#coldStart;
    if (coldStart === undefined) throw new Error('An environment that only refuses was to run');
    const runtime = await startRuntime(this.#settings, coldStart, {
      definition: this.#definition,
      version: this.#version,
      logStreamName: this.#logStreamName,
      log: this.#log,
    });
    this.#runtime = runtime;
    if (this.killed) await runtime.kill();
    const begun = performance.now();
    const event = await this.#slowed(await runtime.event(limitMs), limitMs - (performance.now() - begun));
    if (event.kind !== 'next') {
      // A runtime that told of an error ends by itself in a moment.
      if (event.kind === 'initError') await runtime.event(1_000);
      await runtime.kill();
      runtime.flushOutput();
    }
    return event;
  }

  /** An init that is made to take longer, up to its limit. */
  async #slowed(event: RuntimeEvent, leftMs: number): Promise<RuntimeEvent> {
    if (this.#slowerMs === 0 || event.kind !== 'next') return event;
    const { signal } = this.#kill;
    await pause(Math.min(this.#slowerMs, leftMs), undefined, { signal }).catch(() => undefined);
    return this.#slowerMs < leftMs ? event : { kind: 'timeout' };
  }

  /** After a failed init, AWS does it once more inside the invocation, on the function's time. */
  async #invokeWithInit(request: ExecutionRequest): Promise<Ending> {
    const begun = performance.now();
    const limitMs = this.#limit(this.#definition.timeout * 1_000);
    this.#tellStart(request);
    const init = await this.#initAgain(limitMs);
    const durationMs = performance.now() - begun;
    this.#tellInit(init, durationMs, 'invoke');
    if (init.kind === 'next') return this.#invoke(request, begun);
    return this.#ending(request, init, durationMs);
  }

  /** An init that crashes with a segmentation fault is seen as one that takes too long (spec 6.2). */
  async #initAgain(limitMs: number): Promise<RuntimeEvent> {
    const begun = performance.now();
    const event = await this.#init(limitMs);
    if (event.kind !== 'exit' || event.signal !== 'SIGSEGV' || this.debugged) return event;
    const { signal } = this.#kill;
    await pause(limitMs - (performance.now() - begun), undefined, { signal }).catch(() => undefined);
    return { kind: 'timeout' };
  }

  /** Hands over the event and waits for what comes of it. `begun`: when the function's time began, if before. */
  async #invoke(request: ExecutionRequest, begun?: number): Promise<Ending> {
    const runtime = this.#runtime;
    if (runtime === undefined) throw new Error('No runtime to invoke');
    if (begun === undefined) this.#tellStart(request);
    const given = performance.now();
    const from = begun ?? given;
    const faulty = await this.#faulty(request, from);
    if (faulty) return faulty;
    const leftMs = Math.max(this.#limit(this.#definition.timeout * 1_000) - (given - from), 1);
    runtime.give({
      requestId: request.requestId,
      deadlineMs: Date.now() + Math.round(leftMs),
      invokedFunctionArn: request.invokedFunctionArn,
      traceId: request.traceId,
      payload: request.payload,
      ...(request.clientContext === undefined
        ? {}
        : { clientContext: Buffer.from(request.clientContext, 'base64').toString() }),
    });
    const event = await runtime.event(leftMs);
    const done = performance.now();
    if (event.kind === 'timeout' || (event.kind === 'next' && !runtime.reportsMemory)) await runtime.peakMemoryMB();
    if (event.kind === 'next' && !this.debugged) runtime.freeze();
    runtime.flushOutput();
    const ending = await this.#ending(request, event, done - from);
    return { ...ending, spans: attemptSpans(given, runtime.answer, done) };
  }

  /** What an attempt is made to come to, without the handler. Its environment is used up, as by the real thing. */
  async #faulty({ requestId }: ExecutionRequest, from: number): Promise<Ending | undefined> {
    const { faults } = this.#settings;
    const { functionName, timeout, memorySize } = this.#definition;
    const fault = (['timeout', 'outOfMemory'] as const).find((kind) => faults?.happens(kind, functionName));
    if (fault === undefined) return undefined;
    await this.#runtime?.peakMemoryMB();
    await this.#runtime?.kill();
    this.#runtime?.flushOutput();
    if (fault === 'timeout') {
      return { ...failed('timeout', timedOut(requestId, timeout), timeout * 1_000), fault };
    }
    return { ...outOfMemoryEnding(requestId, performance.now() - from, memorySize), fault };
  }

  /** What an attempt comes to; ends the process of one that has run out of time. */
  async #ending(request: ExecutionRequest, event: RuntimeEvent, durationMs: number): Promise<Ending> {
    const answer = this.#runtime?.answer;
    if (event.kind === 'timeout') {
      await this.#runtime?.kill();
      if (answer === undefined) this.#runtime?.flushOutput();
    }
    const { requestId } = request;
    return endingOf(event, answer, {
      requestId,
      durationMs,
      timeout: this.#definition.timeout,
      memorySize: this.#definition.memorySize,
      launch: this.#coldStart?.launch,
    });
  }

  async #finish(
    request: ExecutionRequest,
    startedAt: number,
    ending: Ending,
    initDurationMs?: number,
  ): Promise<ExecutionResult> {
    const { requestId } = request;
    const { logGroupName, memorySize } = this.#definition;
    const maxMemoryUsedMB = ending.maxMemoryUsedMB ?? this.#runtime?.reportedMemoryMB ?? 0;
    const fault = ending.fault ?? this.#slowStart();
    const billedDurationMs = Math.ceil(ending.durationMs + (initDurationMs ?? 0));
    this.#log.platform(
      ...this.#platform.end({
        requestId,
        durationMs: ending.durationMs,
        billedDurationMs,
        memorySizeMB: memorySize,
        maxMemoryUsedMB,
        initDurationMs,
        failure: ending.failure,
        exit: ending.exit,
        producedBytes: ending.payload.byteLength,
        spans: ending.spans ?? [],
      }),
    );
    return {
      startedAt,
      endedAt: Date.now(),
      durationMs: ending.durationMs,
      billedDurationMs,
      ...(initDurationMs === undefined ? {} : { initDurationMs }),
      maxMemoryUsedMB,
      status: ending.status,
      payload: ending.payload,
      logGroupName,
      logStreamName: this.#logStreamName,
      logs: this.#log.end(),
      ...(fault === undefined ? {} : { fault }),
    };
  }

  /** Told once: of the attempt that waited for it. */
  #slowStart(): FaultKind | undefined {
    if (this.#slowerMs === 0) return undefined;
    this.#slowerMs = 0;
    return 'slowStart';
  }

  #tellStart({ requestId, invokedFunctionArn }: ExecutionRequest): void {
    this.#log.platform(...this.#platform.start(requestId, invokedFunctionArn));
  }

  #tellInit(event: RuntimeEvent, durationMs: number, phase: 'init' | 'invoke'): void {
    const facts = { durationMs, phase, failed: event.kind !== 'next', errorType: initErrorType(event) };
    this.#log.platform(...this.#platform.initEnd(facts));
  }
}
