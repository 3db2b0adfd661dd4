/** A short name for a text: the same for the same, 53 bits, not for secrets (two FNV-1a of 32 bits with different beginnings). */
export function contentHash(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x01000193 ^ text.length;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x5bd1e995);
  }
  return ((high >>> 11) * 0x1_0000_0000 + (low >>> 0)).toString(36);
}
