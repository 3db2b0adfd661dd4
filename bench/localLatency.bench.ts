import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteMessageCommand, GetQueueUrlCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { median, type BenchResult } from '../scripts/bench/result.ts';
import { benchFolder, bundleLocal, startLocalServer } from './support/localServer.ts';
import { functionsWithRecords } from './support/project.ts';

const warmUps = 20;
const sends = 100;

/** Works for a while, and tells how long that took. */
const handler = `exports.handler = async () => {
  const begun = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 5));
  return { ms: performance.now() - begun };
};
`;

/** From the send to its record received from the destination queue by the SDK, without the handler's own time. */
export async function run(): Promise<readonly BenchResult[]> {
  await using folder = await benchFolder();
  const files = functionsWithRecords(['worker'], handler);
  await using local = await startLocalServer(await bundleLocal(), folder.path, { files });
  const lambda = new LambdaClient(local.client);
  const sqs = new SQSClient(local.client);
  try {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'records' }));
    const latencies: number[] = [];
    for (let send = 0; send < warmUps + sends; send++) {
      const receive = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
      const begun = performance.now();
      await lambda.send(new InvokeCommand({ FunctionName: 'worker', InvocationType: 'Event', Payload: '{}' }));
      const { Messages: [message] = [] } = await receive;
      const took = performance.now() - begun;
      const record = JSON.parse(message?.Body ?? '') as { readonly responsePayload: { readonly ms: number } };
      if (send >= warmUps) latencies.push(took - record.responsePayload.ms);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
    }
    return [
      {
        name: 'send to record received, over the handler: median',
        value: median(latencies),
        unit: 'ms',
        goal: '<= 25',
      },
    ];
  } finally {
    lambda.destroy();
    sqs.destroy();
  }
}
