import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { eventually, processState, startHarness } from '../support/environmentsHarness.ts';
import type { Harness, Ran, RunOptions } from '../support/environmentsHarness.ts';
import { anyPython, pythonOf } from '../support/pythons.ts';
import { skip } from '../support/skip.ts';

/** What a failed attempt of a Python function answers. */
interface PythonError {
  readonly errorMessage: string;
  readonly errorType: string;
  readonly requestId?: string;
  readonly stackTrace: readonly string[];
}

const FILES = {
  'app.py': `
import collections, decimal, json, logging, os, subprocess, sys, threading, time, traceback

calls = 0
logger = logging.getLogger()
logger.setLevel(logging.INFO)
Point = collections.namedtuple('Point', 'x y')


def count(event, context):
    global calls
    calls += 1
    return {'calls': calls, 'pid': os.getpid()}


def echo(event, context):
    return event


def nothing(event, context):
    pass


def env(event, context):
    return dict(os.environ)


def describe(event, context):
    left = context.get_remaining_time_in_millis()
    fields = {name: getattr(context, name) for name in ('aws_request_id', 'log_group_name', 'log_stream_name',
        'function_name', 'memory_limit_in_mb', 'function_version', 'invoked_function_arn', 'tenant_id')}
    identity = [context.identity.cognito_identity_id, context.identity.cognito_identity_pool_id]
    client = context.client_context
    return {**fields, 'left': left, 'identity': identity, 'trace': os.environ['_X_AMZN_TRACE_ID'],
        'client': client and [client.custom, client.env, client.client.app_title, client.client.installation_id],
        'cwd': os.getcwd(), 'file': __file__, 'path': sys.path[0], 'argv': len(sys.argv), 'zone': time.tzname[0]}


def values(event, context):
    return {'text': 'ä€😀', 'number': 1.0, 'decimal': decimal.Decimal('1.10'), 'bytes': b'bytes', 'point': Point(1, [2]),
        'tuple': (1, None), 3: True, 'control': '\\x7f\\n'}


def raw(event, context):
    return b'[1,2]'


def unserialisable(event, context):
    return {'set': {1}}


def circular(event, context):
    value = []
    value.append(value)
    return value


async def coroutine(event, context):
    return 1


def throws(event, context):
    raise RuntimeError('Handler fails')


def inner():
    json.loads('{')


def deep(event, context):
    inner()


class OrderError(Exception):
    pass


def custom(event, context):
    raise OrderError('ünknown order in ' + __file__)


def logs(event, context):
    logger.info('an order: %s', 1)
    logger.debug('not this')
    logging.getLogger('shop').warning('several\\nlines')
    print('plain', 'print')
    print('no newline', end='')
    print('', file=sys.stderr)
    sys.stdout.buffer.write(b'bytes\\n')
    context.log('by context\\n')
    try:
        raise ValueError('caught')
    except ValueError:
        logger.exception('caught it')
        traceback.print_exc()
    print(__file__, type(logger.handlers[0]).__name__, len(logger.handlers))


def flood(event, context):
    for i in range(3000):
        print(i, 'x' * 500)


def child(event, context):
    subprocess.run([sys.executable, '-c', 'print("from a child")'])
    pid = os.fork() if hasattr(os, 'fork') else None
    if pid == 0:
        print('from a fork')
        os._exit(0)
    if pid:
        os.waitpid(pid, 0)


def exits(event, context):
    sys.exit(event.get('code'))


def in_thread(event, context):
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    return 'survives'


def nap(event, context):
    time.sleep(0.3)
    return os.getpid()


def spins(event, context):
    print('before')
    while True:
        pass


def late(event, context):
    import not_there_late


def no_arguments():
    pass


not_a_function = 1
`,
  'pkg/__init__.py': 'def handler(event, context):\n    return __name__\n',
  'src/orders.py': 'def handler(event, context):\n    return __name__\n',
  'missing.py': 'import yaml_not_there\n',
  'sdk.py': 'import boto3_is_hidden\n',
  'own.py': 'import helpers.nothing\n',
  'helpers/__init__.py': '',
  'syntax.py': 'def handler(event, context):\n    return ((\n',
  'loads.py': "raise ValueError('at load')\n",
  'leaves.py': 'import sys\nsys.exit(7)\n',
};

describe('Python handlers', function () {
  this.timeout(30_000);
  let harness: Harness;
  let python: string;

  before(async function () {
    python = anyPython(this);
    harness = await startHarness(FILES, { pythonPath: python, initLimitMs: 5_000 });
  });

  after(() => harness?.dispose());

  function run<T = PythonError>(handler: string, event: unknown = {}, options: RunOptions = {}): Promise<Ran<T>> {
    return harness.run<T>(handler, event, {
      ...options,
      definition: { runtime: 'python3.12', ...options.definition },
    });
  }

  it('reuses a warm process, and leaves nothing in the code folder', async () => {
    const first = await run<{ calls: number; pid: number }>('app.count');
    const second = await run<{ calls: number; pid: number }>('app.count');
    assert.deepEqual(second.json, { calls: first.json.calls + 1, pid: first.json.pid });
    assert.ok((first.initDurationMs ?? 0) > 0);
    assert.ok(second.maxMemoryUsedMB > 0);
    assert.equal(existsSync(`${harness.dir}/__pycache__`), false);
  });

  it('gives the context that Lambda gives', async () => {
    const clientContext = Buffer.from('{"custom":{"a":"ä"},"env":{},"client":{"app_title":"Shop"}}').toString('base64');
    const { json, requestId, logStreamName } = await run<Record<string, unknown>>(
      'app.describe',
      {},
      { request: { clientContext } },
    );
    const { left, file, cwd, ...rest } = json;
    assert.ok(typeof left === 'number' && left > 4_000 && left <= 5_000, `left: ${String(left)}`);
    assert.equal(file, `${harness.dir}/app.py`);
    assert.equal(cwd, harness.dir);
    assert.deepEqual(rest, {
      aws_request_id: requestId,
      log_group_name: '/aws/lambda/orders',
      log_stream_name: logStreamName,
      function_name: 'orders',
      memory_limit_in_mb: '128',
      function_version: '$LATEST',
      invoked_function_arn: 'arn:aws:lambda:eu-west-1:000000000000:function:orders',
      tenant_id: null,
      identity: [null, null],
      trace: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0',
      client: [{ a: 'ä' }, {}, 'Shop', null],
      path: harness.dir,
      argv: 1,
      zone: 'UTC',
    });
  });

  it('reads and writes JSON as AWS’s runtime does', async () => {
    const event = { text: 'ä\u2028"€', big: [1e21, 1.5, null, true], deep: [{ a: [] }] };
    assert.equal(
      (await run('app.echo', event)).text,
      '{"text": "ä\u2028\\"€", "big": [1e+21, 1.5, null, true], "deep": [{"a": []}]}',
    );
    assert.equal((await run('app.nothing')).text, 'null');
    assert.equal((await run('app.raw')).text, '[1,2]');
    const values = (text: string, del: string): string =>
      `{"text": "${text}", "number": 1.0, "decimal": 1.10, "bytes": "bytes", "point": {"x": 1, "y": [2]}, ` +
      `"tuple": [1, null], "3": true, "control": "${del}\\n"}`;
    assert.equal((await run('app.values')).text, values('ä€😀', '\x7f'));
    const older = { definition: { runtime: 'python3.11' } };
    assert.equal(
      (await run('app.values', {}, older)).text,
      values(String.raw`\u00e4\u20ac\ud83d\ude00`, String.raw`\u007f`),
    );
  });

  it('finds modules and packages by either separator', async () => {
    assert.equal((await run('pkg.handler')).text, '"pkg"');
    assert.equal((await run('src/orders.handler')).text, '"src.orders"');
    assert.equal((await run('src.orders.handler')).text, '"src.orders"');
  });

  it('a raised exception: the bytes of Lambda, the paths of Lambda', async () => {
    const { status, text, messages, requestId } = await run('app.throws');
    assert.equal(status, 'error');
    const line = FILES['app.py'].split('\n').findIndex((one) => one.includes("'Handler fails'")) + 1;
    const frame = String.raw`  File \"/var/task/app.py\", line ${line}, in throws\n    raise RuntimeError('Handler fails')\n`;
    assert.equal(
      text,
      `{"errorMessage": "Handler fails", "errorType": "RuntimeError", "requestId": "${requestId}", "stackTrace": ["${frame}"]}`,
    );
    assert.ok(
      messages.includes(
        `[ERROR] RuntimeError: Handler fails\nTraceback (most recent call last):\n` +
          `\u00A0\u00A0File "/var/task/app.py", line ${line}, in throws\n` +
          `\u00A0\u00A0\u00A0\u00A0raise RuntimeError('Handler fails')`,
      ),
      messages.join('\n'),
    );
    assert.match(messages.at(-1) ?? '', /^REPORT .* MB\t(?:Init Duration: [\d.]+ ms\t)?\n$/);
    const oldest = await run('app.throws', {}, { definition: { runtime: 'python3.8' } });
    assert.deepEqual(Object.keys(oldest.json), ['errorMessage', 'errorType', 'stackTrace']);
  });

  it('frames below the handler, of the library too; no marker lines', async () => {
    const { json } = await run('app.deep');
    assert.equal(json.errorType, 'JSONDecodeError');
    const files = json.stackTrace.map((frame) =>
      /File "([^"]+)", line \d+, in (\w+)\n/.exec(frame)?.slice(1).join(' '),
    );
    assert.deepEqual(files.slice(0, 2), ['/var/task/app.py deep', '/var/task/app.py inner']);
    assert.match(files.at(-1) ?? '', /^\/var\/lang\/lib\/python3\.\d+\/json\/decoder\.py raw_decode$/);
    assert.ok(json.stackTrace.every((frame) => !/[~^]/.test(frame)));
    const { json: custom } = await run('app.custom');
    assert.deepEqual([custom.errorType, custom.errorMessage], ['OrderError', 'ünknown order in /var/task/app.py']);
  });

  it('what cannot be called, read or written', async () => {
    const unable = 'Unable to marshal response: ';
    const cases: readonly (readonly [handler: string, type: string, message: string])[] = [
      ['app.unserialisable', 'Runtime.MarshalError', `${unable}Object of type set is not JSON serializable`],
      ['app.circular', 'Runtime.MarshalError', `${unable}Circular reference detected`],
      ['app.coroutine', 'Runtime.MarshalError', `${unable}Object of type coroutine is not JSON serializable`],
      ['app.not_a_function', 'TypeError', "'int' object is not callable"],
      ['app.no_arguments', 'TypeError', 'no_arguments() takes 0 positional arguments but 2 were given'],
    ];
    for (const [handler, type, message] of cases) {
      const { json } = await run(handler);
      assert.deepEqual([json.errorType, json.errorMessage], [type, message]);
    }
    const { json } = await run('app.no_arguments');
    assert.match(
      json.stackTrace.join(''),
      /^ {2}File "\/var\/runtime\/bootstrap\.py", line \d+, in handle_event_request\n/,
    );
    const bad = { request: { payload: Buffer.from([0x22, 0xff, 0x22]) } };
    const { json: unread } = await run('app.echo', {}, bad);
    assert.equal(unread.errorType, 'Runtime.UnmarshalError');
    assert.match(unread.errorMessage, /^Unable to unmarshal input: 'utf-8' codec can't decode byte 0xff in position 1/);
  });

  it('logs in the words of Lambda', async () => {
    const { messages, requestId } = await run('app.logs');
    const own = messages.slice(messages.findIndex((message) => message.startsWith('START')) + 1, -2);
    const at = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;
    assert.match(own[0] ?? '', new RegExp(String.raw`^\[INFO\]\t${at}\t${requestId}\tan order: 1\n$`));
    assert.match(own[1] ?? '', new RegExp(String.raw`^\[WARNING\]\t${at}\t${requestId}\tseveral\nlines\n$`));
    assert.deepEqual(own.slice(2, 6), ['plain print\n', '\n', 'no newlinebytes\n', 'by context\n']);
    assert.match(
      own[6] ?? '',
      /^\[ERROR\]\t.*\tcaught it\nTraceback .*\n {2}File "\/var\/task\/app\.py", line \d+, in logs\n/,
    );
    assert.ok(own.some((message) => /^ {2}File "\/var\/task\/app\.py", line \d+, in logs\n$/.test(message)));
    assert.equal(own.at(-1), '/var/task/app.py LambdaLoggerHandler 1\n');
  });

  it('loses no line of many, nor of child processes', async () => {
    const { messages } = await run('app.flood');
    assert.equal(messages.filter((message) => /^\d+ x{500}\n$/.test(message)).length, 3_000);
    const { messages: children } = await run('app.child');
    assert.ok(children.includes('from a child\n'));
    if (process.platform !== 'win32') assert.ok(children.includes('from a fork\n'));
    const thread = await run('app.in_thread');
    assert.equal(thread.text, '"survives"');
    assert.ok(thread.messages.some((message) => message.includes('ZeroDivisionError')));
  });

  it('an exit, in a handler and at load', async () => {
    const zero = await run('app.exits');
    assert.equal(zero.status, 'exit');
    assert.match(zero.json.errorMessage, /Error: Runtime exited without providing a reason$/);
    const code = await run('app.exits', { code: 3 });
    assert.match(code.json.errorMessage, /Error: Runtime exited with error: exit status 3$/);
    const load = await run('leaves.handler');
    assert.match(load.json.errorMessage, /Error: Runtime exited with error: exit status 7$/);
  });

  it('a time-out', async () => {
    const { status, json, messages } = await run('app.spins', {}, { definition: { timeout: 1 } });
    assert.equal(status, 'timeout');
    assert.match(json.errorMessage, /Task timed out after 1\.00 seconds$/);
    assert.ok(messages.includes('before\n'));
  });

  it('errors at load, in the words of Lambda', async () => {
    const missing = await run('missing.handler');
    assert.equal(
      missing.text,
      `{"errorMessage": "Unable to import module 'missing': No module named 'yaml_not_there'", "errorType": "Runtime.ImportModuleError", "requestId": "", "stackTrace": []}`,
    );
    assert.ok(
      missing.messages.includes(
        "[ERROR] Runtime.ImportModuleError: Unable to import module 'missing': No module named 'yaml_not_there'\nTraceback (most recent call last):",
      ),
    );
    assert.ok(
      missing.messages.some((message) => message.includes(`Run: ${python} -m pip install yaml_not_there\n`)),
      missing.messages.join('\n'),
    );
    const own = await run('own.handler');
    assert.equal(own.json.errorMessage, "Unable to import module 'own': No module named 'helpers.nothing'");
    assert.ok(!own.messages.some((message) => message.includes('pip install')), 'it is the function’s own');

    const syntax = await run('syntax.handler');
    assert.equal(syntax.json.errorType, 'Runtime.UserCodeSyntaxError');
    assert.match(syntax.json.errorMessage, /^Syntax error in module 'syntax': .*\(syntax\.py, line 2\)$/);
    assert.match(syntax.json.stackTrace[0] ?? '', /^ {2}File "\/var\/task\/syntax\.py" Line 2\n {4} {4}return \(\(/);

    const loads = await run('loads.handler');
    assert.deepEqual(
      [loads.json.errorType, loads.json.errorMessage, loads.json.requestId],
      ['ValueError', 'at load', ''],
    );
    assert.match(loads.json.stackTrace[0] ?? '', /File "\/var\/lang\/lib\/python3\.\d+\/importlib\/__init__\.py"/);
    assert.match(loads.json.stackTrace.at(-1) ?? '', /File "\/var\/task\/loads\.py", line 1, in <module>\n/);
  });

  it('handlers that are not there', async () => {
    const cases: readonly (readonly [handler: string, type: string, message: string])[] = [
      ['app.nothing_here', 'HandlerNotFound', "Handler 'nothing_here' missing on module 'app'"],
      ['nowhere.handler', 'ImportModuleError', "Unable to import module 'nowhere': No module named 'nowhere'"],
      ['handler', 'MalformedHandlerName', "Bad handler 'handler': not enough values to unpack (expected 2, got 1)"],
      ['sys.exit', 'BuiltInModuleConflict', 'Cannot use built-in module sys as a handler module'],
    ];
    for (const [handler, type, message] of cases) {
      const { json, messages } = await run(handler);
      assert.deepEqual([json.errorType, json.errorMessage], [`Runtime.${type}`, message]);
      assert.ok(!messages.some((line) => line.includes('pip install')));
    }
  });

  it('a module that is missing later, too, has its install command in the log', async () => {
    const { json, messages } = await run('app.late');
    assert.equal(json.errorType, 'ModuleNotFoundError');
    assert.ok(messages.some((message) => message.endsWith(`${python} -m pip install not_there_late\n`)));
  });

  it('a module that the requirements name is installed with all of them', async () => {
    await harness.write({ 'requirements.txt': 'boto3-stubs\nnot_there_late>=1 # why\n' });
    const { messages } = await run('app.late');
    const file = `${harness.dir}/requirements.txt`;
    assert.ok(messages.some((message) => message.endsWith(`${python} -m pip install -r ${file}\n`)));
  });

  it('is frozen between events, with its threads', async function () {
    if (process.platform !== 'linux') skip(this, 'the state of a process is read from /proc');
    const { json } = await run<{ pid: number }>('app.count');
    await eventually(async () => (await processState(json.pid)) === 'T');
    assert.equal((await run<{ pid: number }>('app.count')).json.pid, json.pid);
  });

  it('runs as many processes as there are events at a time', async () => {
    const ran = await Promise.all([1, 2, 3, 4].map(() => run<number>('app.nap')));
    assert.equal(new Set(ran.map(({ json }) => json)).size, 4);
  });

  it('takes up changed code at once, however fast the change', async () => {
    for (const value of [1, 2, 3, 4]) {
      await harness.write({
        'fast.py': `import changing\ndef handler(event, context):\n    return changing.value\n`,
        'changing.py': `value = ${value}\n`,
      });
      assert.equal((await run('fast.handler')).text, String(value));
    }
  });

  for (const version of ['3.8', '3.9', '3.10', '3.11', '3.12', '3.13']) {
    it(`runs with Python ${version}`, async function () {
      const found = pythonOf(version) ?? skip(this, `there is no Python ${version} on this machine`);
      const definition = { runtime: `python${version}` };
      const versioned = await startHarness(FILES, { pythonPath: found });
      try {
        const echoed = await versioned.run<unknown>('app.values', {}, { definition });
        assert.deepEqual(echoed.json, {
          ...{ text: 'ä€😀', number: 1, decimal: 1.1, bytes: 'bytes', point: { x: 1, y: [2] }, tuple: [1, null] },
          ...{ 3: true, control: '\x7f\n' },
        });
        const failed = await versioned.run<PythonError>('app.deep', {}, { definition });
        assert.equal(failed.json.errorType, 'JSONDecodeError');
        assert.match(
          failed.json.stackTrace[0] ?? '',
          /^ {2}File "\/var\/task\/app\.py", line \d+, in deep\n {4}inner\(\)\n$/,
        );
        const load = await versioned.run<PythonError>('loads.handler', {}, { definition });
        assert.match(load.json.stackTrace.at(-1) ?? '', /File "\/var\/task\/loads\.py", line 1/);
        assert.deepEqual(
          versioned.log.messages.filter((message) => message.includes('declares Python')),
          [],
        );
      } finally {
        await versioned.dispose();
      }
    });
  }
});
