import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startLocalLambda, type LocalLambda } from '../../src/local/localLambda.ts';
import type { InvocationPiece } from '../../src/model/invocation.ts';
import type { Logger } from '../../src/model/logger.ts';
import { localApiPath, type StreamHello, type StreamItem } from '../../src/protocol/localApi.ts';
import type { LocalProjectEvent } from '../../src/protocol/localEvents.ts';

const root = join(import.meta.dirname, '..', '..');

/** What a test's local Lambda is started with. */
export interface TestLocalLambdaOptions {
  /** Files of a new project by their path; or the folder of one that is there. */
  readonly files?: Readonly<Record<string, string>>;
  readonly projectDir?: string;
  /** A folder to go on with. */
  readonly dataDir?: string;
  /** The Python that runs handlers. */
  readonly pythonPath?: string;
  /** How functions are started, by name or runtime. */
  readonly runtimeCommands?: Readonly<Record<string, string>>;
  /** Default 600: a minute lasts 100 ms. */
  readonly timeScale?: number;
  readonly onProject?: (event: LocalProjectEvent) => void;
}

/** A raw answer. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Names as they were sent, in their order. */
  readonly headerNames: readonly string[];
  readonly body: string;
}

/** A local Lambda inside the test's process, with a project and data of its own. */
export interface TestLocalLambda extends LocalLambda, AsyncDisposable {
  readonly projectDir: string;
  readonly dataDir: string;
  /** What it logged as a warning or an error. */
  readonly complaints: readonly string[];
  /** For AWS SDK clients. */
  readonly clientConfig: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly maxAttempts: number;
  };
  /** A request by hand; signed as for Lambda unless `headers` has an authorization (`''`: none). */
  raw(options: {
    readonly method?: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Uint8Array;
  }): Promise<RawAnswer>;
  /** Reads the invocation stream until `until` says so of all pieces so far. */
  pieces(until: (pieces: readonly InvocationPiece[]) => boolean): Promise<readonly InvocationPiece[]>;
}

/** As every SDK signs; nobody checks the signature. */
export const lambdaAuthorization =
  'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0';

/** Starts one. Dispose it. */
export async function runLocalLambda(options: TestLocalLambdaOptions = {}): Promise<TestLocalLambda> {
  const made: string[] = [];
  const makeFolder = async (): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), 'lambda-destinations-test-'));
    made.push(folder);
    return folder;
  };
  const projectDir = options.projectDir ?? (await makeFolder());
  await writeFiles(projectDir, options.files ?? {});
  const dataDir = options.dataDir ?? (await makeFolder());
  const complaints: string[] = [];
  const log: Logger = {
    trace: () => undefined,
    debug: () => undefined,
    info: () => undefined,
    warn: (message) => void complaints.push(message),
    error: (message) => void complaints.push(message),
  };
  const local = await startLocalLambda({
    projectDir,
    dataDir,
    port: 0,
    region: 'us-east-1',
    account: '000000000000',
    timeScale: options.timeScale ?? 600,
    fsync: false,
    nodePath: process.execPath,
    bootstrapDir: join(root, 'src', 'local', 'environments', 'bootstrap'),
    log,
    ...(options.pythonPath === undefined ? {} : { pythonPath: options.pythonPath }),
    ...(options.runtimeCommands === undefined ? {} : { runtimeCommands: options.runtimeCommands }),
    ...(options.onProject ? { onProject: options.onProject } : {}),
  });
  const { endpoint, controlToken } = local;
  return {
    ...local,
    projectDir,
    dataDir,
    complaints,
    clientConfig: {
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    },
    raw: (request) => rawRequest(endpoint, request),
    pieces: (until) => readPieces(endpoint, controlToken, until),
    async [Symbol.asyncDispose]() {
      await local.stop(0);
      for (const folder of made) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Writes files of a project, their folders made. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

/** One HTTP request on a connection of its own. */
export async function rawRequest(
  endpoint: string,
  { method = 'GET', path, headers = {}, body }: Parameters<TestLocalLambda['raw']>[0],
): Promise<RawAnswer> {
  const { authorization = lambdaAuthorization, ...others } = headers;
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  const { hostname, port } = new URL(endpoint);
  const request = httpRequest(
    { hostname, port, method, path, headers: { ...(authorization === '' ? {} : { authorization }), ...others } },
    (response) => {
      text(response).then(
        (answer) =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            headerNames: response.rawHeaders.filter((_, index) => index % 2 === 0),
            body: answer,
          }),
        reject,
      );
    },
  );
  request.on('error', reject);
  request.end(body);
  return promise;
}

async function readPieces(
  endpoint: string,
  controlToken: string,
  until: (pieces: readonly InvocationPiece[]) => boolean,
): Promise<readonly InvocationPiece[]> {
  const pieces: InvocationPiece[] = [];
  for await (const line of streamLines(endpoint, controlToken)) {
    if ('cursor' in line) pieces.push(line.piece);
    if (until(pieces)) break;
  }
  return pieces;
}

/** Lines of the invocation stream, empty ones left out; ends with the loop over it. */
export async function* streamLines(
  endpoint: string,
  controlToken: string,
  query = '',
): AsyncGenerator<StreamHello | StreamItem, void, undefined> {
  const gone = new AbortController();
  const response = await fetch(`${endpoint}${localApiPath}/invocations/stream${query}`, {
    headers: { authorization: `Bearer ${controlToken}` },
    signal: gone.signal,
  });
  if (response.status !== 200 || !response.body) throw new Error(`The stream answers ${response.status}`);
  let rest = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield JSON.parse(line) as StreamHello | StreamItem;
    }
  } finally {
    gone.abort();
  }
}
