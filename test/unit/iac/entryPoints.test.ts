import assert from 'node:assert/strict';
import { handlerEntryPoints } from '../../../src/iac/entryPoints.ts';

describe('the entry points of a handler', () => {
  const of = (handler: string, ...entryPoints: string[]): readonly string[] =>
    handlerEntryPoints({ handler, entryPoints });

  it('are those of its name', () => {
    assert.deepEqual(of('app.handler', 'src/other.ts', 'src/app.ts'), ['src/app.ts']);
    assert.deepEqual(of('app.handler', 'app.mts'), ['app.mts']);
    assert.deepEqual(of('src/app.v1.handler', 'src/app.ts'), ['src/app.ts']);
    assert.deepEqual(of('app.handler', 'src/myapp.ts'), []);
    assert.deepEqual(of('app.handler'), []);
    assert.deepEqual(of('', 'app.ts'), []);
  });

  it('are those of its folder, where several have its name', () => {
    assert.deepEqual(of('b/app.handler', 'a/app.ts', 'b/app.ts'), ['b/app.ts']);
    assert.deepEqual(of('app.handler', 'a/app.ts', 'b/app.ts'), ['a/app.ts', 'b/app.ts']);
  });

  it('may lack their extension', () => {
    assert.deepEqual(of('app.handler', 'src/app'), ['src/app.ts', 'src/app.js']);
  });
});
