import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { skip } from '../support/skip.ts';
import { arnOf, type SqsHarness, startSqs } from '../support/sqsHarness.ts';

const authorization =
  'AWS4-HMAC-SHA256 Credential=test/20260922/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0';

/** Debian 12's, the newest of many that speak Query. */
const oldCli = '/usr/bin/aws';

describe('SQS in its Query protocol', () => {
  let harness: SqsHarness;

  beforeEach(async () => {
    harness = await startSqs();
  });

  afterEach(() => harness[Symbol.asyncDispose]());

  interface Answer {
    readonly status: number;
    readonly type: string | null;
    /** Without declaration, request id and receipt handles. */
    readonly xml: string;
  }

  async function post(form: Readonly<Record<string, string>>, path = '/', version = '2012-11-05'): Promise<Answer> {
    const body = new URLSearchParams({ ...form, Version: version });
    return read(await fetch(harness.server.endpoint + path, { method: 'POST', headers: { authorization }, body }));
  }

  async function read(response: Response): Promise<Answer> {
    const text = await response.text();
    assert.match(
      text,
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<\w+Response xmlns="http:\/\/queue\.amazonaws\.com\/doc\/2012-11-05\/">/,
    );
    const xml = text
      .replace(/^.*\n/, '')
      .replace(/ xmlns="[^"]+"/, '')
      .replace(/<RequestId>[-\da-f]{36}<\/RequestId>/, '<RequestId/>')
      .replace(/<MessageId>[-\da-f]{36}<\/MessageId>/g, '<MessageId/>')
      .replace(/<ReceiptHandle>[^<]+<\/ReceiptHandle>/g, '<ReceiptHandle/>');
    return { status: response.status, type: response.headers.get('content-type'), xml };
  }

  const answer = (operation: string, result?: string): string => {
    const inner = result === undefined ? '' : `<${operation}Result>${result}</${operation}Result>`;
    return `<${operation}Response>${inner}<ResponseMetadata><RequestId/></ResponseMetadata></${operation}Response>`;
  };

  it('answers a form with XML, lists flattened', async () => {
    const create = {
      Action: 'CreateQueue',
      QueueName: 'new',
      'Attribute.1.Name': 'VisibilityTimeout',
      'Attribute.1.Value': '5',
      'Attribute.2.Name': 'DelaySeconds',
      'Attribute.2.Value': '1',
      'Tag.1.Key': 'a',
      'Tag.1.Value': 'b',
    };
    const QueueUrl = harness.urlOf('new');
    assert.deepEqual(await post(create), {
      status: 200,
      type: 'text/xml',
      xml: answer('CreateQueue', `<QueueUrl>${QueueUrl}</QueueUrl>`),
    });
    const names = { 'AttributeName.1': 'VisibilityTimeout', 'AttributeName.2': 'DelaySeconds' };
    const attributes = await post({ Action: 'GetQueueAttributes', QueueUrl, ...names });
    assert.equal(
      attributes.xml,
      answer(
        'GetQueueAttributes',
        '<Attribute><Name>DelaySeconds</Name><Value>1</Value></Attribute>' +
          '<Attribute><Name>VisibilityTimeout</Name><Value>5</Value></Attribute>',
      ),
    );
    const tags = await post({ Action: 'ListQueueTags', QueueUrl });
    assert.equal(tags.xml, answer('ListQueueTags', '<Tag><Key>a</Key><Value>b</Value></Tag>'));
    const list = await post({ Action: 'ListQueues' });
    const urls = ['new', 'orders'].map((name) => `<QueueUrl>${harness.urlOf(name)}</QueueUrl>`);
    assert.equal(list.xml, answer('ListQueues', urls.join('')));
  });

  it('sends and receives a message with attributes', async () => {
    const QueueUrl = harness.queueUrl;
    const sent = await post({
      Action: 'SendMessage',
      QueueUrl,
      MessageBody: '<&>"\r\n\té\u{1f600}',
      'MessageAttribute.1.Name': 'b',
      'MessageAttribute.1.Value.DataType': 'Binary',
      'MessageAttribute.1.Value.BinaryValue': 'AP8=',
      'MessageAttribute.2.Name': 'n',
      'MessageAttribute.2.Value.DataType': 'Number',
      'MessageAttribute.2.Value.StringValue': '1',
      'MessageSystemAttribute.1.Name': 'AWSTraceHeader',
      'MessageSystemAttribute.1.Value.DataType': 'String',
      'MessageSystemAttribute.1.Value.StringValue': 'Root=1-x',
    });
    assert.match(
      sent.xml,
      /^<SendMessageResponse><SendMessageResult><MessageId\/><MD5OfMessageBody>\w{32}<\/MD5OfMessageBody><MD5OfMessageAttributes>\w{32}<\/MD5OfMessageAttributes><MD5OfMessageSystemAttributes>\w{32}<\/MD5OfMessageSystemAttributes><\/SendMessageResult>/,
    );
    const received = await post({
      Action: 'ReceiveMessage',
      QueueUrl,
      'AttributeName.1': 'AWSTraceHeader',
      'MessageAttributeName.1': 'All',
    });
    assert.equal(
      received.xml.replace(/<MD5(\w+)>\w{32}/g, '<MD5$1>'),
      answer(
        'ReceiveMessage',
        '<Message><MessageId/><ReceiptHandle/><MD5OfBody></MD5OfBody>' +
          '<Body>&lt;&amp;&gt;&quot;&#xD;\n\té\u{1f600}</Body>' +
          '<Attribute><Name>AWSTraceHeader</Name><Value>Root=1-x</Value></Attribute>' +
          '<MD5OfMessageAttributes></MD5OfMessageAttributes>' +
          '<MessageAttribute><Name>b</Name><Value><DataType>Binary</DataType><BinaryValue>AP8=</BinaryValue></Value></MessageAttribute>' +
          '<MessageAttribute><Name>n</Name><Value><DataType>Number</DataType><StringValue>1</StringValue></Value></MessageAttribute></Message>',
      ),
    );
    assert.equal((await post({ Action: 'ReceiveMessage', QueueUrl })).xml, answer('ReceiveMessage', ''));
  });

  it('takes batches; what is refused has an entry of its own', async () => {
    const form: Record<string, string> = { Action: 'SendMessageBatch' };
    for (const [index, [id, delay]] of [
      ['a', '0'],
      ['b', '901'],
    ].entries()) {
      const entry = `SendMessageBatchRequestEntry.${index + 1}`;
      Object.assign(form, {
        [`${entry}.Id`]: id,
        [`${entry}.MessageBody`]: 'x',
        [`${entry}.DelaySeconds`]: delay,
        [`${entry}.MessageAttribute.1.Name`]: 'k',
        [`${entry}.MessageAttribute.1.Value.DataType`]: 'String',
        [`${entry}.MessageAttribute.1.Value.StringValue`]: 'v',
      });
    }
    const { xml } = await post(form, '/123456789012/orders');
    assert.equal(
      xml.replace(/>\w{32}</g, '><'),
      answer(
        'SendMessageBatch',
        '<SendMessageBatchResultEntry><Id>a</Id><MessageId/><MD5OfMessageBody></MD5OfMessageBody><MD5OfMessageAttributes></MD5OfMessageAttributes></SendMessageBatchResultEntry>' +
          '<BatchResultErrorEntry><Id>b</Id><SenderFault>true</SenderFault><Code>InvalidParameterValue</Code><Message>Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be &gt;= 0 and &lt;= 900.</Message></BatchResultErrorEntry>',
      ),
    );
  });

  it('takes a queue by the address that a form goes to, by another host’s address, and a form in a GET', async () => {
    const path = '/123456789012/orders';
    assert.equal((await post({ Action: 'SendMessage', MessageBody: '1' }, path)).status, 200);
    const QueueUrl = `https://sqs.us-east-1.amazonaws.com${path}`;
    assert.equal((await post({ Action: 'SendMessage', MessageBody: '2', QueueUrl })).status, 200);
    const query = new URLSearchParams({ Action: 'SendMessage', MessageBody: '3 +&', Version: '2012-11-05' });
    const url = `${harness.server.endpoint}${path}?${String(query)}`;
    assert.equal((await read(await fetch(url, { headers: { authorization } }))).status, 200);
    const posted = await fetch(url.replace('3+', '4+'), { method: 'POST', headers: { authorization } });
    assert.equal((await read(posted)).status, 200);
    const bodies = (await harness.receive({ MaxNumberOfMessages: 10 })).map(({ Body }) => Body);
    assert.deepEqual(bodies, ['1', '2', '3 +&', '4 +&']);
  });

  it('takes one attribute without a number, as old clients write it', async () => {
    const attribute = { 'Attribute.Name': 'DelaySeconds', 'Attribute.Value': '7' };
    const QueueUrl = harness.queueUrl;
    assert.equal(
      (await post({ Action: 'SetQueueAttributes', QueueUrl, ...attribute })).xml,
      answer('SetQueueAttributes'),
    );
    assert.match((await post({ Action: 'GetQueueAttributes', QueueUrl, AttributeName: 'All' })).xml, /<Value>7</);
  });

  it('moves dead letters', async () => {
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf('dead'), maxReceiveCount: 1 });
    await harness.create('dead');
    await harness.create('source', { RedrivePolicy });
    const started = await post({
      Action: 'StartMessageMoveTask',
      SourceArn: arnOf('dead'),
      MaxNumberOfMessagesPerSecond: '1',
    });
    const handle = /<TaskHandle>(.+)<\/TaskHandle>/.exec(started.xml)?.[1] ?? '';
    const listed = await post({ Action: 'ListMessageMoveTasks', SourceArn: arnOf('dead') });
    assert.equal(
      listed.xml,
      answer(
        'ListMessageMoveTasks',
        `<ListMessageMoveTasksResultEntry><TaskHandle>${handle}</TaskHandle><Status>RUNNING</Status>` +
          `<SourceArn>${arnOf('dead')}</SourceArn><MaxNumberOfMessagesPerSecond>1</MaxNumberOfMessagesPerSecond>` +
          '<ApproximateNumberOfMessagesMoved>0</ApproximateNumberOfMessagesMoved>' +
          '<ApproximateNumberOfMessagesToMove>0</ApproximateNumberOfMessagesToMove>' +
          `<StartedTimestamp>${harness.time}</StartedTimestamp></ListMessageMoveTasksResultEntry>`,
      ),
    );
    const cancelled = await post({ Action: 'CancelMessageMoveTask', TaskHandle: handle });
    const moved = '<ApproximateNumberOfMessagesMoved>0</ApproximateNumberOfMessagesMoved>';
    assert.equal(cancelled.xml, answer('CancelMessageMoveTask', moved));
  });

  for (const [form, status, code, message] of [
    [
      { Action: 'GetQueueUrl', QueueName: 'nope' },
      400,
      'AWS.SimpleQueueService.NonExistentQueue',
      'The specified queue does not exist.',
    ],
    [{ Action: 'SendMessage' }, 400, 'MissingParameter', 'The request must contain the parameter QueueUrl.'],
    [
      { Action: 'StartMessageMoveTask', SourceArn: arnOf('nope') },
      404,
      'ResourceNotFoundException',
      'The resource that you specified for the SourceArn parameter doesn&apos;t exist.',
    ],
    [{ Action: 'ListQueues', MaxResults: 'x' }, 400, 'MalformedInput', 'The value of MaxResults is not an integer.'],
    [{ Action: 'toString' }, 400, 'InvalidAction', 'The action toString of Amazon SQS is not offered by local Lambda.'],
    [{}, 400, 'MissingAction', 'The parameter Action is missing.'],
  ] as const) {
    it(`refuses ${JSON.stringify(form)}: ${code}`, async () => {
      assert.deepEqual(await post({ ...form }), {
        status,
        type: 'text/xml',
        xml: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message><Detail></Detail></Error><RequestId/></ErrorResponse>`,
      });
    });
  }

  describe('with Debian’s AWS CLI', function () {
    this.timeout(60_000);
    const run = promisify(execFile);

    before(async function () {
      const version = await run(oldCli, ['--version']).catch(() => ({ stdout: '' }));
      if (!version.stdout.startsWith('aws-cli/2.9.'))
        skip(this, `${oldCli} is not the AWS CLI 2.9 (Debian 12: apt-get install awscli)`);
    });

    async function aws(...args: string[]): Promise<unknown> {
      const { stdout } = await run(
        oldCli,
        ['sqs', ...args, '--endpoint-url', harness.server.endpoint, '--output', 'json'],
        {
          env: {
            PATH: process.env['PATH'],
            AWS_ACCESS_KEY_ID: 'test',
            AWS_SECRET_ACCESS_KEY: 'test',
            AWS_DEFAULT_REGION: 'us-east-1',
            AWS_PAGER: '',
            LC_ALL: 'C.UTF-8',
          },
        },
      );
      return stdout.trim() === '' ? undefined : JSON.parse(stdout);
    }

    it('a message goes in and comes out as it was', async () => {
      const queue = ['--queue-url', harness.queueUrl];
      const body = '{"a":"<&>é\u{1f600}"}\r\n\tb';
      const attributes = '{"k":{"DataType":"String","StringValue":"v"}}';
      await aws('send-message', ...queue, '--message-body', body, '--message-attributes', attributes);
      const all = ['--attribute-names', 'All', '--message-attribute-names', 'All'];
      const { Messages } = (await aws('receive-message', ...queue, ...all)) as { Messages: Record<string, unknown>[] };
      assert.equal(Messages[0]?.['Body'], body);
      assert.deepEqual(Messages[0]?.['MessageAttributes'], { k: { StringValue: 'v', DataType: 'String' } });
      const entry = JSON.stringify([{ Id: 'a', ReceiptHandle: Messages[0]?.['ReceiptHandle'] }]);
      const deleted = await aws('delete-message-batch', ...queue, '--entries', entry);
      assert.deepEqual(deleted, { Successful: [{ Id: 'a' }] });
      await aws('purge-queue', ...queue);
      await assert.rejects(aws('purge-queue', ...queue), /AWS\.SimpleQueueService\.PurgeQueueInProgress/);
    });
  });
});
