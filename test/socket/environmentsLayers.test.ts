import assert from 'node:assert/strict';
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FunctionLayer } from '../../src/local/functionDefinition.ts';
import { eventually, startHarness } from '../support/environmentsHarness.ts';
import type { Harness } from '../support/environmentsHarness.ts';
import { runLocalLambda } from '../support/localLambda.ts';
import { anyPython } from '../support/pythons.ts';
import { skip } from '../support/skip.ts';

const FILES = {
  'index.js': `
    exports.handler = async () => require('greet').greet();
    exports.fails = async () => require('greet').fails();
    exports.byPath = async () => [require('/opt/nodejs/shared').name, (await import('/opt/nodejs/shared.mjs')).name];
    exports.program = async () => String(require('node:child_process').execFileSync('tool'));
    exports.path = async () => { console.log('at', require.resolve('greet')); return require.resolve('greet'); };
    exports.variables = async () => Object.keys(process.env).filter((name) => name.startsWith('LOCAL_'));
  `,
  'app.py': 'import greeting\n\ndef handler(event, context):\n    return greeting.greet()\n',
};

const greet = (text: string): string =>
  `exports.greet = () => '${text}';\nexports.fails = () => { throw new Error('from a layer'); };\n`;

describe('layers', function () {
  this.timeout(30_000);
  let harness: Harness;
  let layersDir: string;

  /** A layer with these files. */
  async function layer(name: string, files: Readonly<Record<string, string>>, below?: string): Promise<FunctionLayer> {
    const dir = join(harness.dir, '../my', name);
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(dir, path)), { recursive: true });
      await writeFile(join(dir, path), text, { mode: 0o755 });
    }
    const arn = `arn:aws:lambda:eu-west-1:000000000000:layer:${name}:1`;
    return { arn, dir, ...(below === undefined ? {} : { below }) };
  }

  beforeEach(async () => {
    harness = await startHarness(FILES);
    layersDir = join(harness.dir, '../state/layers');
  });

  afterEach(() => harness.dispose());

  it('may be a link to their folder', async () => {
    const { arn, dir = '' } = await layer('real', { 'nodejs/node_modules/greet/index.js': greet('linked') });
    await symlink(dir, `${dir}-link`);
    const ran = await harness.run<unknown>(
      'index.handler',
      {},
      { definition: { layers: [{ arn, dir: `${dir}-link` }] } },
    );
    assert.equal(ran.json, 'linked', ran.text);
  });

  it('are laid over each other, the last one on top', async () => {
    const layers = [
      await layer('base', {
        'nodejs/node_modules/greet/index.js': greet('base'),
        'nodejs/shared.js': `exports.name = 'cjs'`,
      }),
      await layer('over', { 'nodejs/node_modules/greet/index.js': greet('over'), 'bin/tool': '#!/bin/sh\necho tool' }),
      await layer('esm', { 'nodejs/shared.mjs': `export const name = 'esm'` }),
    ];
    const options = { definition: { layers } };
    assert.equal((await harness.run<unknown>('index.handler', {}, options)).json, 'over');
    assert.deepEqual((await harness.run<unknown>('index.byPath', {}, options)).json, ['cjs', 'esm']);
    if (process.platform !== 'win32') {
      assert.equal((await harness.run<unknown>('index.program', {}, options)).json, 'tool\n');
    }
    assert.deepEqual((await harness.run<unknown>('index.variables', {}, options)).json, []);
  });

  it('of the declared version come first; what sam build would put below nodejs is there', async () => {
    const layers = [
      await layer('built', { 'node_modules/greet/index.js': greet('any version') }, 'nodejs'),
      await layer('newest', { 'nodejs/node22/node_modules/greet/index.js': greet('for 22') }),
    ];
    assert.equal((await harness.run<unknown>('index.handler', {}, { definition: { layers } })).json, 'for 22');
    const [built] = layers;
    assert.equal(
      (await harness.run<unknown>('index.handler', {}, { definition: { layers: built ? [built] : [] } })).json,
      'any version',
    );
  });

  it('are /opt in errors and logs, and a real folder to the handler', async () => {
    const layers = [await layer('base', { 'nodejs/node_modules/greet/index.js': greet('hello') })];
    const options = { definition: { layers } };
    const failed = await harness.run('index.fails', {}, options);
    assert.match(
      failed.json.trace[1] ?? '',
      /^ {4}at exports\.fails \(\/opt\/nodejs\/node_modules\/greet\/index\.js:2:/,
    );
    assert.match(failed.json.trace[2] ?? '', /\(\/var\/task\/index\.js:3:/);
    assert.ok(!failed.messages.join('').includes(layersDir));
    const { json, messages } = await harness.run<string>('index.path', {}, options);
    assert.ok(json.startsWith(layersDir), json);
    assert.match(messages.join(''), /at \/opt\/nodejs\/node_modules\/greet\/index\.js\n/);
  });

  it('follow their folders, also in node_modules; what was merged before goes', async () => {
    const layers = [await layer('base', { 'nodejs/node_modules/greet/index.js': greet('before') })];
    const run = async (): Promise<unknown> =>
      (await harness.run<unknown>('index.handler', {}, { definition: { layers } })).json;
    assert.equal(await run(), 'before');
    await layer('base', { 'nodejs/node_modules/greet/index.js': greet('after it') });
    assert.equal(await run(), 'after it');
    await eventually(async () => (await readdir(layersDir)).length === 1);
    assert.equal(await run(), 'after it');
    await harness.environments.dispose();
    await assert.rejects(readdir(layersDir), { code: 'ENOENT' });
  });

  it('stay as they were for what runs', async () => {
    await harness.write({
      'late.js': `exports.handler = async () => { console.log('begun'); await new Promise((r) => setTimeout(r, 400)); return require('greet').greet(); }`,
    });
    const layers = [await layer('base', { 'nodejs/node_modules/greet/index.js': greet('old') })];
    const options = { definition: { layers } };
    const late = harness.run<unknown>('late.handler', {}, options);
    await eventually(() => harness.logged.some(({ message }) => message.includes('begun')));
    await layer('base', { 'nodejs/node_modules/greet/index.js': greet('new one') });
    const now = harness.run<unknown>('index.handler', {}, { definition: { layers, functionName: 'other' } });
    assert.deepEqual([(await late).json, (await now).json], ['old', 'new one']);
    await eventually(async () => (await readdir(layersDir)).length === 1);
  });

  it('of Python functions are where Lambda has them', async function () {
    const python = anyPython(this);
    await harness.dispose();
    harness = await startHarness(FILES, { pythonPath: python });
    const failing = 'def greet():\n    raise ValueError("from a layer")\n';
    const layers = [
      await layer('plain', { 'python/greeting.py': 'def greet():\n    return "never"\n' }),
      await layer('versioned', {
        'python/lib/python3.12/site-packages/greeting.py': 'def greet():\n    return "of 3.12"\n',
      }),
    ];
    const run = (runtime: string) => harness.run<unknown>('app.handler', {}, { definition: { layers, runtime } });
    assert.equal((await run('python3.12')).json, 'of 3.12');
    await layer('plain', { 'python/greeting.py': failing });
    const { text } = await run('python3.11');
    assert.match(text, /File \\"\/opt\/python\/greeting\.py\\", line 2, in greet/);
  });

  it('bring a bootstrap', async function () {
    if (process.platform === 'win32') skip(this, 'Windows starts no file that is called "bootstrap"');
    const layers = [await layer('runtime', { bootstrap: '#!/bin/sh\necho "bootstrap of a layer"; exit 7\n' })];
    const definition = { layers, runtime: 'provided.al2023' };
    const { messages, json } = await harness.run('unused', {}, { definition });
    assert.ok(messages.includes('bootstrap of a layer\n'));
    assert.match(json.errorMessage, /exit status 7/);
  });

  it('that are not on this machine are told in the log; those whose folder is gone stop the function', async () => {
    const elsewhere = 'arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension:53';
    const base = await layer('base', { 'nodejs/node_modules/greet/index.js': greet('hello') });
    const { json, messages } = await harness.run<unknown>(
      'index.handler',
      {},
      { definition: { layers: [{ arn: elsewhere }, base] } },
    );
    assert.equal(json, 'hello');
    assert.ok(messages.includes(`The layer ${elsewhere} is not on this machine: the function runs without it.\n`));
    await rm(base.dir ?? '', { recursive: true });
    const refused = await harness.run('index.handler', {}, { definition: { layers: [base] } });
    assert.equal(refused.json.errorType, 'Runtime.InvalidWorkingDir');
    assert.match(
      refused.json.errorMessage,
      /The folder of the layer .*:layer:base:1 doesn't exist: .*\. Build it, or correct ContentUri/,
    );
  });

  it('that can not be merged say why, and can be corrected', async () => {
    const layers = [
      await layer('file', { 'nodejs/node_modules': 'a file' }),
      await layer('folder', { 'nodejs/node_modules/greet/index.js': greet('hello') }),
    ];
    const options = { definition: { layers } };
    assert.match(
      (await harness.run('index.handler', {}, options)).json.errorMessage,
      /can't be merged into one folder: /,
    );
    await rm(join(layers[0]?.dir ?? '', 'nodejs'), { recursive: true });
    assert.equal((await harness.run<unknown>('index.handler', {}, options)).json, 'hello');
  });

  it('have their links lead where they led', async function () {
    if (process.platform === 'win32') skip(this, 'Windows makes links only with a right that people rarely have');
    const base = await layer('base', { 'nodejs/node_modules/.keep': '' });
    await layer('workspace', { 'greet/index.js': greet('linked') });
    await symlink('../../../workspace/greet', join(base.dir ?? '', 'nodejs/node_modules/greet'));
    assert.equal((await harness.run<unknown>('index.handler', {}, { definition: { layers: [base] } })).json, 'linked');
  });
});

describe('layers of a template', function () {
  this.timeout(30_000);

  it('are there for the functions that name them, and in what the API tells', async () => {
    await using local = await runLocalLambda({
      files: {
        'template.yaml': `
Transform: AWS::Serverless-2016-10-31
Resources:
  Shared:
    Type: AWS::Serverless::LayerVersion
    Metadata: { BuildMethod: nodejs22.x }
    Properties: { LayerName: shared, ContentUri: layers/shared }
  Orders:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: orders, CodeUri: src, Handler: app.handler, Runtime: nodejs22.x, Layers: [!Ref Shared] }
`,
        'src/app.js': `exports.handler = async () => require('/opt/nodejs/shared').word;`,
        'layers/shared/shared.js': `exports.word = 'shared';`,
      },
    });
    const lambda = new LambdaClient(local.clientConfig);
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'orders' }));
    assert.equal(Payload?.transformToString(), '"shared"');
    const { Layers } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'orders' }));
    assert.deepEqual(
      Layers?.map(({ Arn, CodeSize }) => [Arn, CodeSize]),
      [['arn:aws:lambda:us-east-1:000000000000:layer:shared:1', 0]],
    );
    lambda.destroy();
  });
});
