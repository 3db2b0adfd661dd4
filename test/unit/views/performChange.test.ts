import assert from 'node:assert/strict';
import type { FunctionSettings } from '../../../src/connections/functionSettings.ts';
import { newTarget, type SettingsChange } from '../../../src/model/settingsChange.ts';
import { UserFacingFailure } from '../../../src/model/userFacingFailure.ts';
import type { FunctionState } from '../../../src/views/destinations/functionState.ts';
import { ChangedMeanwhile, performChange, type Performance } from '../../../src/views/destinations/performChange.ts';

const english = (message: string, ...args: (string | number)[]): string =>
  message.replace(/\{(\d)\}/g, (_all, index: string) => String(args[Number(index)]));
const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:orders';
const queue = (name: string): string => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const fn: FunctionState = { functionName: 'orders', functionArn, config: { onFailure: queue('a') } };
const toB: SettingsChange = { kind: 'destination', role: 'onFailure', target: { arn: queue('b') } };

describe('a change of settings', () => {
  let live: { functionArn: string; deadLetterTargetArn?: string; config: FunctionState['config'] };
  let calls: string[];
  let fail: Partial<Record<'create' | 'put', Error>>;

  beforeEach(() => {
    live = { functionArn, config: fn.config };
    calls = [];
    fail = {};
  });

  const settings = {
    functionOf: () => Promise.resolve({ functionName: 'orders', ...live }),
    eventInvokeConfig: () => Promise.resolve({ functionArn, ...live.config }),
    create: (_kind: string, name: string) => {
      calls.push(`create ${name}`);
      return fail.create ? Promise.reject(fail.create) : Promise.resolve(queue(name));
    },
    changeEventInvokeConfig: ({ functionName, ...values }: object & { functionName: string }) => {
      calls.push(`put ${functionName} ${JSON.stringify(values)}`);
      return fail.put ? Promise.reject(fail.put) : Promise.resolve({ functionArn, ...live.config, ...values });
    },
    setDeadLetterQueue: (_name: string, arn?: string) => {
      calls.push(`dlq ${arn ?? 'none'}`);
      return fail.put ? Promise.reject(fail.put) : Promise.resolve();
    },
  } as unknown as FunctionSettings;
  const perform = (change: SettingsChange = toB, more: Partial<Performance> = {}): Promise<FunctionState> =>
    performChange(
      { on: { settings }, fn, change, unchanged: 'all', t: english, ...more },
      new AbortController().signal,
    );
  const failed = async (change?: SettingsChange, more?: Partial<Performance>): Promise<UserFacingFailure> => {
    const error: unknown = await perform(change, more).then(
      () => assert.fail('it was done'),
      (reason: unknown) => reason,
    );
    return UserFacingFailure.is(error) ? error : assert.fail(String(error));
  };

  it('is made where everything is still as it was shown', async () => {
    assert.equal((await perform()).config.onFailure, queue('b'));
    assert.deepEqual(calls, [`put orders {"onFailure":"${queue('b')}"}`]);
  });

  it('is not made where somebody else changed the function meanwhile: gives how it stands', async () => {
    live.config = { onFailure: queue('a'), maximumRetryAttempts: 0 };
    const error = await failed();
    assert.ok(error instanceof ChangedMeanwhile);
    assert.equal(error.now.config.maximumRetryAttempts, 0);
    live = { functionArn, config: fn.config, deadLetterTargetArn: queue('dead') };
    assert.equal((await failed()).code, 'settingsChanged');
    assert.deepEqual(calls, []);
  });

  it('is taken back although something else of the function was changed since, but not over another change of it', async () => {
    live.config = { onFailure: queue('a'), maximumRetryAttempts: 0 };
    const after = await perform(toB, { unchanged: 'own' });
    assert.deepEqual(after.config, { onFailure: queue('b'), maximumRetryAttempts: 0 });
    live.config = { onFailure: queue('c') };
    assert.ok((await failed(toB, { unchanged: 'own' })) instanceof ChangedMeanwhile);
    live.config = { ...fn.config, maximumRetryAttempts: 1 };
    const retries: SettingsChange = { kind: 'retryAndAge', maximumRetryAttempts: 2 };
    assert.ok((await failed(retries, { unchanged: 'own' })) instanceof ChangedMeanwhile);
    assert.equal(calls.length, 1);
  });

  it('is not made in another account than the one that was confirmed', async () => {
    live.functionArn = functionArn.replace('000000000000', '999999999999');
    const { code, message } = await failed(toB, { unchanged: 'own' });
    assert.equal(code, 'settingsChanged');
    assert.match(message, /Nothing was changed: .*999999999999/);
    assert.deepEqual(calls, []);
  });

  it('names the queue that it created in vain: refused, or called off in the middle', async () => {
    for (const role of ['onFailure', 'deadLetterQueue'] as const) {
      const change: SettingsChange = { kind: 'destination', role, target: newTarget('SQS', 'new', functionArn) };
      fail.put = new UserFacingFailure('accessDenied', 'Could not change it.', {
        actions: [{ title: 'Go', command: 'go' }],
      });
      const refused = await failed(change);
      assert.equal(refused.message, 'Could not change it. “new” was created and is still there.');
      assert.deepEqual([refused.code, refused.actions.length], ['accessDenied', 1]);
      fail.put = new DOMException('gone', 'AbortError');
      assert.match((await failed(change)).message, /^Cancelled\. orders may have been changed .* “new” was created/);
    }
    fail.create = new DOMException('gone', 'AbortError');
    const change: SettingsChange = {
      kind: 'destination',
      role: 'onFailure',
      target: newTarget('SQS', 'new', functionArn),
    };
    assert.match((await failed(change)).message, /“new” may have been created; nothing else was changed/);
  });
});
