import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';

/** Facts that hold no id, time or host; by name. */
export type S3Facts = Readonly<Record<string, unknown>>;

/** The same for every server: what clients of S3 do, and what they are told. Each has a bucket of its own. */
export const s3Scenarios: Readonly<Record<string, (client: S3Client) => Promise<S3Facts>>> = {
  'buckets are made, found and deleted': async (client) => {
    const Bucket = 'facts-buckets';
    const made = await client.send(new CreateBucketCommand({ Bucket }));
    const again = await outcome(client.send(new CreateBucketCommand({ Bucket })));
    const head = await client.send(new HeadBucketCommand({ Bucket }));
    const { Buckets } = await client.send(new ListBucketsCommand({}));
    const location = await outcome(client.send(new GetBucketLocationCommand({ Bucket })));
    const versioning = await client.send(new GetBucketVersioningCommand({ Bucket }));
    await put(client, Bucket, 'x');
    const full = await outcome(client.send(new DeleteBucketCommand({ Bucket })));
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'x' }));
    await client.send(new DeleteBucketCommand({ Bucket }));
    return {
      made: made.Location,
      again,
      region: head.BucketRegion,
      listed: Buckets?.some(({ Name }) => Name === Bucket),
      location,
      versioning: versioning.Status,
      full,
      gone: await outcome(client.send(new HeadBucketCommand({ Bucket }))),
      goneList: await outcome(client.send(new ListObjectsV2Command({ Bucket }))),
      badName: await outcome(client.send(new CreateBucketCommand({ Bucket: 'facts_bucket' }))),
    };
  },

  'objects come back as they were put': async (client) => {
    const Bucket = await bucket(client, 'facts-objects');
    const Body = Buffer.from('0123456789é\u{1f600}\r\n');
    const Metadata = { colour: 'red', 'two-words': 'a b' };
    const input = { Body, Metadata, ContentType: 'text/x', CacheControl: 'no-store', ContentLanguage: 'fr' };
    const written = await put(client, Bucket, 'a b+ü', input);
    const read = await client.send(new GetObjectCommand({ Bucket, Key: 'a b+ü' }));
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'a b+ü', ChecksumMode: 'ENABLED' }));
    await put(client, Bucket, 'plain', { Body });
    const plain = await client.send(new HeadObjectCommand({ Bucket, Key: 'plain' }));
    const part = await client.send(new GetObjectCommand({ Bucket, Key: 'plain', Range: 'bytes=2-4' }));
    const end = await client.send(new GetObjectCommand({ Bucket, Key: 'plain', Range: 'bytes=-4' }));
    const as = await client.send(new GetObjectCommand({ Bucket, Key: 'plain', ResponseContentType: 'text/y' }));
    return {
      etag: written.ETag,
      writtenChecksum: written.ChecksumCRC32,
      body: await read.Body?.transformToString(),
      headers: [read.ContentType, read.CacheControl, read.ContentLanguage, read.ContentLength, read.ETag],
      contentEncoding: read.ContentEncoding,
      metadata: read.Metadata,
      acceptRanges: read.AcceptRanges,
      headChecksum: head.ChecksumCRC32,
      defaultType: plain.ContentType,
      part: [await part.Body?.transformToString(), part.ContentRange, part.ContentLength],
      end: await end.Body?.transformToString(),
      as: as.ContentType,
      encryption: head.ServerSideEncryption,
    };
  },

  'conditions hold': async (client) => {
    const Bucket = await bucket(client, 'facts-conditions');
    const { ETag } = await put(client, Bucket, 'x');
    const get = (input: object) => outcome(client.send(new GetObjectCommand({ Bucket, Key: 'x', ...input })));
    return {
      match: await get({ IfMatch: ETag }),
      noMatch: await get({ IfMatch: '"other"' }),
      noneMatch: await get({ IfNoneMatch: ETag }),
      unmodified: await get({ IfUnmodifiedSince: new Date(0) }),
      notModified: await get({ IfModifiedSince: new Date(Date.now() + 5000) }),
      exists: await outcome(put(client, Bucket, 'x', { IfNoneMatch: '*' })),
      badRange: await get({ Range: 'bytes=1000-' }),
      oddRange: await get({ Range: 'lines=1-2' }),
    };
  },

  'lists tell keys, prefixes and pages': async (client) => {
    const Bucket = await bucket(client, 'facts-lists');
    for (const key of ['a/1', 'a/2', 'b', 'c/x/1', 'c/y', 'd e+']) await put(client, Bucket, key);
    const odd = await bucket(client, 'facts-order');
    for (const key of ['a', 'B', '-', 'ü', '\u{1f600}', '\uffee']) await put(client, odd, key);
    const list = async (input: Partial<ListObjectsV2CommandInput>) => {
      const page = await client.send(new ListObjectsV2Command({ Bucket, ...input }));
      return [keys(page), page.KeyCount, page.IsTruncated, page.MaxKeys];
    };
    const first = await client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 2, Delimiter: '/' }));
    const { NextContinuationToken: ContinuationToken } = first;
    const old = await client.send(new ListObjectsCommand({ Bucket, MaxKeys: 1, Delimiter: '/' }));
    const oldNext = await client.send(new ListObjectsCommand({ Bucket, Delimiter: '/', Marker: old.NextMarker }));
    const oldInside = await client.send(new ListObjectsCommand({ Bucket, Delimiter: '/', Marker: 'a/1' }));
    const oldPlain = await client.send(new ListObjectsCommand({ Bucket, MaxKeys: 1 }));
    const [object] = (await client.send(new ListObjectsV2Command({ Bucket }))).Contents ?? [];
    return {
      order: keys(await client.send(new ListObjectsV2Command({ Bucket: odd }))),
      all: await list({}),
      delimiter: await list({ Delimiter: '/' }),
      prefix: await list({ Prefix: 'c/' }),
      both: await list({ Prefix: 'c/', Delimiter: '/' }),
      partPrefix: await list({ Prefix: 'c', Delimiter: '/' }),
      longDelimiter: await list({ Delimiter: '/x/' }),
      startAfter: await list({ StartAfter: 'b' }),
      startInside: await list({ StartAfter: 'a/1', Delimiter: '/' }),
      encoded: await list({ EncodingType: 'url', Prefix: 'd' }),
      none: await list({ MaxKeys: 0 }),
      tooMany: await list({ MaxKeys: 2000, Prefix: 'b' }),
      firstPage: keys(first),
      secondPage: await list({ MaxKeys: 2, Delimiter: '/', ContinuationToken }),
      oldMarker: [keys(old), old.NextMarker, old.IsTruncated],
      oldNext: keys(oldNext),
      oldInside: keys(oldInside),
      oldPlainMarker: oldPlain.NextMarker,
      object: [object?.Key, object?.ETag, object?.Size, object?.StorageClass],
      checksums: [object?.ChecksumAlgorithm, object?.ChecksumType],
      negative: await outcome(client.send(new ListObjectsV2Command({ Bucket, MaxKeys: -1 }))),
      badToken: await outcome(client.send(new ListObjectsV2Command({ Bucket, ContinuationToken: '!' }))),
    };
  },

  'objects are copied and deleted': async (client) => {
    const Bucket = await bucket(client, 'facts-copies');
    const { ETag } = await put(client, Bucket, 'ü b', { Metadata: { a: 'b' }, ContentType: 'text/x' });
    const CopySource = `${Bucket}/${encodeURIComponent('ü b')}`;
    const copied = await client.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource }));
    const copy = await client.send(new HeadObjectCommand({ Bucket, Key: 'copy' }));
    const MetadataDirective = 'REPLACE';
    await client.send(new CopyObjectCommand({ Bucket, Key: 'bare', CopySource, MetadataDirective }));
    const bare = await client.send(new HeadObjectCommand({ Bucket, Key: 'bare' }));
    const Objects = [{ Key: 'copy' }, { Key: 'missing' }];
    const deleted = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    const quiet = await client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'bare' }], Quiet: true } }),
    );
    return {
      sameTag: copied.CopyObjectResult?.ETag === ETag,
      copy: [copy.Metadata, copy.ContentType],
      bare: [bare.Metadata, bare.ContentType],
      deleted: deleted.Deleted?.map(({ Key }) => Key),
      quiet: quiet.Deleted?.map(({ Key }) => Key),
      left: keys(await client.send(new ListObjectsV2Command({ Bucket }))),
      again: (await client.send(new DeleteObjectCommand({ Bucket, Key: 'missing' }))).$metadata.httpStatusCode,
      onItself: await outcome(client.send(new CopyObjectCommand({ Bucket, Key: 'ü b', CopySource }))),
      noSource: await outcome(client.send(new CopyObjectCommand({ Bucket, Key: 'x', CopySource: `${Bucket}/nope` }))),
    };
  },

  'what is wrong is refused': async (client) => {
    const Bucket = await bucket(client, 'facts-refusals');
    const write = (input: Partial<PutObjectCommandInput>) => outcome(put(client, Bucket, 'x', input));
    return {
      noKey: await outcome(client.send(new GetObjectCommand({ Bucket, Key: 'missing' }))),
      noKeyHead: await outcome(client.send(new HeadObjectCommand({ Bucket, Key: 'missing' }))),
      noBucket: await outcome(put(client, 'facts-nowhere', 'x')),
      longKey: await outcome(put(client, Bucket, 'x'.repeat(1025))),
      md5: await write({ ContentMD5: Buffer.alloc(16).toString('base64') }),
      md5Shape: await write({ ContentMD5: 'short' }),
      checksum: await write({ ChecksumSHA256: Buffer.alloc(32).toString('base64') }),
      notification: await outcome(
        client.send(
          new PutBucketNotificationConfigurationCommand({
            Bucket,
            NotificationConfiguration: { EventBridgeConfiguration: {} },
          }),
        ),
      ),
    };
  },
};

async function bucket(client: S3Client, Bucket: string): Promise<string> {
  await client.send(new CreateBucketCommand({ Bucket }));
  return Bucket;
}

function put(client: S3Client, Bucket: string, Key: string, input: Partial<PutObjectCommandInput> = {}) {
  return client.send(new PutObjectCommand({ Bucket, Key, Body: `content of ${Key}`, ...input }));
}

function keys(page: {
  readonly Contents?: readonly { readonly Key?: string | undefined }[] | undefined;
  readonly CommonPrefixes?: readonly { readonly Prefix?: string | undefined }[] | undefined;
}): unknown {
  return [page.Contents?.map(({ Key }) => Key) ?? [], page.CommonPrefixes?.map(({ Prefix }) => Prefix) ?? []];
}

/** The status, and the name of an error. */
async function outcome(
  answer: Promise<{ readonly $metadata: { readonly httpStatusCode?: number } }>,
): Promise<unknown> {
  try {
    return (await answer).$metadata.httpStatusCode;
  } catch (error) {
    if (!(error instanceof S3ServiceException)) return String(error);
    return `${error.$metadata.httpStatusCode} ${error.name}`;
  }
}
