import assert from 'node:assert/strict';
import { Emitter } from '../../../src/model/event.ts';
import { LazyProject, type ProjectIndex } from '../../../src/views/lazyProject.ts';

function fakeIndex(): ProjectIndex & { readonly changed: Emitter<void>; readonly calls: string[] } {
  const changed = new Emitter<void>();
  const calls: string[] = [];
  return {
    changed,
    calls,
    onDidChange: changed.event,
    handlersIn: () => Promise.resolve([]),
    declarationOf: () => Promise.resolve(undefined),
    handlerOf: (functionName) => Promise.resolve({ found: false, message: `no ${functionName}` }),
    problems: () => Promise.resolve([]),
    payloadsFor: () => Promise.resolve([]),
    readPayload: () => Promise.resolve('{}'),
    resolveError: () => Promise.resolve({ type: 'E', message: 'm', frames: [] }),
    dispose: () => void calls.push('dispose'),
  };
}

describe('a lazy project', () => {
  it('loads its index at the first question, once', async () => {
    let loads = 0;
    const index = fakeIndex();
    const project = new LazyProject(() => {
      loads++;
      return Promise.resolve(index);
    });
    assert.equal(loads, 0);
    const [place] = await Promise.all([project.handlerOf('f'), project.problems()]);
    assert.deepEqual(place, { found: false, message: 'no f' });
    assert.equal(loads, 1);
  });

  it('passes changes on, after something was asked', async () => {
    const index = fakeIndex();
    const project = new LazyProject(() => Promise.resolve(index));
    let fired = 0;
    project.onDidChange(() => fired++);
    index.changed.fire();
    assert.equal(fired, 0);
    await project.problems();
    index.changed.fire();
    assert.equal(fired, 1);
  });

  it('tries again after a loading that failed', async () => {
    let loads = 0;
    const project = new LazyProject(() =>
      ++loads === 1 ? Promise.reject(new Error('no chunk')) : Promise.resolve(fakeIndex()),
    );
    await assert.rejects(project.problems(), /no chunk/);
    assert.deepEqual(await project.problems(), []);
  });

  it('disposes what it loaded, and loads nothing to do so', async () => {
    const index = fakeIndex();
    let loads = 0;
    const load = (): Promise<ProjectIndex> => {
      loads++;
      return Promise.resolve(index);
    };
    new LazyProject(load).dispose();
    assert.equal(loads, 0);
    const project = new LazyProject(load);
    await project.problems();
    let fired = 0;
    project.onDidChange(() => fired++);
    project.dispose();
    index.changed.fire();
    await Promise.resolve();
    assert.equal(fired, 0);
    assert.deepEqual(index.calls, ['dispose']);
  });
});
