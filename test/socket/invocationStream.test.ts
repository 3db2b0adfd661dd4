import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { followInvocations } from '../../src/connections/invocationStream.ts';
import type { Disposable } from '../../src/model/disposable.ts';
import { Emitter } from '../../src/model/event.ts';
import type { InvocationPiece } from '../../src/model/invocation.ts';
import type { StreamItem } from '../../src/protocol/localApi.ts';
import { story } from '../support/invocationPieces.ts';
import { fakeLog } from '../support/panelFakes.ts';
import { when } from '../support/when.ts';

describe('following the invocation stream', () => {
  let server: Server;
  let serve: (url: URL, response: ServerResponse, request: IncomingMessage) => void;
  let requests: string[];
  let following: Disposable | undefined;
  const log: string[] = [];
  const changed = new Emitter<void>();
  let batches: number[];
  let pieces: InvocationPiece[];
  let cursor: number;
  let functionsChanged: number;
  let beforeIngest: () => Promise<void>;

  beforeEach(async () => {
    requests = [];
    batches = [];
    pieces = [];
    cursor = 0;
    functionsChanged = 0;
    log.length = 0;
    beforeIngest = () => Promise.resolve();
    server = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://localhost');
      requests.push(url.search);
      serve(url, response, request);
      changed.fire();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(async () => {
    await following?.dispose();
    server.closeAllConnections();
    server.close();
  });

  const follow = (): void => {
    following = followInvocations({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      controlToken: 'token',
      connectionId: 'local:/x',
      log: fakeLog(log),
      onFunctionsChanged: () => {
        functionsChanged++;
        changed.fire();
      },
      store: {
        async ingest(_connectionId, given, position) {
          await beforeIngest();
          batches.push(given.length);
          pieces.push(...given);
          cursor = position?.value ?? cursor;
          changed.fire();
          return [];
        },
        cursor: (_connectionId, stream) => Promise.resolve(stream === 's1' ? cursor : 0),
      },
    });
  };

  const line = (value: unknown): string => `${JSON.stringify(value)}\n`;
  const hello = (url: URL, stream = 's1'): string =>
    line({ stream, after: url.searchParams.get('stream') === stream ? Number(url.searchParams.get('after')) : 0 });
  const items = (from: number, to: number): StreamItem[] =>
    story({ requestId: 'r', failures: 60 })
      .map((piece, index) => ({ cursor: index + 1, piece }))
      .slice(from, to);
  const have = (count: number): Promise<true> => when(changed.event, () => (pieces.length >= count ? true : undefined));

  it('takes everything, in parts that fit into a transaction', async () => {
    serve = (url, response, request) => {
      assert.equal(request.headers.authorization, 'Bearer token');
      response.write(hello(url) + items(0, 230).map(line).join(''));
    };
    follow();
    await have(230);
    assert.deepEqual(
      pieces,
      items(0, 230).map(({ piece }) => piece),
    );
    assert.ok(Math.max(...batches) <= 200, batches.join(', '));
    assert.equal(cursor, 230);
    assert.deepEqual(requests, ['?after=0']);
  });

  it('goes on from where the store left off, by the stream’s name', async () => {
    cursor = 5;
    serve = (url, response) => {
      const after = url.searchParams.has('stream') ? Number(url.searchParams.get('after')) : 0;
      response.write(hello(url) + items(after, 8).map(line).join(''));
    };
    follow();
    await have(3);
    assert.deepEqual(
      pieces,
      items(5, 8).map(({ piece }) => piece),
    );
    assert.deepEqual(requests, ['?after=0', '?after=5&stream=s1']);
  });

  it('comes back after a break, without a gap', async () => {
    serve = (url, response) => {
      const after = Number(url.searchParams.get('after'));
      response.write(
        hello(url) +
          items(after, after + 2)
            .map(line)
            .join(''),
      );
      // A line that was cut off in its middle is no line.
      response.write('{"cursor":9', () => response.destroy());
    };
    follow();
    await have(6);
    assert.deepEqual(
      pieces.slice(0, 6),
      items(0, 6).map(({ piece }) => piece),
    );
    assert.match(log.join('\n'), /the invocation stream broke off/);
  });

  it('tries again when the store could not take it', async () => {
    let failures = 1;
    beforeIngest = () => (failures-- > 0 ? Promise.reject(new Error('disk full')) : Promise.resolve());
    serve = (url, response) => void response.write(hello(url) + items(cursor, 4).map(line).join(''));
    follow();
    await have(4);
    assert.deepEqual(
      pieces,
      items(0, 4).map(({ piece }) => piece),
    );
    assert.match(log.join('\n'), /disk full/);
  });

  it('asks less and less often while the store takes nothing', async () => {
    beforeIngest = () => Promise.reject(new Error('disk full'));
    const times: number[] = [];
    serve = (url, response) => {
      times.push(Date.now());
      response.write(hello(url) + items(0, 4).map(line).join(''));
    };
    follow();
    await when(changed.event, () => times.length === 4 || undefined);
    const [first = 0, , , fourth = 0] = times;
    // 100, 200 and 400 ms, each up to a quarter less; three times 100 would be 375 at most.
    assert.ok(fourth - first > 500, `${fourth - first} ms`);
  });

  it('takes lines that come in bits, letters cut in the middle included, and empty ones', async () => {
    const piece = {
      kind: 'outcome',
      requestId: 'ä€😀',
      at: 1,
      condition: 'Success',
      approximateInvokeCount: 1,
    } as const;
    serve = (url, response) => {
      const bytes = Buffer.from(`${hello(url)}\n${line({ cursor: 1, piece })}\n${line({ cursor: 2, nothing: 1 })}`);
      response.socket?.setNoDelay(true);
      const write = (at: number): void => {
        if (at < bytes.length) response.write(bytes.subarray(at, at + 7), () => setImmediate(write, at + 7));
      };
      write(0);
    };
    follow();
    await have(1);
    assert.deepEqual(pieces, [piece]);
  });

  it('reads no more than the store takes', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    beforeIngest = () => released;
    const payload = 'x'.repeat(1_000_000);
    let written = 0;
    const { promise: blocked, resolve: isBlocked } = Promise.withResolvers<void>();
    serve = (url, response) => {
      response.write(hello(url));
      const [first] = story({ requestId: 'r', payload });
      const more = (): void => {
        while (written < 64) {
          written++;
          if (!response.write(line({ cursor: written, piece: first }))) {
            response.once('drain', more);
            if (written > 1) isBlocked();
            return;
          }
        }
      };
      more();
    };
    follow();
    await blocked;
    assert.ok(written < 64, `${written} megabytes were taken`);
    release();
    await have(64);
  });

  it('hears once of each change of functions, also after a break', async () => {
    serve = (url, response) => {
      const first = requests.length === 1;
      response.write(
        hello(url) + line({ functions: 1 }) + (first ? '' : line({ functions: 2 }) + items(0, 1).map(line).join('')),
      );
      if (first) response.end();
    };
    follow();
    await have(1);
    assert.equal(functionsChanged, 2);
    assert.equal(requests.length, 2);
  });

  it('ends at once when it is disposed', async () => {
    serve = (url, response) => void response.write(hello(url));
    follow();
    await when(changed.event, () => requests.length > 0 || undefined);
    await following?.dispose();
    assert.equal(requests.length, 1);
  });
});
