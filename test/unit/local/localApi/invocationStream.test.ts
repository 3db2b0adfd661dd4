import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { FunctionsRevision } from '../../../../src/local/functions/functionsRevision.ts';
import { streamInvocations } from '../../../../src/local/localApi/invocationStream.ts';
import type { InvocationJournal } from '../../../../src/local/journal/invocationJournal.ts';
import { Emitter } from '../../../../src/model/event.ts';
import type { InvocationPiece } from '../../../../src/model/invocation.ts';
import type { StreamItem } from '../../../../src/protocol/localApi.ts';

function fakeJournal() {
  const items: StreamItem[] = [];
  const appended = new Emitter<void>();
  const reads: number[] = [];
  const journal: InvocationJournal = {
    stream: 'here',
    append(piece) {
      items.push({ cursor: items.length * 2 + 2, piece });
      appended.fire();
    },
    read(after, limit) {
      reads.push(after);
      return items.filter(({ cursor }) => cursor > after).slice(0, limit);
    },
    onDidAppend: appended.event,
  };
  return { journal, reads };
}

const piece = (requestId: string): InvocationPiece => ({
  kind: 'outcome',
  requestId,
  at: 1,
  condition: 'Success',
  approximateInvokeCount: 1,
});

describe('the invocation stream', () => {
  const keepAliveMs = 15_000;

  /** The next chunk's lines: requestIds of pieces, other lines as they are. */
  async function next(stream: AsyncGenerator<string, void>): Promise<string[] | 'end'> {
    const result = await stream.next();
    if (result.done === true) return 'end';
    return result.value
      .trimEnd()
      .split('\n')
      .map((line) => {
        if (line === '') return '';
        const parsed = JSON.parse(line) as { piece?: { requestId: string } };
        return parsed.piece?.requestId ?? line;
      });
  }

  it('says hello, tells what there is after the cursor, then what happens', async () => {
    const { journal } = fakeJournal();
    for (const id of ['a', 'b', 'c']) journal.append(piece(id));
    const gone = new AbortController();
    const stream = streamInvocations(journal, new FunctionsRevision(), { after: 2, signal: gone.signal, keepAliveMs });
    assert.deepEqual(await next(stream), ['{"stream":"here","after":2}']);
    assert.deepEqual(await next(stream), ['b', 'c']);
    const waiting = next(stream);
    journal.append(piece('d'));
    assert.deepEqual(await waiting, ['d']);
    const last = next(stream);
    gone.abort();
    assert.equal(await last, 'end');
  });

  it('reads no further than is taken', async () => {
    const { journal, reads } = fakeJournal();
    for (let index = 0; index < 500; index++) journal.append(piece(String(index)));
    const stream = streamInvocations(journal, new FunctionsRevision(), {
      after: 0,
      signal: new AbortController().signal,
      keepAliveMs,
    });
    await next(stream);
    assert.equal((await next(stream)).length, 200);
    assert.deepEqual(reads, [0]);
    assert.equal((await next(stream)).length, 200);
    assert.equal((await next(stream)).length, 100);
    await stream.return();
  });

  it('keeps itself alive with empty lines', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const { journal } = fakeJournal();
      const gone = new AbortController();
      const stream = streamInvocations(journal, new FunctionsRevision(), {
        after: 0,
        signal: gone.signal,
        keepAliveMs,
      });
      await next(stream);
      for (let round = 0; round < 2; round++) {
        const line = next(stream);
        mock.timers.tick(keepAliveMs - 1);
        mock.timers.tick(1);
        assert.deepEqual(await line, ['']);
      }
      gone.abort();
      assert.equal(await next(stream), 'end');
    } finally {
      mock.timers.reset();
    }
  });

  it('misses nothing that happens while it is busy', async () => {
    const { journal } = fakeJournal();
    const stream = streamInvocations(journal, new FunctionsRevision(), {
      after: 0,
      signal: new AbortController().signal,
      keepAliveMs,
    });
    await next(stream);
    journal.append(piece('a'));
    assert.deepEqual(await next(stream), ['a']);
    journal.append(piece('b'));
    assert.deepEqual(await next(stream), ['b']);
    await stream.return();
  });

  it('tells that functions were changed: at once, once for what happened meanwhile, and what happened before', async () => {
    const { journal } = fakeJournal();
    const revision = new FunctionsRevision();
    const gone = new AbortController();
    const options = { after: 0, signal: gone.signal, keepAliveMs };
    const stream = streamInvocations(journal, revision, options);
    await next(stream);
    const waiting = next(stream);
    revision.next();
    assert.deepEqual(await waiting, ['{"functions":1}']);
    revision.next();
    revision.next();
    assert.deepEqual(await next(stream), ['{"functions":3}']);
    const late = streamInvocations(journal, revision, options);
    await next(late);
    assert.deepEqual(await next(late), ['{"functions":3}']);
    const last = next(late);
    gone.abort();
    assert.equal(await last, 'end');
    await stream.return();
  });
});
