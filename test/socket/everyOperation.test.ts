import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { chainsOfServices, everyOperation, type OperationCall } from '../support/everyOperation.ts';
import { runLocalLambda, type TestLocalLambda } from '../support/localLambda.ts';
import { skip } from '../support/skip.ts';

const run = promisify(execFile);

/** What came of a call: the answer, or `{ status, Code, Message }`. */
type Result =
  | { readonly answer: unknown }
  | { readonly error: { readonly status?: number; readonly Code: string; readonly Message?: string } }
  | { readonly failure: string };

type Caller = (service: string, call: OperationCall) => Promise<Result>;

/** Services whose clients know errors by the Query protocol's names. */
const byActions = new Set(['iam', 'sts', 'sns', 'cloudwatch']);

/** Operations that a client sends without credentials: nobody without is let in, as no web page may be. */
const unsigned = new Set(['AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity']);

const namedOfLambda = readFileSync(
  join(import.meta.dirname, '..', '..', 'src', 'local', 'api', 'unofferedRoutes.ts'),
  'utf8',
);

describe('every operation of local Lambda', function () {
  this.timeout(300_000);
  let local: TestLocalLambda;

  beforeEach(async () => {
    local = await runLocalLambda();
  });

  afterEach(() => local[Symbol.asyncDispose]());

  /** Makes all calls of all services, and lists what was not as it has to be. */
  async function drive(caller: Caller): Promise<readonly string[]> {
    const problems: string[] = [];
    const driveService = async (service: string): Promise<void> => {
      const made = new Map<string, unknown>();
      for (const call of everyOperation[service] ?? []) {
        const result = await caller(service, { ...call, parameters: resolved(call.parameters, made) as never });
        const text = JSON.stringify(result);
        const isRight = call.isRefused === true ? 'error' in result : 'answer' in result;
        if (!isRight || call.has?.test(text) === false) problems.push(`${service} ${call.operation}: ${text}`);
        if ('answer' in result && call.as !== undefined) made.set(call.as, result.answer);
      }
    };
    await Promise.all(
      chainsOfServices.map(async (services) => {
        for (const service of services) await driveService(service);
      }),
    );
    return problems;
  }

  describe('by boto3', () => {
    let python: ChildProcessWithoutNullStreams;
    let ask: (line: object) => Promise<unknown>;

    before(async function () {
      try {
        await run('python3', ['-c', 'import boto3']);
      } catch {
        skip(this, 'boto3 is not on this machine');
      }
    });

    beforeEach(() => {
      const script = join(import.meta.dirname, '..', 'support', 'everyOperation.py');
      python = spawn('python3', [script, local.endpoint]);
      python.stderr.pipe(process.stderr);
      const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
      ask = async (line) => {
        python.stdin.write(`${JSON.stringify(line)}\n`);
        const next = await lines.next();
        return JSON.parse(next.value ?? 'null') as unknown;
      };
    });

    afterEach(() => python.kill());

    it('is answered', async () => {
      const problems = await drive(
        (service, { operation, parameters }) => ask({ service, operation, parameters }) as Promise<Result>,
      );
      assert.deepEqual(problems, []);
      assert.deepEqual(local.complaints, []);
    });

    for (const [service, calls] of Object.entries(everyOperation)) {
      it(`of ${service}: what is not driven here is refused by its name, as an operation that is not known`, async () => {
        const known = [...new Set(calls.map(({ operation }) => operation))];
        // Those of S3 are about a bucket.
        if (service === 's3') {
          await ask({ service, operation: 'CreateBucket', parameters: { Bucket: 'xxxx' } });
          await ask({ service, operation: 'PutObject', parameters: { Bucket: 'xxxx', Key: 'xxxx' } });
        }
        const results = (await ask({ service, unknown: known })) as Readonly<Record<string, Result>>;
        const others = Object.entries(results).filter(([operation]) => !unsigned.has(operation));
        const problems = others.filter(([operation, result]) => !isUnknown(service, operation, result));
        assert.deepEqual(problems, []);
        assert.ok(known.length > 0 && others.length + known.length > 5);
      });
    }
  });

  it('by the AWS CLI is answered', async function () {
    try {
      await run('aws', ['--version']);
    } catch {
      skip(this, 'the AWS CLI (aws) is not on the PATH');
    }
    const folder = await mkdtemp(join(tmpdir(), 'lambda-destinations-test-'));
    try {
      await writeFile(join(folder, 'config'), '[default]\ncli_binary_format = raw-in-base64-out\noutput = json\n');
      const missing: string[] = [];
      const problems = await drive(async (service, call) => {
        // Its Live Tail is a command of its own, that logsLiveTail.test.ts runs.
        if (call.operation === 'StartLiveTail') return { answer: 'sessionStart' };
        const result = await byCommandLine(folder, local.endpoint, service, call);
        if (!('failure' in result) || !result.failure.includes('Invalid choice')) return result;
        missing.push(call.operation);
        return { answer: 'This AWS CLI is too old for it.' };
      });
      assert.deepEqual(
        problems.filter((problem) => !missing.some((operation) => problem.includes(` ${operation}:`))),
        [],
      );
      // Only the newest operations may be missing.
      assert.ok(missing.length < 10, missing.join());
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** `{ $: 'q.QueueUrl' }` is that of an answer before. */
function resolved(value: unknown, answers: ReadonlyMap<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((inner) => resolved(inner, answers));
  if (typeof value !== 'object' || value === null) return value;
  const { $: path } = value as { readonly $?: unknown };
  if (typeof path === 'string') {
    const [name = '', ...keys] = path.split('.');
    return keys.reduce((found, key) => (found as Record<string, unknown> | undefined)?.[key], answers.get(name));
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner, answers)]));
}

function isUnknown(service: string, operation: string, result: Result): boolean {
  if (!('error' in result)) return 'failure' in result && result.failure.startsWith('ParamValidationError');
  const { status, Code, Message = '' } = result.error;
  // REST names no operation: a method and what it is about.
  if (service === 's3') return isUnknownToS3(result.error);
  const code = byActions.has(service) ? 'InvalidAction' : 'UnknownOperationException';
  // REST again: an operation that is newer than local Lambda is named by its path.
  const isNamed = Message.includes(operation) || (service === 'lambda' && !namedOfLambda.includes(`'${operation}'`));
  return Code === code && isNamed && status === (service === 'lambda' ? 404 : 400);
}

function isUnknownToS3({
  status,
  Code,
  Message = '',
}: Exclude<Result, { answer: unknown } | { failure: string }>['error']): boolean {
  if (status === 501 && Code === 'NotImplemented') return / is not offered by local Lambda/.test(Message);
  return (
    status === 404 && /^(?:NoSuch|ObjectLockConfigurationNotFound|ReplicationConfigurationNotFound|404)/.test(Code)
  );
}

function optionOf(parameter: string): string {
  return `--${parameter.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}`;
}

/** `aws SERVICE OPERATION --cli-input-json …`; what goes or comes as bytes is in files. */
async function byCommandLine(
  folder: string,
  endpoint: string,
  service: string,
  { operation, parameters }: OperationCall,
): Promise<Result> {
  const commandOf: Readonly<Record<string, string>> = { s3: 's3api' };
  const command = operation
    .replaceAll(/(?<=[a-z\d])(?=[A-Z])/g, '-')
    .toLowerCase()
    .replace(/-?v2$/, '-v2');
  const plain: Record<string, unknown> = {};
  const bytes: string[] = [];
  for (const [name, value] of Object.entries(parameters)) {
    const base64 = (value as { readonly $base64?: string } | null)?.$base64;
    if (base64 === undefined) {
      plain[name] = value;
      continue;
    }
    const file = join(folder, `${service}-${name}.bin`);
    await writeFile(file, Buffer.from(base64, 'base64'));
    bytes.push(optionOf(name), name === 'Payload' ? `fileb://${file}` : file);
  }
  const answersWithBytes = operation === 'Invoke' || operation === 'GetObject';
  // Those want their options as such.
  const options = answersWithBytes
    ? Object.entries(plain).flatMap(([name, value]) => [optionOf(name), String(value)])
    : ['--cli-input-json', JSON.stringify(plain)];
  const args = [
    ...[commandOf[service] ?? service, command, ...options, ...bytes],
    ...(answersWithBytes ? [join(folder, `${service}-answer.bin`)] : []),
    ...['--endpoint-url', endpoint],
  ];
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_MAX_ATTEMPTS: '1',
    AWS_PAGER: '',
  };
  try {
    const { stdout } = await run('aws', args, { cwd: folder, env });
    const text = answersWithBytes ? await readFile(join(folder, `${service}-answer.bin`), 'utf8').catch(() => '') : '';
    return { answer: stdout.trim() === '' ? text : (JSON.parse(stdout) as unknown) };
  } catch (error) {
    const { stderr = String(error) } = error as { readonly stderr?: string };
    const told = /An error occurred \((\w+)\)[^:]*: (.*)/.exec(stderr);
    if (!told) return { failure: stderr };
    return { error: { Code: told[1] ?? '', Message: told[2] ?? '' } };
  }
}
