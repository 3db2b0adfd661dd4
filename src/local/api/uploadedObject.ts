import type { JsonBody } from './jsonBody.ts';
import { invalidParameter, type LambdaError } from './lambdaError.ts';

/** Reads an object of local S3: its bytes, or which of the two is not there. */
export type ReadObject = (bucket: string, key: string) => Uint8Array | 'NoSuchBucket' | 'NoSuchKey';

/**
 * The deployment package that `S3Bucket` and `S3Key` name. `undefined`: none is named, or its bucket is not here.
 * @throws LambdaError when the bucket is here and the object is not
 */
export function uploadedObject(input: JsonBody, readObject: ReadObject): Uint8Array | undefined {
  const bucket = input.text('S3Bucket');
  const key = input.text('S3Key');
  const version = input.text('S3ObjectVersion') ?? 'null';
  if (bucket === undefined && key === undefined) return undefined;
  if (bucket === undefined || key === undefined) {
    throw invalidParameter('Please provide both the S3Bucket and the S3Key of the function code.');
  }
  const object = readObject(bucket, key);
  if (object === 'NoSuchBucket') return undefined;
  if (object === 'NoSuchKey') throw refused('NoSuchKey', 'The specified key does not exist.');
  // Local S3 keeps no versions: the only one there is is called "null".
  if (version !== 'null') throw refused('NoSuchVersion', 'The specified version does not exist.');
  return object;
}

function refused(code: string, message: string): LambdaError {
  return invalidParameter(`Error occurred while GetObject. S3 Error Code: ${code}. S3 Error Message: ${message}`);
}
