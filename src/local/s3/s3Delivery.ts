import { createHash, randomUUID } from 'node:crypto';
import { parseArn, parseFunctionArn } from '../../model/arn.ts';
import { DeliveryRefused, type DeliveryTarget } from '../deliveryTargets.ts';
import { toObject } from './objectOperations.ts';
import type { S3Parts } from './s3Parts.ts';

/** Buckets as something Lambda delivers execution records to (spec 2.5): an object for each. */
export function createBucketDelivery(parts: S3Parts): DeliveryTarget {
  return {
    deliver(arn, body, _attributes, origin = {}) {
      const bucket = findTarget(parts, arn);
      if (!origin.record) throw new DeliveryRefused(`A bucket takes only execution records: ${arn}.`);
      const { functionArn, at } = origin.record;
      const key = recordKey(parseFunctionArn(functionArn)?.functionName ?? functionArn, at);
      const bytes = Buffer.from(body);
      const payload = { bytes, md5: createHash('md5').update(bytes).digest('hex'), checksum: undefined };
      const headers = { 'content-type': 'application/octet-stream' };
      parts.objects.put(bucket, toObject(key, payload, headers, parts.now()), bytes);
    },
  };
}

/** The key of a record: `aws/lambda/async/NAME/2026/09/22/2026-09-22T17.32.55-UUID`; the id is random. */
export function recordKey(functionName: string, at: number): string {
  const [time = ''] = new Date(at).toISOString().split('.');
  const [day = ''] = time.split('T');
  return `aws/lambda/async/${functionName}/${day.replaceAll('-', '/')}/${time.replaceAll(':', '.')}-${randomUUID()}`;
}

function findTarget({ buckets, scope }: S3Parts, arn: string): string {
  const parts = parseArn(arn);
  if (parts?.service !== 's3') throw new DeliveryRefused(`${arn} is not the ARN of an S3 bucket.`);
  const { region, account, resource } = parts;
  if ((region !== '' && region !== scope.region) || (account !== '' && account !== scope.account)) {
    throw new DeliveryRefused(
      `The bucket ${arn} is in another region or account. Local Lambda has only ${scope.region} and ${scope.account}: ` +
        'start it with that region and account, or use a bucket of these.',
    );
  }
  if (!buckets.find(resource)) {
    throw new DeliveryRefused(`The bucket ${arn} does not exist. Create it, or correct the destination.`);
  }
  return resource;
}
