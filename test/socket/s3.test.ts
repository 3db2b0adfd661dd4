import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketAclCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import { DeliveryRefused } from '../../src/local/deliveryTargets.ts';
import { transaction } from '../../src/local/state/database.ts';
import { serveS3, type S3Server, Bucket, s3Time } from '../support/s3Server.ts';

describe('S3 over a socket', () => {
  let s3: S3Server;

  beforeEach(async () => {
    s3 = await serveS3();
  });

  afterEach(() => s3[Symbol.asyncDispose]());

  describe('buckets', () => {
    it('are made, listed, looked at and deleted', async () => {
      const made = await s3.client.send(new CreateBucketCommand({ Bucket: 'another-one' }));
      assert.equal(made.Location, '/another-one');
      const { Buckets } = await s3.client.send(new ListBucketsCommand());
      assert.deepEqual(
        Buckets?.map(({ Name, CreationDate, BucketRegion }) => [Name, CreationDate?.getTime(), BucketRegion]),
        [
          ['another-one', s3Time, undefined],
          ['records', s3Time, undefined],
        ],
      );
      assert.equal((await s3.client.send(new HeadBucketCommand({ Bucket }))).BucketRegion, 'us-east-1');
      assert.equal((await s3.client.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint, undefined);
      await s3.client.send(new DeleteBucketCommand({ Bucket: 'another-one' }));
      await assert.rejects(s3.client.send(new HeadBucketCommand({ Bucket: 'another-one' })), { name: 'NotFound' });
    });

    it('are listed a page at a time', async () => {
      for (const name of ['a-1', 'a-2', 'a-3', 'b-1']) s3.s3.ensureBucket(name);
      const first = await s3.client.send(new ListBucketsCommand({ Prefix: 'a-', MaxBuckets: 2 }));
      assert.deepEqual(
        first.Buckets?.map(({ Name, BucketRegion }) => [Name, BucketRegion]),
        [
          ['a-1', 'us-east-1'],
          ['a-2', 'us-east-1'],
        ],
      );
      const { ContinuationToken } = first;
      const second = await s3.client.send(new ListBucketsCommand({ Prefix: 'a-', MaxBuckets: 2, ContinuationToken }));
      assert.deepEqual([second.Buckets?.map(({ Name }) => Name), second.ContinuationToken], [['a-3'], undefined]);
    });

    it('that are not empty stay', async () => {
      await s3.put('x');
      await assert.rejects(s3.client.send(new DeleteBucketCommand({ Bucket })), { name: 'BucketNotEmpty' });
      await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'x' }));
      await s3.client.send(new DeleteBucketCommand({ Bucket }));
    });

    it('can be made again in us-east-1 only, as on AWS', async () => {
      await s3.client.send(new CreateBucketCommand({ Bucket }));
      const other = await s3.serveIn('eu-west-1');
      const there = s3.connect({ endpoint: other.endpoint, region: 'eu-west-1' });
      await assert.rejects(there.send(new CreateBucketCommand({ Bucket })), { name: 'BucketAlreadyOwnedByYou' });
      assert.equal((await there.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint, 'eu-west-1');
      await other.close();
    });

    for (const name of [
      'ab',
      'A-bucket',
      'under_score',
      'two..dots',
      '-dash',
      '10.0.0.1',
      'xn--bucket',
      'a'.repeat(64),
    ]) {
      it(`can't be called ${name}`, async () => {
        const answer = await s3.raw('PUT', `/${name}`);
        assert.equal(answer.status, 400);
        assert.match(answer.body, /<Code>InvalidBucketName<\/Code>/);
      });
    }

    it('are not in another region', async () => {
      const input = { Bucket: 'far', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' as const } };
      await assert.rejects(s3.client.send(new CreateBucketCommand(input)), {
        name: 'IllegalLocationConstraintException',
      });
    });
  });

  describe('objects', () => {
    it('come back as they were put', async () => {
      const Body = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7) % 256);
      const Metadata = { colour: 'red', 'two-words': 'a b' };
      const etag = `"${createHash('md5').update(Body).digest('hex')}"`;
      const written = await s3.put('a/b.bin', { Body, Metadata, ContentType: 'image/x', CacheControl: 'no-store' });
      assert.deepEqual(
        [written.ETag, written.ServerSideEncryption, written.ChecksumCRC32?.length],
        [etag, 'AES256', 8],
      );
      const read = await s3.client.send(new GetObjectCommand({ Bucket, Key: 'a/b.bin' }));
      assert.deepEqual(await read.Body?.transformToByteArray(), Body);
      const { ETag, ContentLength, ContentType, CacheControl, ContentEncoding, LastModified, AcceptRanges } = read;
      assert.deepEqual(
        { ETag, ContentLength, ContentType, CacheControl, ContentEncoding, LastModified, AcceptRanges },
        {
          ETag: etag,
          ContentLength: 100_000,
          ContentType: 'image/x',
          CacheControl: 'no-store',
          ContentEncoding: undefined,
          LastModified: new Date(s3Time - 311),
          AcceptRanges: 'bytes',
        },
      );
      assert.deepEqual(read.Metadata, Metadata);
      const head = await s3.client.send(new HeadObjectCommand({ Bucket, Key: 'a/b.bin', ChecksumMode: 'ENABLED' }));
      assert.deepEqual(
        [head.ContentLength, head.ETag, head.ChecksumCRC32, head.ChecksumType],
        [100_000, etag, written.ChecksumCRC32, 'FULL_OBJECT'],
      );
    });

    for (const Key of [
      'a b+c%d',
      '/leading//double/',
      '../up/./here',
      'é/\u{1f600}',
      '?query=1&x#fragment',
      `quote"'<&>`,
      'new\nline',
      'aws/lambda/async/fn/2026/09/22/2026-09-22T17.32.55-x',
      'x'.repeat(1024),
    ]) {
      it(`have the key ${JSON.stringify(Key.slice(0, 60))}`, async () => {
        await s3.put(Key, { Body: 'found' });
        assert.equal(await s3.get(Key), 'found');
        const input: ListObjectsV2CommandInput = { Bucket, EncodingType: 'url' };
        const { Contents } = await s3.client.send(new ListObjectsV2Command(input));
        const keys = Contents?.map((object) => decodeURIComponent((object.Key ?? '').replaceAll('+', ' ')));
        assert.deepEqual(keys, [Key]);
        await s3.client.send(
          new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key }] }, ChecksumAlgorithm: 'SHA256' }),
        );
        await assert.rejects(s3.get(Key), { name: 'NoSuchKey' });
      });
    }

    it('have no longer keys', async () => {
      await assert.rejects(s3.put('x'.repeat(1025)), { name: 'KeyTooLongError' });
    });

    it('are read in part', async () => {
      await s3.put('digits', { Body: '0123456789' });
      const part = await s3.client.send(new GetObjectCommand({ Bucket, Key: 'digits', Range: 'bytes=2-4' }));
      assert.deepEqual(
        [await part.Body?.transformToString(), part.ContentRange, part.ContentLength, part.$metadata.httpStatusCode],
        ['234', 'bytes 2-4/10', 3, 206],
      );
      assert.equal(await s3.get('digits', { Range: 'bytes=7-' }), '789');
      assert.equal(await s3.get('digits', { Range: 'bytes=-3' }), '789');
      assert.equal(await s3.get('digits', { Range: 'bytes=8-99' }), '89');
      assert.equal(await s3.get('digits', { Range: 'lines=1-2' }), '0123456789');
      await assert.rejects(s3.get('digits', { Range: 'bytes=10-' }), { name: 'InvalidRange' });
    });

    it('are read under conditions', async () => {
      const { ETag } = await s3.put('x');
      assert.equal(await s3.get('x', { IfMatch: ETag }), 'content of x');
      await assert.rejects(s3.get('x', { IfMatch: '"other"' }), { name: 'PreconditionFailed' });
      const notModified = (error: { readonly $metadata?: { readonly httpStatusCode?: number } }): boolean =>
        error.$metadata?.httpStatusCode === 304;
      await assert.rejects(s3.get('x', { IfNoneMatch: ETag }), notModified);
      await assert.rejects(s3.get('x', { IfModifiedSince: new Date(s3Time) }), notModified);
      assert.equal(await s3.get('x', { IfModifiedSince: new Date(s3Time - 2000) }), 'content of x');
      await assert.rejects(s3.get('x', { IfUnmodifiedSince: new Date(s3Time - 2000) }), { name: 'PreconditionFailed' });
    });

    it('are written under conditions', async () => {
      const { ETag } = await s3.put('x', { IfNoneMatch: '*' });
      await assert.rejects(s3.put('x', { IfNoneMatch: '*', Body: 'other' }), { name: 'PreconditionFailed' });
      await assert.rejects(s3.put('x', { IfMatch: '"other"', Body: 'other' }), { name: 'PreconditionFailed' });
      await assert.rejects(s3.put('y', { IfMatch: ETag }), { name: 'NoSuchKey' });
      await s3.put('x', { IfMatch: ETag, Body: 'newer' });
      assert.equal(await s3.get('x'), 'newer');
    });

    it('answer with the headers that a request asks for', async () => {
      await s3.put('x', { ContentEncoding: 'gzip' });
      const input = {
        ResponseContentType: 'text/x',
        ResponseContentDisposition: 'attachment',
        ResponseExpires: new Date(0),
      };
      const read = await s3.client.send(new GetObjectCommand({ Bucket, Key: 'x', ...input }));
      assert.deepEqual(
        [read.ContentType, read.ContentDisposition, read.ContentEncoding, read.ExpiresString],
        ['text/x', 'attachment', 'gzip', 'Thu, 01 Jan 1970 00:00:00 GMT'],
      );
    });

    it('answer with no header that HTTP can’t have', async () => {
      await s3.put('x');
      for (const value of ['attachment; filename="日本.txt"', 'a\r\nset-cookie: b']) {
        const answer = await s3.raw('GET', `/records/x?response-content-disposition=${encodeURIComponent(value)}`);
        assert.equal(answer.status, 400);
        assert.match(
          answer.body,
          /<Code>InvalidArgument<\/Code><Message>Header value cannot be represented using ISO-8859-1\./,
        );
      }
      const latin = await s3.raw('GET', '/records/x?response-content-disposition=caf%C3%A9');
      assert.equal(latin.headers['content-disposition'], 'caf\u00e9');
      // What was put as UTF-8 comes back so.
      const bytes = Buffer.from('attachment; filename="日本é.txt"').toString('latin1');
      await s3.raw('PUT', '/records/named', { 'content-disposition': bytes }, 'x');
      for (const method of ['GET', 'HEAD']) {
        assert.equal((await s3.raw(method, '/records/named')).headers['content-disposition'], bytes, method);
      }
    });

    it('are no pages of local Lambda’s origin', async () => {
      await s3.put('page.html', { ContentType: 'text/html', Body: '<script>' });
      assert.equal((await s3.raw('GET', '/records/page.html')).headers['content-security-policy'], 'sandbox');
    });

    it('are copied, with their headers or others', async () => {
      const { ETag } = await s3.put('a/ü b', { Metadata: { colour: 'red' }, ContentType: 'text/x' });
      const CopySource = `/${Bucket}/${encodeURIComponent('a/ü b')}`;
      const copied = await s3.client.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource }));
      assert.equal(copied.CopyObjectResult?.ETag, ETag);
      const head = await s3.client.send(new HeadObjectCommand({ Bucket, Key: 'copy' }));
      assert.deepEqual([head.Metadata, head.ContentType], [{ colour: 'red' }, 'text/x']);
      const replace = { MetadataDirective: 'REPLACE' as const, Metadata: { colour: 'blue' } };
      await s3.client.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/copy`, ...replace }));
      const again = await s3.client.send(new HeadObjectCommand({ Bucket, Key: 'copy' }));
      assert.deepEqual([again.Metadata, again.ContentType], [{ colour: 'blue' }, 'binary/octet-stream']);
      assert.equal(await s3.get('copy'), 'content of a/ü b');
      const itself = new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/copy` });
      await assert.rejects(s3.client.send(itself), { name: 'InvalidRequest' });
      const missing = new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/missing` });
      await assert.rejects(s3.client.send(missing), { name: 'NoSuchKey' });
    });

    it('are deleted, also many at a time and those that are not there', async () => {
      for (const key of ['a', 'b', 'c']) await s3.put(key);
      await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'missing' }));
      const Objects = ['a', 'b', 'missing'].map((Key) => ({ Key }));
      const { Deleted, Errors } = await s3.client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
      assert.deepEqual([Deleted, Errors], [Objects, undefined]);
      const quiet = await s3.client.send(
        new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'c' }], Quiet: true } }),
      );
      assert.deepEqual([quiet.Deleted, quiet.Errors], [undefined, undefined]);
      assert.equal((await s3.client.send(new ListObjectsV2Command({ Bucket }))).KeyCount, 0);
    });

    for (const body of [
      '<Delete>',
      '<Delete></Delete>',
      '<Delete><Object></Object></Delete>',
      '&x;',
      '<a><!DOCTYPE x></a>',
    ]) {
      it(`are not deleted by ${body}`, async () => {
        const digest = createHash('md5').update(body).digest('base64');
        assert.match((await s3.raw('POST', '/records?delete', { 'content-md5': digest }, body)).body, /MalformedXML/);
      });
    }
  });

  describe('requests', () => {
    it('name the bucket in path or host', async () => {
      await s3.put('x/y');
      const { port } = new URL(s3.endpoint);
      for (const host of [
        'records.localhost',
        'records.s3.localhost',
        'records.s3.us-east-1.localhost',
        'RECORDS.localhost',
      ]) {
        assert.equal((await s3.raw('GET', '/x/y', { host: `${host}:${port}` })).body, 'content of x/y', host);
      }
      for (const host of ['localhost', 's3.localhost', 's3.us-east-1.localhost', '127.0.0.1']) {
        assert.equal((await s3.raw('GET', '/records/x/y', { host: `${host}:${port}` })).body, 'content of x/y', host);
      }
    });

    it('get S3’s errors', async () => {
      const { status, headers, body } = await s3.raw('GET', '/records/missing');
      assert.deepEqual([status, headers['content-type']], [404, 'application/xml']);
      const id = String(headers['x-amz-request-id']);
      assert.equal(
        body,
        '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code>' +
          '<Message>The specified key does not exist.</Message><Key>missing</Key>' +
          `<RequestId>${id}</RequestId><HostId>local</HostId></Error>`,
      );
      assert.match((await s3.raw('GET', '/nowhere/x')).body, /<Code>NoSuchBucket<.*<BucketName>nowhere</);
      const head = await s3.raw('HEAD', '/records/missing');
      assert.deepEqual([head.status, head.body], [404, '']);
      const owner = { 'x-amz-expected-bucket-owner': '111111111111' };
      assert.match((await s3.raw('GET', '/records', owner)).body, /<Code>AccessDenied</);
      assert.match((await s3.raw('PATCH', '/records/x')).body, /<Code>MethodNotAllowed</);
    });

    it('for what is not offered say so; what was never set is answered as S3 does', async () => {
      await s3.put('x');
      const versioning = new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } });
      await assert.rejects(s3.client.send(versioning), { name: 'NotImplemented' });
      const notification = new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: {} });
      await assert.rejects(s3.client.send(notification), { name: 'NotImplemented' });
      const upload = new CreateMultipartUploadCommand({ Bucket, Key: 'x' });
      await assert.rejects(s3.client.send(upload), { name: 'NotImplemented', message: /multipart_threshold/ });
      await assert.rejects(s3.get('x', { VersionId: 'abc' }), { name: 'InvalidArgument' });
      assert.equal((await s3.client.send(new GetBucketVersioningCommand({ Bucket }))).Status, undefined);
      await assert.rejects(s3.client.send(new GetBucketPolicyCommand({ Bucket })), { name: 'NoSuchBucketPolicy' });
      const { Grants } = await s3.client.send(new GetBucketAclCommand({ Bucket }));
      assert.deepEqual(
        Grants?.map(({ Permission }) => Permission),
        ['FULL_CONTROL'],
      );
    });

    it('may be presigned, until they expire', async () => {
      await s3.put('x');
      const query = (seconds: number) =>
        `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%2F20260922%2Fus-east-1%2Fs3%2Faws4_request` +
        `&X-Amz-Date=20260922T173255Z&X-Amz-Expires=${seconds}&X-Amz-SignedHeaders=host&X-Amz-Signature=0`;
      const unsigned = { authorization: '' };
      assert.equal((await s3.raw('GET', `/records/x?${query(60)}`, unsigned)).body, 'content of x');
      s3.clock.now += 61_000;
      const late = await s3.raw('GET', `/records/x?${query(60)}`, unsigned);
      assert.equal(late.status, 403);
      assert.match(late.body, /<Code>AccessDenied<.*Request has expired.*<Expires>2026-09-22T17:33:55.000Z</);
      assert.match(
        (await s3.raw('GET', `/records/x?${query(604_801)}`, unsigned)).body,
        /AuthorizationQueryParameters/,
      );
      const older = (until: number) => `AWSAccessKeyId=test&Signature=0&Expires=${Math.floor(until / 1000)}`;
      assert.equal((await s3.raw('GET', `/records/x?${older(s3.clock.now + 5000)}`, unsigned)).body, 'content of x');
      assert.match(
        (await s3.raw('GET', `/records/x?${older(s3.clock.now - 5000)}`, unsigned)).body,
        /Request has expired/,
      );
      assert.equal((await s3.raw('GET', '/records/x', unsigned)).status, 403);
    });
  });

  describe('as a destination on failure', () => {
    const record = {
      functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:fn:$LATEST',
      condition: 'x',
      at: s3Time,
    };
    const deliver = (arn: string, origin = {}) => s3.s3.target.deliver(arn, '{"é":1}', {}, origin);

    it('keeps the record under a key that tells function and time', async () => {
      deliver('arn:aws:s3:::records', { record });
      const { Contents: [{ Key = '' } = {}] = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket }));
      assert.match(
        Key,
        /^aws\/lambda\/async\/fn\/2026\/09\/22\/2026-09-22T17\.32\.55-[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
      );
      const object = await s3.client.send(new GetObjectCommand({ Bucket, Key }));
      assert.deepEqual(
        [await object.Body?.transformToString(), object.ContentType, object.ServerSideEncryption, object.Metadata],
        ['{"é":1}', 'application/octet-stream', 'AES256', {}],
      );
    });

    it('is part of the transaction around it', async () => {
      assert.throws(() =>
        transaction(s3.db, () => {
          deliver('arn:aws:s3:::records', { record });
          throw new Error('not delivered after all');
        }),
      );
      assert.equal((await s3.client.send(new ListObjectsV2Command({ Bucket }))).KeyCount, 0);
    });

    for (const [arn, origin, reason] of [
      ['arn:aws:s3:::nowhere', { record }, /nowhere does not exist/],
      ['arn:aws:s3:eu-west-1:123456789012:records', { record }, /another region or account/],
      ['arn:aws:sqs:us-east-1:123456789012:records', { record }, /not the ARN of an S3 bucket/],
      ['arn:aws:s3:::records', {}, /only execution records/],
    ] as const) {
      it(`refuses ${arn} with ${JSON.stringify(Object.keys(origin))}`, () => {
        assert.throws(
          () => deliver(arn, origin),
          (error) => DeliveryRefused.is(error) && reason.test(error.message),
        );
      });
    }
  });
});
