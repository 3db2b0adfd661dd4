import assert from 'node:assert/strict';
import { createSqsService } from '../../src/local/sqs/sqsService.ts';
import { startFauxqs } from '../support/fauxqsServer.ts';
import { temporaryDatabase } from '../support/localDatabase.ts';
import { motoMissing, startMoto } from '../support/motoServer.ts';
import { serveServices } from '../support/serviceServer.ts';
import { skip } from '../support/skip.ts';
import { queryCaller, sdkCaller, type SqsCaller } from '../support/sqsCallers.ts';
import { type Facts, sqsScenarios } from '../support/sqsScenarios.ts';
import { sqsScope } from '../support/sqsHarness.ts';

/** Facts that a server, or a client, is known to have otherwise, by scenario, and why. One that is the same is to be taken off. */
type Differences = Readonly<Record<string, Readonly<Record<string, string>>>>;

const missing = 'the operation is missing';
const words = 'other words';
const codes = 'every code begins with AWS.SimpleQueueService';
const noSystem = 'no system attributes';
const anyDelay = 'any delay is taken';
const anyHandle = 'any receipt handle is taken';
const unchecked = 'not checked';

/** As of fauxqs 2.4.1. */
const ofFauxqs: Differences = {
  'queues are made, found, listed and deleted': {
    none: 'an empty list where SQS has none',
  },
  'attributes are set, counted and checked': {
    none: 'all of them where none is asked for',
  },
  'messages keep body, attributes and digests': {
    sentSystem: noSystem,
    systemNames: noSystem,
    trace: noSystem,
    prefixed: 'the digest is that of all attributes, not of those that are given',
    beyond: 'characters beyond U+FFFF are refused',
    bare: 'all attributes where none is asked for',
  },
  'messages are hidden, given back and deleted': {
    tooLong: words,
    gone: 'another error',
    noHandle: anyHandle,
  },
  'batches answer for each entry': {
    sent: anyDelay,
    failed: anyDelay,
    deleted: anyHandle,
    notDeleted: anyHandle,
    empty: words,
    tooMany: words,
    repeated: words,
    tooLong: words,
  },
  'dead letters go to their queue and back': {
    letter: 'DeadLetterQueueSourceArn is missing',
    letterCount: 'the move counts as a receive',
    sources: missing,
    started: missing,
    back: missing,
    notADeadLetterQueue: missing,
  },
  'permissions are statements of the policy': {
    added: missing,
    removed: missing,
    policy: missing,
    unknownLabel: missing,
    unknownAction: missing,
  },
  'FIFO queues keep order and drop duplicates': {
    bodies: 'one message of a group at a time',
    noGroup: codes,
    delay: codes,
  },
  'what is wrong is refused in SQS’s words': {
    otherAttributes: codes,
    queueName: 'any name is taken',
    attributeName: words,
    attributeValue: words,
    noBody: codes,
    forbiddenCharacter: words,
    tooLong: codes,
    delay: anyDelay,
    maximum: words,
    wait: codes,
  },
  'a queue is purged once in a minute': {
    again: 'not kept to',
  },
};

/** As of moto 5.2. */
const ofMoto: Differences = {
  'queues are made, found, listed and deleted': {
    pages: 'no pages',
  },
  'messages keep body, attributes and digests': {
    sentSystem: 'no digest of system attributes',
  },
  'messages are hidden, given back and deleted': {
    tooLong: words,
    gone: 'another error',
  },
  'batches answer for each entry': {
    failed: 'another number in the text',
  },
  'dead letters go to their queue and back': {
    letter: 'DeadLetterQueueSourceArn is missing',
    policy: 'spaces in the JSON',
    started: missing,
    back: missing,
    notADeadLetterQueue: missing,
  },
  'permissions are statements of the policy': {
    policy: 'another version of the policy language',
    unknownAction: words,
  },
  'FIFO queues keep order and drop duplicates': {
    system: 'SequenceNumber is missing',
  },
  'what is wrong is refused in SQS’s words': {
    otherAttributes: words,
    attributeName: unchecked,
    attributeValue: unchecked,
    noBody: unchecked,
    forbiddenCharacter: unchecked,
    maximum: words,
    wait: words,
  },
  'a queue is purged once in a minute': {
    again: 'not kept to',
  },
};

/** Of a client of January 2023. */
const ofOldClient: Differences = {
  'dead letters go to their queue and back': { started: missing, back: missing, notADeadLetterQueue: missing },
};

const ofMotoInQuery: Differences = {
  ...ofMoto,
  'queues are made, found, listed and deleted': {
    ...ofMoto['queues are made, found, listed and deleted'],
    deleted: words,
  },
  'what is wrong is refused in SQS’s words': { ...ofMoto['what is wrong is refused in SQS’s words'], noQueue: words },
};

interface Peer {
  readonly caller: SqsCaller;
  stop(): Promise<void>;
}

interface PeerKind {
  readonly name: string;
  readonly differences: Differences;
  /** Why it can't be started here. */
  readonly absent: string;
  start(): Promise<Peer | undefined>;
}

const oldMissing =
  'Debian 12’s AWS CLI, a client that speaks the Query protocol, is not there (apt-get install awscli)';

const peers: readonly PeerKind[] = [
  {
    name: 'itself, through the Query protocol',
    differences: ofOldClient,
    absent: oldMissing,
    start: async () => {
      const local = await startLocal();
      return withCaller(await queryCaller(local.endpoint), local.stop);
    },
  },
  {
    name: 'fauxqs',
    differences: ofFauxqs,
    absent: 'never',
    start: async () => {
      const fauxqs = await startFauxqs();
      return { caller: sdkCaller(fauxqs.endpoint), stop: async () => fauxqs[Symbol.asyncDispose]() };
    },
  },
  {
    name: 'moto',
    differences: ofMoto,
    absent: motoMissing,
    start: async () => {
      const moto = await startMoto();
      return moto && { caller: sdkCaller(moto.endpoint), stop: async () => moto[Symbol.asyncDispose]() };
    },
  },
  {
    name: 'moto, through the Query protocol',
    differences: ofMotoInQuery,
    absent: `${motoMissing}; or ${oldMissing}`,
    start: async () => {
      const moto = await startMoto();
      if (!moto) return undefined;
      return withCaller(await queryCaller(moto.endpoint), async () => moto[Symbol.asyncDispose]());
    },
  },
];

async function startLocal(): Promise<{ readonly endpoint: string; stop(): Promise<void> }> {
  const database = temporaryDatabase();
  const sqs = createSqsService({ db: database.db, scope: sqsScope });
  const server = await serveServices({ sqs: sqs.service });
  return {
    endpoint: server.endpoint,
    async stop() {
      sqs.dispose();
      await server[Symbol.asyncDispose]();
      database[Symbol.dispose]();
    },
  };
}

async function withCaller(caller: SqsCaller | undefined, stop: () => Promise<void>): Promise<Peer | undefined> {
  if (caller) return { caller, stop };
  await stop();
  return undefined;
}

/** The same calls to local SQS and to others, fact by fact. */
describe('SQS answers as others do', function () {
  this.timeout(30_000);
  let stop: () => Promise<void>;
  let caller: SqsCaller;

  const facts = new Map<string, Facts>();

  before(async () => {
    const local = await startLocal();
    caller = sdkCaller(local.endpoint);
    stop = local.stop;
    for (const [title, run] of Object.entries(sqsScenarios)) facts.set(title, await run(caller.call));
  });

  after(async () => {
    await caller[Symbol.asyncDispose]();
    await stop();
  });

  for (const { name, differences, absent, start } of peers) {
    describe(`as ${name}`, () => {
      let peer: Peer | undefined;

      before(async function () {
        peer = await start();
        if (!peer) skip(this, absent);
      });

      after(async () => {
        await peer?.caller[Symbol.asyncDispose]();
        await peer?.stop();
      });

      for (const [title, run] of Object.entries(sqsScenarios)) {
        it(title, async () => {
          const theirs = await run((operation, input) => {
            assert.ok(peer);
            return peer.caller.call(operation, input);
          });
          const ours = facts.get(title) ?? {};
          const expected = { ...ours };
          for (const [fact, why] of Object.entries(differences[title] ?? {})) {
            const message = `“${fact}” (${why}) is the same now: take it off the list`;
            assert.notDeepEqual(theirs[fact], ours[fact], message);
            expected[fact] = theirs[fact];
          }
          assert.deepEqual(theirs, expected);
        });
      }
    });
  }
});
