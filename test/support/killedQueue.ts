// Runs one event to its delivery and kills this process: `node killedQueue.ts DATA_DIR inDelivery|afterCommit`.
import { createEventQueue } from '../../src/local/events/sqliteEventQueue.ts';
import { createInvocationJournal } from '../../src/local/journal/sqliteJournal.ts';
import { openDatabase } from '../../src/local/state/database.ts';
import { FakeFunctions, queueArn, ScriptedEnvironments, tableTarget, VirtualClock } from './queueHarness.ts';

const [dataDir = '', when] = process.argv.slice(2);
const db = openDatabase(dataDir);
const journal = createInvocationJournal(db);
const clock = new VirtualClock();
const registry = new FakeFunctions();
registry.add('fn');
registry.configure('fn', { onSuccess: queueArn });
const target = tableTarget(db, 'fake_sqs');
const ignore = (): void => undefined;
const queue = createEventQueue({
  db,
  registry,
  environments: new ScriptedEnvironments(clock),
  journal,
  targets: {
    SQS: {
      deliver: (...delivery) => {
        target.deliver(...delivery);
        if (when === 'inDelivery') process.kill(process.pid, 'SIGKILL');
      },
    },
  },
  timeScale: 1,
  log: { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore },
  clock,
});
journal.onDidAppend(() => {
  if (journal.read(0, 100).some(({ piece }) => piece.kind === 'outcome')) process.kill(process.pid, 'SIGKILL');
});
queue.accept({ requestId: 'r1', functionName: 'fn', payload: new TextEncoder().encode('{}'), traceId: 'Root=1' });
queue.start();
