import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { AccountScope } from '../../model/arn.ts';
import type { DeliveryTarget } from '../deliveryTargets.ts';
import type { ApiResponse, ApiService } from '../server/apiRequest.ts';
import { checkBucketName, createBucket, deleteBucket, getBucketLocation, headBucket } from './bucketOperations.ts';
import { BucketTable } from './bucketTable.ts';
import { copyObject } from './copyObject.ts';
import { deleteObjects } from './deleteObjects.ts';
import { listBuckets, listObjectsV1, listObjectsV2 } from './listOperations.ts';
import { deleteObject, getObject, putObject } from './objectOperations.ts';
import { ObjectTable } from './objectTable.ts';
import { checkPresigned } from './presigned.ts';
import { createBucketDelivery } from './s3Delivery.ts';
import { errorAnswer, notImplemented, S3Error } from './s3Error.ts';
import type { S3Operation, S3Parts } from './s3Parts.ts';
import { type S3Request, toS3Request } from './s3Request.ts';
import { getDefault, subresourceOf } from './subresources.ts';

/** Local S3. */
export interface S3Service {
  /** REST with XML, path style and virtual hosts. */
  readonly service: ApiService;
  /** Takes execution records only. */
  readonly target: DeliveryTarget;
  /**
   * Makes a bucket that a template or a destination names, if there is none. @throws S3Error when S3 would refuse the
   * name.
   */
  ensureBucket(name: string): void;
  /** The bytes of an object, or which of the two is not there. */
  readObject(bucket: string, key: string): Uint8Array | 'NoSuchBucket' | 'NoSuchKey';
}

/** Makes local S3 on the shared database, bytes and all. `now` is epoch ms. */
export function createS3Service(options: {
  readonly db: DatabaseSync;
  readonly scope: AccountScope;
  readonly now?: () => number;
}): S3Service {
  const { db, scope, now = Date.now } = options;
  const parts: S3Parts = { db, scope, buckets: new BucketTable(db), objects: new ObjectTable(db), now };
  return {
    service: {
      async handle(request) {
        const id = { 'x-amz-request-id': request.requestId, 'x-amz-id-2': randomBytes(32).toString('base64') };
        const { headers, ...answer } = await run(parts, request);
        return { ...answer, headers: { ...headers, ...id } };
      },
    },
    target: createBucketDelivery(parts),
    ensureBucket(name) {
      checkBucketName(name);
      parts.buckets.create(name, now());
    },
    readObject(bucket, key) {
      if (!parts.buckets.find(bucket)) return 'NoSuchBucket';
      const object = parts.objects.find(bucket, key);
      return object ? parts.objects.read(bucket, key, 0, object.size) : 'NoSuchKey';
    },
  };
}

async function run(parts: S3Parts, request: Parameters<ApiService['handle']>[0]): Promise<ApiResponse> {
  try {
    checkPresigned(request.query, parts.now());
    const parsed = toS3Request(request);
    return findOperation(parsed)(parts, parsed);
  } catch (error) {
    if (!S3Error.is(error)) throw error;
    return errorAnswer(error, request);
  }
}

function findOperation(request: S3Request): S3Operation {
  const { bucket, key, method, query, headers } = request;
  const subresource = subresourceOf(query);
  if (bucket === undefined) {
    if (method === 'GET') return listBuckets;
    throw methodNotAllowed(method);
  }
  if (subresource === 'location' && method === 'GET' && key === undefined) return getBucketLocation;
  if (subresource !== undefined) return getDefault;
  if (key === undefined) return bucketOperation(request);
  switch (method) {
    case 'PUT':
      return headers['x-amz-copy-source'] === undefined ? putObject : copyObject;
    case 'GET':
    case 'HEAD':
      return getObject;
    case 'DELETE':
      return deleteObject;
    default:
      throw methodNotAllowed(method);
  }
}

function bucketOperation({ method, query }: S3Request): S3Operation {
  switch (method) {
    case 'PUT':
      return createBucket;
    case 'HEAD':
      return headBucket;
    case 'DELETE':
      return deleteBucket;
    case 'GET':
      return query.get('list-type') === '2' ? listObjectsV2 : listObjectsV1;
    case 'POST':
      if (query.has('delete')) return deleteObjects;
      throw notImplemented('Uploading by an HTML form');
    default:
      throw methodNotAllowed(method);
  }
}

function methodNotAllowed(method: string): S3Error {
  return new S3Error(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.', {
    Method: method,
  });
}
