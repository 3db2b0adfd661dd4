import { readPayload } from './payload.ts';
import { childText, readXml } from './readXml.ts';
import { malformedXml, S3Error } from './s3Error.ts';
import { requireBucket, type S3Operation, xmlAnswer } from './s3Parts.ts';

/** CreateBucket, in the region that local Lambda has. */
export const createBucket: S3Operation = (parts, request) => {
  const { bucket = '', headers } = request;
  checkBucketName(bucket);
  const { region } = parts.scope;
  const constraint = readConstraint(readPayload(request).bytes);
  if ((constraint ?? 'us-east-1') !== region) {
    throw new S3Error(
      400,
      'IllegalLocationConstraintException',
      `The ${constraint ?? 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    );
  }
  if (constraint === 'us-east-1') {
    throw new S3Error(400, 'InvalidLocationConstraint', 'The specified location-constraint is not valid', {
      LocationConstraint: constraint,
    });
  }
  const acl = headers['x-amz-acl'] ?? 'private';
  if (acl !== 'private') {
    throw new S3Error(
      400,
      'InvalidBucketAclWithObjectOwnership',
      "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    );
  }
  if (headers['x-amz-bucket-object-lock-enabled'] === 'true') {
    throw new S3Error(501, 'NotImplemented', 'Object lock is not offered by local Lambda.');
  }
  // In us-east-1, and only there, making one's own bucket again is fine.
  if (parts.buckets.find(bucket) && region !== 'us-east-1') {
    throw new S3Error(
      409,
      'BucketAlreadyOwnedByYou',
      'Your previous request to create the named bucket succeeded and you already own it.',
      { BucketName: bucket },
    );
  }
  parts.buckets.create(bucket, parts.now());
  return { status: 200, headers: { Location: `/${bucket}` } };
};

/** DeleteBucket: only an empty one. */
export const deleteBucket: S3Operation = (parts, request) => {
  const { name } = requireBucket(parts, request);
  if (!parts.objects.isEmpty(name)) {
    throw new S3Error(409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty', { BucketName: name });
  }
  parts.buckets.remove(name);
  return { status: 204 };
};

/** HeadBucket. */
export const headBucket: S3Operation = (parts, request) => {
  requireBucket(parts, request);
  return {
    status: 200,
    headers: {
      'Content-Type': 'application/xml',
      'x-amz-bucket-region': parts.scope.region,
      'x-amz-access-point-alias': 'false',
    },
  };
};

/** GetBucketLocation: empty stands for us-east-1. */
export const getBucketLocation: S3Operation = (parts, request) => {
  requireBucket(parts, request);
  const { region } = parts.scope;
  return xmlAnswer('LocationConstraint', region === 'us-east-1' ? '' : region);
};

/** Whether it is a name that S3 takes (S3 user guide, "Bucket naming rules"). @throws S3Error `InvalidBucketName` */
export function checkBucketName(name: string): void {
  const shape = /^[a-z\d](?:[a-z\d-]|\.(?!\.)){1,61}[a-z\d]$/.test(name);
  const address = /^\d+\.\d+\.\d+\.\d+$/.test(name);
  const reserved = /^(?:xn--|sthree-|amzn-s3-demo-)|(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name);
  if (shape && !address && !reserved) return;
  throw new S3Error(400, 'InvalidBucketName', 'The specified bucket is not valid.', { BucketName: name });
}

function readConstraint(bytes: Uint8Array): string | undefined {
  if (bytes.byteLength === 0) return undefined;
  const root = readXml(new TextDecoder().decode(bytes));
  if (root?.name !== 'CreateBucketConfiguration') throw malformedXml();
  return childText(root, 'LocationConstraint')?.trim() || undefined;
}
