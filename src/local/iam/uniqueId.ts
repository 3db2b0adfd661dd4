import { randomBytes } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** An id as IAM and STS make them: the prefix says what of (IAM user guide, "Unique identifiers"); 20 or 21 characters. */
export function uniqueId(prefix: 'AROA' | 'ASIA' | 'ANPA'): string {
  const count = prefix === 'ASIA' ? 16 : 17;
  return prefix + [...randomBytes(count)].map((byte) => alphabet.charAt(byte % alphabet.length)).join('');
}
