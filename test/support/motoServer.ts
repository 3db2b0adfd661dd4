import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Why a test that needs it is skipped. */
export const motoMissing = 'moto_server is not on the PATH: nothing to compare with (pip install "moto[server]")';

/** An AWS server that nobody here wrote, on a free loopback port. */
export interface MotoServer extends AsyncDisposable {
  readonly endpoint: string;
}

/** Starts one, `settings` in its environment; `undefined`: there is no moto on this machine. */
export async function startMoto(settings: Readonly<Record<string, string>> = {}): Promise<MotoServer | undefined> {
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...settings },
    // A group of its own: it leaves processes behind that wait for a Docker to run functions in.
    detached: true,
  });
  child.stdout.resume();
  const endpoint = await new Promise<string | undefined>((resolve) => {
    child.once('error', () => resolve(undefined));
    child.once('exit', () => resolve(undefined));
    createInterface(child.stderr).on('line', (line) => {
      const found = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  if (endpoint === undefined) return undefined;
  return {
    endpoint,
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      await ended;
    },
  };
}
