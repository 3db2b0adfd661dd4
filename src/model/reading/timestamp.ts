const pattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)$/;

/** Epoch ms of an ISO 8601 time with or without a fraction, in UTC or with an offset; `undefined`: it is none. */
export function parseTimestamp(text: string): number | undefined {
  if (!pattern.test(text)) return undefined;
  const at = Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(at) ? undefined : at;
}
