import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { WorkspaceMemory } from '../../../src/host/memento.ts';

/** A memento that keeps what JSON keeps, as VS Code's does. */
function memento(initial?: unknown): vscode.Memento & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  if (initial !== undefined) kept.set('lambdaDestinations.workspace', JSON.stringify(initial));
  return {
    kept,
    keys: () => [...kept.keys()],
    get: <T>(key: string, fallback?: T) => {
      const text = kept.get(key);
      return text === undefined ? fallback : (JSON.parse(text) as T);
    },
    update: (key: string, value: unknown) => Promise.resolve(void kept.set(key, JSON.stringify(value))),
  };
}

const aws = (region: string) => ({ kind: 'aws', profile: 'dev', region }) as const;

describe('what is remembered for a workspace', () => {
  it('has the selected connection first, each once, and not all there ever were', async () => {
    const storage = memento();
    const memory = new WorkspaceMemory(storage);
    assert.deepEqual(memory.connections, []);
    for (const region of ['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'eu-west-1', 'eu-west-2', 'eu-west-3']) {
      await memory.addConnection(aws(region));
    }
    await memory.addConnection(aws('us-west-1'));
    const regions = new WorkspaceMemory(storage).connections.map((each) => (each.kind === 'aws' ? each.region : ''));
    assert.deepEqual(regions, ['us-west-1', 'eu-west-3', 'eu-west-2', 'eu-west-1', 'us-west-2', 'us-east-2']);
  });

  it('keeps the rest when one thing changes', async () => {
    const memory = new WorkspaceMemory(memento());
    await memory.setPayloadTarget('untitled:a.json', { functionName: 'charge' });
    await memory.addConnection({ kind: 'local' });
    await memory.allowSends('aws:dev/us-east-1/123456789012');
    await memory.setProjectDir('/w');
    assert.deepEqual(memory.payloadTarget('untitled:a.json'), { functionName: 'charge' });
    assert.deepEqual(memory.connections, [{ kind: 'local' }]);
    assert.equal(memory.sendsAllowed('aws:dev/us-east-1/123456789012'), true);
    assert.equal(memory.sendsAllowed('aws:dev/us-east-1/999999999999'), false);
    assert.equal(memory.projectDir, '/w');
  });

  it('drops what is not as it writes it', () => {
    const odd = { version: 1, payloadTargets: {}, connections: [{ kind: 'aws' }, 7, aws('us-east-1')] };
    assert.deepEqual(new WorkspaceMemory(memento(odd)).connections, [aws('us-east-1')]);
    assert.deepEqual(new WorkspaceMemory(memento({ ...odd, connections: 'x' })).connections, []);
    assert.deepEqual(new WorkspaceMemory(memento({ ...odd, version: 2 })).connections, []);
  });
});
