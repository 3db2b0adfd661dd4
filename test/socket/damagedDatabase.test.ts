import assert from 'node:assert/strict';
import { cp, mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CreateFunctionCommand, InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { deploymentPackage } from '../support/deploymentPackage.ts';
import { runLocalLambda, writeFiles, type TestLocalLambda } from '../support/localLambda.ts';
import { startLocalProcess } from '../support/localProcess.ts';

const project = {
  'template.yaml': `
Transform: AWS::Serverless-2016-10-31
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: declared, Runtime: nodejs22.x, Handler: fn.handler }
`,
  'fn.mjs': `export const handler = async () => 'done';`,
};

const name = 'local-lambda.sqlite';

async function namesOf({ clientConfig }: TestLocalLambda): Promise<readonly string[]> {
  const [lambda, sqs] = [new LambdaClient(clientConfig), new SQSClient(clientConfig)];
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  lambda.destroy();
  sqs.destroy();
  return [...Functions.map(({ FunctionName }) => FunctionName ?? ''), ...QueueUrls.map((url) => url.slice(-4))];
}

describe('local Lambda on a damaged database', function () {
  this.timeout(30_000);
  let folder: string;
  let projectDir: string;
  let sound: string;
  let dataDir: string;

  /** Data as after a kill: what was written last is in the log beside the database only. */
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lambda-destinations-test-'));
    projectDir = join(folder, 'project');
    sound = join(folder, 'sound');
    await writeFiles(projectDir, project);
    const first = join(folder, 'first');
    await using local = await runLocalLambda({ projectDir, dataDir: first });
    const [lambda, sqs] = [new LambdaClient(local.clientConfig), new SQSClient(local.clientConfig)];
    const ZipFile = deploymentPackage([{ path: 'index.js', text: 'exports.handler = async () => 1;' }]);
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'uploaded',
        Role: 'arn:aws:iam::000000000000:role/r',
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Code: { ZipFile },
      }),
    );
    const db = new DatabaseSync(join(first, name));
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    db.close();
    await sqs.send(new CreateQueueCommand({ QueueName: 'jobs' }));
    await cp(first, sound, { recursive: true });
    await writeFile(join(sound, 'lock.sqlite'), '');
    lambda.destroy();
    sqs.destroy();
  });

  after(() => rm(folder, { recursive: true, force: true }));

  beforeEach(async () => {
    dataDir = join(folder, 'data');
    await rm(dataDir, { recursive: true, force: true });
    await cp(sound, dataDir, { recursive: true });
  });

  it('goes on with one that is sound', async () => {
    await using local = await runLocalLambda({ projectDir, dataDir });
    assert.deepEqual(await namesOf(local), ['declared', 'uploaded', 'jobs']);
    assert.deepEqual(local.complaints, []);
  });

  it('goes on with one whose shared memory is gone, as after a copy', async () => {
    await rm(join(dataDir, `${name}-shm`));
    await using local = await runLocalLambda({ projectDir, dataDir });
    assert.deepEqual(await namesOf(local), ['declared', 'uploaded', 'jobs']);
    assert.deepEqual(local.complaints, []);
  });

  const damages: Readonly<Record<string, (file: string) => Promise<void>>> = {
    'is not SQLite’s': (file) => writeFile(file, 'Dear diary,\n'.repeat(1000)),
    'is garbage from the second page on': async (file) => {
      const { length } = await readFile(file);
      await overwrite(file, 4096, Buffer.alloc(length - 4096, 'garbage'));
    },
    'is cut off in the middle': async (file) => truncate(file, Math.floor((await readFile(file)).length / 8192) * 4096),
    'has a page of zeroes in the middle': (file) => overwrite(file, 10 * 4096, Buffer.alloc(4096)),
    'is empty': (file) => truncate(file, 0),
    'has gone': (file) => rm(file),
    'has the log of another one': async (file) => {
      const other = new DatabaseSync(join(folder, 'other.sqlite'));
      other.exec(
        'PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS t (x); INSERT INTO t VALUES (randomblob(50000))',
      );
      await cp(join(folder, 'other.sqlite-wal'), `${file}-wal`);
      other.close();
    },
  };

  for (const [what, damage] of Object.entries(damages)) {
    it(`sets aside one that ${what}, and begins anew`, async () => {
      await damage(join(dataDir, name));
      await rm(join(dataDir, `${name}-shm`), { force: true });
      const files = [name, `${name}-wal`];
      const before = await Promise.all(files.map((file) => readFile(join(dataDir, file)).catch(() => undefined)));
      {
        await using local = await runLocalLambda({ projectDir, dataDir });
        const [aside, ...more] = (await readdir(dataDir)).filter((entry) => entry.startsWith('damaged-'));
        assert.ok(aside !== undefined && more.length === 0);
        const [complaint = ''] = local.complaints;
        assert.match(complaint, /^The database of local Lambda is damaged \(.+\), so it was moved to /);
        assert.ok(complaint.includes(join(dataDir, aside)), complaint);
        assert.deepEqual(await namesOf(local), ['declared']);
        const kept = await Promise.all(
          files.map((file) => readFile(join(dataDir, aside, file)).catch(() => undefined)),
        );
        assert.ok(
          kept.every((bytes, index) => (bytes === undefined ? !before[index] : before[index]?.equals(bytes) === true)),
          'as it was, to the byte',
        );
        const packages = await readdir(join(dataDir, aside, 'functions'), { recursive: true });
        assert.ok(packages.some((path) => path.endsWith('index.js')));
        const lambda = new LambdaClient(local.clientConfig);
        const { StatusCode } = await lambda.send(new InvokeCommand({ FunctionName: 'declared' }));
        assert.equal(StatusCode, 200);
        lambda.destroy();
      }
      await using again = await runLocalLambda({ projectDir, dataDir });
      assert.deepEqual(again.complaints, []);
    });
  }

  it('tells of it after it is ready, and replaces a lock file that is none', async () => {
    for (const file of [name, 'lock.sqlite']) await writeFile(join(dataDir, file), 'Dear diary,\n'.repeat(1000));
    const local = startLocalProcess(['--project', projectDir, '--data', dataDir]);
    try {
      await local.ready();
      const next = await local.nextEvent();
      assert.ok(next?.event === 'log' && next.level === 'error', JSON.stringify(next));
      assert.match(
        next.message,
        /The database of local Lambda is damaged \(file is not a database\), so it was moved to/,
      );
      local.child.kill('SIGTERM');
      assert.equal(await local.ended(), 0);
    } finally {
      local.child.kill('SIGKILL');
    }
  });
});

async function overwrite(file: string, at: number, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.write(bytes, 0, bytes.byteLength, at);
  await handle.close();
}
