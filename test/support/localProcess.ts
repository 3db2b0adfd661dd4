import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { parseLocalEvent, type LocalEvent, type LocalReadyEvent } from '../../src/protocol/localEvents.ts';

const root = join(import.meta.dirname, '..', '..');
const main = join(root, 'src', 'local', 'main.ts');

/** `lambda-destinations` as a process, from its sources. */
export interface LocalProcess {
  readonly child: ChildProcessWithoutNullStreams;
  /** The next line on standard output, parsed; `undefined` at its end. */
  nextEvent(): Promise<LocalEvent | undefined>;
  /** The first event, which has to be `ready`. */
  ready(): Promise<LocalReadyEvent>;
  /** Exit code, or the signal's name. */
  ended(): Promise<number | string>;
  stderr(): Promise<string>;
}

/** Starts the command line with `--json`; `program`: another than the sources, `nodeArguments`: for Node itself. */
export function startLocalProcess(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  {
    program = main,
    nodeArguments = [],
  }: { readonly program?: string; readonly nodeArguments?: readonly string[] } = {},
): LocalProcess {
  const child = spawn(process.execPath, [...nodeArguments, program, 'local', '--json', ...args], {
    env: { ...process.env, ...env },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const stderr = text(child.stderr);
  const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const nextEvent = async (): Promise<LocalEvent | undefined> => {
    const line = await lines.next();
    if (line.done === true) return undefined;
    const event = parseLocalEvent(line.value);
    if (!event) throw new Error(`Not an event: ${line.value}`);
    return event;
  };
  return {
    child,
    nextEvent,
    async ready() {
      const event = await nextEvent();
      if (event?.event === 'ready') return event;
      throw new Error(`Not ready: ${JSON.stringify(event)} ${await stderr}`);
    },
    async ended() {
      const [code, signal] = await exit;
      return code ?? signal ?? 'unknown';
    },
    stderr: () => stderr,
  };
}

/** Runs the command line to its end. */
export async function runCommandLine(
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}
