import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { InvokeCommand, LambdaClient, PutFunctionEventInvokeConfigCommand } from '@aws-sdk/client-lambda';
import { runLocalLambda, type TestLocalLambda } from '../support/localLambda.ts';
import { skip } from '../support/skip.ts';

const run = promisify(execFile);

const files = {
  'template.yaml': `
Transform: AWS::Serverless-2016-10-31
Resources:
  Fails:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: fails
      Runtime: nodejs22.x
      Handler: fails.handler
      CodeUri: src
      EventInvokeConfig:
        MaximumRetryAttempts: 0
        DestinationConfig:
          OnFailure: { Type: S3Bucket, Destination: !GetAtt Failures.Arn }
  Failures: { Type: AWS::S3::Bucket, Properties: { BucketName: failures } }
`,
  'src/fails.mjs': `export const handler = async ({ text }) => { throw new Error(text); };\n`,
};

describe('S3 as the destination on failure of a function', function () {
  this.timeout(120_000);
  let local: TestLocalLambda;
  let s3: S3Client;
  let lambda: LambdaClient;
  let record: string;
  const Key = async (): Promise<string> => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'failures' }));
    assert.equal(Contents.length, 1);
    return Contents[0]?.Key ?? '';
  };

  before(async () => {
    local = await runLocalLambda({ files });
    s3 = new S3Client(local.clientConfig);
    lambda = new LambdaClient(local.clientConfig);
    const Payload = Buffer.from('{ "text": "é \u{1f600}" }');
    await lambda.send(new InvokeCommand({ FunctionName: 'fails', InvocationType: 'Event', Payload }));
    const pieces = await local.pieces((all) => all.some(({ kind }) => kind === 'delivery'));
    const delivery = pieces.find((piece) => piece.kind === 'delivery');
    assert.deepEqual([delivery?.status, delivery?.destinationArn], ['delivered', 'arn:aws:s3:::failures']);
    record = delivery?.body ?? '';
  });

  after(async () => {
    s3?.destroy();
    lambda?.destroy();
    await local?.[Symbol.asyncDispose]();
  });

  it('gives an object with the record’s very bytes', async () => {
    const key = await Key();
    assert.match(key, /^aws\/lambda\/async\/fails\/\d{4}\/\d\d\/\d\d\/\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[\da-f-]{36}$/);
    const object = await s3.send(new GetObjectCommand({ Bucket: 'failures', Key: key }));
    assert.equal(await object.Body?.transformToString(), record);
    assert.equal(object.ContentType, 'application/octet-stream');
    assert.match(record, /"condition":"RetriesExhausted"/);
    assert.match(record, /"requestPayload":\{ "text": "é \u{1f600}" \}/u);
  });

  it('drops the record where the bucket is gone, and says why', async () => {
    const settings = { FunctionName: 'fails', MaximumRetryAttempts: 0 };
    const OnFailure = { Destination: 'arn:aws:s3:::Not-A-Bucket' };
    await lambda.send(new PutFunctionEventInvokeConfigCommand({ ...settings, DestinationConfig: { OnFailure } }));
    await lambda.send(new InvokeCommand({ FunctionName: 'fails', InvocationType: 'Event' }));
    const pieces = await local.pieces((all) => all.filter(({ kind }) => kind === 'delivery').length === 2);
    const dropped = pieces.filter((piece) => piece.kind === 'delivery').at(-1);
    assert.equal(dropped?.status, 'dropped');
    assert.match((dropped as { reason?: string }).reason ?? '', /The bucket arn:aws:s3:::Not-A-Bucket does not exist/);
  });

  describe('is seen by the AWS CLI', () => {
    let folder: string;

    before(async function () {
      try {
        await run('aws', ['--version'], { shell: process.platform === 'win32' });
      } catch {
        skip(this, 'the AWS CLI (aws) is not on the PATH');
      }
      folder = await mkdtemp(join(tmpdir(), 'lambda-destinations-test-'));
      await writeFile(join(folder, 'config'), '[default]\noutput = json\n');
    });

    after(async () => {
      if (folder) await rm(folder, { recursive: true, force: true });
    });

    async function aws(...args: string[]): Promise<string> {
      const env = {
        ...process.env,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_CONFIG_FILE: join(folder, 'config'),
        AWS_PAGER: '',
      };
      return (await run('aws', [...args, '--endpoint-url', local.endpoint], { cwd: folder, env })).stdout;
    }

    it('by s3 ls and s3api', async () => {
      const key = await Key();
      assert.match(await aws('s3', 'ls'), / failures\n/);
      assert.match(await aws('s3', 'ls', 's3://failures/aws/'), /PRE lambda\//);
      assert.match(
        await aws('s3', 'ls', 's3://failures', '--recursive'),
        new RegExp(`${Buffer.byteLength(record)} ${key}`),
      );
      const head = ['s3api', 'head-object', '--bucket', 'failures', '--key', key];
      const { ContentLength } = JSON.parse(await aws(...head)) as { readonly ContentLength: number };
      assert.equal(ContentLength, Buffer.byteLength(record));
      await aws('s3api', 'get-object', '--bucket', 'failures', '--key', key, 'record.json');
      assert.equal(await readFile(join(folder, 'record.json'), 'utf8'), record);
    });

    for (const size of [5, 7_000_000]) {
      it(`by s3 cp up and down, and presigned: ${size} bytes`, async () => {
        const content = randomBytes(size);
        await writeFile(join(folder, 'up'), content);
        await aws('s3', 'mb', 's3://copies');
        await aws('s3', 'cp', 'up', 's3://copies/a b+ü.bin');
        await aws('s3', 'mv', 's3://copies/a b+ü.bin', 's3://copies/moved');
        await aws('s3', 'cp', 's3://copies/moved', 'down');
        assert.ok(content.equals(await readFile(join(folder, 'down'))));
        const url = (await aws('s3', 'presign', 's3://copies/moved')).trim();
        assert.ok(content.equals(Buffer.from(await (await fetch(url)).arrayBuffer())));
        await aws('s3', 'rb', 's3://copies', '--force');
        assert.doesNotMatch(await aws('s3', 'ls'), /copies/);
      });
    }
  });
});
