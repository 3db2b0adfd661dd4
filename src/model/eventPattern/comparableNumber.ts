/**
 * The number that a JSON number stands for when patterns compare it; `undefined` when a double can't hold it (event-ruler:
 * such a number, an id of twenty digits for one, equals only what is written the same).
 */
export function comparableNumber(text: string): number | undefined {
  const value = Number(text);
  if (!Number.isFinite(value)) return undefined;
  return decimal(text) === decimal(String(value)) ? value : undefined;
}

/** One spelling of a decimal number: sign, digits without zeros at either end, power of ten. */
function decimal(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}
