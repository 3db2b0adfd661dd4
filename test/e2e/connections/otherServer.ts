import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const oneFunction =
  'Resources:\n  There:\n    Type: AWS::Serverless::Function\n    Properties: { FunctionName: there, Runtime: nodejs22.x, CodeUri: ., Handler: there.handler }\n';

/** Starts a local Lambda by hand, as a person does in a terminal; its project is `folder`, with one function `there`. */
export async function startOther(
  folder: string,
  template = oneFunction,
): Promise<{ readonly endpoint: string; readonly close: () => Promise<void> }> {
  await writeFile(join(folder, 'template.yaml'), template);
  await writeFile(join(folder, 'there.js'), 'exports.handler = async () => "there";\n');
  const program = join(import.meta.dirname, '..', '..', '..', 'dist', 'local.mjs');
  const args = [
    program,
    'local',
    '--project',
    folder,
    '--account',
    '999999999999',
    '--region',
    'eu-central-1',
    '--json',
  ];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = JSON.parse(line) as { readonly event: string; readonly endpoint?: string; readonly message?: string };
    if (event.event === 'ready') resolve(event.endpoint ?? '');
    else if (event.event === 'failed') reject(new Error(event.message));
  });
  child.once('error', reject);
  return {
    endpoint: await promise,
    async close() {
      child.kill();
      await ended;
    },
  };
}
