import assert from 'node:assert/strict';
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
  type LoggingConfig,
} from '@aws-sdk/client-lambda';
import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { runLocalLambda, type TestLocalLambda } from '../support/localLambda.ts';
import { anyPython } from '../support/pythons.ts';

const template = `
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Timeout: 1
    LoggingConfig:
      LogFormat: JSON
Resources:
  Node:
    Type: AWS::Serverless::Function
    Properties:
      { FunctionName: node, CodeUri: code, Runtime: nodejs22.x, Handler: index.handler }
  Python:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: python
      CodeUri: code
      Runtime: python3.13
      Handler: app.handler
      LoggingConfig: { LogFormat: JSON, ApplicationLogLevel: TRACE, SystemLogLevel: DEBUG }
  Broken:
    Type: AWS::Serverless::Function
    Properties:
      { FunctionName: broken, CodeUri: code, Runtime: nodejs22.x, Handler: missing.handler }
`;

const files = {
  'template.yaml': template,
  'code/index.js': `
class Broken extends TypeError {}
exports.handler = async function handler({ action }) {
  if (action === 'exit') process.exit(3);
  if (action === 'wait') await new Promise((resolve) => setTimeout(resolve, 5000));
  if (action === 'throw') throw Object.assign(new Broken('no sku\\nat all'), { code: 'E' });
  if (action === 'reject') throw 'text';
  console.debug('hidden');
  console.log('plain');
  console.info('%s-%d', 'a', 7);
  console.warn({ order: { id: 1 } });
  console.error('failed:', new Broken('inner'));
  console.error(new Error('alone'));
  const circular = { name: 'c' };
  circular.self = circular;
  console.log(circular);
  console.log(__dirname.length > 0, __filename.length > 0 && new Error('x').stack.split('\\n')[0]);
  process.stdout.write('raw\\n');
  return 'done';
};
`,
  'code/app.py': `import logging

log = logging.getLogger('shop')


def handler(event, context):
    if event.get('fail'):
        raise ValueError('grüße')
    print('printed')
    log.debug('low', extra={'order': 7})
    try:
        {}['sku']
    except KeyError:
        log.exception('caught %s', 'it')
    return 1
`,
};

type Line = Readonly<Record<string, unknown>>;

describe('the JSON log format', function () {
  this.timeout(60_000);
  let local: TestLocalLambda;
  let lambda: LambdaClient;
  let logs: CloudWatchLogsClient;

  before(async function () {
    local = await runLocalLambda({ files, pythonPath: anyPython(this) });
    lambda = new LambdaClient(local.clientConfig);
    logs = new CloudWatchLogsClient(local.clientConfig);
  });

  after(async () => {
    lambda?.destroy();
    logs?.destroy();
    await local?.[Symbol.asyncDispose]();
  });

  /** The lines of an invocation as the log tail has them; what is no JSON stays text. */
  async function invoke(FunctionName: string, event: unknown = {}) {
    const input = { FunctionName, LogType: 'Tail', Payload: JSON.stringify(event) } as const;
    const { LogResult = '', $metadata } = await lambda.send(new InvokeCommand(input));
    const lines = Buffer.from(LogResult, 'base64').toString().split('\n').slice(0, -1);
    return {
      requestId: $metadata.requestId,
      lines: lines.map((line): Line | string => (line.startsWith('{') ? (JSON.parse(line) as Line) : line)),
    };
  }

  const configure = async (FunctionName: string, config: LoggingConfig) => {
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, LoggingConfig: config }));
    const { LoggingConfig: now } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    return now;
  };

  const ofType = (lines: readonly (Line | string)[], type: string): Line => {
    const found = lines.find((line) => typeof line === 'object' && line['type'] === `platform.${type}`);
    if (typeof found !== 'object') assert.fail(`${type} is not there`);
    assert.match(String(found['time']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    return found['record'] as Line;
  };
  const keys = (lines: readonly (Line | string)[]): unknown[] =>
    lines.map((line) => (typeof line === 'string' ? line : (line['type'] ?? line['level'] ?? line['log_level'])));

  it('has the console’s lines of Node.js, and start and report by default', async () => {
    const { requestId, lines } = await invoke('node');
    assert.deepEqual(keys(lines), [
      'platform.start',
      'INFO',
      'INFO',
      'WARN',
      'ERROR',
      'ERROR',
      'INFO',
      'INFO',
      'raw',
      'platform.report',
    ]);
    assert.deepEqual(ofType(lines, 'start'), {
      requestId,
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:node',
      version: '$LATEST',
    });
    const [, plain, formatted, warned, several, alone, circular] = lines as readonly Line[];
    assert.deepEqual(Object.keys(plain ?? {}), ['timestamp', 'level', 'requestId', 'message']);
    assert.deepEqual([plain?.['requestId'], plain?.['message']], [requestId, 'plain']);
    assert.equal(formatted?.['message'], 'a-7');
    assert.deepEqual(warned?.['message'], { order: { id: 1 } });
    assert.match(
      String(several?.['message']),
      /^failed: Broken \[TypeError\]: inner\n {4}at Runtime\.handler \(\/var\/task/,
    );
    assert.deepEqual([several?.['errorType'], several?.['errorMessage']], ['Broken', 'inner']);
    assert.equal(
      (several?.['stackTrace'] as string[] | undefined)?.[1],
      '    at Runtime.handler (/var/task/index.js:12:28)',
    );
    const error = alone?.['message'] as Line;
    assert.deepEqual(Object.keys(error), ['errorType', 'errorMessage', 'stackTrace']);
    assert.equal((error['stackTrace'] as string[])[0], 'Error: alone');
    assert.match(String(circular?.['message']), /^<ref \*1> \{ name: 'c', self: \[Circular \*1\] \}$/);
    const report = ofType(lines, 'report');
    assert.deepEqual(Object.keys(report), ['requestId', 'metrics', 'status']);
    assert.deepEqual(Object.keys(report['metrics'] as Line), [
      'durationMs',
      'billedDurationMs',
      'memorySizeMB',
      'maxMemoryUsedMB',
      'initDurationMs',
    ]);
    assert.equal(report['status'], 'success');
  });

  it('tells an error of the handler as its message, and a success of the runtime', async () => {
    const { requestId, lines } = await invoke('node', { action: 'throw' });
    const { message, ...line } = lines[1] as { readonly message: Line };
    assert.deepEqual(Object.keys(line), ['timestamp', 'level', 'requestId']);
    assert.equal((line as Line)['requestId'], requestId);
    assert.deepEqual(Object.keys(message), ['errorType', 'errorMessage', 'stackTrace', 'code']);
    assert.equal(message['errorType'], 'Broken');
    assert.deepEqual((message['stackTrace'] as string[]).slice(0, 3), [
      'TypeError: no sku',
      'at all',
      '    at Runtime.handler (/var/task/index.js:6:47)',
    ]);
    assert.equal(ofType(lines, 'report')['status'], 'success');
    const text = await invoke('node', { action: 'reject' });
    const { errorType, errorMessage } = (text.lines[1] as { readonly message: Line }).message;
    assert.deepEqual([errorType, errorMessage], ['Error', 'text']);
  });

  it('names a time-out and an exit', async () => {
    const waited = ofType((await invoke('node', { action: 'wait' })).lines, 'report');
    assert.equal(waited['status'], 'timeout');
    assert.equal((waited['metrics'] as Line)['durationMs'], 1000);
    const { lines } = await invoke('node', { action: 'exit' });
    const { status, errorType } = ofType(lines, 'report');
    assert.deepEqual([status, errorType], ['error', 'Runtime.ExitError']);
    assert.ok(lines.every((line) => typeof line === 'object'));
  });

  it('tells of an init that fails at any level', async () => {
    const { lines } = await invoke('broken');
    const reports = lines.filter((line) => (line as Line)['type'] === 'platform.initReport') as Line[];
    assert.deepEqual(
      reports.map(({ record }) => [
        (record as Line)['phase'],
        (record as Line)['status'],
        (record as Line)['errorType'],
      ]),
      [
        ['init', 'error', 'Runtime.ImportModuleError'],
        ['invoke', 'error', 'Runtime.ImportModuleError'],
      ],
    );
  });

  it('of Python has its logging, every platform event at DEBUG, and print as it is', async () => {
    const { requestId, lines } = await invoke('python');
    assert.deepEqual(keys(lines), [
      'platform.initStart',
      'platform.initRuntimeDone',
      'platform.initReport',
      'platform.start',
      'printed',
      'DEBUG',
      'ERROR',
      'platform.runtimeDone',
      'platform.report',
    ]);
    const init = ofType(lines, 'initStart');
    const { instanceId, runtimeVersionArn, ...rest } = init;
    assert.match(String(instanceId), /^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][\da-f]{32}$/);
    assert.match(String(runtimeVersionArn), /^arn:aws:lambda:us-east-1::runtime:[\da-f]{64}$/);
    assert.deepEqual(rest, {
      initializationType: 'on-demand',
      phase: 'init',
      runtimeVersion: 'python:3.13.v1',
      functionName: 'python',
      functionVersion: '$LATEST',
      instanceMaxMemory: 134_217_728,
    });
    const done = ofType(lines, 'runtimeDone');
    assert.deepEqual(
      (done['spans'] as Line[]).map(({ name }) => name),
      ['responseLatency', 'responseDuration', 'runtimeOverhead'],
    );
    assert.equal((done['metrics'] as Line)['producedBytes'], 1);
    const [low, caught] = lines.slice(5) as [Line, Line];
    const { timestamp, ...others } = low;
    assert.match(String(timestamp), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.deepEqual(Object.entries(others), [
      ['level', 'DEBUG'],
      ['message', 'low'],
      ['logger', 'shop'],
      ['requestId', requestId],
      ['order', 7],
    ]);
    const { stackTrace, ...error } = caught;
    assert.deepEqual(
      [error['message'], error['errorType'], error['errorMessage'], error['location']],
      ['caught it', 'KeyError', "'sku'", '/var/task/app.py:handler:14'],
    );
    assert.match(String((stackTrace as string[])[0]), /^ {2}File "\/var\/task\/app\.py", line 12, in handler\n/);
  });

  it('of Python has an error that nobody caught with log_level', async () => {
    const { requestId, lines } = await invoke('python', { fail: true });
    const line = lines.find((one) => typeof one === 'object' && 'log_level' in one) as Line;
    assert.deepEqual(Object.keys(line), [
      'timestamp',
      'log_level',
      'errorMessage',
      'errorType',
      'requestId',
      'stackTrace',
    ]);
    assert.deepEqual([line['errorMessage'], line['errorType'], line['requestId']], ['grüße', 'ValueError', requestId]);
  });

  it('is found by JSON filter patterns', async () => {
    const found: string[] = [];
    const input = { logGroupName: '/aws/lambda/node', filterPattern: '{ $.level = "WARN" && $.message.order.id = 1 }' };
    for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, input)) {
      found.push(...events.map(({ message = '' }) => message));
    }
    assert.equal(found.length, 1);
  });

  it('is set and unset through the API', async () => {
    assert.deepEqual(await configure('node', { LogFormat: 'Text' }), {
      LogFormat: 'Text',
      LogGroup: '/aws/lambda/node',
    });
    const text = await invoke('node');
    assert.match(String(text.lines[0]), /^INIT_START /);
    assert.match(String(text.lines.at(-1)), /^REPORT RequestId: /);
    const json = { LogFormat: 'JSON', LogGroup: '/aws/lambda/node' } as const;
    assert.deepEqual(
      await configure('node', { LogFormat: 'JSON', ApplicationLogLevel: 'ERROR', SystemLogLevel: 'WARN' }),
      {
        ...json,
        ApplicationLogLevel: 'ERROR',
        SystemLogLevel: 'WARN',
      },
    );
    assert.deepEqual(keys((await invoke('node')).lines), ['ERROR', 'ERROR', 'raw']);
    assert.deepEqual(await configure('node', { ApplicationLogLevel: 'FATAL' }), {
      ...json,
      ApplicationLogLevel: 'FATAL',
      SystemLogLevel: 'WARN',
    });
    assert.deepEqual(keys((await invoke('node', { action: 'throw' })).lines), []);
    await assert.rejects(configure('node', { LogFormat: 'XML' as 'JSON' }), {
      name: 'ValidationException',
      message: /'loggingConfig\.logFormat' failed to satisfy constraint: Member must satisfy enum value set/,
    });
    await assert.rejects(configure('node', { LogFormat: 'Text', SystemLogLevel: 'INFO' }), {
      name: 'InvalidParameterValueException',
    });
  });
});
