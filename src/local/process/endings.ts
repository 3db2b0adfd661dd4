import { fstat } from 'node:fs';
import { promisify } from 'node:util';

/** Why the process is to end. */
export type Ending = 'signal' | 'stdinClosed' | 'stdoutClosed';

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Aborts, with an `Ending` as its reason, when the process is to end: by a signal, because whoever reads its output has gone, or, with `followStdin`,
 * because standard input is a pipe that was closed (so that a killed editor leaves no process behind). A second signal
 * ends the process at once.
 */
export async function endingOf({ followStdin }: { readonly followStdin: boolean }): Promise<AbortSignal> {
  const controller = new AbortController();
  const resolve = (ending: Ending): void => controller.abort(ending);
  for (const signal of signals) {
    let seen = 0;
    process.on(signal, () => {
      if (++seen > 1) process.exit(1);
      resolve('signal');
    });
  }
  process.stdout.on('error', () => resolve('stdoutClosed'));
  process.stderr.on('error', () => undefined);
  if (followStdin && (await stdinIsPipe())) {
    const closed = (): void => resolve('stdinClosed');
    process.stdin.on('end', closed).on('close', closed).on('error', closed).resume();
  }
  return controller.signal;
}

async function stdinIsPipe(): Promise<boolean> {
  try {
    const stats = await promisify(fstat)(0);
    return stats.isFIFO() || stats.isSocket();
  } catch {
    // There is none.
    return false;
  }
}
