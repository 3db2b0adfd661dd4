import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  type QueueAttributeName,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { createSqsService, type SqsService } from '../../src/local/sqs/sqsService.ts';
import { type TemporaryDatabase, temporaryDatabase } from './localDatabase.ts';
import { type ServiceServer, serveServices } from './serviceServer.ts';

const region = 'us-east-1';
const account = '123456789012';

/** Whose queues a harness has. */
export const sqsScope = { region, account };

/** The ARN of a queue of that scope. */
export function arnOf(name: string): string {
  return `arn:aws:sqs:${region}:${account}:${name}`;
}

/** Local SQS over a socket with a queue `orders`, a clock that stands still, and a client. */
export interface SqsHarness extends AsyncDisposable {
  readonly database: TemporaryDatabase;
  readonly sqs: SqsService;
  readonly server: ServiceServer;
  readonly client: SQSClient;
  /** The clock, epoch ms. */
  time: number;
  /** What `send`, `receive` and `attribute` are about: `orders` at first. */
  queueUrl: string;
  urlOf(name: string): string;
  create(name: string, attributes?: Readonly<Record<string, string>>): Promise<string>;
  send(body: string): Promise<void>;
  /** With all attributes. */
  receive(input?: Partial<ReceiveMessageCommandInput>): Promise<readonly Message[]>;
  attribute(name: QueueAttributeName, queueUrl?: string): Promise<string | undefined>;
}

/** Starts one. */
export async function startSqs(): Promise<SqsHarness> {
  const database = temporaryDatabase();
  const clock = { time: Date.UTC(2026, 8, 22, 17, 32, 55, 311) };
  const sqs = createSqsService({ db: database.db, scope: sqsScope, now: () => clock.time });
  const server = await serveServices({ sqs: sqs.service });
  const client = new SQSClient(server.clientConfig);
  const urlOf = (name: string): string => `${server.endpoint}/${account}/${name}`;
  sqs.ensureQueue('orders');
  const harness: SqsHarness = {
    database,
    sqs,
    server,
    client,
    get time() {
      return clock.time;
    },
    set time(time: number) {
      clock.time = time;
    },
    queueUrl: urlOf('orders'),
    urlOf,
    async create(QueueName, Attributes = {}) {
      const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName, Attributes }));
      return QueueUrl;
    },
    async send(MessageBody) {
      await client.send(new SendMessageCommand({ QueueUrl: harness.queueUrl, MessageBody }));
    },
    async receive(input = {}) {
      const all = { MessageSystemAttributeNames: ['All' as const], MessageAttributeNames: ['All'] };
      const command = new ReceiveMessageCommand({ QueueUrl: harness.queueUrl, ...all, ...input });
      return (await client.send(command)).Messages ?? [];
    },
    async attribute(name, QueueUrl = harness.queueUrl) {
      const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
      return (await client.send(command)).Attributes?.[name];
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      sqs.dispose();
      await server[Symbol.asyncDispose]();
      database[Symbol.dispose]();
    },
  };
  return harness;
}
