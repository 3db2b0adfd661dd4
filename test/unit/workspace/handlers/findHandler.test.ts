import assert from 'node:assert/strict';
import type { DeclaredFunction } from '../../../../src/iac/declarations.ts';
import { ExportCache } from '../../../../src/workspace/handlers/exportCache.ts';
import { findHandler, mayHoldHandler } from '../../../../src/workspace/handlers/findHandler.ts';
import { handlerFiles, parseHandlerName } from '../../../../src/workspace/handlers/handlerName.ts';
import { javaScriptParser } from '../parser.ts';

function declared(properties: Partial<DeclaredFunction>): DeclaredFunction {
  return {
    logicalId: 'Fn',
    functionName: 'fn',
    handler: 'app.handler',
    runtime: 'nodejs22.x',
    codeDir: '/w/src',
    timeout: 3,
    memorySize: 128,
    environment: {},
    eventInvokeConfigs: [],
    location: { file: '/w/template.yaml', line: 3, column: 3, endLine: 3, endColumn: 5 },
    ...properties,
  };
}

const cjs = 'exports.handler = () => 1;';
const esm = 'export const handler = () => 1;';

/** `file:line:column`, or the message; `!` before what is certain. */
async function find(
  files: Readonly<Record<string, string>>,
  properties: Partial<DeclaredFunction> = {},
): Promise<string> {
  const cache = new ExportCache(javaScriptParser);
  const found = await findHandler(declared(properties), {
    readText: (file) => Promise.resolve(files[file]),
    findExport: (...args) => cache.find(...args),
  });
  if (found.found) return `${found.file}:${found.line}:${found.column}`;
  return `${found.certain ? '!' : ''}${found.message}`;
}

describe('a handler name', () => {
  it('is a module path and an export path, split at the first dot of the last part', () => {
    assert.deepEqual(parseHandlerName('src/api/app.v1.handler'), {
      modulePath: 'src/api/app',
      exportPath: ['v1', 'handler'],
    });
    assert.deepEqual(parseHandlerName('app.handler'), { modulePath: 'app', exportPath: ['handler'] });
    assert.deepEqual(parseHandlerName('a.b/app.handler'), { modulePath: 'a.b/app', exportPath: ['handler'] });
  });

  for (const bad of ['app', '', '.handler', 'app.', 'src/', '../app.handler', 'a..b', 'app.a.']) {
    it(`is none: “${bad}”`, () => assert.equal(typeof parseHandlerName(bad), 'string'));
  }

  it('is looked for in the order of Lambda', () => {
    const name = parseHandlerName('app.handler');
    assert.ok(typeof name !== 'string');
    assert.deepEqual(handlerFiles(name), ['app', 'app.js', 'app.mjs', 'app.cjs', 'app/index.js']);
  });
});

describe('a handler', () => {
  it('is found by extension', async () => {
    assert.equal(await find({ '/w/src/app.js': cjs }), '/w/src/app.js:1:1');
    assert.equal(await find({ '/w/src/app.mjs': esm }), '/w/src/app.mjs:1:1');
    assert.equal(await find({ '/w/src/app.cjs': cjs, '/w/src/app.mjs': esm }), '/w/src/app.mjs:1:1');
    assert.equal(await find({ '/w/src/app/index.js': cjs }), '/w/src/app/index.js:1:1');
    assert.equal(await find({ '/w/src/a/b.js': cjs }, { handler: 'a/b.handler' }), '/w/src/a/b.js:1:1');
  });

  it('is of the kind that the nearest package.json says', async () => {
    const type = (kind: string): string => JSON.stringify({ type: kind });
    assert.match(await find({ '/w/src/app.js': cjs, '/w/src/package.json': type('module') }), /^!.*does not export/);
    assert.match(await find({ '/w/src/app.js': esm, '/w/src/package.json': type('commonjs') }), /^!.*does not export/);
    assert.equal(await find({ '/w/src/app.js': esm, '/w/src/package.json': 'broken' }), '/w/src/app.js:1:1');
    assert.equal(
      await find({ '/w/src/app.js': cjs, '/w/package.json': type('module') }),
      '/w/src/app.js:1:1',
      'what is above the code folder is not deployed',
    );
  });

  it('that is certainly not there is told with the file looked for', async () => {
    assert.equal(
      await find({}),
      '!“fn”: there is no src/app.js (nor .mjs, .cjs), which its handler “app.handler” names.',
    );
    assert.equal(
      await find({ '/w/src/app.js': 'exports.other = () => 1;' }),
      '!“fn”: src/app.js does not export a function “handler”, which its handler names.',
    );
    assert.match(
      await find({}, { handler: '../app.handler' }),
      /^!“fn”: '\.\.\/app\.handler' is not a valid handler name/,
    );
  });

  it('that can’t be told is no problem of the template', async () => {
    assert.match(
      await find({ '/w/src/app.js': 'exports.handler = (' }),
      /^“fn”: src\/app\.js has a syntax error at line 1/,
    );
    assert.match(await find({ '/w/src/app.js': 'module.exports = load();' }), /^“fn”: .*not certain/);
    assert.match(await find({ '/w/src/app.ts': '' }), /^The handler of “fn” is TypeScript \(src\/app\.ts\)/);
    assert.match(await find({ '/w/src/in/app.ts': '' }, { entryPoints: ['/w/src/in/app.ts'] }), /TypeScript/);
    assert.match(await find({}, { runtime: 'python3.13' }), /^“fn” runs on python3\.13/);
    assert.match(await find({}, { inlineCode: 'x' }), /^The code of “fn” is in the template/);
    assert.match(await find({ '/w/src/app.js': ' '.repeat(2_000_001) }), /too large/);
  });

  it('is looked for only in files that can hold it', () => {
    const holds = (file: string, handler = 'app.handler'): boolean => mayHoldHandler(declared({ handler }), file);
    assert.ok(holds('/w/src/app.js') && holds('/w/src/app.mjs') && holds('/w/src/a/b.js', 'a/b.c'));
    for (const file of ['/w/src/other.js', '/w/app.js', '/w/src/a/app.js', '/w/src2/app.js'])
      assert.ok(!holds(file), file);
  });

  it('is parsed once for a text', async () => {
    const parser = await javaScriptParser();
    let parsed = 0;
    const cache = new ExportCache(() =>
      Promise.resolve({
        parse: (...args) => {
          parsed++;
          return parser.parse(...args);
        },
      }),
    );
    const place = await cache.find('/a.js', cjs, ['handler'], 'either');
    assert.deepEqual(await cache.find('/a.js', cjs, ['handler'], 'either'), place);
    assert.equal(parsed, 1);
    await cache.find('/a.js', `\n${cjs}`, ['handler'], 'either');
    assert.equal(parsed, 2);
  });

  it('is found after a parser that could not be loaded at first', async () => {
    let failed = false;
    const cache = new ExportCache(() => {
      if (failed) return javaScriptParser();
      failed = true;
      return Promise.reject(new Error('no such file'));
    });
    await assert.rejects(cache.find('/a.js', cjs, ['handler'], 'either'), /no such file/);
    assert.equal((await cache.find('/a.js', cjs, ['handler'], 'either')).kind, 'found');
  });
});
