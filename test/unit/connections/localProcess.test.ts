import assert from 'node:assert/strict';
import type { Phase } from '../../../src/connections/lifecycle.ts';
import { LocalProcess } from '../../../src/connections/localProcess.ts';
import type { LocalServer, ServerEnd } from '../../../src/connections/localServer.ts';
import { UserFacingFailure } from '../../../src/model/userFacingFailure.ts';

/** A start in the test's hands. */
interface Launch {
  readonly signal: AbortSignal;
  succeed(how?: { readonly attached: boolean }): FakeServer;
  fail(error: Error): void;
}

interface FakeServer {
  readonly server: LocalServer;
  stops: number;
  /** It ends by itself. */
  end(how: ServerEnd): void;
}

function fakeServer(attached: boolean): FakeServer {
  const { promise: ended, resolve: end } = Promise.withResolvers<ServerEnd>();
  const fake: FakeServer = {
    stops: 0,
    end,
    server: {
      ready: {
        event: 'ready',
        endpoint: 'http://127.0.0.1:1',
        region: 'us-east-1',
        account: '000000000000',
        controlToken: 'token',
        timeScale: 60,
        temporaryData: false,
        pid: 1,
      },
      attached,
      ended,
      async stop() {
        fake.stops++;
        end({ why: 'it was ended by SIGTERM.', orderly: false });
        await ended;
      },
    },
  };
  return fake;
}

describe('the supervisor of local Lambda', () => {
  let launches: Launch[];
  let launched: () => void;
  let phases: string[];
  let process: LocalProcess;

  beforeEach(() => {
    launches = [];
    launched = () => undefined;
    phases = [];
    process = new LocalProcess({
      launch: (signal) => {
        const { promise, resolve, reject } = Promise.withResolvers<LocalServer>();
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        launches.push({
          signal,
          succeed({ attached } = { attached: false }) {
            const fake = fakeServer(attached);
            resolve(fake.server);
            return fake;
          },
          fail: reject,
        });
        launched();
        return promise;
      },
      onChanged: (phase: Phase<LocalServer>) =>
        void phases.push(phase.phase === 'failed' ? `failed ${phase.code}` : phase.phase),
    });
  });

  /** The next launch that was asked for. */
  const nextLaunch = async (): Promise<Launch> => {
    const before = launches.length;
    await new Promise<void>((resolve) => {
      launched = resolve;
    });
    return launches[before] ?? assert.fail('it is launched');
  };

  it('shares one start among all who ask', async () => {
    const next = nextLaunch();
    const starts = [process.start(), process.start(), process.start(new AbortController().signal)];
    const { server } = (await next).succeed();
    assert.deepEqual(await Promise.all(starts), [server, server, server]);
    assert.equal(await process.start(), server);
    assert.equal(launches.length, 1);
    assert.deepEqual(phases, ['starting', 'ready']);
  });

  it('gives a start up only when nobody waits for it any more', async () => {
    const [one, two] = [new AbortController(), new AbortController()];
    const next = nextLaunch();
    const starts = [process.start(one.signal), process.start(two.signal)];
    const { signal } = await next;
    const settled = Promise.allSettled(starts);
    one.abort();
    await assert.rejects(starts[0] ?? Promise.resolve(), { name: 'AbortError' });
    assert.equal(signal.aborted, false);
    two.abort();
    await settled;
    assert.equal(signal.aborted, true);
    // A new call does not join what was given up.
    const again = nextLaunch();
    const start = process.start();
    const { server } = (await again).succeed();
    assert.equal(await start, server);
    assert.deepEqual(phases, ['starting', 'stopped', 'starting', 'ready']);
  });

  it('tells why a start failed, and tries again at the next', async () => {
    const next = nextLaunch();
    const start = process.start();
    (await next).fail(new UserFacingFailure('portInUse', 'Port 1 is in use.'));
    await assert.rejects(start, (error) => UserFacingFailure.is(error, 'portInUse'));
    assert.deepEqual(process.phase, { phase: 'failed', code: 'portInUse', problem: 'Port 1 is in use.' });
    const again = nextLaunch();
    const second = process.start();
    (await again).succeed();
    await second;
    assert.deepEqual(phases, ['starting', 'failed portInUse', 'starting', 'ready']);
  });

  it('notices an end that nobody asked for', async () => {
    const next = nextLaunch();
    const start = process.start();
    const fake = (await next).succeed();
    await start;
    fake.end({ why: 'it was ended by SIGKILL.', orderly: false });
    await fake.server.ended;
    await Promise.resolve();
    const { phase } = process;
    assert.ok(phase.phase === 'failed');
    assert.equal(phase.code, 'exited');
    assert.match(phase.problem, /ended by SIGKILL\..*kept.*Restart/);
    await process.stop();
    assert.equal(fake.stops, 0);
    assert.equal(process.phase.phase, 'stopped');
  });

  it('stops in order, once for all who ask, and starts after that', async () => {
    const next = nextLaunch();
    const start = process.start();
    const fake = (await next).succeed();
    await start;
    const again = nextLaunch();
    const stops = [process.stop(), process.stop()];
    const second = process.start();
    await Promise.all(stops);
    assert.equal(fake.stops, 1);
    (await again).succeed();
    assert.notEqual(await second, fake.server);
    assert.deepEqual(phases, ['starting', 'ready', 'stopped', 'starting', 'ready']);
  });

  it('can be stopped while it starts', async () => {
    const next = nextLaunch();
    const start = process.start();
    const rejected = assert.rejects(start, { name: 'AbortError' });
    await next;
    await process.stop();
    await rejected;
    assert.deepEqual(phases, ['starting', 'stopped']);
  });

  it('takes over when the window whose server it used has gone', async () => {
    const next = nextLaunch();
    const start = process.start();
    const theirs = (await next).succeed({ attached: true });
    await start;
    const again = nextLaunch();
    theirs.end({ why: 'it exited with code 0.', orderly: true });
    const launch = await again;
    // Who joins and changes their mind does not end it.
    const impatient = new AbortController();
    const joined = process.start(impatient.signal);
    impatient.abort();
    await assert.rejects(joined, { name: 'AbortError' });
    const { server } = launch.succeed();
    assert.equal(await process.start(), server);
    assert.deepEqual(phases, ['starting', 'ready', 'starting', 'ready']);
    assert.equal(launches.length, 2);
  });

  it('does not start for who gave up while it stopped', async () => {
    const next = nextLaunch();
    const start = process.start();
    (await next).succeed();
    await start;
    const impatient = new AbortController();
    const stopping = process.stop();
    const second = process.start(impatient.signal);
    impatient.abort();
    await stopping;
    await assert.rejects(second, { name: 'AbortError' });
    assert.equal(launches.length, 1);
    assert.deepEqual(phases, ['starting', 'ready', 'stopped']);
  });
});
