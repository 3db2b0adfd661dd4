import assert from 'node:assert/strict';
import type { DeclaredFunction } from '../../../../src/iac/declarations.ts';
import { lazyParser } from '../../../../src/workspace/handlers/codeParser.ts';
import { ExportCache } from '../../../../src/workspace/handlers/exportCache.ts';
import { findHandler, mayHoldHandler } from '../../../../src/workspace/handlers/findHandler.ts';
import { handlerRulesOf, type HandlerName } from '../../../../src/workspace/handlers/handlerName.ts';
import { codeParser, readWasm } from '../parser.ts';

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
  const cache = new ExportCache(codeParser);
  const found = await findHandler(declared(properties), {
    readText: (file) => Promise.resolve(files[file]),
    findExport: (...args) => cache.find(...args),
  });
  if (found.found) return `${found.file}:${found.line}:${found.column}`;
  return `${found.certain ? '!' : ''}${found.message}`;
}

function parse(handler: string, runtime = 'nodejs22.x'): HandlerName | string {
  return (handlerRulesOf(runtime) ?? assert.fail(`${runtime} has rules`)).parse(handler);
}

describe('a handler name', () => {
  it('is a module path and an export path, split at the first dot of the last part', () => {
    assert.deepEqual(parse('src/api/app.v1.handler'), {
      modulePath: 'src/api/app',
      exportPath: ['v1', 'handler'],
    });
    assert.deepEqual(parse('app.handler'), { modulePath: 'app', exportPath: ['handler'] });
    assert.deepEqual(parse('a.b/app.handler'), { modulePath: 'a.b/app', exportPath: ['handler'] });
  });

  for (const bad of ['app', '', '.handler', 'app.', 'src/', '../app.handler', 'a..b', 'app.a.']) {
    it(`is none: “${bad}”`, () => assert.equal(typeof parse(bad), 'string'));
  }

  it('is looked for in the order of Lambda', () => {
    const name = parse('app.handler');
    assert.ok(typeof name !== 'string');
    const files = handlerRulesOf('nodejs22.x')?.files(name) ?? [];
    assert.deepEqual(files.slice(0, 4), ['app', 'app.js', 'app.mjs', 'app.cjs']);
    assert.deepEqual(files.slice(4), ['app.ts', 'app.mts', 'app.cts', 'app/index.js', 'app/index.ts']);
  });
});

describe('a Python handler name', () => {
  it('is split at the last dot; dots and slashes separate folders', () => {
    assert.deepEqual(parse('src/app.handler', 'python3.12'), { modulePath: 'src/app', exportPath: ['handler'] });
    assert.deepEqual(parse('src.api.app.handler', 'python3.12'), {
      modulePath: 'src/api/app',
      exportPath: ['handler'],
    });
  });

  for (const bad of ['app', '', '.handler', 'app.', 'src/app', '../app.handler', 'a..b', '/app.handler']) {
    it(`is none: “${bad}”`, () => assert.equal(typeof parse(bad, 'python3.12'), 'string'));
  }
});

describe('a Python handler', () => {
  const python = { runtime: 'python3.12' };
  const text = 'def handler(event, context):\n    return 1\n';

  it('is found in a module, or in a package of that name first', async () => {
    assert.equal(await find({ '/w/src/app.py': text }, python), '/w/src/app.py:1:1');
    assert.equal(
      await find({ '/w/src/app.py': text, '/w/src/app/__init__.py': `\n${text}` }, python),
      '/w/src/app/__init__.py:2:1',
    );
    assert.equal(await find({ '/w/src/a/b.py': text }, { ...python, handler: 'a.b.handler' }), '/w/src/a/b.py:1:1');
  });

  it('that is missing, or that Lambda can’t run, is told', async () => {
    assert.equal(await find({}, python), '!“fn”: there is no src/app.py, which its handler “app.handler” names.');
    assert.equal(
      await find({ '/w/src/app.py': 'x = 1' }, python),
      '!“fn”: src/app.py does not export a function “handler”, which its handler names.',
    );
    assert.match(
      await find({ '/w/src/app.py': `async ${text}` }, python),
      /^!“fn”: “handler” in src\/app\.py is an async function/,
    );
    assert.match(await find({ '/w/src/app.py': 'def handler(:' }, python), /has a syntax error at line 1/);
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

  it('is found in TypeScript, where there is no JavaScript of that name', async () => {
    assert.equal(await find({ '/w/src/app.ts': `type A = 1;\n${esm}` }), '/w/src/app.ts:2:1');
    assert.equal(await find({ '/w/src/app.mts': esm }), '/w/src/app.mts:1:1');
    assert.equal(await find({ '/w/src/app.cts': cjs }), '/w/src/app.cts:1:1');
    assert.equal(await find({ '/w/src/app/index.ts': esm }), '/w/src/app/index.ts:1:1');
    assert.equal(await find({ '/w/src/app.js': cjs, '/w/src/app.ts': esm }), '/w/src/app.js:1:1');
    const type = (kind: string): string => JSON.stringify({ type: kind });
    // A build turns it into what package.json says.
    assert.equal(await find({ '/w/src/app.ts': esm, '/w/src/package.json': type('commonjs') }), '/w/src/app.ts:1:1');
    assert.match(await find({ '/w/src/app.ts': cjs, '/w/src/package.json': type('module') }), /^!.*does not export/);
  });

  it('is found in the source that esbuild bundles', async () => {
    const entryPoints = ['/w/src/in/other.ts', '/w/src/in/app.ts'];
    assert.equal(await find({ '/w/src/in/app.ts': esm }, { entryPoints }), '/w/src/in/app.ts:1:1');
    assert.equal(
      await find({ '/w/src/in/app.ts': esm, '/w/src/app.js': cjs }, { entryPoints }),
      '/w/src/in/app.ts:1:1',
    );
    assert.ok(mayHoldHandler(declared({ entryPoints }), '/w/src/in/app.ts'));
    assert.ok(!mayHoldHandler(declared({ entryPoints }), '/w/src/in/other.ts'));
    assert.equal(await find({ '/w/src/in/app.ts': esm }, { entryPoints: ['/w/src/in/app'] }), '/w/src/in/app.ts:1:1');
    const twice = ['/w/src/a/app.ts', '/w/src/b/app.ts'];
    const files = { '/w/src/a/app.ts': esm, '/w/src/b/app.ts': esm };
    assert.equal(await find(files, { entryPoints: twice, handler: 'b/app.handler' }), '/w/src/b/app.ts:1:1');
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
      '!“fn”: there is no src/app.js (nor .mjs, .cjs, .ts, .mts, .cts), which its handler “app.handler” names.',
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
    assert.match(await find({ '/w/src/app.tsx': '' }), /^The handler of “fn” is in src\/app\.tsx: .tsx files are not/);
    assert.match(
      await find({ '/w/src/in/app.tsx': '' }, { entryPoints: ['/w/src/in/app.tsx'] }),
      /in src\/in\/app\.tsx/,
    );
    assert.match(await find({}, { runtime: 'ruby3.4' }), /^“fn” runs on ruby3\.4/);
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
    let parsed = 0;
    const cache = new ExportCache({
      parse: (...args) => {
        parsed++;
        return codeParser.parse(...args);
      },
    });
    const place = await cache.find('/a.js', cjs, ['handler'], 'either');
    assert.deepEqual(await cache.find('/a.js', cjs, ['handler'], 'either'), place);
    assert.equal(parsed, 1);
    await cache.find('/a.js', `\n${cjs}`, ['handler'], 'either');
    assert.equal(parsed, 2);
  });

  it('is found after a parser or grammar that could not be loaded at first, and a grammar is loaded once', async () => {
    const asked: string[] = [];
    const cache = new ExportCache(
      lazyParser((name) => {
        asked.push(name);
        const fails = asked.filter((other) => other === name).length === 1;
        return fails ? Promise.reject(new Error(`no ${name}`)) : readWasm(name);
      }),
    );
    const ask = async (file: string): Promise<string> => (await cache.find(file, esm, ['handler'], 'either')).kind;
    await assert.rejects(ask('/a.ts'), /no web-tree-sitter\.wasm/);
    await assert.rejects(ask('/a.ts'), /no tree-sitter-typescript\.wasm/);
    assert.equal(await ask('/a.ts'), 'found');
    assert.equal(await ask('/b.ts'), 'found');
    assert.deepEqual(asked, [
      'web-tree-sitter.wasm',
      'web-tree-sitter.wasm',
      'tree-sitter-typescript.wasm',
      'tree-sitter-typescript.wasm',
    ]);
  });
});
