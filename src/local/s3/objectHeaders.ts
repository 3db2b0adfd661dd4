import { invalidArgument, notImplemented, S3Error } from './s3Error.ts';
import type { StoredObject } from './objectTable.ts';
import type { ChecksumAlgorithm } from './checksums.ts';

type Headers = Readonly<Record<string, string>>;

/** What an object is given besides its bytes and answers again. */
const kept = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
  'x-amz-storage-class',
] as const;

const storageClasses = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
];

const maximumMetadataBytes = 2048;

/** The headers of a request that belong to the object. @throws S3Error for those that local Lambda can't keep to. */
export function readObjectHeaders(headers: Headers): Headers {
  refuse(headers);
  const result: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  for (const name of kept) {
    const value = headers[name];
    if (value !== undefined && value !== '') result[name] = value;
  }
  const encoding = result['content-encoding']?.split(',').map((part) => part.trim());
  if (encoding) {
    // That is how it came, not what it is.
    const rest = encoding.filter((part) => part !== 'aws-chunked' && part !== '').join(',');
    if (rest === '') delete result['content-encoding'];
    else result['content-encoding'] = rest;
  }
  let size = 0;
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith('x-amz-meta-')) continue;
    size += Buffer.byteLength(name) - 'x-amz-meta-'.length + Buffer.byteLength(value);
    result[name] = value;
  }
  if (size > maximumMetadataBytes) {
    throw new S3Error(400, 'MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size', {
      Size: String(size),
      MaxSizeAllowed: String(maximumMetadataBytes),
    });
  }
  if (result['x-amz-storage-class'] === 'STANDARD') delete result['x-amz-storage-class'];
  return result;
}

/** The headers that tell an object. */
export function objectHeaders(object: StoredObject): Headers {
  return {
    ...object.headers,
    etag: `"${object.etag}"`,
    'last-modified': new Date(object.modifiedAt).toUTCString(),
    'accept-ranges': 'bytes',
    ...encryption,
  };
}

/** Every object has it since January 2023. */
export const encryption: Headers = { 'x-amz-server-side-encryption': 'AES256' };

/** An object's checksum as headers. */
export function checksumHeaders(object: Pick<StoredObject, 'checksumAlgorithm' | 'checksum'>): Headers {
  return {
    [`x-amz-checksum-${object.checksumAlgorithm}`]: object.checksum,
    'x-amz-checksum-type': object.checksum.includes('-') ? 'COMPOSITE' : 'FULL_OBJECT',
  };
}

/** The checksum that S3 keeps where the client sends none. */
export const defaultChecksum: ChecksumAlgorithm = 'crc64nvme';

function refuse(headers: Headers): void {
  const acl = headers['x-amz-acl'];
  const grant = Object.keys(headers).find((name) => name.startsWith('x-amz-grant-'));
  if ((acl !== undefined && acl !== 'private' && acl !== 'bucket-owner-full-control') || grant !== undefined) {
    throw new S3Error(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs');
  }
  const encrypted = headers['x-amz-server-side-encryption'];
  if (encrypted !== undefined && encrypted !== 'AES256') throw notImplemented(`Server-side encryption by ${encrypted}`);
  const storageClass = headers['x-amz-storage-class'];
  if (storageClass !== undefined && !storageClasses.includes(storageClass)) {
    throw new S3Error(400, 'InvalidStorageClass', 'The storage class you specified is not valid');
  }
  for (const [name, value] of Object.entries(headers)) {
    if (/^x-amz-(?:server-side-encryption-customer-|object-lock-|tagging$|website-redirect-location$)/.test(name)) {
      throw notImplemented(`The header ${name}`);
    }
    if (/^x-amz-meta-$/.test(name)) throw invalidArgument('Metadata needs a name', name, value);
  }
}
