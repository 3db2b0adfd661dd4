import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, stat, symlink } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { root } from '../../scripts/root.ts';
import { runQuietly } from '../../scripts/process.ts';
import { writeFiles } from '../../test/support/localLambda.ts';

const peers = join(root, 'bench', 'peers');

/** serverless-offline with the function `peer-dev-worker`. */
export interface ServerlessOffline extends AsyncDisposable {
  readonly endpoint: string;
}

/** Installs the peers by their lock file, when they are not there, and starts serverless-offline in `folder`. */
export async function startServerlessOffline(folder: string, handler: string): Promise<ServerlessOffline> {
  const serverless = join(peers, 'node_modules', 'serverless', 'bin', 'serverless.js');
  if (!(await stat(serverless).catch(() => undefined))) {
    await runQuietly('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: peers });
  }
  await mkdir(folder, { recursive: true });
  await writeFiles(folder, {
    'serverless.yml': `service: peer
frameworkVersion: '3'
provider: { name: aws, runtime: nodejs20.x }
plugins: [serverless-offline]
functions:
  worker: { handler: src/worker.handler }
`,
    'src/worker.js': handler,
  });
  await symlink(join(peers, 'node_modules'), join(folder, 'node_modules'));
  const [httpPort, lambdaPort, socketPort] = [await freePort(), await freePort(), await freePort()];
  const ports = ['--httpPort', httpPort, '--lambdaPort', lambdaPort, '--websocketPort', socketPort].map(String);
  const child = spawn(process.execPath, [serverless, 'offline', 'start', ...ports], {
    cwd: folder,
    env: { ...process.env, SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      if (output.length < 10_000) output += chunk.toString();
      if (output.includes('peer-dev-worker')) resolve();
    });
  }
  await Promise.race([
    listening,
    exited.then(() => {
      throw new Error(`serverless-offline has ended: ${output}`);
    }),
  ]);
  return {
    endpoint: `http://127.0.0.1:${lambdaPort}`,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
