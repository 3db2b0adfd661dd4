import assert from 'node:assert/strict';
import { ListeningReader } from '../../../../src/connections/listening/listeningReader.ts';
import { Emitter } from '../../../../src/model/event.ts';
import type { RecordSource, RecordSourceState } from '../../../../src/model/recordSource.ts';
import { UserFacingFailure } from '../../../../src/model/userFacingFailure.ts';
import { fakeLog } from '../../../support/panelFakes.ts';

/** A source that does as it is told. */
class FakeSource implements RecordSource {
  readonly kind = 'peek';
  readonly calls: string[] = [];
  readonly #changed = new Emitter<RecordSourceState>();
  readonly onDidChangeState = this.#changed.event;
  state: RecordSourceState = { phase: 'stopped', received: 0 };
  failure: UserFacingFailure | undefined;

  start(): Promise<void> {
    this.calls.push('start');
    if (this.failure) {
      this.#set({ phase: 'failed', received: 0, problem: this.failure.message, problemCode: this.failure.code });
      return Promise.reject(this.failure);
    }
    this.#set({ phase: 'listening', received: 0 });
    return Promise.resolve();
  }

  pause(): Promise<void> {
    this.calls.push('pause');
    this.#set({ ...this.state, phase: 'paused' });
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.calls.push('stop');
    this.#set({ phase: 'stopped', received: 0 });
    return Promise.resolve();
  }

  dispose(): Promise<void> {
    this.calls.push('dispose');
    return Promise.resolve();
  }

  #set(state: RecordSourceState): void {
    this.state = state;
    this.#changed.fire(state);
  }
}

describe('a reader of one window among several', () => {
  let source: FakeSource;
  let free: boolean;
  let leases: number[];
  let now: number;
  let reader: ListeningReader;

  beforeEach(() => {
    source = new FakeSource();
    free = true;
    leases = [];
    now = 1_000_000;
    reader = new ListeningReader({
      source,
      lease: (ttlMs) => {
        leases.push(ttlMs);
        return Promise.resolve(free && ttlMs > 0);
      },
      changed: () => undefined,
      log: fakeLog(),
      now: () => now,
    });
  });

  it('holds on to its lease while it reads, and gives it up when paused', async () => {
    await reader.start();
    await reader.tick();
    assert.deepEqual([reader.state.phase, source.calls], ['listening', ['start']]);
    assert.ok(leases.every((ttlMs) => ttlMs > 0) && leases.length === 2, 'renewed');
    await reader.pause();
    assert.deepEqual([reader.state.phase, leases.at(-1)], ['paused', 0]);
    await reader.tick();
    assert.equal(leases.length, 3, 'what is paused takes no lease');
  });

  it('reads nothing while another window does, and takes over after it', async () => {
    free = false;
    await reader.start();
    await reader.tick();
    assert.deepEqual([reader.state.phase, source.calls.includes('start')], ['elsewhere', false]);
    free = true;
    await reader.tick();
    assert.deepEqual([reader.state.phase, source.calls.at(-1)], ['listening', 'start']);
  });

  it('stops reading when its lease was taken, as after a sleep', async () => {
    await reader.start();
    free = false;
    await reader.tick();
    assert.deepEqual([reader.state.phase, source.calls], ['elsewhere', ['start', 'pause']]);
  });

  it('removes nothing that another window reads', async () => {
    free = false;
    await reader.start();
    await reader.stop();
    assert.ok(!source.calls.includes('stop'));
  });

  it('tries again after a minute what could not be started; never what a peek refused', async () => {
    source.failure = new UserFacingFailure('throttled', 'Too many.');
    await assert.rejects(reader.start(), /Too many/);
    await reader.tick();
    assert.deepEqual(source.calls, ['start']);
    now += 60_000;
    source.failure = new UserFacingFailure('peekRefused', 'A redrive policy.');
    await reader.tick();
    assert.deepEqual(source.calls, ['start', 'start']);
    now += 3_600_000;
    await reader.tick();
    assert.deepEqual([source.calls, reader.state.problem], [['start', 'start'], 'A redrive policy.']);
  });
});
