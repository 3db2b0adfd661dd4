import { type Output, Refused, type SqsCaller } from './sqsCallers.ts';

/** Facts that hold no id, time, host or account; by name. */
export type Facts = Readonly<Record<string, unknown>>;

type Call = SqsCaller['call'];

interface Message {
  readonly Body?: string;
  readonly ReceiptHandle?: string;
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly [name: string]: unknown;
}

/** The same for every server: what clients of SQS do, and what they are told. */
export const sqsScenarios: Readonly<Record<string, (call: Call) => Promise<Facts>>> = {
  'queues are made, found, listed and deleted': async (call) => {
    const QueueUrl = await create(call, 'made', { VisibilityTimeout: '5', DelaySeconds: '0' }, { a: '1', b: '2' });
    const again = await create(call, 'made', { VisibilityTimeout: '5' });
    const found = await call('GetQueueUrl', { QueueName: 'made' });
    await call('TagQueue', { QueueUrl, Tags: { c: '3' } });
    await call('UntagQueue', { QueueUrl, TagKeys: ['a'] });
    const tags = await call('ListQueueTags', { QueueUrl });
    await create(call, 'made-2');
    const all = await call('ListQueues', { QueueNamePrefix: 'made' });
    const page = await call('ListQueues', { QueueNamePrefix: 'made', MaxResults: 1 });
    const rest = await call('ListQueues', { QueueNamePrefix: 'made', MaxResults: 1, NextToken: page['NextToken'] });
    const none = await call('ListQueues', { QueueNamePrefix: 'unmade' });
    await call('DeleteQueue', { QueueUrl });
    return {
      again: again === QueueUrl,
      found: found['QueueUrl'] === QueueUrl,
      path: path(QueueUrl),
      tags,
      listed: (all['QueueUrls'] as string[]).map(path),
      pages: [page, rest].map(({ QueueUrls, NextToken }) => [(QueueUrls as string[]).map(path), typeof NextToken]),
      none: none['QueueUrls'],
      deleted: await refusal(call('GetQueueUrl', { QueueName: 'made' })),
    };
  },

  'attributes are set, counted and checked': async (call) => {
    const QueueUrl = await create(call, 'attributes');
    const initial = await attributes(call, QueueUrl);
    const DelaySeconds = '7';
    await call('SetQueueAttributes', { QueueUrl, Attributes: { DelaySeconds } });
    const one = await call('GetQueueAttributes', { QueueUrl, AttributeNames: ['DelaySeconds'] });
    await call('SendMessage', { QueueUrl, MessageBody: 'delayed' });
    await call('SendMessage', { QueueUrl, MessageBody: 'seen', DelaySeconds: 0 });
    await call('SendMessage', { QueueUrl, MessageBody: 'not seen', DelaySeconds: 0 });
    await receive(call, QueueUrl);
    const { QueueArn = '', ...counted } = await attributes(call, QueueUrl);
    return {
      names: Object.keys(initial).toSorted(),
      initial: only(initial, /^(DelaySeconds|Maximum|MessageRet|ReceiveMess|Visib|SqsManaged)/),
      one,
      counts: only(counted, /^Approximate/),
      arn: QueueArn.replace(/\d{12}/, ''),
      none: await call('GetQueueAttributes', { QueueUrl }),
    };
  },

  'messages keep body, attributes and digests': async (call) => {
    const QueueUrl = await create(call, 'messages');
    const sent = await call('SendMessage', {
      QueueUrl,
      MessageBody: '{"a":"é<&>"}\r\n\t',
      MessageAttributes: {
        z: { DataType: 'String', StringValue: 'é' },
        'a.b': { DataType: 'Number', StringValue: '200' },
        'a.c': { DataType: 'Binary', BinaryValue: 'AP8=' },
        c: { DataType: 'String.custom', StringValue: '<x>' },
      },
      MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-x' } },
    });
    const [all] = await receive(call, QueueUrl, { VisibilityTimeout: 0 });
    const [prefixed] = await receive(call, QueueUrl, { VisibilityTimeout: 0, MessageAttributeNames: ['a.*'] });
    const [bare] = await receive(call, QueueUrl, {
      MessageAttributeNames: [],
      AttributeNames: ['ApproximateReceiveCount'],
    });
    return {
      sent: only(sent, /^MD5OfMessage(Body|Attributes)$/),
      sentSystem: sent['MD5OfMessageSystemAttributes'],
      body: all?.Body,
      attributes: all?.['MessageAttributes'],
      digests: [all?.['MD5OfBody'], all?.['MD5OfMessageAttributes']],
      systemNames: Object.keys(all?.Attributes ?? {}).toSorted(),
      trace: all?.Attributes?.['AWSTraceHeader'],
      prefixed: [prefixed?.['MessageAttributes'], prefixed?.['MD5OfMessageAttributes']],
      beyond: Object.keys(await outcome(call('SendMessage', { QueueUrl, MessageBody: '\u{1f600}' }))).toSorted(),
      bare: Object.keys(bare ?? {}).toSorted(),
      bareSystem: bare?.Attributes,
    };
  },

  'messages are hidden, given back and deleted': async (call) => {
    const QueueUrl = await create(call, 'visibility');
    await call('SendMessage', { QueueUrl, MessageBody: 'one' });
    const [first] = await receive(call, QueueUrl);
    const hidden = await receive(call, QueueUrl);
    const change = (ReceiptHandle: unknown, VisibilityTimeout: number) =>
      call('ChangeMessageVisibility', { QueueUrl, ReceiptHandle, VisibilityTimeout });
    await change(first?.ReceiptHandle, 0);
    const [second] = await receive(call, QueueUrl);
    await call('DeleteMessage', { QueueUrl, ReceiptHandle: second?.ReceiptHandle });
    await call('DeleteMessage', { QueueUrl, ReceiptHandle: second?.ReceiptHandle });
    return {
      hidden: hidden.length,
      receiveCount: second?.Attributes?.['ApproximateReceiveCount'],
      left: only(await attributes(call, QueueUrl), /^ApproximateNumber/),
      tooLong: await refusal(change(second?.ReceiptHandle, 43_201)),
      gone: code(await refusal(change(second?.ReceiptHandle, 5))),
      noHandle: code(await refusal(call('DeleteMessage', { QueueUrl, ReceiptHandle: 'nonsense' }))),
    };
  },

  'batches answer for each entry': async (call) => {
    const QueueUrl = await create(call, 'batches');
    const entries = (ids: readonly string[]) => ids.map((Id) => ({ Id, MessageBody: `body ${Id}` }));
    const send = (Entries: readonly unknown[]) => call('SendMessageBatch', { QueueUrl, Entries });
    const sent = await send([...entries(['a', 'b']), { Id: 'late', MessageBody: 'x', DelaySeconds: 901 }]);
    const received = await receive(call, QueueUrl, { MaxNumberOfMessages: 10 });
    const handles = received.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
    const Entries = handles.map((entry) => ({ ...entry, VisibilityTimeout: 60 }));
    const changed = await call('ChangeMessageVisibilityBatch', { QueueUrl, Entries });
    const deletion = [...handles, { Id: 'bad', ReceiptHandle: 'nonsense' }];
    const deleted = await call('DeleteMessageBatch', { QueueUrl, Entries: deletion });
    const half = 'x'.repeat(600_000);
    return {
      sent: (sent['Successful'] as Output[]).map(({ Id, MD5OfMessageBody }) => [Id, MD5OfMessageBody]),
      failed: sent['Failed'],
      received: received.map(({ Body }) => Body),
      changed: changed['Successful'],
      deleted: deleted['Successful'],
      notDeleted: (deleted['Failed'] as Output[] | undefined)?.map(({ Id, SenderFault, Code }) => [
        Id,
        SenderFault,
        Code,
      ]),
      empty: await refusal(send([])),
      tooMany: await refusal(send(entries([...'abcdefghijk']))),
      repeated: await refusal(send(entries(['a', 'a']))),
      badId: await refusal(send(entries(['a b']))),
      tooLong: await refusal(send(['a', 'b'].map((Id) => ({ Id, MessageBody: half })))),
    };
  },

  'dead letters go to their queue and back': async (call) => {
    const dead = await create(call, 'dead');
    const { QueueArn: deadLetterTargetArn = '' } = await attributes(call, dead);
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 });
    const QueueUrl = await create(call, 'source', { RedrivePolicy });
    await call('SendMessage', { QueueUrl, MessageBody: 'poison' });
    await receive(call, QueueUrl, { VisibilityTimeout: 0 });
    const none = await receive(call, QueueUrl, { VisibilityTimeout: 0 });
    const [letter] = await receive(call, dead, { VisibilityTimeout: 0 });
    const sources = await outcome(call('ListDeadLetterSourceQueues', { QueueUrl: dead }));
    const start = () => outcome(call('StartMessageMoveTask', { SourceArn: deadLetterTargetArn }));
    const started = await start();
    const isStarted = started['TaskHandle'] !== undefined;
    const [back] = isStarted ? await receive(call, QueueUrl, { WaitTimeSeconds: 20 }) : [];
    const notADeadLetterQueue = { SourceArn: deadLetterTargetArn.replace(/dead$/, 'source') };
    return {
      none: none.length,
      letter: [letter?.Body, Object.keys(letter?.Attributes ?? {}).toSorted()],
      letterCount: letter?.Attributes?.['ApproximateReceiveCount'],
      sources: Array.isArray(sources['queueUrls']) ? sources['queueUrls'].map(path) : sources,
      policy: (await attributes(call, QueueUrl))['RedrivePolicy']?.replace(/\d{12}/, ''),
      started: Object.keys(started),
      back: [back?.Body, back?.Attributes?.['ApproximateReceiveCount']],
      notADeadLetterQueue: await refusal(call('StartMessageMoveTask', notADeadLetterQueue)),
    };
  },

  'permissions are statements of the policy': async (call) => {
    const QueueUrl = await create(call, 'permissions');
    const input = { QueueUrl, Label: 'one', AWSAccountIds: ['111111111111'], Actions: ['SendMessage'] };
    const added = await outcome(call('AddPermission', input));
    const { Policy, QueueArn = '' } = await attributes(call, QueueUrl);
    const removed = await outcome(call('RemovePermission', { QueueUrl, Label: 'one' }));
    return {
      added,
      removed,
      policy: Policy === undefined ? undefined : JSON.parse(Policy.replaceAll(QueueArn, 'ARN')),
      unknownLabel: await refusal(call('RemovePermission', { QueueUrl, Label: 'two' })),
      unknownAction: await refusal(call('AddPermission', { ...input, Actions: ['Fly'] })),
    };
  },

  'FIFO queues keep order and drop duplicates': async (call) => {
    const QueueUrl = await create(call, 'steps.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' });
    for (const MessageBody of ['1', '2', '2', '3']) {
      await call('SendMessage', { QueueUrl, MessageBody, MessageGroupId: 'g' });
    }
    const received = await receive(call, QueueUrl, { MaxNumberOfMessages: 10 });
    return {
      bodies: received.map(({ Body }) => Body),
      system: Object.keys(received[0]?.Attributes ?? {}).toSorted(),
      blocked: (await receive(call, QueueUrl)).length,
      noGroup: await refusal(call('SendMessage', { QueueUrl, MessageBody: 'x' })),
      delay: code(
        await refusal(call('SendMessage', { QueueUrl, MessageBody: 'x', MessageGroupId: 'g', DelaySeconds: 1 })),
      ),
    };
  },

  'what is wrong is refused in SQS’s words': async (call) => {
    const QueueUrl = await create(call, 'refusals');
    const tries: Readonly<Record<string, readonly [operation: string, input: Output]>> = {
      otherAttributes: ['CreateQueue', { QueueName: 'refusals', Attributes: { VisibilityTimeout: '1' } }],
      queueName: ['CreateQueue', { QueueName: 'a b' }],
      attributeName: ['SetQueueAttributes', { QueueUrl, Attributes: { Colour: 'red' } }],
      attributeValue: ['SetQueueAttributes', { QueueUrl, Attributes: { VisibilityTimeout: '43201' } }],
      noQueue: ['SendMessage', { QueueUrl: `${QueueUrl}-not`, MessageBody: 'x' }],
      noBody: ['SendMessage', { QueueUrl, MessageBody: '' }],
      forbiddenCharacter: ['SendMessage', { QueueUrl, MessageBody: 'a\u0001b' }],
      tooLong: ['SendMessage', { QueueUrl, MessageBody: 'x'.repeat(1_048_577) }],
      delay: ['SendMessage', { QueueUrl, MessageBody: 'x', DelaySeconds: 901 }],
      maximum: ['ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 11 }],
      wait: ['ReceiveMessage', { QueueUrl, WaitTimeSeconds: 21 }],
    };
    const facts: Record<string, unknown> = {};
    for (const [name, [operation, input]] of Object.entries(tries)) facts[name] = await refusal(call(operation, input));
    return facts;
  },

  'a queue is purged once in a minute': async (call) => {
    const QueueUrl = await create(call, 'purged');
    await call('SendMessage', { QueueUrl, MessageBody: 'one' });
    await call('PurgeQueue', { QueueUrl });
    return {
      left: (await attributes(call, QueueUrl))['ApproximateNumberOfMessages'],
      again: await refusal(call('PurgeQueue', { QueueUrl })),
    };
  },
};

async function create(
  call: Call,
  QueueName: string,
  Attributes?: Readonly<Record<string, string>>,
  tags?: Readonly<Record<string, string>>,
): Promise<string> {
  const given = { ...(Attributes && { Attributes }), ...(tags && { tags }) };
  return String((await call('CreateQueue', { QueueName, ...given }))['QueueUrl']);
}

async function receive(call: Call, QueueUrl: string, input: Output = {}): Promise<readonly Message[]> {
  const all = { AttributeNames: ['All'], MessageAttributeNames: ['All'] };
  return ((await call('ReceiveMessage', { QueueUrl, ...all, ...input }))['Messages'] ?? []) as readonly Message[];
}

async function attributes(call: Call, QueueUrl: string): Promise<Readonly<Record<string, string>>> {
  const output = await call('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });
  return output['Attributes'] as Readonly<Record<string, string>>;
}

/** What an operation answers, or how it is refused. */
async function outcome(answer: Promise<Output>): Promise<Output> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Refused) return { refused: error.code };
    throw error;
  }
}

/** Code and message of an operation that is to be refused. */
async function refusal(answer: Promise<Output>): Promise<readonly string[] | 'not refused'> {
  try {
    await answer;
    return 'not refused';
  } catch (error) {
    if (error instanceof Refused) return [error.code, error.message];
    throw error;
  }
}

function code(refused: readonly string[] | 'not refused'): string {
  return typeof refused === 'string' ? refused : (refused[0] ?? '');
}

function only(values: Output, names: RegExp): Output {
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.test(name)));
}

function path(url: unknown): string {
  return new URL(String(url)).pathname.replace(/\d{12}/, '');
}
