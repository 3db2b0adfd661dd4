import assert from 'node:assert/strict';
import { createFunctionLogs, type FunctionLogs, type FunctionLogsOptions } from '../../src/aws/sources/functionLogs.ts';
import { createLogsPace } from '../../src/aws/sources/logsPace.ts';
import { foldInvocation } from '../../src/model/foldInvocation.ts';
import type { Attempt, InvocationPiece, LogEventsPiece } from '../../src/model/invocation.ts';
import { startCuttingProxy } from '../support/cuttingProxy.ts';
import { attemptLines, errorLine, logPutter, type LogPutter } from '../support/logLines.ts';
import { motoMissing } from '../support/motoServer.ts';
import { fakeLog } from '../support/panelFakes.ts';
import { skip } from '../support/skip.ts';
import {
  memorySink,
  recordText,
  requestIdOf,
  sourceBackends,
  type MemorySink,
  type SourceBackend,
} from '../support/sourceBackends.ts';
import { when } from '../support/when.ts';

const stream = '2026/11/25/[$LATEST]0123456789abcdef0123456789abcdef';

for (const [name, start] of Object.entries(sourceBackends)) {
  describe(`logs of functions on ${name}`, function () {
    this.timeout(60_000);
    let server: SourceBackend;
    let putter: LogPutter;
    let groups = 0;
    let group = '';
    let reads = 0;
    const running: FunctionLogs[] = [];

    before(async function () {
      const found = await start();
      if (!found) skip(this, motoMissing);
      server = found;
      putter = logPutter(server.endpoint);
    });
    beforeEach(() => {
      group = `/shop/${++groups}`;
      reads = 0;
    });
    afterEach(async () => {
      for (const logs of running.splice(0)) await logs.dispose();
    });
    after(async () => {
      await putter?.[Symbol.asyncDispose]();
      await server?.[Symbol.asyncDispose]();
    });

    const read = async (sink: MemorySink, more: Partial<FunctionLogsOptions> = {}): Promise<FunctionLogs> => {
      const pace = createLogsPace({ perSecond: 100 });
      const logs = createFunctionLogs({
        clients: server.clients(),
        functionName: 'charge',
        logGroupName: group,
        pace: {
          ...pace,
          async turn(signal) {
            await pace.turn(signal);
            reads++;
          },
        },
        sink,
        log: fakeLog(),
        fastestMs: 20,
        ...more,
      });
      running.push(logs);
      await logs.start();
      return logs;
    };
    /** Resolves when a read that begins from now on is over. */
    const readAgain = async (logs: FunctionLogs): Promise<void> => {
      const target = reads + 2;
      await when(logs.onDidChangeState, () => (reads >= target ? true : undefined));
    };

    it('give each event once, although reads overlap', async () => {
      const sink = memorySink();
      const logs = await read(sink);
      logs.follow(true);
      const at = Date.now() - 5_000;
      for (let batch = 0; batch < 5; batch++) {
        const requests = Array.from({ length: 20 }, (_, index) => batch * 20 + index);
        await putter.put(
          group,
          stream,
          requests.flatMap((n) => attemptLines(requestIdOf(n), at + n * 25, `line ${n}`)),
        );
        await when(sink.onDidIngest, () => (ended(sink).size === (batch + 1) * 20 ? true : undefined));
      }
      await readAgain(logs);
      assert.equal(linesOf(sink).length, 400);
      assert.equal(new Set(linesOf(sink).map(({ id }) => id)).size, 400);
      assert.equal(logs.state.phase, 'listening');
      assert.equal(logs.state.problem, undefined);
      assert.ok((logs.state.lastReadAt ?? 0) >= at);
    });

    it('give a line that comes late to the request that it is of', async () => {
      const sink = memorySink();
      const logs = await read(sink);
      logs.follow(true);
      const at = Date.now() - 20_000;
      await putter.put(group, stream, [
        ...attemptLines(requestIdOf(1), at, 'in time\n'),
        ...attemptLines(requestIdOf(2), at + 100),
      ]);
      await when(sink.onDidIngest, () => (ended(sink).size === 2 ? true : undefined));
      await readAgain(logs);
      await putter.put(group, stream, [{ timestamp: at + 10, message: 'late\n' }]);
      await when(sink.onDidIngest, () =>
        linesOf(sink).some(({ message }) => message === 'late\n') ? true : undefined,
      );
      const messages = (n: number): readonly string[] =>
        attempts(sink, n).flatMap((attempt) => attempt.logs.map(({ message }) => message));
      assert.deepEqual(messages(1).slice(1, 3), ['in time\n', 'late\n']);
      assert.ok(!messages(2).includes('late\n'));
    });

    it('give streams of other functions in a shared group to nobody', async () => {
      const sink = memorySink();
      const logs = await read(sink);
      logs.follow(true);
      const at = Date.now() - 1_000;
      const streamOf = (functionName: string): string => stream.replace('[', `${functionName}[`);
      await putter.put(group, streamOf('refund'), attemptLines(requestIdOf(1), at));
      await putter.put(group, streamOf('charge'), attemptLines(requestIdOf(2), at));
      await when(sink.onDidIngest, () => (ended(sink).size > 0 ? true : undefined));
      await readAgain(logs);
      assert.deepEqual([...ended(sink)], [requestIdOf(2)]);
    });

    it('give what is watched only, and what is watched later, from before, too', async () => {
      const sink = memorySink();
      const logs = await read(sink);
      const at = Date.now() - 30_000;
      await putter.put(
        group,
        stream,
        [1, 2, 3].flatMap((n) => attemptLines(requestIdOf(n), at + n * 100)),
      );
      await putter.put(group, stream, attemptLines(requestIdOf(4), at - 20 * 60_000));
      logs.watch([requestIdOf(2)], at);
      await when(sink.onDidIngest, () => (ended(sink).size > 0 ? true : undefined));
      await readAgain(logs);
      assert.deepEqual([...ended(sink)], [requestIdOf(2)]);
      // Read, and held.
      logs.watch([requestIdOf(3)], at);
      await when(sink.onDidIngest, () => (ended(sink).size === 2 ? true : undefined));
      assert.deepEqual([...ended(sink)], [requestIdOf(2), requestIdOf(3)]);
      // From before all that was read.
      logs.watch([requestIdOf(4)], at - 20 * 60_000);
      await when(sink.onDidIngest, () => (ended(sink).has(requestIdOf(4)) ? true : undefined));
      assert.ok(!ended(sink).has(requestIdOf(1)));
    });

    it('ask nobody while nothing is watched', async () => {
      const idle = await read(memorySink());
      assert.equal(idle.state.phase, 'listening');
      const sink = memorySink();
      const other = await read(sink, { pace: createLogsPace({ perSecond: 100 }) });
      other.follow(true);
      await putter.put(group, stream, attemptLines(requestIdOf(1), Date.now()));
      await when(sink.onDidIngest, () => (ended(sink).size > 0 ? true : undefined));
      assert.equal(reads, 0);
      idle.watch([requestIdOf(1)], Date.now());
      await when(idle.onDidChangeState, () => (idle.state.received > 0 ? true : undefined));
    });

    it('lose nothing that could not be kept', async () => {
      const sink = memorySink();
      let refusals = 0;
      sink.before = () => {
        if (refusals++ < 3) throw new Error('the disk is full');
      };
      const logs = await read(sink);
      const at = Date.now() - 1_000;
      const problems: (string | undefined)[] = [];
      logs.onDidChangeState(({ problem }) => problems.push(problem));
      logs.follow(true);
      await putter.put(
        group,
        stream,
        attemptLines(requestIdOf(1), at, 'one\n', errorLine(requestIdOf(1), at, 'no sku')),
      );
      await when(sink.onDidIngest, () => (ended(sink).size > 0 ? true : undefined));
      assert.deepEqual(
        attempts(sink, 1).map(({ ended: end }) => end?.status),
        ['error'],
      );
      assert.equal(attempts(sink, 1)[0]?.logs.length, 5);
      assert.ok(
        problems.some((problem) => problem?.includes('the disk is full')),
        problems.join(),
      );
      await when(logs.onDidChangeState, () => (logs.state.problem === undefined ? true : undefined));
    });

    it('lose nothing to connections that break', async () => {
      await using proxy = await startCuttingProxy(server.endpoint);
      const sink = memorySink();
      const logs = await read(sink, { clients: server.clients(proxy.endpoint) });
      logs.follow(true);
      const at = Date.now() - 5_000;
      for (let n = 0; n < 20; n++) {
        await putter.put(group, stream, attemptLines(requestIdOf(n), at + n * 25, `line ${n}`));
        if (n % 5 === 0) proxy.refuse();
        else proxy.cut();
        if (n % 5 === 2) proxy.restore();
      }
      proxy.restore();
      await when(sink.onDidIngest, () => (ended(sink).size === 20 ? true : undefined));
      assert.equal(new Set(linesOf(sink).map(({ id }) => id)).size, 80);
    });

    it('wait for a log group that is not there yet', async () => {
      const sink = memorySink();
      const logs = await read(sink);
      logs.follow(true);
      await when(logs.onDidChangeState, () => (logs.state.lastReadAt === undefined ? undefined : true));
      assert.equal(logs.state.problem, undefined);
      await putter.put(group, stream, attemptLines(requestIdOf(1), Date.now()));
      await when(sink.onDidIngest, () => (ended(sink).size > 0 ? true : undefined));
    });

    it('go on from where they were left, whatever came meanwhile', async () => {
      const sink = memorySink();
      const at = Date.now() - 60_000;
      const first = await read(sink);
      first.follow(true);
      await putter.put(group, stream, attemptLines(requestIdOf(1), at));
      await when(sink.onDidIngest, () => (ended(sink).size === 1 ? true : undefined));
      await first.dispose();
      assert.equal(sink.cursors.get(`logs charge ${group}`), at + 20);
      await putter.put(group, stream, attemptLines(requestIdOf(2), at + 30));
      // Longer away than it would look back by itself.
      const second = await read(sink, { now: () => Date.now() + 600_000 });
      second.follow(true);
      await when(sink.onDidIngest, () => (ended(sink).size === 2 ? true : undefined));
    });

    it('read all pages', async () => {
      const sink = memorySink();
      const logs = await read(sink);
      logs.follow(true);
      const at = Date.now() - 5_000;
      const large = 'x'.repeat(100_000);
      const events = Array.from({ length: 5 }, (_, n) =>
        attemptLines(requestIdOf(n), at + n * 30, ...Array.from({ length: 5 }, (_line, index) => `${index} ${large}`)),
      );
      for (const some of events) await putter.put(group, stream, some);
      await when(sink.onDidIngest, () => (ended(sink).size === 5 ? true : undefined));
      for (let n = 0; n < 5; n++) assert.equal(attempts(sink, n)[0]?.logs.length, 8);
    });

    it('give the records that a destination logs, whoever watches', async () => {
      const destinationArn = 'arn:aws:lambda:us-east-1:123456789012:function:charge';
      const sink = memorySink();
      const logs = await read(sink, { destinationArn });
      const at = Date.now() - 1_000;
      const line = (n: number): string =>
        `${new Date(at).toISOString()}\t${requestIdOf(100 + n)}\tINFO\t${recordText(n)}\n`;
      await putter.put(group, stream, [
        ...attemptLines(requestIdOf(101), at, line(1)),
        ...attemptLines(requestIdOf(102), at + 100, line(2), line(2)),
      ]);
      const records = (): readonly string[] =>
        sink.pieces.flatMap((piece) => (piece.kind === 'record' ? [piece.requestId] : []));
      await when(sink.onDidIngest, () => (records().length >= 3 ? true : undefined));
      await readAgain(logs);
      assert.deepEqual(records(), [requestIdOf(1), requestIdOf(2), requestIdOf(2)]);
      const [record] = sink.pieces;
      assert.ok(record?.kind === 'record');
      assert.deepEqual([record.destinationArn, record.body], [destinationArn, recordText(1)]);
      // Of its own attempts nobody asked.
      assert.equal(ended(sink).size, 0);
    });
  });
}

function logPieces(sink: MemorySink): readonly LogEventsPiece[] {
  return sink.pieces.filter((piece: InvocationPiece) => piece.kind === 'logEvents');
}

function linesOf(sink: MemorySink): LogEventsPiece['lines'] {
  return logPieces(sink).flatMap(({ lines }) => lines);
}

/** The requests whose REPORT was read. */
function ended(sink: MemorySink): ReadonlySet<string> {
  const reported = logPieces(sink).filter(({ marks }) => marks.some(({ type }) => type === 'report'));
  return new Set(reported.map(({ requestId }) => requestId));
}

function attempts(sink: MemorySink, n: number): readonly Attempt[] {
  return foldInvocation(logPieces(sink).filter(({ requestId }) => requestId === requestIdOf(n))).attempts;
}
