import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { ConfigStore, type ConfigSettings } from '../../../../src/local/functions/configStore.ts';
import { LocalFunctions } from '../../../../src/local/functions/localFunctions.ts';

const scope = { region: 'us-east-1', account: '000000000000' };
const declared = (settings: ConfigSettings, functionName = 'fn'): Parameters<ConfigStore['reconcile']>[0] => [
  { functionName, qualifier: '$LATEST', settings },
];

describe('event invoke configs', () => {
  let db: DatabaseSync;
  let now: number;
  let store: ConfigStore;

  const open = (): ConfigStore => new ConfigStore(db, () => now);
  const settings = (): ConfigSettings | undefined => store.get('fn', '$LATEST')?.settings;

  beforeEach(() => {
    db = new DatabaseSync(':memory:');
    now = 1_000;
    store = open();
  });

  afterEach(() => db.close());

  it('are what the template declares', () => {
    store.reconcile(declared({ maximumRetryAttempts: 1 }));
    assert.deepEqual(store.get('fn', '$LATEST'), {
      functionName: 'fn',
      qualifier: '$LATEST',
      settings: { maximumRetryAttempts: 1 },
      lastModified: 1_000,
    });
    assert.equal(store.get('fn', '1'), undefined);
  });

  it('set through the API stay while the template says the same, over restarts too', () => {
    store.reconcile(declared({ maximumRetryAttempts: 1, onFailure: 'a' }));
    now = 2_000;
    store.put('fn', '$LATEST', { maximumRetryAttempts: 0 });
    store = open();
    store.reconcile(declared({ onFailure: 'a', maximumRetryAttempts: 1 }));
    assert.deepEqual(settings(), { maximumRetryAttempts: 0 });
    assert.equal(store.get('fn', '$LATEST')?.lastModified, 2_000);
  });

  it('are the template’s again when its declaration changes', () => {
    store.reconcile(declared({ maximumRetryAttempts: 1 }));
    store.put('fn', '$LATEST', { maximumRetryAttempts: 0 });
    store = open();
    now = 3_000;
    store.reconcile(declared({ maximumRetryAttempts: 2 }));
    assert.deepEqual(settings(), { maximumRetryAttempts: 2 });
    assert.equal(store.get('fn', '$LATEST')?.lastModified, 3_000);
  });

  it('deleted through the API stay deleted, until the declaration changes', () => {
    store.reconcile(declared({ maximumRetryAttempts: 1 }));
    assert.equal(store.delete('fn', '$LATEST'), true);
    assert.equal(store.delete('fn', '$LATEST'), false);
    store = open();
    store.reconcile(declared({ maximumRetryAttempts: 1 }));
    assert.equal(settings(), undefined);
    assert.deepEqual(store.list('fn'), []);
    store.reconcile(declared({ maximumRetryAttempts: 2 }));
    assert.deepEqual(settings(), { maximumRetryAttempts: 2 });
  });

  it('go with their declaration; those that none declares stay', () => {
    store.reconcile(declared({ maximumRetryAttempts: 1 }));
    store.put('fn', '$LATEST', { maximumRetryAttempts: 0 });
    store.put('fn', 'live', { maximumRetryAttempts: 2 });
    store.reconcile([]);
    store = open();
    assert.deepEqual(
      store.all().map(({ qualifier }) => qualifier),
      ['live'],
    );
  });

  it('are told with their ARN by the registry', () => {
    const functions = new LocalFunctions(scope, db, { now: () => now });
    functions.configs.put('fn', '$LATEST', { onSuccess: 'a' });
    assert.deepEqual(functions.eventInvokeConfig('fn', '$LATEST'), {
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:fn:$LATEST',
      onSuccess: 'a',
      lastModified: 1_000,
    });
    assert.equal(functions.eventInvokeConfig('fn', 'live'), undefined);
  });
});
