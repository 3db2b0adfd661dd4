import assert from 'node:assert/strict';
import { mkdir, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { startHarness, type Harness } from '../support/environmentsHarness.ts';

const require = createRequire(import.meta.url);

const FILES = {
  'package.json': '{ "name": "orders" }',
  'tsconfig.json': `{
    // As people write it.
    "extends": "./tsconfig.base.json",
    "compilerOptions": { "strict": true, /* and */ "paths": { "@lib/*": ["./lib/*"], "config": ["./lib/config.ts"] }, },
  }`,
  'tsconfig.base.json': '{ "compilerOptions": { "baseUrl": "." } }',
  'app.ts': `import type { Handler } from 'aws-lambda';
import { Context, type Other } from 'aws-lambda';
import { Order, total } from './lib/orders';
import { double } from './lib/double.js';
import { inFolder } from './lib';
import { limit } from '@lib/limit';
import config from 'config';
import { sum } from 'lib/sum';
import data, { name } from './data.json';

interface Event { readonly order: Order }
// A Context is only a type.
export const handler = async (event: Event, context: Context): Promise<unknown> => {
  return [double(total(event.order)), inFolder, limit, config.a, sum(1, 2), data.name, name, typeof context.awsRequestId];
};
export const fails: Handler = async (event: Event) => {
  const order   :   Order = event.order; throw new TypeError('too much: ' + total(order));
};
`,
  'lib/orders.ts':
    'export interface Order { n: number }\nexport function total(order: Order): number { return order.n; }',
  'lib/double.ts': 'export const double = (n: number): number => n * 2;',
  'lib/index.ts': "export const inFolder: string = 'in folder';",
  'lib/limit.ts': 'export const limit: number = 5;',
  'lib/config.ts': 'export default { a: 1 } as const;',
  'lib/sum.ts': 'export const sum = (a: number, b: number): number => a + b;',
  'data.json': '{ "name": "data" }',
  'commonjs.ts': `import type { Order } from './lib/orders';
const { double } = require('./lib/double');
exports.handler = async (order: Order) => [double(order.n), require('./data.json').name];
exports.fails = async function (order: Order) {
  throw new Error(\`no \${order.n satisfies number}\`);
};
`,
  'mixed.ts': `import { total } from './lib/orders';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
const other = require('./commonjs');
export const handler = async () => [typeof other.handler, JSON.parse(readFileSync(join(__dirname, 'data.json'), 'utf8')).name, total({ n: 1 })];
`,
  'module.mts': 'export const handler = async (): Promise<string> => import.meta.url.slice(-10);',
  'script.cts': 'module.exports.handler = async (): Promise<string> => __filename.slice(-10);',
  'assigned.ts':
    "import fs = require('node:fs');\nconst handler = async (): Promise<string> => typeof fs.readFileSync;\nexport = { handler };\n",
  'enums.ts': `import { Kind } from './kinds';

enum State {
  Open = 'open',
  Closed = 'closed',
}
namespace Money {
  export const currency: string = 'EUR';
}
class Refused extends Error {
  constructor(private readonly state: State) {
    super(\`refused: \${state} \${Money.currency} \${Kind.Second}\`);
  }
}

export const handler = async (event: { readonly state: State }): Promise<State> => {
  if (event.state === State.Open) return State.Closed;
  throw new Refused(event.state);
};
`,
  'kinds.ts': 'export const enum Kind { First, Second }',
  'syntax.ts': 'export const handler = async (): Promise<void> => {\n  const x: = 1;\n};\n',
  'importsSyntax.ts': "import { handler as other } from './syntax';\nexport const handler = async () => other();\n",
  'throws.ts': "interface A { a: number }\n\nthrow new Error('at load' as string);\nexport const handler = 1;\n",
  'missing.ts': "import { thing } from 'not-installed';\nexport const handler = async () => thing();\n",
  'missingFile.ts': "import { thing } from './nowhere';\nexport const handler = async () => thing();\n",
  'reexport.ts': "export { Order } from './lib/orders';\nexport const handler = async () => 1;\n",
  'lateSdk.js': "exports.handler = async () => require('@aws-sdk/client-not-there');",
  'sdk.ts':
    "import { SQSClient } from '@aws-sdk/client-not-there';\nexport const handler = async () => new SQSClient({});\n",
  'decorated.ts': `function seal<T extends new (...a: never[]) => object>(target: T, _context?: unknown): T { return target; }

@seal
class Api {
  run(): string { return 'decorated'; }
}
export const handler = async () => new Api().run();
`,
  'looksDecorated.ts': 'const text = `\n@seal\n`;\nexport const handler = async (): Promise<number> => text.length;\n',
  'page.tsx':
    'export const handler = async (): Promise<string> => typeof <div />;\nconst React = { createElement: () => "jsx" };\n',
  'both.js': "exports.handler = async () => 'js';",
  'both.ts': "export const handler = async () => 'ts';",
  'index/index.ts': "export const handler = async (): Promise<string> => 'index';",
};

describe('TypeScript handlers', function () {
  this.timeout(60_000);
  let harness: Harness;
  let withEsbuild: Harness;

  before(async () => {
    [harness, withEsbuild] = await Promise.all([startHarness(FILES), startHarness(FILES)]);
    const modules = join(withEsbuild.dir, 'node_modules');
    await mkdir(modules);
    await symlink(dirname(require.resolve('esbuild/package.json')), join(modules, 'esbuild'));
  });

  after(() => Promise.all([harness.dispose(), withEsbuild.dispose()]));

  const value = async (handler: string, event: unknown = {}, from = harness): Promise<unknown> => {
    const { json, status, text } = await from.run<unknown>(handler, event);
    assert.equal(status, 'success', text);
    return json;
  };

  it('run: imports as TypeScript resolves them, and none of what is only a type', async () => {
    assert.deepEqual(await value('app.handler', { order: { n: 4 } }), [
      8,
      'in folder',
      5,
      1,
      3,
      'data',
      'data',
      'string',
    ]);
  });

  it('fail as on Lambda, at the line and column of the source', async () => {
    const { text, messages } = await harness.run('app.fails', { order: { n: 9 } });
    const trace = [
      'TypeError: too much: 9',
      `    at Runtime.fails [as handler] (file:///var/task/app.ts:17:48)`,
      '    at Runtime.handleOnceNonStreaming (file:///var/runtime/index.mjs:N:N)',
    ];
    assert.equal(
      text.replace(/index\.mjs:\d+:\d+/, 'index.mjs:N:N'),
      JSON.stringify({ errorType: 'TypeError', errorMessage: 'too much: 9', trace }),
    );
    assert.ok(!messages.some((message) => message.includes('Experimental')), messages.join(''));
  });

  it('are warm after the first event, and follow changes', async () => {
    await harness.write({ 'changing.ts': "export const handler = async (): Promise<string> => 'one';" });
    assert.equal(await value('changing.handler'), 'one');
    assert.equal((await harness.run('changing.handler')).initDurationMs, undefined);
    await harness.write({ 'changing.ts': "export const handler = async (): Promise<string> => 'two, longer';" });
    assert.equal(await value('changing.handler'), 'two, longer');
  });

  it('follow changes of what they import from outside of their folder', async () => {
    await harness.write({
      '../shared/word.ts': "export const word = 'one';",
      'outside.ts': "import { word } from '../shared/word';\nexport const handler = async (): Promise<string> => word;",
    });
    assert.equal(await value('outside.handler'), 'one');
    assert.equal((await harness.run('outside.handler')).initDurationMs, undefined);
    await harness.write({ '../shared/word.ts': "export const word = 'two, longer';" });
    assert.equal(await value('outside.handler'), 'two, longer');
  });

  it('may be CommonJS, ES modules, or what a build would make CommonJS', async () => {
    assert.deepEqual(await value('commonjs.handler', { n: 2 }), [4, 'data']);
    assert.deepEqual(await value('mixed.handler'), ['function', 'data', 1]);
    assert.equal(await value('module.handler'), 'module.mts');
    assert.equal(await value('script.handler'), 'script.cts');
    assert.equal(await value('assigned.handler'), 'function');
    assert.equal(await value('index.handler'), 'index');
    const { json } = await harness.run('commonjs.fails', { n: 2 });
    assert.equal(json.trace[1], '    at exports.fails [as handler] (/var/task/commonjs.ts:5:9)');
  });

  it('import CommonJS as after a build', async () => {
    await harness.write({
      'node_modules/dynamic/package.json': '{ "name": "dynamic" }',
      'node_modules/dynamic/index.js': "module.exports = Object.assign(() => 'called', { ['gi' + 'ven']: 'n' });",
      'node_modules/dynamic/deep.js': "module.exports = 'deep';",
      'node_modules/dynamic/folder/index.js': "exports.inFolder = 'f';",
      'node_modules/transpiled/package.json': '{ "name": "transpiled", "type": "commonjs" }',
      'node_modules/transpiled/index.js': "exports.__esModule = true; exports.default = 'd'; exports.also = 'a';",
      'node_modules/modern/package.json': '{ "name": "modern", "type": "module", "exports": "./index.js" }',
      'node_modules/modern/index.js': "export default 'm'; export const one = 1;",
      'usesCommonJs.ts': `import dynamic, { given as renamed } from 'dynamic';
import * as all from 'dynamic';
import deep from 'dynamic/deep';
import { inFolder } from 'dynamic/folder';
import transpiled, { also } from 'transpiled';
import modern, * as allModern from 'modern';
import * as own from './lib/double';
import * as fs from 'node:fs';
enum E { A = 'e' }
export const handler = async (): Promise<unknown> => [
  dynamic(), renamed, (all as any)(), (all as any).given, deep, inFolder, transpiled, also, modern, allModern.one, own.double(1),
  typeof fs.readFileSync, typeof __dirname, E.A,
];
export const fails = async (): Promise<never> => { throw new Error('here'); };
`,
    });
    const expected = ['called', 'n', 'called', 'n', 'deep', 'f', 'd', 'a', 'm', 1, 2, 'function', 'string', 'e'];
    assert.deepEqual(await value('usesCommonJs.handler'), expected);
    const { json } = await harness.run('usesCommonJs.fails');
    assert.match(json.trace[1] ?? '', /\(\/var\/task\/usesCommonJs\.ts:14:58\)$/);
  });

  it('are what a package of ES modules has them to be', async () => {
    await harness.write({
      'esm/package.json': '{ "type": "module" }',
      'esm/app.ts':
        "import { b } from './b.js';\nexport const handler = async (): Promise<unknown> => [b, typeof __dirname];\n",
      'esm/b.ts': 'export const b: number = 1;',
      'cjs/package.json': '{ "type": "commonjs" }',
      'cjs/app.ts':
        "import { b } from './b';\nexport const handler = async (): Promise<unknown> => [b, typeof __dirname];\n",
      'cjs/b.ts': 'export const b: number = 2;',
    });
    assert.deepEqual(await value('esm/app.handler'), [1, 'undefined']);
    assert.deepEqual(await value('cjs/app.handler'), [2, 'string']);
  });

  it('have enums, namespaces and parameter properties, and fail at the line of the source', async () => {
    assert.equal(await value('enums.handler', { state: 'open' }), 'closed');
    const { json } = await harness.run('enums.handler', { state: 'lost' });
    assert.equal(json.errorMessage, 'refused: lost EUR 1');
    assert.equal(json.trace[1], '    at Runtime.handler (/var/task/enums.ts:18:9)');
    assert.match(json.trace[2] ?? '', /^ {4}at Runtime\.handleOnceNonStreaming \(file:\/\/\/var\/runtime\/index\.mjs:/);
    assert.equal(json.trace.length, 3);
  });

  it('with a syntax error name file and line', async () => {
    for (const handler of ['syntax.handler', 'importsSyntax.handler']) {
      const { json } = await harness.run(handler);
      assert.equal(json.errorType, 'Runtime.UserCodeSyntaxError');
      assert.match(json.errorMessage, /^SyntaxError: /);
      assert.equal(json.trace[0], '/var/task/syntax.ts:2');
    }
  });

  it('that throw at load are told with their line', async () => {
    const { json } = await harness.run('throws.handler');
    assert.deepEqual(json.trace.slice(0, 2), ['Error: at load', '    at file:///var/task/throws.ts:3:7']);
  });

  it('keep Lambda’s order: JavaScript of the same name first, but the source that esbuild would bundle', async () => {
    assert.equal(await value('both.handler'), 'js');
    await harness.write({ 'src/both.ts': "export const handler = async (): Promise<string> => 'source';" });
    const { json } = await harness.run<unknown>('both.handler', {}, { definition: { entryPoints: ['src/both.ts'] } });
    assert.equal(json, 'source');
  });

  it('that import what is not there get Node’s error; the log has the command', async () => {
    const { json, messages } = await harness.run('missing.handler');
    assert.equal(json.errorMessage, "Cannot find package 'not-installed' imported from /var/task/missing.ts");
    assert.ok(
      messages.some((message) => message.includes(`Run "npm install not-installed" in "${harness.dir}".`)),
      messages.join(''),
    );
    const file = (await harness.run('missingFile.handler')).json;
    assert.equal(file.errorMessage, "Cannot find module '/var/task/nowhere' imported from /var/task/missingFile.ts");
  });

  it('whose SDK is missing say that AWS brings it, and how to install it here', async () => {
    const hint = (command: string): string =>
      `On AWS the runtime provides '@aws-sdk/client-not-there'; locally it comes from your project. Run "${command} @aws-sdk/client-not-there" in "${harness.dir}".`;
    const { json, messages } = await harness.run('sdk.handler');
    assert.equal(json.errorType, 'Error');
    const first = "Cannot find package '@aws-sdk/client-not-there' imported from /var/task/sdk.ts";
    assert.equal(json.errorMessage, `${first}\n${hint('npm install')}`);
    const logged = JSON.stringify(hint('npm install')).slice(1, -1);
    assert.ok(
      messages.some((message) => message.includes('ERROR') && message.includes(logged)),
      messages.join(''),
    );
    const late = (await harness.run('lateSdk.handler')).json;
    assert.match(late.errorMessage, /^Cannot find module '@aws-sdk\/client-not-there'\nOn AWS the runtime provides /);
    await harness.write({ 'pnpm-lock.yaml': '' });
    assert.ok((await harness.run('sdk.handler')).json.errorMessage.endsWith(hint('pnpm add')));
  });

  it('that export a type as a value are told what to write', async () => {
    const { json, messages } = await harness.run('reexport.handler');
    assert.equal(json.errorType, 'Runtime.UserCodeSyntaxError');
    assert.match(json.errorMessage, /does not provide an export named 'Order'/);
    assert.ok(
      messages.some((message) => /WARN.*“Order”.*export type/.test(message)),
      messages.join(''),
    );
  });

  it('that Node.js can’t compile run with the project’s esbuild, else say so', async () => {
    assert.equal(await value('decorated.handler', {}, withEsbuild), 'decorated');
    assert.equal(await value('page.handler', {}, withEsbuild), 'string');
    assert.equal(await value('looksDecorated.handler'), 7);
    const { json } = await harness.run('decorated.handler');
    assert.equal(json.errorType, 'Runtime.UserCodeSyntaxError');
    assert.match(
      json.errorMessage,
      /^SyntaxError: Node\.js alone can't run this TypeScript: it has a decorator\. Run ".* esbuild" in ".*\/code"\. /,
    );
    assert.equal(json.trace[0], '/var/task/decorated.ts:3');
    const page = (await harness.run('page.handler')).json;
    assert.match(page.errorMessage, /: it is a \.tsx file \(JSX\)\. Run ".* esbuild" in "/);
  });

  it('need a Node.js that can strip types, and say which', async () => {
    await harness.write({
      'old.cjs': "require('node:module').registerHooks = undefined; require('node:module').syncBuiltinESMExports();",
    });
    const environment = { NODE_OPTIONS: `--require ${join(harness.dir, 'old.cjs')}` };
    const { json } = await harness.run('module.handler', {}, { definition: { environment } });
    assert.match(
      json.errorMessage,
      /^TypeScript handlers run .* on Node\.js 22\.15 or later; this is v.*local\.nodePath/,
    );
  });
});
