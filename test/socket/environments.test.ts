import assert from 'node:assert/strict';
import { startHarness } from '../support/environmentsHarness.ts';
import type { Harness } from '../support/environmentsHarness.ts';

const FILES = {
  'index.js': `
    let calls = 0;
    exports.count = async () => ({ calls: ++calls, pid: process.pid });
    exports.env = async () => process.env;
    exports.echo = async (event) => event;
    exports.nothing = async () => {};
    exports.slow = async ({ ms }) => { await new Promise((r) => setTimeout(r, ms)); return process.pid; };
    exports.context = async (event, context) => ({
      ...context,
      left: context.getRemainingTimeInMillis(),
      functions: ['done', 'fail', 'succeed', 'getRemainingTimeInMillis'].every((name) => typeof context[name] === 'function'),
      trace: process.env._X_AMZN_TRACE_ID, cwd: process.cwd(), file: __filename,
    });
    exports.callback = (event, context, callback) => { setTimeout(() => callback(null, 'called back'), 1); };
    exports.callbackError = (event, context, callback) => callback(new RangeError('called back'));
    exports.waits = (event, context, callback) => { callback(null, 'early'); setTimeout(() => console.log('late work'), 5); };
    exports.waitsNot = (event, context, callback) => {
      context.callbackWaitsForEmptyEventLoop = false;
      setInterval(() => {}, 1000);
      callback(null, 'early');
    };
    exports.never = (event, context, callback) => 'ignored';
    exports.succeed = (event, context) => { context.succeed({ by: 'context' }); context.fail(new Error('too late')); };
    exports.nested = { deep: { handler: async () => 'deep' } };
    exports.big = async () => 'x'.repeat(6291556);
    exports.log = async () => {
      console.log('one %s', 'two', { a: 1 });
      console.error('several\\nlines');
      console.debug('d'); console.warn('w'); console.trace('t');
      process.stdout.write('raw 1\\nraw 2\\nno newline');
      process.stderr.write('err\\n');
      console.info('at', __filename);
    };
    exports.flood = async () => { for (let i = 0; i < 3000; i++) console.log(i, 'x'.repeat(500)); };
    exports.child = async () => { require('node:child_process').execSync('echo from a child', { stdio: 'inherit' }); };
  `,
  'esm.mjs': `
    const ready = await Promise.resolve('top-level await');
    export const handler = async () => ({ ready, url: import.meta.url });`,
  'typed/package.json': '{"type":"module"}',
  'typed/app.js': `export const handler = async () => 'module by package.json'; export default { inner: async () => 'default' };`,
  'lib/orders.v2.cjs': `module.exports = { handler: async () => 'never: the name ends at the first dot' };`,
  'lib/orders.cjs': `module.exports = { 'v2': { handler: async () => 'cjs in a folder' } };`,
  'node_modules/left/index.js': `exports.handler = async () => 'from a package';`,
  'uses.js': `exports.handler = async () => require('left').handler();`,
};

describe('execution environments', function () {
  this.timeout(30_000);
  let harness: Harness;

  before(async () => {
    harness = await startHarness(FILES);
  });

  after(() => harness.dispose());

  it('reuses a warm process, one event after the other', async () => {
    const first = await harness.run<{ calls: number; pid: number }>('index.count');
    const second = await harness.run<{ calls: number; pid: number }>('index.count');
    assert.deepEqual([first.json.calls, second.json.calls], [1, 2]);
    assert.equal(second.json.pid, first.json.pid);
    assert.equal(second.logStreamName, first.logStreamName);
    assert.ok((first.initDurationMs ?? 0) > 0);
    assert.equal(second.initDurationMs, undefined);
  });

  it('takes the answer to a retry, which has the request id of the attempt before', async () => {
    const request = { requestId: '11111111-2222-4333-8444-555555555555' };
    const definition = { functionName: 'retried' };
    const first = await harness.run<{ calls: number; pid: number }>('index.count', {}, { request, definition });
    const second = await harness.run<{ calls: number; pid: number }>('index.count', {}, { request, definition });
    assert.deepEqual(second.json, { calls: first.json.calls + 1, pid: first.json.pid });
  });

  it('starts as many processes as attempts run at a time', async () => {
    const ran = await Promise.all([1, 2, 3].map(() => harness.run<number>('index.slow', { ms: 150 })));
    assert.equal(new Set(ran.map((one) => one.json)).size, 3);
    assert.equal(new Set(ran.map((one) => one.logStreamName)).size, 3);
    const again = await harness.run<number>('index.slow', { ms: 1 });
    assert.ok(ran.some((one) => one.json === again.json));
  });

  it('tells once when the attempt starts', async () => {
    const started: number[] = [];
    const cold = await harness.run('index.nothing', {}, { onStarted: (at) => started.push(at) });
    const warm = await harness.run('index.nothing', {}, { onStarted: (at) => started.push(at) });
    assert.deepEqual(started, [cold.startedAt, warm.startedAt]);
    assert.ok(cold.endedAt >= cold.startedAt);
  });

  it('hands bytes over as they are; nothing returned is null', async () => {
    assert.equal(
      (await harness.run('index.echo', { text: 'ä\u2028"€', big: [1e21] })).text,
      '{"text":"ä\u2028\\"€","big":[1e+21]}',
    );
    assert.equal((await harness.run('index.nothing')).text, 'null');
  });

  it('gives no more of its own environment than what is written down', async () => {
    process.env['NOT_FOR_HANDLERS'] = 'secret';
    try {
      const { json } = await harness.run<Record<string, string>>(
        'index.env',
        {},
        { definition: { environment: { TABLE: 'orders' } } },
      );
      assert.equal(json['TABLE'], 'orders');
      const own = Object.keys(json).filter(
        (name) => !/^(?:AWS_|_X_AMZN_|_HANDLER|LAMBDA_|TZ$|LANG$|NODE_PATH$|TABLE$)/.test(name),
      );
      const allowed = new Set(['PATH', 'TMPDIR', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', '__CF_USER_TEXT_ENCODING']);
      if (process.platform !== 'win32')
        assert.deepEqual(
          own.filter((name) => !allowed.has(name)),
          [],
        );
      assert.ok(!('NOT_FOR_HANDLERS' in json));
    } finally {
      delete process.env['NOT_FOR_HANDLERS'];
    }
  });

  it('gives the context that Lambda gives', async () => {
    const clientContext = Buffer.from('{"custom":{"who":"Zoë"}}').toString('base64');
    const { json, requestId, logStreamName } = await harness.run<Record<string, unknown>>(
      'index.context',
      {},
      { request: { clientContext } },
    );
    assert.equal(json['awsRequestId'], requestId);
    assert.equal(json['functionName'], 'orders');
    assert.equal(json['functionVersion'], '$LATEST');
    assert.equal(json['invokedFunctionArn'], 'arn:aws:lambda:eu-west-1:000000000000:function:orders');
    assert.equal(json['memoryLimitInMB'], '128');
    assert.equal(json['logGroupName'], '/aws/lambda/orders');
    assert.equal(json['logStreamName'], logStreamName);
    assert.equal(json['callbackWaitsForEmptyEventLoop'], true);
    assert.deepEqual(json['clientContext'], { custom: { who: 'Zoë' } });
    const left = Number(json['left']);
    assert.ok(left > 4_000 && left <= 5_000, String(left));
    assert.equal(json['functions'], true);
    assert.match(String(json['trace']), /^Root=1-/);
    assert.equal(json['cwd'], harness.dir);
    assert.equal(json['file'], `${harness.dir}/index.js`);
  });

  it('runs every form of handler', async () => {
    const answer = async (handler: string): Promise<unknown> => (await harness.run<unknown>(handler)).json;
    assert.equal(await answer('index.callback'), 'called back');
    assert.equal(await answer('index.waitsNot'), 'early');
    assert.equal(await answer('index.never'), null);
    assert.deepEqual(await answer('index.succeed'), { by: 'context' });
    assert.equal(await answer('index.nested.deep.handler'), 'deep');
    assert.equal(await answer('typed/app.handler'), 'module by package.json');
    assert.equal(await answer('typed/app.default.inner'), 'default');
    assert.equal(await answer('lib/orders.v2.handler'), 'cjs in a folder');
    assert.equal(await answer('left.handler'), 'from a package');
    assert.equal(await answer('uses.handler'), 'from a package');
    const esm = await harness.run<{ ready: string; url: string }>('esm.handler');
    assert.equal(esm.json.ready, 'top-level await');
    assert.equal(esm.json.url, `file://${harness.dir}/esm.mjs`);
    const error = await harness.run('index.callbackError');
    assert.equal(error.status, 'error');
    assert.equal(error.json.errorType, 'RangeError');
  });

  it('a callback waits for the event loop, and what is logged meanwhile is of the attempt', async () => {
    const { json, messages } = await harness.run<string>('index.waits');
    assert.equal(json, 'early');
    assert.ok(messages.some((message) => message.endsWith('\tINFO\tlate work\n')));
  });

  it('Node.js 24 takes what plain functions return, and refuses callback handlers', async () => {
    const definition = { runtime: 'nodejs24.x' };
    await harness.write({ 'plain.js': `exports.handler = (event, context) => [typeof context.done, 'returned'];` });
    assert.deepEqual((await harness.run<unknown>('plain.handler', {}, { definition })).json, ['undefined', 'returned']);
    const refused = await harness.run('index.callback', {}, { definition });
    assert.equal(refused.json.errorType, 'Runtime.CallbackHandlerDeprecated');
  });

  it('refuses a response over 6 MB', async () => {
    const { status, text } = await harness.run('index.big');
    assert.equal(status, 'error');
    assert.equal(
      text,
      '{"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes).","errorType":"Function.ResponseSizeTooLarge"}',
    );
  });

  it('logs in the words of Lambda, all of it and in order', async () => {
    const cold = await harness.run('index.log');
    const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;
    const id = cold.requestId;
    const expected = [
      /^INIT_START Runtime Version: nodejs:22\.v1\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:[0-9a-f]{64}\n$/,
      new RegExp(`^START RequestId: ${id} Version: \\$LATEST\n$`),
      new RegExp(`^${time}\t${id}\tINFO\tone two \\{ a: 1 \\}\n$`),
      new RegExp(`^${time}\t${id}\tERROR\tseveral\nlines\n$`),
      new RegExp(`^${time}\t${id}\tDEBUG\td\n$`),
      new RegExp(`^${time}\t${id}\tWARN\tw\n$`),
      new RegExp(`^${time}\t${id}\tTRACE\tt\n$`),
      /^raw 1\n$/,
      /^raw 2\n$/,
      /^err\n$/,
      new RegExp(`^${time}\t${id}\tINFO\tat /var/task/index\\.js\n$`),
      /^no newline$/,
      new RegExp(`^END RequestId: ${id}\n$`),
      new RegExp(
        `^REPORT RequestId: ${id}\tDuration: ${cold.durationMs.toFixed(2)} ms\tBilled Duration: ${cold.billedDurationMs} ms\t` +
          `Memory Size: 128 MB\tMax Memory Used: ${cold.maxMemoryUsedMB} MB\tInit Duration: ${cold.initDurationMs?.toFixed(2)} ms\t\n$`,
      ),
    ];
    assert.equal(cold.messages.length, expected.length, JSON.stringify(cold.messages, null, 1));
    expected.forEach((pattern, index) => assert.match(cold.messages[index] ?? '', pattern));
    assert.equal(cold.billedDurationMs, Math.ceil(cold.durationMs + (cold.initDurationMs ?? 0)));
    assert.ok(cold.maxMemoryUsedMB > 20, String(cold.maxMemoryUsedMB));
    const stored = harness.logged.filter(({ stream }) => stream === cold.logStreamName);
    assert.deepEqual(
      stored.map(({ message }) => message),
      cold.messages,
    );
    assert.ok(stored.every(({ group }) => group === '/aws/lambda/orders'));

    const warm = await harness.run('index.log');
    assert.match(warm.messages[0] ?? '', /^START /);
    assert.match(warm.messages.at(-1) ?? '', /Max Memory Used: \d+ MB\t\n$/);
  });

  it('loses no line of many, nor of child processes', async () => {
    const { messages } = await harness.run('index.flood');
    const numbers = messages
      .map((message) => /\tINFO\t(\d+) x{500}\n$/.exec(message)?.[1])
      .filter((text) => text !== undefined);
    assert.deepEqual(
      numbers,
      Array.from({ length: 3000 }, (_, index) => String(index)),
    );
    assert.ok((await harness.run('index.child')).messages.includes('from a child\n'));
  });

  it('takes up changed code and settings at the next event', async () => {
    await harness.write({
      'change.js': `const tax = require('./lib/tax'); exports.handler = async () => tax;`,
      'lib/tax.js': 'module.exports = 1',
    });
    assert.equal((await harness.run<unknown>('change.handler')).json, 1);
    await harness.write({ 'lib/tax.js': 'module.exports = 2' });
    assert.equal((await harness.run<unknown>('change.handler')).json, 2);
    const settings = { definition: { environment: { TAX: '3' } } };
    await harness.write({ 'lib/tax.js': 'module.exports = process.env.TAX' });
    assert.equal((await harness.run<unknown>('change.handler', {}, settings)).json, '3');
    settings.definition.environment.TAX = '4';
    assert.equal((await harness.run<unknown>('change.handler', {}, settings)).json, '4');
  });

  it('says what it cannot run, and what to do', async () => {
    const ruby = await harness.run('app.handler', {}, { definition: { runtime: 'ruby3.4' } });
    assert.equal(ruby.status, 'error');
    assert.match(ruby.json.errorMessage, /starts Node\.js, Python and provided runtimes by itself.*"ruby3\.4"/);
    assert.match(ruby.messages.at(-1) ?? '', /Status: error\tError Type: Runtime\.InvalidEntrypoint\n$/);
    const nowhere = await harness.run('app.handler', {}, { definition: { codeDir: `${harness.dir}/nowhere` } });
    assert.equal(nowhere.json.errorType, 'Runtime.InvalidWorkingDir');
    assert.match(nowhere.json.errorMessage, /doesn't exist: .*nowhere\. Build the project/);
  });
});
