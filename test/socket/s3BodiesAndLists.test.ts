import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
} from '@aws-sdk/client-s3';
import { transaction } from '../../src/local/state/database.ts';
import { serveS3, type S3Server, Bucket, s3Time } from '../support/s3Server.ts';

describe('S3 over a socket, bodies and lists', () => {
  let s3: S3Server;

  beforeEach(async () => {
    s3 = await serveS3();
  });

  afterEach(() => s3[Symbol.asyncDispose]());

  describe('bodies', () => {
    for (const algorithm of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const) {
      it(`have their ${algorithm} checked`, async () => {
        // Known from the algorithms' own papers, for the nine digits.
        const known = {
          CRC32: 'y/Q5Jg==',
          CRC32C: '4waSgw==',
          CRC64NVME: 'rosUhgp5mIg=',
          SHA1: createHash('sha1').update('123456789').digest('base64'),
          SHA256: createHash('sha256').update('123456789').digest('base64'),
        }[algorithm];
        const field = `Checksum${algorithm}`;
        const written = await s3.put('digits', { Body: '123456789', [field]: known });
        assert.equal(written[field as 'ChecksumCRC32'], known);
        const wrong = known.replace(/^../, 'AA');
        await assert.rejects(s3.put('digits', { Body: '123456789', [field]: wrong }), { name: 'BadDigest' });
      });
    }

    it('without a checksum get CRC64NVME', async () => {
      const answer = await s3.raw('PUT', '/records/x', {}, '123456789');
      assert.equal(answer.headers['x-amz-checksum-crc64nvme'], 'rosUhgp5mIg=');
      assert.equal(answer.headers['x-amz-checksum-type'], 'FULL_OBJECT');
    });

    it('have their MD5 and SHA-256 checked', async () => {
      const digest = (algorithm: string) => createHash(algorithm).update('body');
      await s3.put('x', { Body: 'body', ContentMD5: digest('md5').digest('base64') });
      await assert.rejects(s3.put('x', { Body: 'other', ContentMD5: digest('md5').digest('base64') }), {
        name: 'BadDigest',
      });
      await assert.rejects(s3.put('x', { Body: 'body', ContentMD5: 'short' }), { name: 'InvalidDigest' });
      const sha256 = { 'x-amz-content-sha256': digest('sha256').digest('hex') };
      assert.equal((await s3.raw('PUT', '/records/x', sha256, 'body')).status, 200);
      assert.match((await s3.raw('PUT', '/records/x', sha256, 'other')).body, /XAmzContentSHA256Mismatch/);
    });

    it('come as a stream with the checksum at its end', async () => {
      const chunk = Buffer.alloc(100_000, 'x\r\n');
      const Body = Readable.from([chunk, chunk]);
      const written = await s3.put('stream', { Body, ContentLength: 200_000 });
      assert.equal(written.ChecksumCRC32?.length, 8);
      assert.equal(await s3.get('stream'), chunk.toString() + chunk.toString());
      const head = await s3.client.send(new HeadObjectCommand({ Bucket, Key: 'stream' }));
      assert.deepEqual([head.ContentLength, head.ContentEncoding], [200_000, undefined]);
    });

    it('come in signed chunks', async () => {
      const signature = `;chunk-signature=${'0'.repeat(64)}`;
      const chunks = `3${signature}\r\na\r\n\r\n2${signature}\r\nbc\r\n0${signature}\r\n\r\n`;
      const headers = {
        'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
        'x-amz-decoded-content-length': '5',
        'content-encoding': 'aws-chunked,gzip',
      };
      assert.equal((await s3.raw('PUT', '/records/chunks', headers, chunks)).status, 200);
      const answer = await s3.raw('GET', '/records/chunks');
      assert.deepEqual([answer.body, answer.headers['content-encoding']], ['a\r\nbc', 'gzip']);
      for (const broken of [chunks.slice(0, -80), chunks.slice(2), 'x', '']) {
        assert.match((await s3.raw('PUT', '/records/chunks', headers, broken)).body, /IncompleteBody/);
      }
      const shorter = { ...headers, 'x-amz-decoded-content-length': '6' };
      assert.match((await s3.raw('PUT', '/records/chunks', shorter, chunks)).body, /IncompleteBody/);
    });

    it('of more than Lambda’s six megabytes are taken', async () => {
      const Body = Buffer.alloc(12_000_000, 'abc');
      await s3.put('large', { Body });
      assert.equal((await s3.client.send(new HeadObjectCommand({ Bucket, Key: 'large' }))).ContentLength, 12_000_000);
    });

    it('of more than 64 MiB are not', async () => {
      await assert.rejects(s3.put('huge', { Body: Buffer.alloc(67_108_865) }), { name: 'EntityTooLarge' });
    });

    for (const [name, input] of [
      ['NotImplemented', { Tagging: 'a=b' }],
      ['NotImplemented', { ServerSideEncryption: 'aws:kms' }],
      ['AccessControlListNotSupported', { ACL: 'public-read' }],
      ['MetadataTooLarge', { Metadata: { a: 'x'.repeat(2048) } }],
      ['InvalidStorageClass', { StorageClass: 'COLD' as 'STANDARD' }],
    ] as const) {
      it(`are refused with ${Object.keys(input).join()}: ${name}`, async () => {
        await assert.rejects(s3.put('x', input), { name });
      });
    }
  });

  describe('lists', () => {
    const keys = ['a/1', 'a/2', 'b', 'c/x/1', 'c/x/2', 'c/y', 'd'];

    beforeEach(async () => {
      for (const key of keys.toReversed()) await s3.put(key);
    });

    const list = (input: Omit<ListObjectsV2CommandInput, 'Bucket'>) =>
      s3.client.send(new ListObjectsV2Command({ Bucket, ...input }));
    const shown = (page: Awaited<ReturnType<typeof list>>): readonly unknown[] => [
      page.Contents?.map(({ Key }) => Key) ?? [],
      page.CommonPrefixes?.map(({ Prefix }) => Prefix) ?? [],
    ];

    it('tell keys in their order, with what is known of them', async () => {
      const page = await list({});
      assert.deepEqual(shown(page), [keys, []]);
      const { KeyCount, MaxKeys, IsTruncated, Name, Prefix } = page;
      assert.deepEqual([KeyCount, MaxKeys, IsTruncated, Name, Prefix], [7, 1000, false, Bucket, '']);
      assert.deepEqual(page.Contents?.[2], {
        Key: 'b',
        LastModified: new Date(s3Time - 311),
        ETag: `"${createHash('md5').update('content of b').digest('hex')}"`,
        ChecksumAlgorithm: ['CRC32'],
        ChecksumType: 'FULL_OBJECT',
        Size: 12,
        StorageClass: 'STANDARD',
      });
    });

    for (const [input, expected] of [
      [{ Prefix: 'c/' }, [['c/x/1', 'c/x/2', 'c/y'], []]],
      [
        { Delimiter: '/' },
        [
          ['b', 'd'],
          ['a/', 'c/'],
        ],
      ],
      [{ Prefix: 'c/', Delimiter: '/' }, [['c/y'], ['c/x/']]],
      [{ Prefix: 'c', Delimiter: '/' }, [[], ['c/']]],
      [{ Prefix: 'c/x/1' }, [['c/x/1'], []]],
      [{ StartAfter: 'b' }, [['c/x/1', 'c/x/2', 'c/y', 'd'], []]],
      [{ StartAfter: 'c/x/1', Delimiter: '/' }, [['d'], ['c/']]],
      [{ StartAfter: 'd' }, [[], []]],
      [{ Prefix: 'zzz' }, [[], []]],
      [{ MaxKeys: 0 }, [[], []]],
    ] as const) {
      it(`for ${JSON.stringify(input)}`, async () => {
        assert.deepEqual(shown(await list(input)), expected);
      });
    }

    for (const Delimiter of ['', '/']) {
      for (const MaxKeys of [1, 2, 3, 4]) {
        it(`go on after ${MaxKeys} with delimiter “${Delimiter}”, in both versions`, async () => {
          const all: string[] = [];
          const whole: string[] = [];
          for (let token: string | undefined = ''; token !== undefined;) {
            const page: Awaited<ReturnType<typeof list>> = await list({
              MaxKeys,
              Delimiter,
              ...(token === '' ? {} : { ContinuationToken: token }),
            });
            assert.ok((page.KeyCount ?? 0) <= MaxKeys);
            all.push(...shown(page).flat(2).map(String));
            token = page.NextContinuationToken;
            assert.equal(page.IsTruncated, token !== undefined);
          }
          let Marker: string | undefined;
          do {
            const page: Awaited<ReturnType<typeof list>> & { readonly NextMarker?: string } = (await s3.client.send(
              new ListObjectsCommand({ Bucket, MaxKeys, Delimiter, Marker }),
            )) as never;
            whole.push(...shown(page).flat(2).map(String));
            Marker = page.IsTruncated === true ? (page.NextMarker ?? page.Contents?.at(-1)?.Key) : undefined;
          } while (Marker !== undefined);
          const expected = Delimiter === '' ? keys : ['a/', 'b', 'c/', 'd'];
          assert.deepEqual([all.toSorted(), whole.toSorted()], [expected, expected]);
        });
      }
    }

    it('skip what is under a common prefix, however much it is', async () => {
      transaction(s3.db, () => {
        const statement = s3.db.prepare(
          `INSERT INTO s3_objects VALUES ('records', ?, 0, 'e', 0, '{}', 'crc32', 'c', x'')`,
        );
        for (let index = 0; index < 350; index += 1) statement.run(`a/more/${index}`);
      });
      assert.deepEqual(shown(await list({ Delimiter: '/', MaxKeys: 2 })), [['b'], ['a/']]);
    });

    it('refuse what they can’t read', async () => {
      await assert.rejects(list({ MaxKeys: -1 }), { name: 'InvalidArgument' });
      await assert.rejects(list({ ContinuationToken: '!' }), { name: 'InvalidArgument' });
      await assert.rejects(list({ EncodingType: 'xml' as 'url' }), { name: 'InvalidArgument' });
    });
  });
});
