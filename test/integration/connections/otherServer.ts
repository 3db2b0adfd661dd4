import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as vscode from 'vscode';

/** A local Lambda that someone started by hand, in a folder of its own. */
export interface OtherServer {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Starts the packaged program for a project with this template, and other files by their name. `port` 0: any. */
export async function startOther({
  template,
  files = {},
  port = 0,
  more = [],
}: {
  readonly template: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly port?: number;
  /** Further options of the program. */
  readonly more?: readonly string[];
}): Promise<OtherServer> {
  const extension = vscode.extensions.getExtension('lambda-destinations.lambda-destinations');
  const program = join(extension?.extensionPath ?? '', 'dist', 'local.mjs');
  const folder = await mkdtemp(join(tmpdir(), 'ld-other-'));
  await writeFile(join(folder, 'template.yaml'), template);
  await writeFile(join(folder, 'there.js'), 'exports.handler = async () => "there";\n');
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  const args = [
    program,
    'local',
    '--project',
    folder,
    '--account',
    '999999999999',
    '--port',
    String(port),
    '--json',
    ...more,
  ];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = JSON.parse(line) as { event: string; endpoint?: string; message?: string };
    if (event.event === 'ready') resolve(event.endpoint ?? '');
    else if (event.event === 'failed') reject(new Error(event.message));
  });
  child.once('error', reject);
  return {
    endpoint: await promise,
    async close() {
      child.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
