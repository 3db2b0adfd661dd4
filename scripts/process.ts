import { spawn, type ChildProcess } from 'node:child_process';

/** What a command printed, and how it ended. */
export interface Ended {
  readonly code: number;
  readonly output: string;
}

interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** npm, npx and `code` are scripts on Windows, which only a shell can start. */
const shell = process.platform === 'win32';

/** Runs a command to its end, keeping what it prints. Never throws for a bad exit code; -1 means that it did not start. */
export function run(command: string, args: readonly string[], { cwd, env }: RunOptions = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd,
      env: { ...process.env, ...env },
      shell,
    });
    let output = '';
    const keep = (text: string): void => {
      output += text;
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    child.on('error', (error) => resolve({ code: -1, output: `${output}${command} did not start: ${error.message}` }));
    child.on('close', (code, signal) => resolve({ code: code ?? (signal ? 128 : 1), output }));
  });
}

/**
 * Runs a command that is expected to end well.
 *
 * @throws Error with all that it printed when it does not.
 */
export async function runQuietly(command: string, args: readonly string[], options?: RunOptions): Promise<string> {
  const { code, output } = await run(command, args, options);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${output}`);
  return output;
}

/**
 * Ends a child that was started with `detached: true`, and everything in its process group: asked first, killed after
 * `graceMs`. Resolves when the child is gone.
 */
export async function endGroup(child: ChildProcess, graceMs = 5000): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  const gone =
    child.exitCode !== null || child.signalCode !== null
      ? Promise.resolve()
      : new Promise<void>((resolve) => child.once('exit', () => resolve()));
  signalGroup(pid, 'SIGTERM');
  const late = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
  await gone;
  clearTimeout(late);
  signalGroup(pid, 'SIGKILL');
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // Nothing of it is left.
  }
}

/**
 * Calls `end` once when the process is told to end, and exits with `code` afterwards.
 * Returns what to call when the process ends by itself.
 */
export function onSignals(end: () => Promise<void>, code = 130): { dispose(): void } {
  let ending = false;
  const handle = (): void => {
    if (ending) return;
    ending = true;
    end().then(
      () => process.exit(code),
      () => process.exit(1),
    );
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, handle);
  return {
    dispose() {
      for (const signal of signals) process.off(signal, handle);
    },
  };
}
