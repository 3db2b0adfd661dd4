import type { S3Client } from '@aws-sdk/client-s3';
import { startFauxqs } from '../support/fauxqsServer.ts';
import { motoMissing, startMoto } from '../support/motoServer.ts';
import { compareFacts, type KnownDifferences } from '../support/peerFacts.ts';
import { type S3Facts, s3Scenarios } from '../support/s3Scenarios.ts';
import { serveS3, type S3Server } from '../support/s3Server.ts';
import { skip } from '../support/skip.ts';

type Differences = Readonly<Record<string, KnownDifferences>>;

const missing = 'missing';
const ignored = 'ignored';
const unchecked = 'not checked';

/** As of fauxqs 2.4.1. */
const ofFauxqs: Differences = {
  'buckets are made, found and deleted': {
    region: missing,
  },
  'objects come back as they were put': {
    acceptRanges: missing,
    as: ignored,
    encryption: missing,
  },
  'conditions hold': {
    exists: ignored,
    oddRange: 'a range that can’t be read is refused',
  },
  'lists tell keys, prefixes and pages': {
    order: 'another order than that of UTF-8 bytes',
    startInside: 'the common prefix that the key is in is left out',
    encoded: ignored,
    none: 'truncated, and without a way on',
    oldPlainMarker: 'NextMarker without a delimiter',
    checksums: missing,
    negative: unchecked,
    badToken: unchecked,
  },
  'objects are copied and deleted': {
    bare: 'another default content type',
    onItself: unchecked,
  },
  'what is wrong is refused': {
    longKey: unchecked,
    md5: unchecked,
    md5Shape: unchecked,
    checksum: unchecked,
    notification: 'answered with 200 and not done',
  },
};

/** As of moto 5.2. */
const ofMoto: Differences = {
  'buckets are made, found and deleted': {
    badName: unchecked,
  },
  'objects come back as they were put': {
    as: ignored,
    encryption: missing,
  },
  'conditions hold': {
    oddRange: 'a part for a range of lines',
  },
  'lists tell keys, prefixes and pages': {
    startInside: 'the common prefix that the key is in is left out',
    encoded: 'a space as %20',
    tooMany: 'tells more than it would give',
    oldMarker: 'keys first, then prefixes, not one order of both',
    oldNext: 'by an opaque marker',
    oldInside: 'the common prefix that the marker is in comes again',
    oldPlainMarker: 'NextMarker without a delimiter',
    checksums: 'without the type',
    negative: unchecked,
    badToken: 'a web page with status 500',
  },
  'objects are copied and deleted': {
    quiet: ignored,
  },
  'what is wrong is refused': {
    longKey: unchecked,
    md5: unchecked,
    md5Shape: unchecked,
    checksum: unchecked,
    notification: 'local S3 has no notifications',
  },
};

interface Peer extends AsyncDisposable {
  readonly endpoint: string;
}

const peers: readonly {
  readonly name: string;
  readonly differences: Differences;
  /** Why it can't be started here. */
  readonly absent: string;
  start(): Promise<Peer | undefined>;
}[] = [
  { name: 'fauxqs', differences: ofFauxqs, absent: 'never', start: startFauxqs },
  { name: 'moto', differences: ofMoto, absent: motoMissing, start: startMoto },
];

/** The same calls to local S3 and to others, fact by fact. */
describe('S3 answers as others do', function () {
  this.timeout(30_000);
  const facts = new Map<string, S3Facts>();
  let local: S3Server;

  before(async () => {
    local = await serveS3();
    for (const [title, run] of Object.entries(s3Scenarios)) facts.set(title, await run(local.client));
  });

  after(() => local[Symbol.asyncDispose]());

  for (const { name, differences, absent, start } of peers) {
    describe(`as ${name}`, () => {
      let peer: Peer | undefined;
      let client: S3Client;

      before(async function () {
        peer = await start();
        if (!peer) skip(this, absent);
        client = local.connect({ endpoint: peer.endpoint });
      });

      after(async () => {
        client?.destroy();
        await peer?.[Symbol.asyncDispose]();
      });

      for (const [title, run] of Object.entries(s3Scenarios)) {
        it(title, async () => compareFacts(facts.get(title) ?? {}, await run(client), differences[title]));
      }
    });
  }
});
