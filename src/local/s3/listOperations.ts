import { element, type Xml } from '../server/xml.ts';
import { afterAllOf, justAfter } from './keyOrder.ts';
import { commonPrefixOf, type Listing, listObjects } from './listing.ts';
import type { StoredObject } from './objectTable.ts';
import { invalidArgument } from './s3Error.ts';
import { isoTime, ownerId, requireBucket, type S3Operation, xmlAnswer } from './s3Parts.ts';
import type { S3Request } from './s3Request.ts';

const maximumKeys = 1000;

/** ListObjectsV2. */
export const listObjectsV2: S3Operation = (parts, request) => {
  const { name } = requireBucket(parts, request);
  const { query } = request;
  const { prefix, delimiter, maxKeys, encodes, encode } = readQuery(request);
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after') ?? '';
  const from = token === null ? (startAfter === '' ? '' : justAfter(startAfter)) : readToken(token);
  const page = listObjects(parts.objects, { bucket: name, prefix, delimiter, from, maxKeys });
  const owned = query.get('fetch-owner') === 'true';
  return xmlAnswer('ListBucketResult', [
    element('Name', name),
    element('Prefix', encode(prefix)),
    ...optional('StartAfter', encode(startAfter)),
    ...optional('ContinuationToken', token ?? ''),
    ...optional('NextContinuationToken', page.next === undefined ? '' : Buffer.from(page.next).toString('base64')),
    element('KeyCount', String(page.objects.length + page.commonPrefixes.length)),
    element('MaxKeys', String(maxKeys)),
    ...optional('Delimiter', encode(delimiter)),
    ...(encodes ? [element('EncodingType', 'url')] : []),
    element('IsTruncated', String(page.next !== undefined)),
    ...showPage(page, encode, owned ? ownerId(parts) : undefined),
  ]);
};

/** ListObjects, the older one: pages go on after a key or a common prefix. */
export const listObjectsV1: S3Operation = (parts, request) => {
  const { name } = requireBucket(parts, request);
  const { prefix, delimiter, maxKeys, encodes, encode } = readQuery(request);
  const marker = request.query.get('marker') ?? '';
  // A marker below a common prefix stands for all that the prefix does, as on AWS; `start-after` of version 2 does not.
  const rolledUp = marker.startsWith(prefix) ? commonPrefixOf(marker, prefix, delimiter) : undefined;
  const after = rolledUp === undefined ? justAfter(marker) : afterAllOf(rolledUp);
  const from = marker === '' ? '' : after;
  const page =
    from === undefined
      ? { objects: [], commonPrefixes: [] }
      : listObjects(parts.objects, { bucket: name, prefix, delimiter, from, maxKeys });
  const truncated = 'next' in page;
  return xmlAnswer('ListBucketResult', [
    element('Name', name),
    element('Prefix', encode(prefix)),
    element('Marker', encode(marker)),
    // Without a delimiter the last key tells it.
    ...optional('NextMarker', truncated && delimiter !== '' ? encode(page.last ?? '') : ''),
    element('MaxKeys', String(maxKeys)),
    ...optional('Delimiter', encode(delimiter)),
    ...(encodes ? [element('EncodingType', 'url')] : []),
    element('IsTruncated', String(truncated)),
    ...showPage(page, encode, ownerId(parts)),
  ]);
};

/** ListBuckets. */
export const listBuckets: S3Operation = (parts, { query }) => {
  const prefix = query.get('prefix') ?? '';
  const asked = query.get('max-buckets');
  const limit = asked === null ? 10_000 : Number(asked);
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) {
    throw invalidArgument('MaxBuckets must be between 1 and 10000', 'max-buckets', asked ?? '');
  }
  const { region } = parts.scope;
  const elsewhere = (query.get('bucket-region') ?? region) !== region;
  const token = query.get('continuation-token');
  const after = token === null ? '' : readToken(token);
  const found = elsewhere ? [] : parts.buckets.list({ after, prefix, limit: limit + 1 });
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1)?.name : undefined;
  const detailed = ['prefix', 'max-buckets', 'continuation-token', 'bucket-region'].some((name) => query.has(name));
  return xmlAnswer('ListAllMyBucketsResult', [
    element('Owner', [element('ID', ownerId(parts))]),
    element(
      'Buckets',
      page.map((bucket) =>
        element('Bucket', [
          element('Name', bucket.name),
          element('CreationDate', isoTime(bucket.createdAt)),
          ...(detailed ? [element('BucketRegion', region)] : []),
        ]),
      ),
    ),
    ...optional('ContinuationToken', last === undefined ? '' : Buffer.from(last).toString('base64')),
    ...optional('Prefix', prefix),
  ]);
};

function readQuery({ query }: S3Request): {
  readonly prefix: string;
  readonly delimiter: string;
  readonly maxKeys: number;
  readonly encodes: boolean;
  readonly encode: (text: string) => string;
} {
  const asked = query.get('max-keys');
  const maxKeys = asked === null || asked === '' ? maximumKeys : Number(asked);
  if (!Number.isInteger(maxKeys) || maxKeys < 0 || maxKeys > 2_147_483_647) {
    throw invalidArgument('Provided max-keys not an integer or within integer range', 'max-keys', asked ?? '');
  }
  const encoding = query.get('encoding-type');
  if (encoding !== null && encoding !== 'url') {
    throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', encoding);
  }
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    maxKeys: Math.min(maxKeys, maximumKeys),
    encodes: encoding === 'url',
    encode: encoding === 'url' ? urlEncode : (text) => text,
  };
}

/** As S3 does: of a form, but for slashes. */
function urlEncode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+')
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function readToken(token: string): string {
  const text = Buffer.from(token, 'base64').toString();
  if (text !== '' && Buffer.from(text).toString('base64') === token) return text;
  throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token);
}

function showPage(
  { objects, commonPrefixes }: Pick<Listing, 'objects' | 'commonPrefixes'>,
  encode: (text: string) => string,
  owner: string | undefined,
): readonly Xml[] {
  return [
    ...objects.map((object) => element('Contents', showObject(object, encode, owner))),
    ...commonPrefixes.map((prefix) => element('CommonPrefixes', [element('Prefix', encode(prefix))])),
  ];
}

function showObject(object: StoredObject, encode: (text: string) => string, owner: string | undefined): readonly Xml[] {
  return [
    element('Key', encode(object.key)),
    element('LastModified', isoTime(object.modifiedAt)),
    element('ETag', `"${object.etag}"`),
    element('ChecksumAlgorithm', object.checksumAlgorithm.toUpperCase()),
    element('ChecksumType', object.checksum.includes('-') ? 'COMPOSITE' : 'FULL_OBJECT'),
    element('Size', String(object.size)),
    ...(owner === undefined ? [] : [element('Owner', [element('ID', owner)])]),
    element('StorageClass', object.headers['x-amz-storage-class'] ?? 'STANDARD'),
  ];
}

function optional(name: string, text: string): readonly Xml[] {
  return text === '' ? [] : [element(name, text)];
}
