import { createHash } from 'node:crypto';
import { type ChecksumAlgorithm, checksumAlgorithms, checksumOf } from './checksums.ts';
import { invalidRequest, notImplemented, S3Error } from './s3Error.ts';
import type { S3Request } from './s3Request.ts';

/** A body as the client meant it: out of its chunks, digests checked. */
export interface Payload {
  readonly bytes: Uint8Array;
  /** Hexadecimal. */
  readonly md5: string;
  /** The one that the client sent, and that the bytes have. */
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined;
}

/**
 * Takes a body out of `aws-chunked` (what current SDKs send), and compares it with what the client says of it:
 * `Content-MD5`, `x-amz-content-sha256`, `x-amz-checksum-…` as header or trailer.
 * @throws S3Error `BadDigest`, `InvalidDigest`, `XAmzContentSHA256Mismatch`, `IncompleteBody`, `MissingContentLength`
 */
export function readPayload({ headers, body }: S3Request): Payload {
  const given = headers['x-amz-content-sha256'] ?? '';
  const chunked = given.startsWith('STREAMING-');
  if (headers['content-length'] === undefined && headers['x-amz-decoded-content-length'] === undefined) {
    if (headers['transfer-encoding'] !== undefined) {
      throw new S3Error(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
    }
  }
  const { bytes, trailers } = chunked ? fromChunks(body) : { bytes: body, trailers: {} };
  if (chunked && Number(headers['x-amz-decoded-content-length'] ?? bytes.byteLength) !== bytes.byteLength) {
    throw incomplete();
  }
  if (/^[\da-f]{64}$/.test(given) && createHash('sha256').update(bytes).digest('hex') !== given) {
    throw new S3Error(
      400,
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
  const md5 = createHash('md5').update(bytes).digest('hex');
  checkMd5(headers['content-md5'], md5);
  return { bytes, md5, checksum: checkChecksum({ ...headers, ...trailers }, headers, bytes) };
}

function checkMd5(given: string | undefined, md5: string): void {
  if (given === undefined) return;
  const hex = Buffer.from(given, 'base64').toString('hex');
  if (hex.length !== 32) throw new S3Error(400, 'InvalidDigest', 'The Content-MD5 you specified was invalid.');
  if (hex !== md5) {
    throw new S3Error(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.', {
      ExpectedDigest: given,
      CalculatedDigest: Buffer.from(md5, 'hex').toString('base64'),
    });
  }
}

function checkChecksum(
  fields: Readonly<Record<string, string>>,
  headers: S3Request['headers'],
  bytes: Uint8Array,
): Payload['checksum'] {
  const given = Object.keys(fields).filter(
    (name) => name.startsWith('x-amz-checksum-') && !/-(?:algorithm|type|mode)$/.test(name),
  );
  if (given.length > 1) {
    throw invalidRequest('Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.');
  }
  const [name] = given;
  if (name === undefined) {
    if (headers['x-amz-sdk-checksum-algorithm'] === undefined && headers['x-amz-trailer'] === undefined)
      return undefined;
    throw invalidRequest(
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    );
  }
  const algorithm = checksumAlgorithms.find((known) => name === `x-amz-checksum-${known}`);
  if (!algorithm) throw notImplemented(`The checksum ${name}`);
  const value = checksumOf(algorithm, bytes);
  if (value === fields[name]) return { algorithm, value };
  throw new S3Error(
    400,
    'BadDigest',
    `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
  );
}

/**
 * `aws-chunked` (S3 API reference, "Signature calculations: transferring payload in multiple chunks"): each chunk is
 * `SIZE[;chunk-signature=…]\r\nBYTES\r\n` with the size in hexadecimal; one of size 0, and the trailers, end it.
 */
function fromChunks(body: Uint8Array): {
  readonly bytes: Uint8Array;
  readonly trailers: Readonly<Record<string, string>>;
} {
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (;;) {
    const end = buffer.indexOf('\r\n', at);
    const size = /^([\da-f]{1,16})(?:;.*)?$/i.exec(end < 0 ? '' : buffer.toString('latin1', at, end))?.[1];
    if (size === undefined) throw incomplete();
    const length = Number.parseInt(size, 16);
    at = end + 2;
    if (length === 0) break;
    if (at + length + 2 > buffer.length) throw incomplete();
    chunks.push(buffer.subarray(at, at + length));
    at += length;
    if (buffer.toString('latin1', at, at + 2) !== '\r\n') throw incomplete();
    at += 2;
  }
  const lines = buffer.toString('latin1', at).split(/\r?\n/);
  const pairs = lines.flatMap((line) => {
    const [, name, value] = /^([\w-]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value] as const];
  });
  return { bytes: Buffer.concat(chunks), trailers: Object.fromEntries(pairs) };
}

function incomplete(): S3Error {
  return new S3Error(
    400,
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
  );
}
