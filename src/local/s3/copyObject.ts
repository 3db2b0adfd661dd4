import { element } from '../server/xml.ts';
import { checkWrite, isNotModified } from './conditions.ts';
import { encryption, readObjectHeaders } from './objectHeaders.ts';
import { requireObject, wholeSeconds } from './objectOperations.ts';
import { invalidArgument, invalidRequest, notImplemented, preconditionFailed } from './s3Error.ts';
import { isoTime, requireBucket, type S3Operation, xmlAnswer } from './s3Parts.ts';
import type { S3Request } from './s3Request.ts';

/** CopyObject. */
export const copyObject: S3Operation = (parts, request) => {
  const { name } = requireBucket(parts, request);
  const { key = '', headers } = request;
  const { 'x-amz-copy-source': source = '', 'x-amz-metadata-directive': directive = 'COPY' } = headers;
  const from = readSource(source, request);
  requireBucket(parts, { ...from, headers: {} });
  const original = requireObject(parts, from.bucket ?? '', from);
  if (isNotModified(original, headers, 'x-amz-copy-source-')) throw preconditionFailed('If-None-Match');
  checkWrite(parts.objects.find(name, key), key, headers);
  if (directive !== 'COPY' && directive !== 'REPLACE') {
    throw invalidArgument('Unknown metadata directive.', 'x-amz-metadata-directive', directive);
  }
  if (headers['x-amz-tagging-directive'] === 'REPLACE') throw notImplemented('Tagging a copy');
  const own = readObjectHeaders(headers);
  if (directive === 'COPY' && from.bucket === name && from.key === key) {
    if (own['x-amz-storage-class'] === original.headers['x-amz-storage-class']) {
      throw invalidRequest(
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's " +
          'metadata, storage class, website redirect location or encryption attributes.',
      );
    }
  }
  // The class is the copy's own whatever the directive is.
  const { 'x-amz-storage-class': _theirs, ...theirs } = original.headers;
  const { 'x-amz-storage-class': storageClass } = own;
  const copied = { ...theirs, ...(storageClass === undefined ? {} : { 'x-amz-storage-class': storageClass }) };
  const object = {
    ...original,
    key,
    modifiedAt: wholeSeconds(parts.now()),
    headers: directive === 'COPY' ? copied : own,
  };
  parts.objects.copy({ bucket: from.bucket ?? '', key: original.key }, name, object);
  const answer = xmlAnswer('CopyObjectResult', [
    element('LastModified', isoTime(object.modifiedAt)),
    element('ETag', `"${object.etag}"`),
    element(`Checksum${object.checksumAlgorithm.toUpperCase()}`, object.checksum),
  ]);
  return { ...answer, headers: { ...answer.headers, ...encryption } };
};

/** `/bucket/key?versionId=…`, URL-encoded; the first slash may be left out. */
function readSource(source: string, request: S3Request): S3Request {
  const [path = '', search = ''] = source.split('?');
  const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decoded(path) ?? '') ?? [];
  if (bucket === undefined || key === undefined) {
    throw invalidArgument(
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
      'x-amz-copy-source',
      source,
    );
  }
  return { ...request, bucket, key, query: new URLSearchParams(search) };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
