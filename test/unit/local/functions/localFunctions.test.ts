import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import type { FunctionDefinition } from '../../../../src/local/functionDefinition.ts';
import { LocalFunctions } from '../../../../src/local/functions/localFunctions.ts';

const scope = { region: 'us-east-1', account: '000000000000' };

function definition(functionName: string, change: Partial<FunctionDefinition> = {}): FunctionDefinition {
  return { functionName, timeout: 3, lastModified: 1, ...change } as FunctionDefinition;
}

describe('local functions', () => {
  let db: DatabaseSync;
  let random: number;
  let functions: LocalFunctions;

  const open = (): LocalFunctions => new LocalFunctions(scope, db, { random: () => random });
  const names = (): readonly string[] => functions.list().map(({ functionName }) => functionName);
  const timeout = (): number | undefined => functions.store.get('fn')?.timeout;

  beforeEach(() => {
    db = new DatabaseSync(':memory:');
    random = 0.5;
    functions = open();
  });

  afterEach(() => db.close());

  it('are what the template declares, by name; of two with one name the first', () => {
    functions.reconcile([definition('z'), definition('fn'), definition('fn', { timeout: 9 })]);
    assert.deepEqual(names(), ['fn', 'z']);
    assert.deepEqual(functions.resolve('fn'), { definition: definition('fn'), executedVersion: '$LATEST' });
    assert.deepEqual(functions.resolve('fn', '$LATEST'), functions.resolve('fn'));
    assert.equal(functions.resolve('fn', '1'), undefined);
    assert.equal(functions.resolve('fn', 'live'), undefined);
    assert.equal(functions.resolve('other'), undefined);
  });

  it('changed through the API stay so until the template’s own declaration changes, over restarts too', () => {
    functions.reconcile([definition('fn')]);
    functions.store.put(definition('fn', { timeout: 30 }));
    functions = open();
    // Saved again, but the same.
    functions.reconcile([definition('fn', { lastModified: 2 })]);
    assert.equal(timeout(), 30);
    functions.reconcile([definition('fn', { timeout: 4 })]);
    assert.equal(timeout(), 4);
  });

  it('deleted through the API stay deleted until their declaration changes', () => {
    functions.reconcile([definition('fn')]);
    functions.store.delete('fn');
    functions = open();
    functions.reconcile([definition('fn')]);
    assert.deepEqual(names(), []);
    functions.reconcile([definition('fn', { timeout: 4 })]);
    assert.deepEqual(names(), ['fn']);
  });

  it('go with their declaration, versions and aliases too; those of the API stay', () => {
    functions.reconcile([definition('fn')]);
    functions.store.put(definition('made'));
    functions.versions.publish({ version: '1', definition: definition('fn') });
    functions.versions.putAlias({ functionName: 'fn', name: 'live', version: '1', description: '', revisionId: 'r' });
    functions.reconcile([]);
    assert.deepEqual(names(), ['made']);
    functions.reconcile([definition('fn')]);
    assert.equal(functions.resolve('fn', '1'), undefined);
    assert.equal(functions.resolve('fn', 'live'), undefined);
  });

  it('take the configs of their versions and aliases along, as those do not come back', () => {
    functions.reconcile([definition('fn')]);
    for (const qualifier of ['$LATEST', 'live', '1'])
      functions.configs.put('fn', qualifier, { maximumRetryAttempts: 0 });
    functions.reconcile([]);
    assert.deepEqual(
      functions.configs.list('fn').map(({ qualifier }) => qualifier),
      ['$LATEST'],
    );
  });

  it('run a version as it was published, with the concurrency of now', () => {
    functions.reconcile([definition('fn')]);
    assert.equal(functions.versions.nextVersion('fn'), '1');
    functions.versions.publish({ version: '1', definition: definition('fn', { reservedConcurrentExecutions: 5 }) });
    functions.store.put(definition('fn', { timeout: 30, reservedConcurrentExecutions: 0 }));
    assert.deepEqual(functions.resolve('fn', '1'), {
      definition: definition('fn', { reservedConcurrentExecutions: 0 }),
      executedVersion: '1',
    });
    functions.versions.deleteVersion('fn', '1');
    assert.equal(functions.versions.nextVersion('fn'), '2', 'a number is never given again');
  });

  it('run what an alias points at, by weight where it has several', () => {
    functions.reconcile([definition('fn')]);
    functions.versions.publish({ version: '1', definition: definition('fn', { timeout: 1 }) });
    functions.versions.publish({ version: '2', definition: definition('fn', { timeout: 2 }) });
    const alias = { functionName: 'fn', name: 'live', version: '1', description: '', revisionId: 'r' };
    functions.versions.putAlias({ ...alias, weights: { '2': 0.25 } });
    assert.equal(functions.resolve('fn', 'live')?.executedVersion, '1');
    random = 0.24;
    assert.equal(functions.resolve('fn', 'live')?.executedVersion, '2');
    functions.versions.putAlias({ ...alias, version: '$LATEST' });
    assert.equal(functions.resolve('fn', 'live')?.executedVersion, '$LATEST');
    functions.versions.putAlias({ ...alias, version: '9' });
    assert.equal(functions.resolve('fn', 'live'), undefined);
  });

  it('run the code as it is under an alias that the template declares', () => {
    functions.reconcile([definition('fn', { aliases: ['live'] })]);
    assert.equal(functions.resolve('fn', 'live')?.executedVersion, '$LATEST');
    assert.equal(functions.resolve('fn', 'dead'), undefined);
  });
});
