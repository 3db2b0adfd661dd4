/** A decimal number: `0.digits × 10^exponent`, the digits without zeros at either end. Zero has no digits. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

const pattern = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d{1,9}))?$/;

/** Whether a text is a JSON number that can be compared (its exponent has up to nine digits). */
export function isNumberText(text: string): boolean {
  return pattern.test(text);
}

/** The same text for numbers that are equal, however long and however written: `42`, `42.0`, `4.2e1`. */
export function canonicalNumber(text: string): string {
  // Most numbers are written so already.
  if (/^-?[1-9]\d*$/.test(text) && !text.endsWith('0')) return text;
  const { negative, digits, exponent } = decimal(text);
  if (digits === '') return '0';
  const sign = negative ? '-' : '';
  const zeros = exponent - digits.length;
  if (zeros === 0) return sign + digits;
  return `${sign}${digits}e${zeros}`;
}

/** Less than 0, 0 or more than 0, exactly: numbers beyond 2^53 are no trouble. Both are JSON numbers. */
export function compareNumbers(left: string, right: string): number {
  const [a, b] = [decimal(left), decimal(right)];
  if (a.negative !== b.negative) return a.negative ? -1 : 1;
  const order = compareSizes(a, b);
  return a.negative ? -order : order;
}

function compareSizes(a: Decimal, b: Decimal): number {
  if (a.digits === '' || b.digits === '') return Number(a.digits !== '') - Number(b.digits !== '');
  if (a.exponent !== b.exponent) return a.exponent < b.exponent ? -1 : 1;
  return a.digits < b.digits ? -1 : a.digits > b.digits ? 1 : 0;
}

function decimal(text: string): Decimal {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = pattern.exec(text) ?? [];
  const all = whole + fraction;
  const significant = all.replace(/^0+/, '');
  const digits = withoutZerosAtEnd(significant);
  if (digits === '') return { negative: false, digits: '', exponent: 0 };
  return {
    negative: sign === '-',
    digits,
    exponent: Number(exponent) + whole.length - (all.length - significant.length),
  };
}

/** Not by an expression: one for this tries again at every zero. */
function withoutZerosAtEnd(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}
