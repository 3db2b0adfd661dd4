import { join } from 'node:path';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { DeliveryPiece, OutcomePiece } from '../../src/model/invocation.ts';
import type { LocalReadyEvent } from '../../src/protocol/localEvents.ts';
import { rawRequest, streamLines, writeFiles } from './localLambda.ts';
import { startLocalProcess } from './localProcess.ts';

/** What became of the events that local Lambda accepted while it was killed again and again. */
export interface KilledUnderLoad {
  /** Answered with a 202. */
  readonly accepted: number;
  /** Those of them without an outcome, or without a record in the destination queue. */
  readonly lost: readonly string[];
  /** Outcomes or records that an event has too many. */
  readonly twice: readonly string[];
  /** Records told as delivered, and messages in the destination queue. */
  readonly delivered: number;
  readonly messages: number;
}

const files = {
  'template.yaml': `
Transform: AWS::Serverless-2016-10-31
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: fn
      Runtime: nodejs22.x
      Handler: fn.handler
      EventInvokeConfig:
        DestinationConfig:
          OnSuccess: { Type: SQS, Destination: !GetAtt Results.Arn }
          OnFailure: { Type: SQS, Destination: !GetAtt Results.Arn }
  Results: { Type: AWS::SQS::Queue, Properties: { QueueName: results } }
`,
  'fn.mjs': `
let calls = 0;
export const handler = async ({ fail }) => {
  calls += 1;
  if (fail && calls % 3 !== 0) throw new Error('as asked');
  return calls;
};
`,
};

const connections = 8;

/**
 * Sends events to a local Lambda in `folder` (empty) over several connections, kills it with SIGKILL in the middle of that
 * after every `events` answers, starts it again on its data, and at last lets it come to its end.
 */
export async function killUnderLoad(
  folder: string,
  { kills, events }: { readonly kills: number; readonly events: number },
): Promise<KilledUnderLoad> {
  const projectDir = join(folder, 'project');
  await writeFiles(projectDir, files);
  const start = () =>
    startLocalProcess(['--project', projectDir, '--data', join(folder, 'data'), '--time-scale', '600']);
  const accepted: string[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    const local = start();
    try {
      const ready = await local.ready();
      const until = accepted.length + events;
      const send = async (): Promise<void> => {
        while (accepted.length < until) {
          const body = JSON.stringify({ fail: accepted.length % 2 === 0 });
          const requestId = await invoke(ready, body);
          if (requestId === undefined) return;
          accepted.push(requestId);
          // The others are in the middle of their requests.
          if (accepted.length === until) local.child.kill('SIGKILL');
        }
      };
      await Promise.all(Array.from({ length: connections }, send));
    } finally {
      local.child.kill('SIGKILL');
      await local.ended();
    }
  }
  const last = start();
  try {
    const ready = await last.ready();
    return await settled(ready, accepted);
  } finally {
    last.child.kill('SIGTERM');
    await last.ended();
  }
}

/** The request id of what was accepted; `undefined` when there is nobody who answers. */
async function invoke({ endpoint }: LocalReadyEvent, body: string): Promise<string | undefined> {
  try {
    const { status, headers } = await rawRequest(endpoint, {
      method: 'POST',
      path: '/2015-03-31/functions/fn/invocations',
      headers: { 'x-amz-invocation-type': 'Event' },
      body,
    });
    return status === 202 ? String(headers['x-amzn-requestid']) : undefined;
  } catch {
    return undefined;
  }
}

async function settled(ready: LocalReadyEvent, accepted: readonly string[]): Promise<KilledUnderLoad> {
  const { endpoint, controlToken } = ready;
  // Each look is a request of its own; the rest takes a second or two.
  while (!(await isIdle(ready)));
  // What the stream tells before the end of an event that comes now is all there was.
  const last = await invoke(ready, '{}');
  const outcomes = new Map<string, OutcomePiece[]>();
  const deliveries = new Map<string, DeliveryPiece[]>();
  for await (const line of streamLines(endpoint, controlToken)) {
    if (!('cursor' in line)) continue;
    const { piece } = line;
    if (piece.kind === 'outcome') add(outcomes, piece);
    if (piece.kind === 'delivery') add(deliveries, piece);
    if (piece.kind === 'delivery' && piece.requestId === last) break;
  }
  const all = [...deliveries.values()].flat();
  return {
    accepted: accepted.length,
    lost: accepted.filter((id) => !outcomes.has(id) || deliveries.get(id)?.[0]?.status !== 'delivered'),
    twice: [...outcomes, ...deliveries].filter(([, pieces]) => pieces.length > 1).map(([id]) => id),
    delivered: all.filter(({ status }) => status === 'delivered').length,
    messages: await messagesIn(endpoint, 'results'),
  };
}

function add<P extends { readonly requestId: string }>(to: Map<string, P[]>, piece: P): void {
  to.set(piece.requestId, [...(to.get(piece.requestId) ?? []), piece]);
}

async function isIdle({ endpoint, controlToken }: LocalReadyEvent): Promise<boolean> {
  const headers = { authorization: `Bearer ${controlToken}` };
  const { body } = await rawRequest(endpoint, { path: '/_local/v1/status', headers });
  const { queued, running } = JSON.parse(body) as { readonly queued: number; readonly running: number };
  return queued + running === 0;
}

async function messagesIn(endpoint: string, QueueName: string): Promise<number> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const sqs = new SQSClient({ endpoint, region: 'us-east-1', credentials });
  try {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    return Number(Attributes?.ApproximateNumberOfMessages);
  } finally {
    sqs.destroy();
  }
}
