import type { ApiRequest } from '../server/apiRequest.ts';
import { S3Error } from './s3Error.ts';

/** A request to S3 with what it is about taken out of path and host. Keys are exact: nothing is normalised. */
export interface S3Request extends Pick<ApiRequest, 'method' | 'query' | 'headers' | 'body'> {
  readonly bucket?: string;
  readonly key?: string;
}

/**
 * Finds bucket and key: path style (`/bucket/key`), or the host names the bucket (`bucket.localhost`,
 * `bucket.s3.localhost`, `bucket.s3.us-east-1.localhost`). @throws S3Error `InvalidURI`, `KeyTooLongError`
 */
export function toS3Request({ method, rawPath, query, headers, body }: ApiRequest): S3Request {
  const virtual = bucketOfHost(headers['host'] ?? '');
  const path = rawPath.replace(/^\//, '');
  const slash = path.indexOf('/');
  const inPath = slash < 0 ? path : path.slice(0, slash);
  const bucket = virtual ?? decode(inPath);
  const key = decode(virtual === undefined ? path.slice(inPath.length + 1) : path);
  if (Buffer.byteLength(key) > 1024) {
    throw new S3Error(400, 'KeyTooLongError', 'Your key is too long', {
      Size: String(Buffer.byteLength(key)),
      MaxSizeAllowed: '1024',
    });
  }
  return {
    method,
    query,
    headers,
    body,
    ...(bucket === '' ? {} : { bucket }),
    ...(key === '' ? {} : { key }),
  };
}

/** The bucket that a host names, if any. */
export function bucketOfHost(host: string): string | undefined {
  const name = /^(.+)\.localhost\.?(?::\d+)?$/i.exec(host)?.[1]?.toLowerCase();
  if (name === undefined) return undefined;
  const endpoint = /^(?:(.+)\.)?s3(?:[.-][a-z\d-]+)?$/.exec(name);
  return endpoint ? endpoint[1] : name;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error(400, 'InvalidURI', "Couldn't parse the specified URI.", { URI: text });
  }
}
