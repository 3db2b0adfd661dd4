import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { AccountScope } from '../../model/arn.ts';
import type { ApiResponse } from '../server/apiRequest.ts';
import { element, type Xml } from '../server/xml.ts';
import type { Bucket, BucketTable } from './bucketTable.ts';
import type { ObjectTable } from './objectTable.ts';
import { noSuchBucket, S3Error } from './s3Error.ts';
import type { S3Request } from './s3Request.ts';

/** What the operations of S3 work with. `now` is epoch ms. */
export interface S3Parts {
  readonly db: DatabaseSync;
  readonly scope: AccountScope;
  readonly buckets: BucketTable;
  readonly objects: ObjectTable;
  readonly now: () => number;
}

/** One operation. */
export type S3Operation = (parts: S3Parts, request: S3Request) => ApiResponse;

/** The bucket of a request. @throws S3Error `NoSuchBucket`; `AccessDenied` when another owner is expected. */
export function requireBucket({ buckets, scope }: S3Parts, { bucket = '', headers }: S3Request): Bucket {
  const found = buckets.find(bucket);
  if (!found) throw noSuchBucket(bucket);
  const owner = headers['x-amz-expected-bucket-owner'];
  if (owner !== undefined && owner !== scope.account) throw new S3Error(403, 'AccessDenied', 'Access Denied');
  return found;
}

/** An answer in S3's XML. */
export function xmlAnswer(name: string, content: readonly Xml[] | string): ApiResponse {
  const body = element(name, content, { xmlns: 'http://s3.amazonaws.com/doc/2006-03-01/' });
  return {
    status: 200,
    headers: { 'Content-Type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body.xml}`,
  };
}

/** The canonical id of the account, as long as AWS's. */
export function ownerId({ scope }: S3Parts): string {
  return createHash('sha256').update(`owner ${scope.account}`).digest('hex');
}

/** A time in XML: whole seconds, with the milliseconds that S3 writes. */
export function isoTime(at: number): string {
  return new Date(at).toISOString();
}
