import assert from 'node:assert/strict';
import { startHarness } from '../support/environmentsHarness.ts';
import type { Harness } from '../support/environmentsHarness.ts';

const FILES = {
  'index.js': `
const { setTimeout: wait } = require('node:timers/promises');
exports.throws = async function handler() {
  throw new TypeError('event.b is required');
};
exports.rejects = async function handler() {
  await wait(1);
  throw Object.assign(new Error('two\\nlines'), { code: 'E_LATE', detail: { a: 1 } });
};
class CustomError extends Error {}
exports.custom = async () => { throw new CustomError('mine'); };
exports.text = async () => { throw 'plain text'; };
exports.object = async () => { throw { a: 1 }; };
exports.undefined = async () => { throw undefined; };
exports.del = async () => { throw new Error('a\\x7Fb'); };
exports.broken = async () => { throw Object.defineProperty(new Error('x'), 'message', { get() { throw new Error('no'); } }); };
exports.enoent = async () => require('node:fs').readFileSync(__dirname + '/nothing.json');
exports.circular = async () => { const a = {}; a.a = a; return a; };
exports.unhandled = async () => { Promise.reject(new Error('nobody listens')); await wait(1000); };
exports.uncaught = async () => { setTimeout(() => { throw new Error('outside'); }, 1); await wait(1000); };
exports.unsettled = async () => new Promise(() => {});
exports.exits = async ({ code }) => process.exit(code);
exports.killed = async ({ signal }) => { process.kill(process.pid, signal); await wait(1000); };
exports.spins = async () => { console.log('before'); for (;;); };
exports.waits = async () => wait(60_000);
exports.fine = async () => process.pid;
exports.notAFunction = 1;
`,
  'esm.mjs': `export const handler = async () => {\n  throw new Error('in a module');\n};\n`,
  'missing.js': `require('not-there');`,
  'sdk.js': `require('@aws-sdk/client-not-there');`,
  'sdkModule.mjs': `import '@aws-sdk/client-not-there'; export const handler = async () => 1;`,
  'syntax.js': `exports.handler = async () => {\n  const x = ;\n};\n`,
  'throws.js': `throw new Error('at load');`,
  'exits.js': `process.exit(7);`,
  'hangs.js': `for (;;);`,
  'second.js': `
const fs = require('node:fs');
if (!fs.existsSync(process.env.MARK)) { fs.writeFileSync(process.env.MARK, ''); throw new Error('only the first time'); }
exports.handler = async () => 'second time';
`,
};

describe('errors of execution environments', function () {
  this.timeout(30_000);
  let harness: Harness;

  before(async () => {
    harness = await startHarness(FILES, { initLimitMs: 5_000 });
  });

  after(() => harness.dispose());

  it('a throw: the bytes of Lambda, the frames of Lambda', async () => {
    const { status, text, messages, requestId } = await harness.run('index.throws');
    assert.equal(status, 'error');
    const trace = [
      'TypeError: event.b is required',
      '    at Runtime.handler (/var/task/index.js:4:9)',
      '    at Runtime.handleOnceNonStreaming (file:///var/runtime/index.mjs:N:N)',
    ];
    const expected = JSON.stringify({ errorType: 'TypeError', errorMessage: 'event.b is required', trace });
    assert.equal(text.replace(/index\.mjs:\d+:\d+/, 'index.mjs:N:N'), expected);
    const line = messages.find((message) => message.includes('Invoke Error')) ?? '';
    assert.ok(
      line.includes(
        `\t${requestId}\tERROR\tInvoke Error \t{"errorType":"TypeError","errorMessage":"event.b is required","stack":["TypeError: `,
      ),
    );
    assert.match(messages.at(-1) ?? '', /^REPORT .* MB\t(?:Init Duration: [\d.]+ ms\t)?\n$/);
    assert.equal((await harness.run('index.throws')).initDurationMs, undefined, 'the process lives on');
  });

  it('a late rejection: no frames of ours; extra properties are in the log only', async () => {
    const { json, messages } = await harness.run('index.rejects');
    assert.deepEqual(json, {
      errorType: 'Error',
      errorMessage: 'two\nlines',
      trace: ['Error: two', 'lines', '    at Runtime.handler (/var/task/index.js:8:23)'],
    });
    assert.ok(
      messages.some((message) =>
        message.includes('"errorMessage":"two\\nlines","code":"E_LATE","detail":{"a":1},"stack":['),
      ),
    );
  });

  it('modules have URLs in their frames', async () => {
    const { json } = await harness.run('esm.handler');
    assert.equal(json.trace[1], '    at Runtime.handler (file:///var/task/esm.mjs:2:9)');
  });

  it('whatever else is thrown', async () => {
    const payload = async (handler: string): Promise<unknown> => (await harness.run(`index.${handler}`)).json;
    assert.deepEqual(await payload('text'), { errorType: 'string', errorMessage: 'plain text', trace: [] });
    assert.deepEqual(await payload('object'), { errorType: 'object', errorMessage: '[object Object]', trace: [] });
    assert.deepEqual(await payload('undefined'), { errorType: 'string', errorMessage: 'handled', trace: [] });
    const custom = (await harness.run('index.custom')).json;
    assert.deepEqual([custom.errorType, custom.trace[0]], ['Error', 'Error: mine']);
    const del = (await harness.run('index.del')).json;
    assert.deepEqual([del.errorMessage, del.trace[0]], ['a%7Fb', 'Error: a%7Fb']);
    const broken = (await harness.run('index.broken')).json;
    assert.equal(broken.errorType, 'handled');
    const enoent = (await harness.run('index.enoent')).json;
    assert.equal(enoent.errorMessage, "ENOENT: no such file or directory, open '/var/task/nothing.json'");
    assert.equal((await harness.run('index.circular')).json.errorMessage, 'Unable to stringify response body');
  });

  it('an unhandled rejection ends the process with 128, an uncaught exception with 129', async () => {
    const rejection = await harness.run('index.unhandled');
    assert.equal(rejection.status, 'error');
    assert.equal(rejection.json.errorType, 'Runtime.UnhandledPromiseRejection');
    assert.equal(rejection.json.errorMessage, 'Error: nobody listens');
    assert.ok(
      rejection.messages.some((message) => message.includes('\tERROR\tUnhandled Promise Rejection \t{"errorType":')),
    );
    assert.ok(rejection.messages.some((message) => message.includes('exit status 128\nRuntime.ExitError\n')));
    const exception = await harness.run('index.uncaught');
    assert.equal(exception.json.errorMessage, 'outside');
    assert.ok(exception.messages.some((message) => message.includes('exit status 129\nRuntime.ExitError\n')));
  });

  it('a promise that nothing can settle', async () => {
    const { json } = await harness.run('index.unsettled');
    assert.equal(json.errorType, 'Runtime.NodeJsExit');
  });

  it('an exit, with the code or the signal', async () => {
    const { status, json, requestId, messages } = await harness.run('index.exits', { code: 3 });
    assert.equal(status, 'exit');
    const errorMessage = `RequestId: ${requestId} Error: Runtime exited with error: exit status 3`;
    assert.deepEqual(json, { errorType: 'Runtime.ExitError', errorMessage });
    assert.ok(messages.includes(`${errorMessage}\nRuntime.ExitError\n`));
    assert.match(messages.at(-1) ?? '', /\tStatus: error\tError Type: Runtime\.ExitError\n$/);
    assert.match(
      (await harness.run('index.exits', { code: 0 })).json.errorMessage,
      /exited without providing a reason$/,
    );
    assert.match((await harness.run('index.killed', { signal: 'SIGKILL' })).json.errorMessage, /signal: killed$/);
    assert.equal((await harness.run('index.fine')).status, 'success');
  });

  it('a time-out, at the time that is configured', async () => {
    const { status, json, requestId, messages, durationMs } = await harness.run(
      'index.spins',
      {},
      { definition: { timeout: 1 } },
    );
    assert.equal(status, 'timeout');
    assert.deepEqual(json, {
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${requestId} Error: Task timed out after 1.00 seconds`,
    });
    assert.equal(durationMs, 1_000);
    assert.ok(messages.some((message) => message.endsWith('\tINFO\tbefore\n')));
    assert.match(messages.at(-1) ?? '', /\tDuration: 1000\.00 ms\t.*\tStatus: timeout\n$/);
    const again = await harness.run('index.waits', {}, { definition: { timeout: 1 } });
    assert.equal(again.status, 'timeout');
  });

  it('errors at load, in the words of Lambda, tried twice', async () => {
    const missing = await harness.run('missing.handler');
    assert.equal(missing.status, 'error');
    assert.equal(missing.json.errorType, 'Runtime.ImportModuleError');
    assert.equal(
      missing.json.errorMessage,
      "Error: Cannot find module 'not-there'\nRequire stack:\n- /var/task/missing.js\n- /var/runtime/index.mjs",
    );
    assert.equal(missing.json.trace[0], "Runtime.ImportModuleError: Error: Cannot find module 'not-there'");
    const kinds = missing.messages.map((message) =>
      /^\S+Z\t(undefined\t(?:ERROR\tUncaught Exception|WARN))|^(INIT_REPORT|\w+)/.exec(message)?.slice(1).join(''),
    );
    assert.deepEqual(kinds, [
      'INIT_START',
      'undefined\tWARN',
      'undefined\tERROR\tUncaught Exception',
      'INIT_REPORT',
      'START',
      'undefined\tWARN',
      'undefined\tERROR\tUncaught Exception',
      'INIT_REPORT',
      'END',
      'REPORT',
    ]);
    assert.equal(
      (await harness.run('nowhere.handler')).json.errorMessage,
      "Error: Cannot find module 'nowhere'\nRequire stack:\n- /var/runtime/index.mjs",
    );
    const syntax = (await harness.run('syntax.handler')).json;
    assert.deepEqual(
      [syntax.errorType, syntax.errorMessage],
      ['Runtime.UserCodeSyntaxError', "SyntaxError: Unexpected token ';'"],
    );
    assert.equal(syntax.trace[0], '/var/task/syntax.js:2');
    const thrown = (await harness.run('throws.handler')).json;
    assert.deepEqual(thrown.trace.slice(0, 2), [
      'Error: at load',
      '    at Object.<anonymous> (/var/task/throws.js:1:7)',
    ]);
    assert.match((await harness.run('exits.handler')).json.errorMessage, /exit status 7$/);
  });

  it('handlers that are not there', async () => {
    const payload = async (handler: string): Promise<unknown[]> => {
      const { json } = await harness.run(handler);
      return [json.errorType, json.errorMessage];
    };
    assert.deepEqual(await payload('index.nope'), [
      'Runtime.HandlerNotFound',
      'index.nope is undefined or not exported',
    ]);
    assert.deepEqual(await payload('index.notAFunction'), [
      'Runtime.HandlerNotFound',
      'index.notAFunction is not a function',
    ]);
    assert.deepEqual(await payload('index'), ['Runtime.MalformedHandlerName', 'Bad handler']);
    const [type, message] = await payload('../index.fine');
    assert.equal(type, 'Runtime.MalformedHandlerName');
    assert.match(String(message), /^'\.\.\/index\.fine' is not a valid handler name\./);
  });

  it('names the command that installs an SDK that AWS would provide', async () => {
    for (const handler of ['sdk.handler', 'sdkModule.handler']) {
      const { errorMessage } = (await harness.run(handler)).json;
      assert.match(errorMessage, /Run "npm install @aws-sdk\/client-not-there/);
    }
  });

  it('an init that never ends takes the time-out of the function', async () => {
    const short = await startHarness(FILES, { initLimitMs: 200 });
    try {
      const hung = await short.run('hangs.handler', {}, { definition: { timeout: 1 } });
      assert.equal(hung.json.errorType, 'Sandbox.Timedout');
      assert.ok(hung.messages.some((message) => /^INIT_REPORT .*\tPhase: init\tStatus: timeout\n$/.test(message)));
    } finally {
      await short.dispose();
    }
  });

  it('an init that works the second time', async () => {
    const environment = { MARK: `${harness.dir}/../mark` };
    const { json, messages } = await harness.run<string>('second.handler', {}, { definition: { environment } });
    assert.equal(json, 'second time');
    assert.equal(messages.filter((message) => message.startsWith('START ')).length, 1);
  });

  it('says so when there is no Node.js to run handlers with', async () => {
    const other = await startHarness(FILES, { nodePath: '/nowhere/node' });
    try {
      const { json } = await other.run('index.fine');
      assert.match(
        json.errorMessage,
        /Node\.js can't be started with "\/nowhere\/node".*lambdaDestinations\.local\.nodePath/,
      );
    } finally {
      await other.dispose();
    }
  });
});
