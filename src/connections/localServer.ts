import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Logger } from '../model/logger.ts';
import { UserFacingFailure } from '../model/userFacingFailure.ts';
import {
  parseLocalEvent,
  type LocalFailedEvent,
  type LocalProjectEvent,
  type LocalReadyEvent,
} from '../protocol/localEvents.ts';
import { faultText, readFaultSetting, type FaultRequest } from '../protocol/localFaults.ts';
import { findNode } from './findNode.ts';

/** The settings that a start uses; structurally those of the extension. */
export interface LocalSettings {
  /** 0: any free one. */
  readonly 'local.port': number;
  readonly 'local.timeScale': number;
  readonly 'local.region': string;
  readonly 'local.account': string;
  readonly 'local.nodePath': string;
  /** Empty: the best one that is found for a function. */
  readonly 'local.pythonPath': string;
  /** Command lines by function name or the beginning of a runtime's name. */
  readonly 'local.runtimeCommands': Readonly<Record<string, string>>;
  /** Whether a handler that holds more memory than its function has is ended. */
  readonly 'local.memoryLimit': boolean;
  /** Faults on demand by function name, as people write them (`readFaultSetting`). */
  readonly 'local.faults': Readonly<Record<string, unknown>>;
}

/** What local Lambda is started with. */
export interface LocalServerOptions {
  /** URL of its program: `dist/local.mjs`. */
  readonly program: URL;
  /** Absolute paths. */
  readonly projectDir: string;
  readonly dataDir: string;
  readonly settings: LocalSettings;
  readonly log: Logger;
  /** The templates were read, at the start and whenever one changed. */
  onProject(event: LocalProjectEvent): void;
}

/** Local Lambda, running. */
export interface LocalServer {
  readonly ready: LocalReadyEvent;
  /** The server is another window's: our process only stays for as long as it does. */
  readonly attached: boolean;
  /** Resolves when it has ended, by itself or not. */
  readonly ended: Promise<ServerEnd>;
  /** Asks it to end, and makes it after 5 s. Resolves when it has. */
  stop(): Promise<void>;
}

/** How local Lambda ended. */
export interface ServerEnd {
  /** In words, with its last complaints. */
  readonly why: string;
  /** It went as it does when nothing is left to do; else it was killed, or failed. */
  readonly orderly: boolean;
}

/** Longer than local Lambda itself waits for a data folder (30 s): it says better what is wrong. */
const startTimeoutMs = 40_000;
const stopTimeoutMs = 5_000;
/** Lines of stderr that a failure quotes. */
const quotedLines = 6;

/**
 * Starts local Lambda; resolves once it listens. @throws UserFacingFailure with the code of its `failed` line, or
 * `nodeMissing`, `nodeTooOld`, `startTimedOut`, `exited`; the signal's reason when aborted: the process is ended then.
 */
export async function startLocalServer(options: LocalServerOptions, signal: AbortSignal): Promise<LocalServer> {
  const { program, log } = options;
  const node = await findNode({ configured: options.settings['local.nodePath'] }, signal);
  signal.throwIfAborted();
  const faults = faultSettings(options.settings, log).map((fault) => `--fault=${faultText(fault)}`);
  const args = [...commandLine(options), ...faults];
  // What people write into their commands is theirs.
  const shown = args.map((argument) => argument.replace(/^(--runtime-command=[^=]+=).*/s, '$1…'));
  log.info(`starting with Node.js ${node.version} (${node.command}): ${shown.join(' ')}`);
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  // Standard input stays a pipe that nobody writes to: when this process ends, however it does, so does local Lambda.
  const child = spawn(node.command, [fileURLToPath(program), ...args], {
    cwd: options.projectDir,
    env: node.isElectron ? { ...env, ELECTRON_RUN_AS_NODE: '1' } : env,
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const complaints = followErrors(child, log);
  const ended = endOf(child, complaints);
  const stop = stopper(child, ended);
  const timeout = AbortSignal.timeout(startTimeoutMs);
  try {
    const first = await Promise.race([
      firstEvent(child, options),
      ended.then(({ why }): never => {
        throw new UserFacingFailure(
          'exited',
          `Local Lambda ended while it started: ${why} Look into the log, then restart it.`,
        );
      }),
      abortOf(signal),
      abortOf(timeout),
    ]);
    if (first.event === 'failed') throw new UserFacingFailure(first.code, first.message);
    return { ready: first, attached: first.pid !== child.pid, ended, stop };
  } catch (error) {
    await stop();
    if (timeout.aborted && !signal.aborted && error === timeout.reason) {
      throw new UserFacingFailure(
        'startTimedOut',
        `Local Lambda did not start within ${startTimeoutMs / 1_000} seconds.${quote(complaints)} Look into the log, then restart it.`,
        { cause: error },
      );
    }
    throw error;
  }
}

/** The faults that the settings declare; what is wrong with the others goes to the log. */
export function faultSettings(
  settings: Pick<LocalSettings, 'local.faults'>,
  log: Pick<Logger, 'warn'>,
): readonly FaultRequest[] {
  const { faults, problems } = readFaultSetting(settings['local.faults']);
  for (const problem of problems) log.warn(`lambdaDestinations.local.faults, ${problem}`);
  return faults;
}

/** Whether local Lambda is started the same way by both. */
export function startsAlike(a: LocalSettings, b: LocalSettings): boolean {
  const how = (settings: LocalSettings): string =>
    JSON.stringify([settings['local.nodePath'], commandLine({ projectDir: '', dataDir: '', settings })]);
  return how(a) === how(b);
}

function commandLine({
  projectDir,
  dataDir,
  settings,
}: Pick<LocalServerOptions, 'projectDir' | 'dataDir' | 'settings'>): string[] {
  const values = {
    '--project': projectDir,
    '--data': dataDir,
    '--port': settings['local.port'],
    '--time-scale': settings['local.timeScale'],
    '--region': settings['local.region'],
    '--account': settings['local.account'],
    ...(settings['local.pythonPath'] === '' ? {} : { '--python': settings['local.pythonPath'] }),
  };
  // One word each, so that a name that begins with a dash is no option.
  const commands = Object.entries(settings['local.runtimeCommands'])
    .filter(([name, command]) => /^[^=]+$/.test(name) && typeof command === 'string' && command.trim() !== '')
    .map(([name, command]) => `--runtime-command=${name}=${command}`);
  const named = Object.entries(values).flatMap(([name, value]) => [name, String(value)]);
  const memory = settings['local.memoryLimit'] ? [] : ['--no-memory-limit'];
  return ['local', ...named, ...commands, ...memory, '--json'];
}

/** Follows stdout for as long as the process lives; resolves with the line that says whether it started. */
function firstEvent(child: ChildProcess, options: LocalServerOptions): Promise<LocalReadyEvent | LocalFailedEvent> {
  const { log, onProject } = options;
  const { promise, resolve } = Promise.withResolvers<LocalReadyEvent | LocalFailedEvent>();
  if (!child.stdout) return promise;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = parseLocalEvent(line);
    switch (event?.event) {
      case 'ready':
      case 'failed':
        resolve(event);
        break;
      case 'project':
        onProject(event);
        break;
      case 'log':
        log[event.level](event.message);
        break;
      default:
        if (line !== '') log.debug(line);
    }
  });
  return promise;
}

/** Its stderr goes to the log; the last lines are kept for whoever has to say why it ended. */
function followErrors(child: ChildProcess, log: Logger): readonly string[] {
  const lines: string[] = [];
  if (!child.stderr) return lines;
  createInterface({ input: child.stderr }).on('line', (line) => {
    log.warn(line);
    lines.push(line);
    if (lines.length > quotedLines) lines.shift();
  });
  return lines;
}

async function endOf(child: ChildProcess, complaints: readonly string[]): Promise<ServerEnd> {
  // Writing to a process that is gone is no news.
  child.stdin?.on('error', () => undefined);
  const { promise, resolve } = Promise.withResolvers<ServerEnd>();
  const over = (code: number | null, signal: NodeJS.Signals | null): void =>
    resolve({
      why: signal === null ? `it exited with code ${code}.` : `it was ended by ${signal}.`,
      orderly: code === 0,
    });
  child.once('error', (error) => resolve({ why: `it could not be run: ${error.message}.`, orderly: false }));
  // "close" comes after the last line of its output, "exit" may come before.
  child.once('close', over);
  // A handler that outlives it may hold its output open.
  child.once('exit', (code, signal) => setTimeout(over, 1_000, code, signal).unref());
  const { why, orderly } = await promise;
  return { why: `${why}${quote(complaints)}`, orderly };
}

function stopper(child: ChildProcess, ended: Promise<unknown>): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  return () => {
    stopping ??= (async () => {
      if (child.pid === undefined) return;
      // On Windows a signal is the end at once; the closed pipe lets it finish what it does.
      if (process.platform === 'win32') child.stdin?.end();
      else child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
      await ended;
      clearTimeout(timer);
    })();
    return stopping;
  };
}

async function abortOf(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  throw signal.reason;
}

function quote(lines: readonly string[]): string {
  return lines.length === 0 ? '' : ` It said: ${lines.join('\n')}`;
}
