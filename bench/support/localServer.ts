import { build } from 'esbuild';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bundles, copies } from '../../esbuild.mjs';
import { root } from '../../scripts/root.ts';
import { localApiPath, type LocalStatus } from '../../src/protocol/localApi.ts';
import type { LocalReadyEvent } from '../../src/protocol/localEvents.ts';
import { writeFiles } from '../../test/support/localLambda.ts';
import { startLocalProcess, type LocalProcess } from '../../test/support/localProcess.ts';

/** Local Lambda as people have it, bundled for production, apart from `dist/`. Gives its program. */
export async function bundleLocal(): Promise<string> {
  const folder = join(root, 'out', 'bench');
  await rm(folder, { recursive: true, force: true });
  await build({ ...bundles({ production: true }).local, outdir: folder });
  for (const [from = '', to = ''] of copies.filter(([, path]) => path?.startsWith('dist/bootstrap/'))) {
    const copy = join(folder, to.slice('dist/'.length));
    await mkdir(dirname(copy), { recursive: true });
    await copyFile(from, copy);
  }
  return join(folder, 'local.mjs');
}

/** A folder for a bench, gone at the end of its scope. */
export async function benchFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'ld-bench-'));
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  };
}

/** A local Lambda that runs in a process of its own. */
export interface LocalServer extends AsyncDisposable {
  readonly process: LocalProcess;
  readonly ready: LocalReadyEvent;
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly maxAttempts: number;
  };
  /** A call of the local API. */
  control(method: 'GET' | 'POST', path: string): Promise<Response>;
  status(): Promise<LocalStatus>;
}

/** Starts one in `folder`: `folder/project` with `files`, if there are, and `folder/data`. */
export async function startLocalServer(
  program: string,
  folder: string,
  {
    files = {},
    args = [],
  }: { readonly files?: Readonly<Record<string, string>>; readonly args?: readonly string[] } = {},
): Promise<LocalServer> {
  const project = join(folder, 'project');
  await mkdir(project, { recursive: true });
  await writeFiles(project, files);
  const local = startLocalProcess(['--project', project, '--data', join(folder, 'data'), ...args], {}, { program });
  const ready = await local.ready();
  const control = (method: string, path: string): Promise<Response> =>
    fetch(`${ready.endpoint}${path}`, { method, headers: { authorization: `Bearer ${ready.controlToken}` } });
  return {
    process: local,
    ready,
    client: {
      endpoint: ready.endpoint,
      region: ready.region,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    },
    control,
    status: async () => (await (await control('GET', `${localApiPath}/status`)).json()) as LocalStatus,
    async [Symbol.asyncDispose]() {
      const ended = local.ended();
      local.child.kill('SIGTERM');
      await ended;
    },
  };
}

/** What an SDK sends with an asynchronous Invoke, for requests made by hand; nobody checks the signature. */
export const eventHeaders = {
  'X-Amz-Invocation-Type': 'Event',
  'Content-Type': 'application/octet-stream',
  Authorization:
    'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host;x-amz-date, Signature=0',
  'X-Amz-Date': '20260101T000000Z',
} as const;

/** The path of Invoke. */
export function invokePath(functionName: string): string {
  return `/2015-03-31/functions/${functionName}/invocations`;
}
