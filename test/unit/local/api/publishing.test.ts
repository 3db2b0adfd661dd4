import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { versionOperations } from '../../../../src/local/api/versionOperations.ts';
import type { FunctionDefinition } from '../../../../src/local/functionDefinition.ts';
import type { CodeStore } from '../../../../src/local/functions/codeStore.ts';
import { LocalFunctions } from '../../../../src/local/functions/localFunctions.ts';

const scope = { region: 'us-east-1', account: '000000000000' };
const definition = { functionName: 'fn', codeDir: '/project', environment: {}, lastModified: 1 };

describe('publishing a version', () => {
  it('of a function that is deleted while its folder is copied leaves neither version nor copy', async () => {
    const db = new DatabaseSync(':memory:');
    const functions = new LocalFunctions(scope, db);
    functions.store.put(definition as unknown as FunctionDefinition);
    const copied = Promise.withResolvers<string>();
    const removed: string[] = [];
    const codeStore = {
      holds: () => false,
      freeze: () => copied.promise,
      remove: async (codeDir: string) => void removed.push(codeDir),
    } as unknown as CodeStore;
    const { publishing } = versionOperations({ scope, functions, codeStore, dataDir: '/data' });
    const published = publishing(definition as unknown as FunctionDefinition, undefined);
    functions.delete('fn');
    copied.resolve('/data/functions/copy/code');
    await assert.rejects(published, /Function not found/);
    assert.deepEqual([removed, functions.versions.versions('fn')], [['/data/functions/copy/code'], []]);
    db.close();
  });
});
