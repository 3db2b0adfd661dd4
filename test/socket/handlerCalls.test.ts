import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { runLocalLambda, type TestLocalLambda } from '../support/localLambda.ts';
import { hasModule, pythonOf } from '../support/pythons.ts';
import { skip } from '../support/skip.ts';

const require = createRequire(import.meta.url);
const sdk = JSON.stringify(require.resolve('@aws-sdk/client-sqs'));
const s3Sdk = JSON.stringify(require.resolve('@aws-sdk/client-s3'));

const template = (runtime: string): string => `
Resources:
  Sent: { Type: AWS::SQS::Queue, Properties: { QueueName: sent } }
  Node:
    Type: AWS::Serverless::Function
    Properties:
      { FunctionName: node, CodeUri: src, Handler: app.handler, Runtime: nodejs22.x, Timeout: 20,
        Environment: { Variables: { QUEUE_URL: !Ref Sent, MODE: template } } }
  Python:
    Type: AWS::Serverless::Function
    Properties:
      { FunctionName: python, CodeUri: src, Handler: app.handler, Runtime: ${runtime}, Timeout: 20,
        Environment: { Variables: { QUEUE_URL: !Ref Sent, MODE: template } } }
`;

const files = (runtime: string): Readonly<Record<string, string>> => ({
  'template.yaml': template(runtime),
  'src/app.js': `
const { SQSClient, SendMessageCommand } = require(${sdk});
const { S3Client, PutObjectCommand, CreateBucketCommand } = require(${s3Sdk});
exports.handler = async ({ env, bucket }) => {
  if (env) return Object.fromEntries(env.map((name) => [name, process.env[name]]));
  if (bucket) {
    const s3 = new S3Client({});
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    return (await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'k', Body: 'text' }))).$metadata.httpStatusCode;
  }
  const sqs = new SQSClient({});
  const { MessageId } = await sqs.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody: 'from node' }));
  return MessageId;
};`,
  'src/app.py': `
import os


def handler(event, context):
    if 'env' in event:
        return {name: os.environ.get(name) for name in event['env']}
    import boto3
    if 'bucket' in event:
        s3 = boto3.client('s3')
        s3.create_bucket(Bucket=event['bucket'])
        return s3.put_object(Bucket=event['bucket'], Key='k', Body=b'text')['ResponseMetadata']['HTTPStatusCode']
    sqs = boto3.client('sqs')
    return sqs.send_message(QueueUrl=os.environ['QUEUE_URL'], MessageBody='from python')['MessageId']
`,
});

describe('calls that handlers make', function () {
  this.timeout(60_000);
  let local: TestLocalLambda;
  let lambda: LambdaClient;
  let boto: string | undefined;

  before(async () => {
    const version = ['3.13', '3.12', '3.11', '3.10', '3.9', '3.8'].find((one) => {
      const python = pythonOf(one);
      return python !== undefined && hasModule(python, 'boto3');
    });
    boto = version === undefined ? undefined : pythonOf(version);
    local = await runLocalLambda({
      files: files(`python${version ?? '3.12'}`),
      ...(boto === undefined ? {} : { pythonPath: boto }),
    });
    lambda = new LambdaClient(local.clientConfig);
  });

  after(() => local?.[Symbol.asyncDispose]());

  async function invoke(functionName: string, event: unknown): Promise<unknown> {
    const { Payload, FunctionError } = await lambda.send(
      new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) }),
    );
    const text = Payload?.transformToString() ?? '';
    assert.equal(FunctionError, undefined, text);
    return JSON.parse(text);
  }

  async function sent(): Promise<string | undefined> {
    const sqs = new SQSClient(local.clientConfig);
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: `${local.endpoint}/000000000000/sent`, WaitTimeSeconds: 2 }),
    );
    return Messages[0]?.Body;
  }

  it('of the AWS SDK for JavaScript reach the queues and buckets that are here', async () => {
    await invoke('node', {});
    assert.equal(await sent(), 'from node');
    assert.equal(await invoke('node', { bucket: 'from-node' }), 200);
  });

  it('of boto3 do, too', async function () {
    if (boto === undefined) skip(this, 'no Python on this machine has boto3');
    await invoke('python', {});
    assert.equal(await sent(), 'from python');
    assert.equal(await invoke('python', { bucket: 'from-python' }), 200);
  });

  it('are made with what the env file of the function says, from the next event on', async () => {
    const names = ['MODE', 'AWS_ACCESS_KEY_ID', 'AWS_SESSION_TOKEN', 'AWS_LAMBDA_FUNCTION_NAME', 'AWS_ENDPOINT_URL_S3'];
    assert.deepEqual(await invoke('node', { env: names }), {
      ...{ MODE: 'template', AWS_ACCESS_KEY_ID: 'test', AWS_SESSION_TOKEN: 'test', AWS_LAMBDA_FUNCTION_NAME: 'node' },
      AWS_ENDPOINT_URL_S3: local.endpoint,
    });
    const file = join(local.projectDir, '.env.node');
    await writeFile(
      file,
      'MODE=mine\nAWS_ACCESS_KEY_ID=AKIAMINE\nAWS_SECRET_ACCESS_KEY=very-secret\nAWS_ENDPOINT_URL_S3=\n',
    );
    assert.deepEqual(await invoke('node', { env: names }), {
      ...{ MODE: 'mine', AWS_ACCESS_KEY_ID: 'AKIAMINE', AWS_LAMBDA_FUNCTION_NAME: 'node' },
    });
    // A service that is here takes whatever credentials come.
    await invoke('node', {});
    assert.equal(await sent(), 'from node');

    await writeFile(file, 'MODE=changed\nAWS_LAMBDA_FUNCTION_NAME=very-secret\n');
    const { LogResult = '' } = await lambda.send(
      new InvokeCommand({ FunctionName: 'node', Payload: JSON.stringify({ env: names }), LogType: 'Tail' }),
    );
    const log = Buffer.from(LogResult, 'base64').toString();
    assert.match(log, /\.env\.node: AWS_LAMBDA_FUNCTION_NAME is set by Lambda and can't be replaced\./);
    assert.ok(!log.includes('very-secret'));
    assert.deepEqual(await invoke('node', { env: ['MODE', 'AWS_ACCESS_KEY_ID'] }), {
      MODE: 'changed',
      AWS_ACCESS_KEY_ID: 'test',
    });
  });
});
