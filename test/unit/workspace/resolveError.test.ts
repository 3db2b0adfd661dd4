import assert from 'node:assert/strict';
import { transform } from 'esbuild';
import type { Invocation, InvocationRow } from '../../../src/model/invocation.ts';
import type { DetailError } from '../../../src/protocol/panel.ts';
import { errorOf, resolveFrames } from '../../../src/workspace/resolveError.ts';
import { SourceMaps } from '../../../src/workspace/sourceMaps.ts';

const roots = [{ name: 'shop', path: '/w/shop' }];

function resolve(
  files: Readonly<Record<string, string>>,
  frames: readonly string[],
  codeDir = '/w/shop/src',
): Promise<DetailError> {
  const payload = JSON.stringify({ errorType: 'Error', errorMessage: 'm', trace: ['Error: m', ...frames] });
  const error = errorOf(row, failedWith(payload)) ?? assert.fail('there is an error');
  const readText = (file: string): Promise<string | undefined> => Promise.resolve(files[file]);
  const sources = { roots, codeDir, readText, sourceMaps: new SourceMaps(readText) };
  return resolveFrames(error, sources, new AbortController().signal);
}

const row = { id: 1, connectionId: 'c', functionName: 'fn' } as InvocationRow;

function failedWith(response: string | undefined, status = 'error'): Invocation {
  const ended = { status, ...(response === undefined ? {} : { response }) };
  return { attempts: [{ number: 1, ended, logs: [] }], waits: [], deliveries: [] } as unknown as Invocation;
}

describe('the error of an invocation', () => {
  it('is that of the last attempt that failed', () => {
    const invocation = {
      attempts: ['first', 'second'].map((text, index) => ({
        number: index + 1,
        ended: { status: 'error', response: JSON.stringify({ errorType: 'E', errorMessage: text }) },
      })),
      deliveries: [],
    } as unknown as Invocation;
    assert.equal(errorOf(row, invocation)?.message, 'second');
  });

  it('comes from the record where no attempt was seen', () => {
    const body = JSON.stringify({ responsePayload: { errorType: 'E', errorMessage: 'recorded' } });
    const invocation = { attempts: [], deliveries: [{ role: 'onFailure', body }] } as unknown as Invocation;
    assert.equal(errorOf(row, invocation)?.message, 'recorded');
    const broken = { attempts: [], deliveries: [{ role: 'onFailure', body: '{' }] } as unknown as Invocation;
    assert.equal(errorOf(row, broken), undefined);
  });

  it('is what the row says where there is no payload', () => {
    const said = { ...row, errorType: 'TooManyRequestsException', errorMessage: 'Rate Exceeded.' };
    const none = { attempts: [], deliveries: [] } as unknown as Invocation;
    assert.deepEqual(errorOf(said, none), { type: 'TooManyRequestsException', message: 'Rate Exceeded.', frames: [] });
    assert.equal(errorOf(row, none), undefined);
    assert.equal(errorOf(row, failedWith('null', 'success')), undefined);
    assert.equal(errorOf(row, failedWith(undefined, 'exit'))?.type, 'Error');
  });
});

describe('frames', () => {
  const code = Array.from({ length: 9 }, (_, index) => `    line ${index + 1};`).join('\n');

  it('lead to the workspace, the first own one with its code around', async () => {
    const { frames } = await resolve({ '/w/shop/src/index.js': code }, [
      '    at charge (/var/task/node_modules/pay/index.js:1:1)',
      '    at Runtime.handler (file:///var/task/index.js:5:9)',
      '    at again (/var/task/index.js:1:1)',
      '    at Runtime.handleOnce (file:///var/runtime/index.mjs:1:1)',
    ]);
    assert.deepEqual(frames, [
      { text: 'at charge (/var/task/node_modules/pay/index.js:1:1)', functionName: 'charge', kind: 'library' },
      {
        text: 'at Runtime.handler (file:///var/task/index.js:5:9)',
        functionName: 'handler',
        kind: 'own',
        label: 'src/index.js:5:9',
        location: { uri: 'file:///w/shop/src/index.js', line: 5, column: 9 },
        excerpt: { firstLine: 2, lines: ['line 2;', 'line 3;', 'line 4;', 'line 5;', 'line 6;', 'line 7;'] },
      },
      {
        text: 'at again (/var/task/index.js:1:1)',
        functionName: 'again',
        kind: 'own',
        label: 'src/index.js:1:1',
        location: { uri: 'file:///w/shop/src/index.js', line: 1, column: 1 },
      },
      {
        text: 'at Runtime.handleOnce (file:///var/runtime/index.mjs:1:1)',
        functionName: 'handleOnce',
        kind: 'runtime',
      },
    ]);
  });

  it('whose file is gone keep their deployed path, and no link', async () => {
    const { frames } = await resolve({}, ['    at f (/var/task/gone.js:5:9)']);
    assert.deepEqual(frames, [
      { text: 'at f (/var/task/gone.js:5:9)', functionName: 'f', kind: 'own', label: '/var/task/gone.js:5:9' },
    ]);
  });

  it('never lead out of the open folders', async () => {
    const { frames } = await resolve(
      { '/elsewhere/index.js': code },
      ['    at f (/var/task/index.js:5:9)'],
      '/elsewhere',
    );
    assert.equal(frames[0]?.location, undefined);
  });

  it('have no code around where the file has become shorter', async () => {
    const [frame] = (await resolve({ '/w/shop/src/index.js': 'x' }, ['    at f (/var/task/index.js:5:9)'])).frames;
    assert.equal(frame?.excerpt, undefined);
    assert.equal(frame?.location?.line, 5);
  });

  describe('of built code', () => {
    const source = `interface Order { sku: string }\n\nexport function fail(order: Order): never {\n  throw new Error(order.sku);\n}\n`;
    const throwing = async (sourcemap: 'inline' | 'external'): Promise<{ code: string; map: string; at: string }> => {
      const built = await transform(source, { loader: 'ts', sourcemap, sourcefile: '../src/fail.ts', format: 'cjs' });
      const lines = built.code.split('\n');
      const line = lines.findIndex((text) => text.includes('throw new Error'));
      const column = lines[line]?.indexOf('new Error') ?? -1;
      return { ...built, at: `    at fail (/var/task/fail.js:${line + 1}:${column + 1})` };
    };

    it('lead through an inline source map to the source', async () => {
      const { code: built, at } = await throwing('inline');
      const files = { '/w/shop/build/fail.js': built, '/w/shop/src/fail.ts': source };
      const [frame] = (await resolve(files, [at], '/w/shop/build')).frames;
      assert.equal(frame?.label, 'src/fail.ts:4:9');
      assert.deepEqual(frame.location, { uri: 'file:///w/shop/src/fail.ts', line: 4, column: 9 });
      assert.ok(frame.excerpt?.lines.includes('  throw new Error(order.sku);'));
    });

    it('lead through a map beside the file', async () => {
      const { code: built, map, at } = await throwing('external');
      const files = {
        '/w/shop/build/fail.js': `${built}//# sourceMappingURL=fail.js.map\n`,
        '/w/shop/build/fail.js.map': map,
        '/w/shop/src/fail.ts': source,
      };
      const [frame] = (await resolve(files, [at], '/w/shop/build')).frames;
      assert.equal(frame?.label, 'src/fail.ts:4:9');
    });

    it('stay at the built code where the map is missing or broken, or its source is not there', async () => {
      const { code: built, map, at } = await throwing('external');
      const file = `${built}//# sourceMappingURL=fail.js.map\n`;
      const cases: Readonly<Record<string, string>>[] = [
        { '/w/shop/build/fail.js': file },
        { '/w/shop/build/fail.js': file, '/w/shop/build/fail.js.map': '{', '/w/shop/src/fail.ts': source },
        { '/w/shop/build/fail.js': file, '/w/shop/build/fail.js.map': map },
        { '/w/shop/build/fail.js': `${built}//# sourceMappingURL=https://example.com/fail.js.map\n` },
        { '/w/shop/build/fail.js': `${built}//# sourceMappingURL=data:application/json;base64,e30=\n` },
      ];
      for (const files of cases) {
        const [frame] = (await resolve(files, [at], '/w/shop/build')).frames;
        assert.match(frame?.label ?? '', /^build\/fail\.js:/);
        assert.ok(frame?.location);
      }
    });

    it('of a bundled dependency are a library’s', async () => {
      const { code: built, at } = await throwing('external');
      const other = await transform(source, {
        loader: 'ts',
        sourcemap: 'external',
        sourcefile: '../node_modules/pay/fail.ts',
        format: 'cjs',
      });
      const files = {
        '/w/shop/build/fail.js': `${built}//# sourceMappingURL=fail.js.map\n`,
        '/w/shop/build/fail.js.map': other.map,
      };
      const [frame] = (await resolve(files, [at], '/w/shop/build')).frames;
      assert.equal(frame?.kind, 'library');
    });
  });
});
