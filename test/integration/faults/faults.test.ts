import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ApiInvocation, ApiViewRow, ExtensionApi } from '../../../src/host/extensionApi.ts';
import type { LocalFault } from '../../../src/host/faultArguments.ts';
import { product, rowWhen } from '../support/product.ts';

const run = <T>(name: string, ...args: unknown[]): Thenable<T> =>
  vscode.commands.executeCommand<T>(`lambdaDestinations.${name}`, ...args);

describe('faults on demand', () => {
  let api: ExtensionApi;

  before(async () => {
    api = await product();
    await api.local.start();
  });
  afterEach(() => run('removeAllFaults'));

  /** The row of a function, and its faults: `time-out | next time`. */
  const seen = async (functionName: string): Promise<{ readonly row: ApiViewRow; readonly faults: string[] }> => {
    const row = (await api.functionsView()).find(({ label }) => label === functionName);
    assert.ok(row, `${functionName} is shown`);
    const faults = row.children.filter(({ label }) => label.startsWith('Fault: '));
    return { row, faults: faults.map(({ label, description }) => `${label.slice('Fault: '.length)} | ${description}`) };
  };

  const send = async (functionName: string): Promise<ApiInvocation> => {
    const { requestId } = await api.sendAsync({ functionName });
    await rowWhen(api, requestId, ({ status }) => ['succeeded', 'failed', 'lost'].includes(status));
    return (await api.invocations.get(requestId)) ?? assert.fail('no such invocation');
  };

  it('are shown, happen as often as was said, mark what they made, and are gone', async () => {
    const fault = await run<LocalFault>('addFault', { functionName: 'orders', fault: 'timeout', times: 1 });
    assert.equal(fault.kind, 'timeout');
    const before = await seen('orders');
    assert.equal(before.row.description, 'nodejs22.x · fault: time-out');
    assert.deepEqual(before.faults, ['time-out | next time']);
    const hit = await send('orders');
    assert.equal(hit.row.errorType, 'Sandbox.Timedout');
    assert.equal(hit.invocation.attempts[0]?.ended?.fault, 'timeout');
    assert.deepEqual((await seen('orders')).faults, []);
    const other = await send('orders');
    assert.equal(other.row.status, 'succeeded');
    assert.equal(other.invocation.attempts[0]?.ended?.fault, undefined);
  });

  it('are removed one by one, those of a function, or all', async () => {
    const first = await run<LocalFault>('addFault', { functionName: 'orders', fault: 'timeout' });
    await run('addFault', { functionName: 'orders', fault: 'ageOut', times: 3 });
    await run('addFault', { functionName: 'prices', fault: 'slowStart', delayMs: 2_000 });
    await run('removeFault', { id: first.id });
    assert.deepEqual((await seen('orders')).faults, ['age-out | next 3 times']);
    assert.deepEqual((await seen('prices')).faults, ['slow start | until removed, +2 s']);
    await run('removeAllFaults', { functionName: 'orders' });
    assert.deepEqual((await seen('orders')).faults, []);
    assert.equal((await seen('prices')).faults.length, 1);
    await run('addFault', { functionName: '*', fault: 'throttle' });
    assert.deepEqual((await seen('orders')).faults, ['throttle | until removed, every function']);
    await run('removeAllFaults');
    for (const name of ['orders', 'prices']) assert.deepEqual((await seen(name)).faults, []);
  });

  it('are refused with the reason where they are wrong', async () => {
    await assert.rejects(
      async () => run('addFault', { functionName: 'orders', fault: 'timeout', times: 0 }),
      /"times" is a whole number from 1/,
    );
    await assert.rejects(async () => run('addFault', { functionName: 'orders', fault: 'crash' }), /"kind" is one of/);
  });

  it('are asked for, step by step, where nothing says which', async () => {
    // As the functions view passes its row.
    const asking = run<LocalFault | undefined>('addFault', { kind: 'function', functionName: 'orders' });
    const question = { isOver: false };
    void asking.then(() => (question.isOver = true));
    // Nothing tells when a question stands there. The first kind, the next time.
    while (!question.isOver) await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    assert.equal((await asking)?.kind, 'throttle');
    assert.deepEqual((await seen('orders')).faults, ['throttle | next time']);
  });

  it('follow the setting at once, in the local Lambda that runs', async () => {
    const { endpoint } = api.local;
    const settings = vscode.workspace.getConfiguration('lambdaDestinations.local');
    const declare = async (faults: unknown): Promise<void> =>
      settings.update('faults', faults, vscode.ConfigurationTarget.Workspace);
    const until = async (wanted: readonly string[]): Promise<void> => {
      while (JSON.stringify((await seen('prices')).faults) !== JSON.stringify(wanted));
    };
    await run('addFault', { functionName: 'prices', fault: 'duplicate' });
    await declare({ prices: ['outOfMemory'] });
    await until(['out of memory | until removed', 'duplicate delivery | until removed']);
    const { row, invocation } = await send('prices');
    assert.equal(row.errorType, 'Runtime.ExitError');
    assert.equal(invocation.attempts[0]?.ended?.fault, 'outOfMemory');
    await declare({});
    await until(['duplicate delivery | until removed']);
    await declare(undefined);
    assert.equal(api.local.endpoint, endpoint);
  });
});
