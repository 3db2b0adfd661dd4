import { element, type Xml } from '../server/xml.ts';
import { requireObject } from './objectOperations.ts';
import { notImplemented, S3Error } from './s3Error.ts';
import { ownerId, requireBucket, type S3Operation, type S3Parts, xmlAnswer } from './s3Parts.ts';

/** Query parameters that name another thing than the bucket or object itself (S3 API reference). */
const subresources = [
  'abac',
  'accelerate',
  'acl',
  'analytics',
  'attributes',
  'cors',
  'encryption',
  'intelligent-tiering',
  'inventory',
  'legal-hold',
  'lifecycle',
  'location',
  'logging',
  'metadataConfiguration',
  'metadataInventoryTable',
  'metadataJournalTable',
  'metadataTable',
  'metrics',
  'notification',
  'object-lock',
  'ownershipControls',
  'policy',
  'policyStatus',
  'publicAccessBlock',
  'renameObject',
  'replication',
  'requestPayment',
  'restore',
  'retention',
  'select',
  'session',
  'tagging',
  'torrent',
  'uploadId',
  'uploads',
  'versioning',
  'versions',
  'website',
] as const;

/** The one that a query names, if any. */
export function subresourceOf(query: URLSearchParams): (typeof subresources)[number] | undefined {
  return subresources.find((name) => query.has(name));
}

/**
 * What clients read of every bucket or object, answered as S3 does where nothing was set: nothing can be set here.
 * @throws S3Error `NotImplemented` for all else
 */
export const getDefault: S3Operation = (parts, request) => {
  const { name } = requireBucket(parts, request);
  const { method, query, key } = request;
  const subresource = subresourceOf(query) ?? '';
  if (subresource === 'uploads' || subresource === 'uploadId') throw multipart();
  if (method !== 'GET') throw notImplemented(`${method} of ?${subresource}`);
  if (key !== undefined) {
    requireObject(parts, name, request);
    if (subresource === 'acl') return accessControl(parts);
    if (subresource === 'tagging') return xmlAnswer('Tagging', [element('TagSet', [])]);
    throw notImplemented(`?${subresource} of an object`);
  }
  switch (subresource) {
    case 'acl':
      return accessControl(parts);
    case 'versioning':
      return xmlAnswer('VersioningConfiguration', []);
    case 'notification':
      return xmlAnswer('NotificationConfiguration', []);
    case 'logging':
      return xmlAnswer('BucketLoggingStatus', []);
    case 'accelerate':
      return xmlAnswer('AccelerateConfiguration', []);
    case 'requestPayment':
      return xmlAnswer('RequestPaymentConfiguration', [element('Payer', 'BucketOwner')]);
    case 'encryption':
      return xmlAnswer('ServerSideEncryptionConfiguration', defaultEncryption);
    default:
      throw unset(subresource, name) ?? notImplemented(`?${subresource} of a bucket`);
  }
};

function multipart(): S3Error {
  const advice =
    'Send the object in one request, of up to 64 MiB; for the AWS CLI: aws configure set default.s3.multipart_threshold 64MB';
  return new S3Error(501, 'NotImplemented', `Multipart upload is not offered by local Lambda. ${advice}`);
}

const defaultEncryption: readonly Xml[] = [
  element('Rule', [
    element('ApplyServerSideEncryptionByDefault', [element('SSEAlgorithm', 'AES256')]),
    element('BucketKeyEnabled', 'false'),
  ]),
];

function accessControl(parts: S3Parts): ReturnType<S3Operation> {
  const id = element('ID', ownerId(parts));
  const type = { 'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance', 'xsi:type': 'CanonicalUser' };
  return xmlAnswer('AccessControlPolicy', [
    element('Owner', [id]),
    element('AccessControlList', [
      element('Grant', [element('Grantee', [id], type), element('Permission', 'FULL_CONTROL')]),
    ]),
  ]);
}

/** How S3 says that a bucket has none. */
const absent: Readonly<Record<string, readonly [code: string, message: string]>> = {
  cors: ['NoSuchCORSConfiguration', 'The CORS configuration does not exist'],
  lifecycle: ['NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist'],
  'object-lock': ['ObjectLockConfigurationNotFoundError', 'Object Lock configuration does not exist for this bucket'],
  policy: ['NoSuchBucketPolicy', 'The bucket policy does not exist'],
  policyStatus: ['NoSuchBucketPolicy', 'The bucket policy does not exist'],
  replication: ['ReplicationConfigurationNotFoundError', 'The replication configuration was not found'],
  tagging: ['NoSuchTagSet', 'The TagSet does not exist'],
  website: ['NoSuchWebsiteConfiguration', 'The specified bucket does not have a website configuration'],
};

function unset(subresource: string, bucket: string): S3Error | undefined {
  const problem = Object.hasOwn(absent, subresource) ? absent[subresource] : undefined;
  return problem && new S3Error(404, ...problem, { BucketName: bucket });
}
