import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endGroup, runQuietly } from '../process.ts';

/** How a server of the web workbench is started. */
export interface ServerOptions {
  /** Folder of the web workbench, see install.ts. */
  readonly workbench: string;
  /** Server data: settings, extensions, logs. One a server; the caller makes and removes it. */
  readonly dataDir: string;
  /** User settings of its windows. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** A packed extension to install first. */
  readonly vsix?: string;
  /**
   * `person`: a random connection token, nothing switched off. `test`: no token, and the driver that makes a window
   * honour extension-development entries. Such a server is open to any page in any browser: for tests only.
   */
  readonly mode: 'person' | 'test';
  /** In mode `test`: leave that driver out. Windows then show notifications as anyone's do. */
  readonly withoutDriver?: boolean;
  /** Workspace trust as for anyone (`true`), or everything trusted. Only `test` may say `false`. */
  readonly trust: boolean;
  /** Variables of the server's environment and so of its extension hosts, beside those of this process; `undefined` takes one away. */
  readonly env?: NodeJS.ProcessEnv;
  readonly log?: (text: string) => void;
}

/** A running server of the web workbench. */
export interface WebServer {
  /** `127.0.0.1:PORT`. */
  readonly authority: string;
  /** The address of a window on `folder`, or an empty window; `payload` is the workbench's own list of pairs. */
  url(folder: string | undefined, payload?: readonly (readonly [string, string])[]): string;
  /** Rejects if the server ends by itself; never settles otherwise. */
  readonly ended: Promise<never>;
  /** Ends the server and all that it started. */
  close(): Promise<void>;
}

/**
 * Starts the web workbench's server on a free loopback port.
 *
 * @throws Error with the server's output when it ends before it listens.
 */
export async function startServer(options: ServerOptions): Promise<WebServer> {
  const { workbench, dataDir, settings, vsix, mode, trust, log } = options;
  const main = join(workbench, 'out', 'server-main.js');
  // A window of a server takes what is a machine's from the server's own settings, all else from the user's.
  for (const place of ['User', 'Machine']) {
    const folder = join(dataDir, 'data', place);
    await mkdir(folder, { recursive: true });
    if (settings) await writeFile(join(folder, 'settings.json'), JSON.stringify(settings, undefined, 2));
  }
  if (vsix) {
    // Installing under the real name: a path under a temporary folder may be gone when the server looks again.
    const packed = join(dataDir, 'extension.vsix');
    await cp(vsix, packed);
    await runQuietly(process.execPath, [main, '--install-extension', packed, '--server-data-dir', dataDir], { env });
  }

  // What its extensions leave in the temporary folder goes with the data folder.
  const temporary = join(dataDir, 'tmp');
  await mkdir(temporary, { recursive: true });
  const token = mode === 'person' ? randomBytes(24).toString('hex') : undefined;
  const args = [main, '--host', '127.0.0.1', '--port', '0', '--accept-server-license-terms'];
  args.push('--server-data-dir', dataDir, '--telemetry-level', 'off');
  if (token === undefined) {
    args.push('--without-connection-token');
    if (options.withoutDriver !== true) args.push('--enable-smoke-test-driver');
    if (!trust) args.push('--disable-workspace-trust');
  } else {
    // In a file, as other users of the machine can read arguments.
    const file = join(dataDir, 'token');
    await writeFile(file, token, { mode: 0o600 });
    await chmod(file, 0o600);
    args.push('--connection-token-file', file);
  }

  // A group of its own, so that extension hosts and terminals end with it.
  const child = spawn(process.execPath, args, {
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env, ...options.env, TMPDIR: temporary },
  });
  let output = '';
  let closing = false;
  const listening = Promise.withResolvers<string>();
  const ended = Promise.withResolvers<never>();
  // Nobody may be waiting for it.
  ended.promise.catch(() => undefined);
  const read = (text: string): void => {
    log?.(text);
    output = (output + text).slice(-20_000);
    const port = /Web UI available at https?:\/\/[^:\s]+:(\d+)/.exec(output)?.[1];
    if (port) listening.resolve(`127.0.0.1:${port}`);
  };
  child.stdout.setEncoding('utf8').on('data', read);
  child.stderr.setEncoding('utf8').on('data', read);
  child.on('error', (error) => listening.reject(error));
  child.on('exit', (code, signal) => {
    const error = new Error(`The web workbench's server ended (${signal ?? code}):\n${output}`);
    listening.reject(error);
    if (!closing) ended.reject(error);
  });

  const authority = await listening.promise;
  return {
    authority,
    ended: ended.promise,
    url(folder, payload = []) {
      const query = new URLSearchParams(token === undefined ? {} : { tkn: token });
      if (folder !== undefined) query.set('folder', folder);
      if (payload.length > 0) query.set('payload', JSON.stringify(payload));
      return `http://${authority}/?${query}`;
    },
    close() {
      closing = true;
      return endGroup(child);
    },
  };
}

/** Nothing of an editor that this may have been started from gets into the server. */
const env: NodeJS.ProcessEnv = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => name.startsWith('VSCODE_') || name === 'ELECTRON_RUN_AS_NODE')
    .map((name) => [name, undefined]),
);
