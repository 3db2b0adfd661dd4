import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Duplex } from 'node:stream';
import type { LogLine } from '../../model/invocation.ts';
import { eventMessage } from './eventMessage.ts';
import { FrameReader, LineReader } from './outputFrames.ts';
import type { DebuggerTold, SourceFile } from './outputFrames.ts';
import type { MemoryGuard } from './memoryGuard.ts';
import type { ProcessGroups } from './processGroups.ts';
import { peakMemoryMB } from './processIdentity.ts';
import { RuntimeApi } from './runtimeApi.ts';
import type { RuntimeAnswer, RuntimeInvocation } from './runtimeApi.ts';

/** What a runtime's process does next. `notStarted`: the system couldn't start it, `reason` says why. */
export type RuntimeEvent =
  | { readonly kind: 'next' }
  | { readonly kind: 'initError'; readonly errorType: string; readonly payload: Uint8Array }
  | {
      readonly kind: 'exit';
      readonly code: number | null;
      readonly signal: NodeJS.Signals | null;
      /** We have killed it: it held more memory than it may. */
      readonly outOfMemory: boolean;
    }
  | { readonly kind: 'notStarted'; readonly reason: string }
  | { readonly kind: 'timeout' };

/** How to start a runtime. `variables` makes its environment from the address of its Runtime API. */
export interface RuntimeProcessOptions {
  readonly command: string;
  /** `command` is a line for the system's shell. */
  readonly shell?: boolean;
  readonly commandArguments: readonly string[];
  readonly cwd: string;
  /** It takes events by the pipe of its frames; its Runtime API is there, but has none for it. */
  readonly eventPipe: boolean;
  readonly variables: (runtimeApi: string) => Readonly<Record<string, string>>;
  readonly groups: ProcessGroups;
  /** The memory that it may hold while it runs an event; absent: any. */
  readonly memory?: { readonly guard: MemoryGuard; readonly limitMB: number } | undefined;
  readonly onOutput: (lines: readonly LogLine[]) => void;
  readonly onDebugger?: (told: DebuggerTold) => void;
}

/** After a process ended, others may still hold its pipes: that long we wait for them to close, in ms. */
const PIPES_GRACE_MS = 500;

/**
 * A process that gets its next event within so long, in ms, is not stopped in between: to stop it and to let it go on costs a
 * tenth of an event (docs/decisions/0016).
 */
const FREEZE_AFTER_MS = 10;

/** A runtime in a process group of its own, with its Runtime API and all that it writes. */
export class RuntimeProcess {
  readonly #options: RuntimeProcessOptions;
  readonly #frames = new FrameReader();
  readonly #readers = { stdout: new LineReader(), stderr: new LineReader() };
  readonly #events: RuntimeEvent[] = [];
  #wake: (() => void) | undefined;
  #api: RuntimeApi | undefined;
  #child: ChildProcess | undefined;
  #answer: RuntimeAnswer | undefined;
  #outOfMemory = false;
  #freezing: NodeJS.Timeout | undefined;
  #peakMB = 0;
  #reportsMemory = false;
  readonly #sources: SourceFile[] = [];
  readonly #ended = Promise.withResolvers<void>();

  private constructor(options: RuntimeProcessOptions) {
    this.#options = options;
  }

  /** Starts it; how that went is the first of its events. */
  static async start(options: RuntimeProcessOptions): Promise<RuntimeProcess> {
    const runtime = new RuntimeProcess(options);
    runtime.#api = await RuntimeApi.open({
      next: () => {
        if (!options.eventPipe) runtime.#emit({ kind: 'next' });
      },
      answer: (answer) => {
        runtime.#answer = answer;
      },
      initError: (errorType, payload) => runtime.#emit({ kind: 'initError', errorType, payload }),
    });
    runtime.#spawn(runtime.#api.address);
    return runtime;
  }

  /** The next thing that it does, with all it wrote before taken in; `timeout` when `ms` pass first. */
  async event(ms: number): Promise<RuntimeEvent> {
    if (this.#events.length === 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = setTimeout(resolve, ms);
      await promise;
      clearTimeout(timer);
      this.#wake = undefined;
    }
    // What it wrote before it called us lies in pipes that this turn of the event loop reads.
    await new Promise((resolve) => setImmediate(resolve));
    return this.#events.shift() ?? { kind: 'timeout' };
  }

  /** Hands it an event. */
  give(invocation: RuntimeInvocation): void {
    this.#answer = undefined;
    clearTimeout(this.#freezing);
    if (this.#child?.pid !== undefined) {
      this.#options.groups.thaw(this.#child.pid);
      this.#guardMemory(this.#child.pid);
    }
    if (!this.#options.eventPipe) this.#api?.give(invocation);
    else this.#pipe?.write(eventMessage(invocation));
  }

  /** What it answered to the last event it was given. */
  get answer(): RuntimeAnswer | undefined {
    return this.#answer;
  }

  /** Files outside of the code folder that it has read code from. */
  get sources(): readonly SourceFile[] {
    return this.#sources;
  }

  /** Whether it has not ended. */
  get alive(): boolean {
    return this.#child?.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Stops it until it is given an event, unless that is soon. */
  freeze(): void {
    const { pid } = this.#child ?? {};
    if (pid === undefined) return;
    this.#options.memory?.guard.release(pid);
    this.#freezing = setTimeout(() => this.#options.groups.freeze(pid), FREEZE_AFTER_MS);
  }

  get #pipe(): Duplex | undefined {
    return this.#child?.stdio[3] as Duplex | undefined;
  }

  /** The most memory it has held, in MB. */
  async peakMemoryMB(): Promise<number> {
    if (this.alive && this.#child?.pid !== undefined) {
      this.#peakMB = Math.max(this.#peakMB, (await peakMemoryMB(this.#child.pid)) ?? 0);
    }
    return this.#peakMB;
  }

  /** Whether it tells of its memory itself, as our bootstraps do. */
  get reportsMemory(): boolean {
    return this.#reportsMemory;
  }

  /** The most memory it has reported itself, in MB. */
  get reportedMemoryMB(): number {
    return this.#peakMB;
  }

  /** Ends it and what it started. Output that is complete is taken in; resolves when its process is gone. */
  async kill(): Promise<void> {
    if (this.#child?.pid === undefined) return this.#api?.close();
    this.#options.groups.kill(this.#child.pid);
    await this.#ended.promise;
    this.#api?.close();
  }

  /** Reads out what came after the last newline. */
  flushOutput(): void {
    const lines = [...this.#readers.stdout.flush(), ...this.#readers.stderr.flush()];
    const at = Date.now();
    if (lines.length > 0) this.#options.onOutput(lines.map((message) => ({ at, message })));
  }

  #spawn(runtimeApi: string): void {
    const { command, commandArguments, cwd, eventPipe, variables, groups, shell = false } = this.#options;
    const env = variables(runtimeApi);
    const notStarted = (error: unknown): void => {
      this.#api?.close();
      this.#emit({ kind: 'notStarted', reason: error instanceof Error ? error.message : String(error) });
    };
    let child: ChildProcess;
    try {
      child = spawn(command, commandArguments, {
        cwd,
        env,
        shell,
        detached: process.platform !== 'win32',
        windowsHide: true,
        // The last one tells it that we are there.
        stdio: ['ignore', 'pipe', 'pipe', 'pipe', ...(eventPipe ? (['pipe'] as const) : [])],
      });
    } catch (error) {
      // What is no program of this system's is thrown, not emitted.
      return notStarted(error);
    }
    this.#child = child;
    child.on('error', notStarted);
    const { pid } = child;
    if (pid === undefined) return;
    // Both, because a port may be given out again, and an environment may start a second process.
    groups.add(
      pid,
      ['AWS_LAMBDA_RUNTIME_API', 'AWS_LAMBDA_LOG_STREAM_NAME'].map((name) => `${name}=${env[name]}`),
    );
    child.stdout?.on('data', (chunk: Buffer) => this.#takeRaw('stdout', chunk, Date.now()));
    child.stderr?.on('data', (chunk: Buffer) => this.#takeRaw('stderr', chunk, Date.now()));
    this.#pipe?.on('data', (chunk: Buffer) => this.#takeFrames(chunk));
    // It may end with an event in the pipe. Its exit tells of that.
    for (const stream of child.stdio.slice(3)) stream?.on('error', () => undefined);
    this.#guardMemory(pid);
    child.on('exit', (code, signal) => {
      clearTimeout(this.#freezing);
      this.#options.memory?.guard.release(pid);
      groups.kill(pid); // What it started and left.
      this.#api?.close();
      const timer = setTimeout(() => child.emit('close', code, signal), PIPES_GRACE_MS);
      child.once('close', () => {
        clearTimeout(timer);
        this.#emit({ kind: 'exit', code, signal, outOfMemory: this.#outOfMemory });
        this.#ended.resolve();
      });
    });
  }

  #guardMemory(pid: number): void {
    const { memory, groups } = this.#options;
    memory?.guard.guard(pid, memory.limitMB, () => {
      this.#outOfMemory = true;
      groups.kill(pid);
    });
  }

  #takeFrames(chunk: Buffer): void {
    const lines: LogLine[] = [];
    for (const frame of this.#frames.read(chunk)) {
      if (frame.kind === 'event') lines.push({ at: frame.at, message: frame.message });
      else if (frame.kind === 'debugger') this.#options.onDebugger?.(frame.told);
      else if (frame.kind === 'source') this.#sources.push(frame.source);
      else if (frame.kind === 'next') this.#emit(frame);
      else if (frame.kind === 'initError') this.#emit(frame);
      else if (frame.kind === 'answer') this.#takeAnswer(frame.answer, frame.bytes);
      else if (frame.kind === 'memory') {
        this.#reportsMemory = true;
        this.#peakMB = Math.max(this.#peakMB, Math.ceil(frame.kilobytes / 1024));
      } else for (const message of this.#readers[frame.kind].read(frame.bytes)) lines.push({ at: frame.at, message });
    }
    if (lines.length > 0) this.#options.onOutput(lines);
  }

  #takeAnswer(kind: RuntimeAnswer['kind'], payload: Buffer): void {
    const now = performance.now();
    this.#answer = { kind, payload, begun: now, ended: now };
  }

  #takeRaw(stream: 'stdout' | 'stderr', chunk: Buffer, at: number): void {
    const lines = this.#readers[stream].read(chunk);
    if (lines.length > 0) this.#options.onOutput(lines.map((message) => ({ at, message })));
  }

  #emit(event: RuntimeEvent): void {
    this.#events.push(event);
    this.#wake?.();
  }
}
