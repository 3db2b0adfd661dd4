import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createSnsService } from '../../src/local/sns/snsService.ts';
import { createSqsService } from '../../src/local/sqs/sqsService.ts';
import { startFauxqs } from '../support/fauxqsServer.ts';
import { temporaryDatabase } from '../support/localDatabase.ts';
import { motoMissing, startMoto } from '../support/motoServer.ts';
import { compareFacts, type KnownDifferences } from '../support/peerFacts.ts';
import { serveServices } from '../support/serviceServer.ts';
import { skip } from '../support/skip.ts';
import { type SnsFacts, type SnsPeer, snsScenarios } from '../support/snsScenarios.ts';

type Differences = Readonly<Record<string, KnownDifferences>>;

const ignored = 'ignored';
const unchecked = 'not checked';

/** As of fauxqs 2.4.1. */
const ofFauxqs: Differences = {
  'a queue gets notifications and raw messages': {
    successful: unchecked,
    failed: unchecked,
    structure: ignored,
  },
  'filters let through what they name': {
    absent: 'a message without any attributes has none that is absent',
    list: ignored,
    bodyArray: ignored,
  },
  'subscriptions are made, set and ended': {
    scope: 'missing until it is set',
    badRaw: unchecked,
    badPolicy: 'an answer that is no XML',
    badScope: unchecked,
  },
  'topics are made, tagged and deleted': {
    policy: 'missing',
    deliveryPolicy: 'without the default request policy',
  },
  'what is wrong is refused': {
    subject: unchecked,
    structure: ignored,
    attribute: unchecked,
    attributeType: unchecked,
  },
};

/** As of moto 5.2. */
const ofMoto: Differences = {
  'a queue gets notifications and raw messages': {
    successful: unchecked,
    failed: unchecked,
  },
  'filters let through what they name': {
    ignoringCase: 'publishing fails with status 500',
    either: 'publishing fails with status 500',
  },
  'subscriptions are made, set and ended': {
    confirmed: 'not counted',
    badRaw: unchecked,
    badPolicy: 'a web page with status 500',
    badScope: unchecked,
    protocol: unchecked,
  },
  'topics are made, tagged and deleted': {
    policy: 'the same in another order',
    deliveryPolicy: 'that of a subscription, with spaces',
  },
  'what is wrong is refused': {
    empty: unchecked,
    subject: unchecked,
    structure: unchecked,
    attribute: 'another error',
    attributeType: 'another error',
    noEntries: unchecked,
    oddId: unchecked,
  },
};

const scope = { region: 'us-east-1', account: '123456789012' };

interface Server extends AsyncDisposable {
  readonly endpoint: string;
}

const peers: readonly {
  readonly name: string;
  readonly account: string;
  readonly differences: Differences;
  /** Why it can't be started here. */
  readonly absent: string;
  start(): Promise<Server | undefined>;
}[] = [
  { name: 'fauxqs', account: '000000000000', differences: ofFauxqs, absent: 'never', start: startFauxqs },
  { name: 'moto', account: scope.account, differences: ofMoto, absent: motoMissing, start: startMoto },
];

/** The same calls to local SNS and to others, fact by fact. */
describe('SNS answers as others do', function () {
  this.timeout(30_000);
  const facts = new Map<string, SnsFacts>();

  before(async () => {
    await using local = await startLocal();
    await using peer = connect(local.endpoint, scope.account);
    for (const [title, run] of Object.entries(snsScenarios)) facts.set(title, await run(peer));
  });

  for (const { name, account, differences, absent, start } of peers) {
    describe(`as ${name}`, () => {
      let server: Server | undefined;
      let peer: ReturnType<typeof connect>;

      before(async function () {
        server = await start();
        if (!server) skip(this, absent);
        peer = connect(server.endpoint, account);
      });

      after(async () => {
        await peer?.[Symbol.asyncDispose]();
        await server?.[Symbol.asyncDispose]();
      });

      for (const [title, run] of Object.entries(snsScenarios)) {
        it(title, async () => compareFacts(facts.get(title) ?? {}, await run(peer), differences[title]));
      }
    });
  }
});

async function startLocal(): Promise<Server> {
  const database = temporaryDatabase();
  const sqs = createSqsService({ db: database.db, scope });
  const sns = createSnsService({ db: database.db, scope, queues: sqs.target, invokeAsync: () => undefined });
  const server = await serveServices({ sqs: sqs.service, sns: sns.service });
  return {
    endpoint: server.endpoint,
    async [Symbol.asyncDispose]() {
      sqs.dispose();
      await server[Symbol.asyncDispose]();
      database[Symbol.dispose]();
    },
  };
}

function connect(endpoint: string, account: string): SnsPeer & AsyncDisposable {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const config = { endpoint, region: scope.region, credentials, maxAttempts: 1 };
  const sns = new SNSClient(config);
  // fauxqs names queues by a host that not every system finds.
  const sqs = new SQSClient({ ...config, useQueueUrlAsEndpoint: false });
  return {
    sns,
    sqs,
    account,
    async [Symbol.asyncDispose]() {
      sns.destroy();
      sqs.destroy();
    },
  };
}
