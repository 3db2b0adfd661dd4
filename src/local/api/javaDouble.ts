/** A number as Java's `Double.toString` writes it from 10,000,000 on, which is how AWS puts times on the wire: `1.78940071832E9`. */
export function javaDouble(value: number): string {
  const [mantissa = '0', exponent = '0'] = value.toExponential().split('e');
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`;
}
