import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type {
  ExecutionEnvironments,
  ExecutionRequest,
  ExecutionResult,
} from '../../src/local/environments/executionEnvironments.ts';
import { createProcessEnvironments } from '../../src/local/environments/processEnvironments.ts';
import type { ProcessEnvironmentsOptions } from '../../src/local/environments/processEnvironments.ts';
import type { FunctionDefinition } from '../../src/local/functionDefinition.ts';
import type { Logger } from '../../src/model/logger.ts';

/** Where the bootstraps lie in the sources. */
export const bootstrapDir = fileURLToPath(new URL('../../src/local/environments/bootstrap', import.meta.url));

/** A log that keeps its messages. */
export function memoryLog(): Logger & { readonly messages: string[] } {
  const messages: string[] = [];
  const keep = (message: string): void => void messages.push(message);
  return { messages, trace: keep, debug: keep, info: keep, warn: keep, error: keep };
}

/** A folder with code in it, and environments that run it. */
export interface Harness {
  readonly dir: string;
  readonly environments: ExecutionEnvironments;
  /** `group stream message` of everything that was logged. */
  readonly logged: { readonly group: string; readonly stream: string; readonly message: string }[];
  readonly log: ReturnType<typeof memoryLog>;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  run<T = ErrorJson>(handler: string, event?: unknown, options?: RunOptions): Promise<Ran<T>>;
  dispose(): Promise<void>;
}

/** What a run may say beside the handler and its event. */
export interface RunOptions {
  readonly definition?: Partial<FunctionDefinition>;
  readonly request?: Partial<ExecutionRequest>;
  readonly onStarted?: (startedAt: number) => void;
}

/** A result, easier to look at. */
export interface Ran<T> extends ExecutionResult {
  readonly requestId: string;
  readonly text: string;
  /** The payload parsed. */
  readonly json: T;
  readonly messages: readonly string[];
}

/** What a failed attempt answers. */
export interface ErrorJson {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** Starts environments over a new folder. */
export async function startHarness(
  files: Readonly<Record<string, string>>,
  options: Partial<ProcessEnvironmentsOptions> = {},
): Promise<Harness> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'environments-')));
  const dir = join(root, 'code');
  const logged: Harness['logged'] = [];
  const log = memoryLog();
  const environments = await createProcessEnvironments({
    logs: {
      append: (group, stream, lines) => lines.forEach(({ message }) => logged.push({ group, stream, message })),
    },
    scope: { region: 'eu-west-1', account: '000000000000' },
    endpoint: () => 'http://127.0.0.1:4',
    nodePath: process.execPath,
    bootstrapDir,
    stateDir: join(root, 'state'),
    log,
    ...options,
  });
  const harness: Harness = {
    dir,
    environments,
    logged,
    log,
    async write(more) {
      for (const [name, text] of Object.entries(more)) {
        await mkdir(dirname(join(dir, name)), { recursive: true });
        await writeFile(join(dir, name), text);
      }
    },
    async run<T = ErrorJson>(handler: string, event: unknown = {}, more: RunOptions = {}): Promise<Ran<T>> {
      const { definition, request, onStarted } = more;
      const requestId = randomUUID();
      const result = await environments.execute(
        {
          definition: { ...functionDefinition(dir, handler), ...definition },
          requestId,
          invokedFunctionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:orders',
          executedVersion: '$LATEST',
          payload: Buffer.from(JSON.stringify(event)),
          traceId: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0',
          ...request,
        },
        onStarted,
      );
      const text = Buffer.from(result.payload).toString();
      const messages = result.logs.map(({ message }) => message);
      return { ...result, requestId, text, json: JSON.parse(text) as T, messages };
    },
    async dispose() {
      await environments.dispose();
      await rm(root, { recursive: true, force: true });
    },
  };
  await harness.write(files);
  return harness;
}

/** A small function over `codeDir`. */
export function functionDefinition(codeDir: string, handler: string): FunctionDefinition {
  return {
    functionName: 'orders',
    functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:orders',
    description: '',
    runtime: 'nodejs22.x',
    handler,
    codeDir,
    timeout: 5,
    memorySize: 128,
    environment: {},
    role: 'arn:aws:iam::000000000000:role/lambda',
    logGroupName: '/aws/lambda/orders',
    lastModified: 0,
  };
}

/** Waits until `check` holds, turn by turn; the test's own time-out ends it. */
export async function eventually(check: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await check())) await nextTurn();
}

/** `R` running, `S` waiting, `T` stopped, …; `undefined` when there is no such process, or only its remains. Linux. */
export async function processState(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
    return state === 'Z' || state === 'X' ? undefined : state;
  } catch {
    return undefined;
  }
}
