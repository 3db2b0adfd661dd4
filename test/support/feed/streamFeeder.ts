/*
 * Local Lambda's journal, server and local API, without anything that runs handlers: a thousand invocations a second are more
 * than two cores can run. The journal is filled by `POST /_local/v1/feed?count=N&perSecond=N`, which answers when it is done.
 * Takes the arguments of `lambda-destinations local`, of which it uses `--data`, and prints the same first line.
 */
import { randomBytes } from 'node:crypto';
import { appendFile, mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Debugging } from '../../../src/local/environments/debugging.ts';
import { LocalFaultRegistry } from '../../../src/local/faults/localFaults.ts';
import { FunctionsRevision } from '../../../src/local/functions/functionsRevision.ts';
import { createInvocationJournal } from '../../../src/local/journal/sqliteJournal.ts';
import { createLocalApiService } from '../../../src/local/localApi/localApiService.ts';
import { json } from '../../../src/local/localApi/jsonAnswer.ts';
import type { ApiService } from '../../../src/local/server/apiRequest.ts';
import { startHttpServer } from '../../../src/local/server/httpServer.ts';
import { openDatabase, transaction } from '../../../src/local/state/database.ts';
import { localApiPath } from '../../../src/protocol/localApi.ts';
import type { LocalReadyEvent } from '../../../src/protocol/localEvents.ts';
import { fedInvocation, type FedInvocation } from './fedInvocations.ts';

const { values } = parseArgs({ options: { data: { type: 'string' } }, strict: false, allowPositionals: true });
const dataDir = String(values.data);
await mkdir(dataDir, { recursive: true });
const db = openDatabase(dataDir);
const journal = createInvocationJournal(db);
/** The number of the next one; a journal that is there goes on. */
let fed = Number(db.prepare('SELECT count(DISTINCT invocation) AS fed FROM journal').get()?.['fed']);

/** How long after its beginning the rest of an invocation is told. */
const runningMs = 100;
const stepMs = 10;

/** Appends `count` invocations at a steady rate. */
async function feed(count: number, perSecond: number): Promise<void> {
  const begun = performance.now();
  const running: { readonly due: number; readonly invocation: FedInvocation }[] = [];
  let started = 0;
  do {
    const now = performance.now() - begun;
    const until = Math.min(count, Math.floor((now / 1_000) * perSecond) + 1);
    const begin = Array.from({ length: until - started }, () => fedInvocation(fed++, Date.now()));
    started = until;
    const due = running.findIndex((each) => each.due > now);
    const end = running.splice(0, due < 0 ? running.length : due);
    transaction(db, () => {
      for (const piece of begin.flatMap(({ first }) => first)) journal.append(piece);
      for (const piece of end.flatMap(({ invocation }) => invocation.rest)) journal.append(piece);
    });
    running.push(...begin.map((invocation) => ({ due: now + runningMs, invocation })));
    await delay(stepMs);
  } while (started < count || running.length > 0);
}

const ignore = (): void => undefined;
const log = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };
const local = createLocalApiService({
  journal,
  revision: new FunctionsRevision(),
  queue: {
    skipWait: () => false,
    skipAllWaits: () => 0,
    waits: () => ({ total: 0, waits: [] }),
    pause: ignore,
    resume: ignore,
  },
  debugging: new Debugging(),
  debuggerFor: () => Promise.resolve({ reason: 'noFunction', message: 'There are no functions.' }),
  faults: new LocalFaultRegistry(),
  status: () => ({
    ...{ pid: process.pid, projectDir: '', timeScale: 1, queued: 0, running: 0, paused: false },
    ...{ templates: [], problems: [] },
  }),
  isStopping: () => false,
});
const withFeed: ApiService = {
  async handle(request) {
    if (request.path !== `${localApiPath}/feed`) return local.handle(request);
    await feed(Number(request.query.get('count')), Number(request.query.get('perSecond')));
    return json(200, { cursor: Number(db.prepare('SELECT max(cursor) AS cursor FROM journal').get()?.['cursor']) });
  },
};
const controlToken = randomBytes(32).toString('base64url');
const { endpoint } = await startHttpServer({
  port: 0,
  controlToken,
  log,
  services: {
    _local: withFeed,
    lambda: { handle: () => Promise.resolve(json(200, { Functions: [] })) },
  },
});
const ready: LocalReadyEvent = {
  ...{ event: 'ready', endpoint, region: 'us-east-1', account: '000000000000', controlToken },
  ...{ timeScale: 1, temporaryData: false, pid: process.pid },
};
// For who measures, where another process started this one.
const readyFile = process.env['FEEDER_READY_FILE'];
if (readyFile !== undefined) await appendFile(readyFile, `${JSON.stringify(ready)}\n`);
process.stdout.write(`${JSON.stringify(ready)}\n`);
// Whoever started it has gone.
process.stdin.on('end', () => process.exit(0)).resume();
