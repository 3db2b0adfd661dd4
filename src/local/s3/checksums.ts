import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** The checksums that S3 knows, as they stand in `x-amz-checksum-…` (S3 user guide, "Checking object integrity"). */
export const checksumAlgorithms = ['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256'] as const;

/** One of them. */
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number];

/** Base64 of a checksum, big end first. */
export function checksumOf(algorithm: ChecksumAlgorithm, bytes: Uint8Array): string {
  switch (algorithm) {
    case 'crc32':
      return words(crc32(bytes));
    case 'crc32c':
      return words(crc32c(bytes));
    case 'crc64nvme':
      return words(...crc64nvme(bytes));
    default:
      return createHash(algorithm).update(bytes).digest('base64');
  }
}

function words(...values: readonly number[]): string {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, index * 4);
  return bytes.toString('base64');
}

/** For each byte, the remainder of a reflected polynomial; as halves, since numbers have 53 bits. */
function table(highPolynomial: number, lowPolynomial: number): { readonly high: Int32Array; readonly low: Int32Array } {
  const high = new Int32Array(256);
  const low = new Int32Array(256);
  for (let byte = 0; byte < 256; byte += 1) {
    let [upper, lower] = [0, byte];
    for (let bit = 0; bit < 8; bit += 1) {
      const odd = (lower & 1) === 1;
      lower = (lower >>> 1) | (upper << 31);
      upper >>>= 1;
      if (odd) [upper, lower] = [upper ^ highPolynomial, lower ^ lowPolynomial];
    }
    high[byte] = upper;
    low[byte] = lower;
  }
  return { high, low };
}

const castagnoli = table(0, 0x82f63b78);
const nvme = table(0x9a6c9329, 0xac4bc9b5);

function crc32c(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ (castagnoli.low[(crc ^ byte) & 255] ?? 0);
  return ~crc;
}

function crc64nvme(bytes: Uint8Array): readonly [high: number, low: number] {
  let [high, low] = [-1, -1];
  for (const byte of bytes) {
    const index = (low ^ byte) & 255;
    low = ((low >>> 8) | (high << 24)) ^ (nvme.low[index] ?? 0);
    high = (high >>> 8) ^ (nvme.high[index] ?? 0);
  }
  return [~high, ~low];
}
