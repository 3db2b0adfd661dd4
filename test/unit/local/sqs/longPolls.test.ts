import assert from 'node:assert/strict';
import { LongPolls } from '../../../../src/local/sqs/longPolls.ts';

const never = new AbortController().signal;
const long = 60_000;

describe('LongPolls', () => {
  it('wakes those who wait for that queue, after the work that wakes', async () => {
    const polls = new LongPolls();
    const order: string[] = [];
    const mine = polls.wait(1, long, never).then(() => order.push('mine'));
    const other = polls.wait(2, long, never).then(() => order.push('other'));
    polls.wake(1);
    order.push('work');
    await mine;
    assert.deepEqual(order, ['work', 'mine']);
    polls.dispose();
    await other;
  });

  it('ends with the signal, the time, and at once when disposed', async () => {
    const polls = new LongPolls();
    const abort = new AbortController();
    const aborted = polls.wait(1, long, abort.signal);
    abort.abort();
    await aborted;
    await polls.wait(1, long, abort.signal);
    await polls.wait(1, 1, never);
    polls.dispose();
    assert.ok(polls.disposed);
    await polls.wait(1, long, never);
  });
});
