import { checkWrite, isNotModified, readRange } from './conditions.ts';
import { checksumOf } from './checksums.ts';
import { checksumHeaders, defaultChecksum, encryption, objectHeaders, readObjectHeaders } from './objectHeaders.ts';
import type { StoredObject } from './objectTable.ts';
import { type Payload, readPayload } from './payload.ts';
import { invalidArgument, noSuchKey, notImplemented, S3Error } from './s3Error.ts';
import { requireBucket, type S3Operation, type S3Parts } from './s3Parts.ts';
import type { S3Request } from './s3Request.ts';

/** PutObject. */
export const putObject: S3Operation = (parts, request) => {
  const { name } = requireBucket(parts, request);
  const { key = '', headers } = request;
  const own = readObjectHeaders(headers);
  const payload = readPayload(request);
  checkWrite(parts.objects.find(name, key), key, headers);
  const object = toObject(key, payload, own, parts.now());
  parts.objects.put(name, object, payload.bytes);
  return {
    status: 200,
    headers: { etag: `"${object.etag}"`, ...encryption, ...checksumHeaders(object) },
  };
};

/** What is kept of bytes that are put at `at`, epoch ms. */
export function toObject(key: string, payload: Payload, headers: StoredObject['headers'], at: number): StoredObject {
  const { bytes, md5, checksum } = payload;
  return {
    key,
    size: bytes.byteLength,
    etag: md5,
    modifiedAt: wholeSeconds(at),
    headers,
    checksumAlgorithm: checksum?.algorithm ?? defaultChecksum,
    checksum: checksum?.value ?? checksumOf(defaultChecksum, bytes),
  };
}

/** S3 tells no smaller times of objects. */
export function wholeSeconds(at: number): number {
  return Math.floor(at / 1000) * 1000;
}

/** GetObject and HeadObject: the latter is told by the method. */
export const getObject: S3Operation = (parts, request) => {
  const { name } = requireBucket(parts, request);
  const object = requireObject(parts, name, request);
  const { method, headers, query } = request;
  if (query.has('partNumber')) throw notImplemented('Reading a single part');
  const shown: Record<string, string> = { ...objectHeaders(object), ...sandbox };
  if (isNotModified(object, headers)) {
    const { etag = '', 'last-modified': modified = '' } = shown;
    return { status: 304, headers: { etag, 'last-modified': modified } };
  }
  for (const [parameter, header] of Object.entries(overrides)) {
    const value = query.get(parameter);
    if (value === null) continue;
    if (!/^[\t\u0020-\u007e\u00a0-\u00ff]*$/.test(value)) {
      throw invalidArgument('Header value cannot be represented using ISO-8859-1.', parameter, value);
    }
    shown[header] = value;
  }
  const range = readRange(headers['range'], object.size);
  const { start, end } = range ?? { start: 0, end: object.size - 1 };
  const length = end - start + 1;
  if (range) shown['content-range'] = `bytes ${start}-${end}/${object.size}`;
  // The checksum is that of the whole.
  else if (headers['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED') Object.assign(shown, checksumHeaders(object));
  return {
    status: range ? 206 : 200,
    headers: { ...shown, 'content-length': String(length) },
    body: method === 'HEAD' ? '' : parts.objects.read(name, object.key, start, length),
  };
};

/** A web page that was put as an object must not speak to local Lambda as its own origin. */
const sandbox = { 'content-security-policy': 'sandbox' };

/** Query parameters that replace headers of the answer. */
const overrides = {
  'response-cache-control': 'cache-control',
  'response-content-disposition': 'content-disposition',
  'response-content-encoding': 'content-encoding',
  'response-content-language': 'content-language',
  'response-content-type': 'content-type',
  'response-expires': 'expires',
} as const;

/** DeleteObject: what is not there is deleted, too. */
export const deleteObject: S3Operation = (parts, request) => {
  const { name } = requireBucket(parts, request);
  const { key = '', headers } = request;
  refuseVersion(request);
  if (headers['if-match'] !== undefined) checkWrite(parts.objects.find(name, key), key, headers);
  parts.objects.remove(name, key);
  return { status: 204 };
};

/** The object of a request. @throws S3Error `NoSuchKey` */
export function requireObject({ objects }: S3Parts, bucket: string, request: S3Request): StoredObject {
  const { key = '' } = request;
  refuseVersion(request);
  const object = objects.find(bucket, key);
  if (!object) throw noSuchKey(key);
  return object;
}

/** Buckets have no versioning here: the one version there is has the id `null`. */
function refuseVersion({ query }: S3Request): void {
  const version = query.get('versionId');
  if (version === null || version === 'null') return;
  throw new S3Error(400, 'InvalidArgument', 'Invalid version id specified', {
    ArgumentName: 'versionId',
    ArgumentValue: version,
  });
}
