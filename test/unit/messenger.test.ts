import assert from 'node:assert/strict';
import { Messenger, RequestError, type MessagePortLike, type RequestHandlers } from '../../src/protocol/messenger.ts';
import { portPair } from '../support/panelFakes.ts';

type Requests = {
  readonly add: { readonly params: readonly [number, number]; readonly result: number };
  readonly never: { readonly params: null; readonly result: null };
};
type Pushes = { readonly tick: number };
type None = Record<never, never>;

function pair(handlers: Partial<RequestHandlers<Requests>> = {}) {
  const [a, b] = portPair();
  const server = new Messenger<Requests, None, None, Pushes>(
    a,
    { add: ([x, y]) => x + y, never: () => new Promise<null>(() => undefined), ...handlers },
    {},
  );
  const ticks: number[] = [];
  const client = new Messenger<None, Requests, Pushes, None>(b, {}, { tick: (value) => void ticks.push(value) });
  return { server, client, ticks, raw: b };
}

describe('Messenger', () => {
  it('pairs each request with its answer, whatever the order of the answers', async () => {
    const waiting: (() => void)[] = [];
    const { client } = pair({ add: ([x, y]) => new Promise((resolve) => waiting.push(() => resolve(x + y))) });
    const answers = Promise.all([client.request('add', [1, 2]), client.request('add', [10, 20])]);
    while (waiting.length < 2) await Promise.resolve();
    waiting.toReversed().forEach((answer) => answer());
    assert.deepEqual(await answers, [3, 30]);
  });

  it('carries the message of a failure', async () => {
    const { client } = pair({ add: () => Promise.reject(new Error('no sums today')) });
    await assert.rejects(
      client.request('add', [1, 2]),
      (error) => RequestError.is(error, 'failed') && /no sums today/.test(error.message),
    );
  });

  it('answers an unknown request with an error, names of Object.prototype too', async () => {
    const { client } = pair();
    for (const name of ['nonsense', 'toString', '__proto__']) {
      await assert.rejects(client.request(name as 'add', [1, 2]), (error) => RequestError.is(error, 'unknownRequest'));
    }
  });

  it('aborts on both sides', async () => {
    let seen: AbortSignal | undefined;
    const started = Promise.withResolvers<void>();
    const stopped = Promise.withResolvers<void>();
    const { client } = pair({
      never: (_params, signal) => {
        seen = signal;
        signal.addEventListener('abort', () => stopped.resolve());
        started.resolve();
        return new Promise<null>(() => undefined);
      },
    });
    const aborter = new AbortController();
    const answer = client.request('never', null, aborter.signal);
    await started.promise;
    aborter.abort();
    await assert.rejects(answer, (error) => RequestError.is(error, 'aborted'));
    await stopped.promise;
    assert.equal(seen?.aborted, true);
    await assert.rejects(client.request('never', null, aborter.signal), (error) => RequestError.is(error, 'aborted'));
  });

  it('rejects what is pending when it closes, and aborts what is being answered', async () => {
    const stopped = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const { client, server } = pair({
      never: (_params, signal) => {
        signal.addEventListener('abort', () => stopped.resolve());
        started.resolve();
        return new Promise<null>(() => undefined);
      },
    });
    const answer = client.request('never', null);
    await started.promise;
    server.close();
    await stopped.promise;
    client.close();
    await assert.rejects(answer, (error) => RequestError.is(error, 'closed'));
    await assert.rejects(client.request('add', [1, 2]), (error) => RequestError.is(error, 'closed'));
  });

  it('takes pushes in order, and ignores what is not a message of ours', async () => {
    const { client, server, ticks, raw } = pair();
    for (const noise of [null, 'text', 7, {}, { type: 'push', name: 'toString', value: 1 }, { type: 'reply', id: 999 }])
      raw.post(noise);
    server.push('tick', 1);
    server.push('tick', 2);
    assert.equal(await client.request('add', [1, 1]), 2);
    assert.deepEqual(ticks, [1, 2]);
  });

  it('forgets a request once it is answered', async () => {
    const posted: unknown[] = [];
    let deliver: (message: unknown) => void = () => undefined;
    const port: MessagePortLike = {
      post: (message) => void posted.push(message),
      listen: (listener) => {
        deliver = listener;
        return () => undefined;
      },
    };
    const client = new Messenger<None, Requests, None, None>(port, {}, {});
    const aborter = new AbortController();
    const answer = client.request('add', [1, 2], aborter.signal);
    deliver({ type: 'reply', id: 1, result: 3 });
    assert.equal(await answer, 3);
    aborter.abort();
    assert.equal(posted.length, 1);
  });
});
