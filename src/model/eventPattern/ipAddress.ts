import { InvalidPattern } from './invalidPattern.ts';

/** The bits of an address, most significant first: 32 of them, or 128. */
type Bits = string;

/** The address that a text is, in one spelling; `undefined` when it is none. */
export function ipAddress(text: string): Bits | undefined {
  if (looksLikeIpv4(text)) return ipv4(text);
  return looksLikeIpv6(text) ? ipv6(text) : undefined;
}

/** Whether an address lies in a block, `10.0.0.0/24` or `2001:db8::/32`. @throws InvalidPattern as event-ruler does. */
export function cidrTest(block: string): (text: string) => boolean {
  const [address = '', mask, ...more] = block.replace(/\/+$/, '').split('/');
  if (mask === undefined || more.length > 0) throw new InvalidPattern("Malformed CIDR, one '/' required");
  if (!/^[+-]?\d+$/.test(mask)) throw new InvalidPattern('Malformed CIDR, mask bits must be an integer');
  const length = Number(mask);
  if (length < 0) throw new InvalidPattern('Malformed CIDR, mask bits must not be negative');
  if (!looksLikeIpv4(address) && !looksLikeIpv6(address)) {
    throw new InvalidPattern(`Nonstandard IP address: ${address}`);
  }
  const bits = ipAddress(address);
  if (bits === undefined) throw new InvalidPattern(`Invalid IP address: ${address}`);
  if (length >= bits.length) {
    throw new InvalidPattern(`${bits.length === 32 ? 'IPv4' : 'IPv6'} mask bits must be < ${bits.length}`);
  }
  const prefix = bits.slice(0, length);
  return (text) => {
    const other = ipAddress(text);
    return other?.length === bits.length && other.startsWith(prefix);
  };
}

function looksLikeIpv4(text: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(text);
}

function looksLikeIpv6(text: string): boolean {
  return /^[\da-fA-F:]*:[\da-fA-F:]*$/.test(text);
}

function ipv4(text: string): Bits | undefined {
  const bytes = text.split('.').map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes.map((byte) => binary(byte, 8)).join('') : undefined;
}

function ipv6(text: string): Bits | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  if (!groups.every((group) => /^[\da-fA-F]{1,4}$/.test(group))) return undefined;
  return groups.map((group) => binary(Number.parseInt(group, 16), 16)).join('');
}

function binary(value: number, length: number): string {
  return value.toString(2).padStart(length, '0');
}
