/** Longer texts of errors are cut where lists show them; whole they are in what they were read from. Characters. */
const maximumLength = 2_000;

/** The beginning of a text, with `…` where it was cut; no character of two halves is torn. */
export function cutText(text: string): string {
  if (text.length <= maximumLength) return text;
  const whole = (text.charCodeAt(maximumLength - 1) & 0xfc00) === 0xd800 ? maximumLength - 1 : maximumLength;
  return `${text.slice(0, whole)}…`;
}
