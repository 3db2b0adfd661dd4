import assert from 'node:assert/strict';
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as vscode from 'vscode';
import type { ApiViewRow, ExtensionApi } from '../../../src/host/extensionApi.ts';
import type { ListenedTo } from '../../../src/host/listeningArguments.ts';
import { startOther, type OtherServer } from '../connections/otherServer.ts';
import { product, rowWhen } from '../support/product.ts';

const region = 'us-east-1';
const arn = (service: string, resource: string): string => `arn:aws:${service}:${region}:999999999999:${resource}`;
const topic = arn('sns', 'news');
const queue = arn('sqs', 'caught');

const functionText = (name: string, more = ''): string => `  ${name}:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: ${name}, Runtime: nodejs22.x, CodeUri: ., Handler: index.${name}${more} }
`;
const to = (role: string, type: string, destination: string): string =>
  `, EventInvokeConfig: { MaximumRetryAttempts: 0, DestinationConfig: { ${role}: { Type: ${type}, Destination: '${destination}' } } }`;
const template = `Resources:
${functionText('plain')}${functionText('lost')}${functionText('told', to('OnSuccess', 'SNS', topic))}${functionText('caught', to('OnFailure', 'SQS', queue))}`;
const index = `exports.plain = exports.told = async (event) => event;
exports.lost = exports.caught = async () => { throw new TypeError('no stock'); };
`;

const run = <T>(command: string, args?: unknown): Thenable<T> =>
  vscode.commands.executeCommand<T>(`lambdaDestinations.${command}`, args);

describe('listening', () => {
  let api: ExtensionApi;
  let other: OtherServer;
  let sqs: SQSClient;

  before(async () => {
    other = await startOther({ template, files: { 'index.js': index }, more: ['--time-scale', '600'] });
    sqs = new SQSClient({
      endpoint: other.endpoint,
      region,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    api = await product();
    await run('selectConnection', { kind: 'endpoint', endpoint: other.endpoint, region });
  });

  after(async () => {
    await run('selectConnection', { kind: 'local' });
    sqs.destroy();
    await other.close();
  });

  const taps = async (): Promise<readonly string[]> => {
    const command = new ListQueuesCommand({ QueueNamePrefix: 'lambda-destinations-tap-' });
    return (await sqs.send(command)).QueueUrls ?? [];
  };
  /** What the functions view says of a destination. */
  const described = async (functionName: string, label: string): Promise<string> => {
    const rows = await api.functionsView();
    const of = rows.find((row: ApiViewRow) => row.label === functionName);
    return of?.children.find((row) => row.label === label)?.description ?? '';
  };

  it('fills a row in from the function’s log: a success, and an event that is lost', async () => {
    const fine = await api.sendAsync({ functionName: 'plain', payload: {} });
    const lost = await api.sendAsync({ functionName: 'lost', payload: {} });
    const succeeded = await rowWhen(api, fine.requestId, ({ status }) => status === 'succeeded');
    assert.equal(succeeded.attempts, 1);
    const row = await rowWhen(api, lost.requestId, ({ status }) => status === 'lost');
    assert.deepEqual([row.attempts, row.errorType], [3, 'TypeError']);
  });

  it('reads the records of a topic by a tap, shows where it stands, and removes it when stopped', async () => {
    assert.deepEqual(await run<ListenedTo>('listen', { destinationArn: topic, confirm: false }), {
      destinationArn: topic,
      how: 'tap',
      phase: 'listening',
    });
    assert.equal((await taps()).length, 1);
    const { requestId } = await api.sendAsync({ functionName: 'told', payload: {} });
    const row = await rowWhen(api, requestId, ({ delivery }) => delivery !== undefined);
    assert.deepEqual([row.delivery?.arn, row.delivery?.role], [topic, 'onSuccess']);
    assert.match(await described('told', 'On success'), /→ news \(SNS topic\) · listening/);
    await run('pauseListening', { destinationArn: topic });
    assert.match(await described('told', 'On success'), /· paused$/);
    await run('stopListening', { destinationArn: topic });
    assert.equal(await described('told', 'On success'), '→ news (SNS topic)');
    assert.deepEqual(await taps(), []);
  });

  it('peeks into a queue, and leaves what is in it', async () => {
    const listened = await run<ListenedTo>('listen', { destinationArn: queue, how: 'peek' });
    assert.deepEqual([listened.how, listened.phase], ['peek', 'listening']);
    const { requestId } = await api.sendAsync({ functionName: 'caught', payload: {} });
    const row = await rowWhen(api, requestId, ({ delivery }) => delivery !== undefined);
    assert.deepEqual([row.status, row.condition, row.delivery?.arn], ['failed', 'RetriesExhausted', queue]);
    await run('stopListening', { destinationArn: queue });
    const { QueueUrls: [queueUrl] = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'caught' }));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    assert.equal(Attributes?.ApproximateNumberOfMessages, '1');
  });

  it('leaves nothing behind when another connection is selected, and goes on when it is back', async () => {
    await run('listen', { destinationArn: topic, confirm: false });
    await run('selectConnection', { kind: 'endpoint', endpoint: other.endpoint, region: 'eu-west-1' });
    await run('selectConnection', { kind: 'endpoint', endpoint: other.endpoint, region });
    assert.match(await described('told', 'On success'), /listen/, 'it is remembered');
    // What was begun by itself is waited for.
    await run('listen', { destinationArn: topic, confirm: false });
    const { requestId } = await api.sendAsync({ functionName: 'told', payload: {} });
    await rowWhen(api, requestId, ({ delivery }) => delivery?.arn === topic);
    assert.deepEqual(await run('removeLeftovers', { confirm: false }), []);
    assert.equal((await taps()).length, 1, 'one tap, not two');
    await run('stopListening', { destinationArn: topic });
    assert.deepEqual(await taps(), []);
  });

  it('is nothing of local Lambda’s', async () => {
    await run('selectConnection', { kind: 'local' });
    await assert.rejects(Promise.resolve(run('listen', { destinationArn: topic })), /by itself/);
    await run('selectConnection', { kind: 'endpoint', endpoint: other.endpoint, region });
  });
});
