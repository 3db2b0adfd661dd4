import { invalidParameter } from './logsErrors.ts';

/**
 * Parses a filter pattern for unstructured text (CloudWatch Logs user guide, "filter pattern syntax"): terms that must
 * all occur, `-term` that must not, `?a ?b` of which one must (ignored beside others, as AWS does). Terms with anything
 * but letters, digits and `_` stand in double quotes. Case counts. An empty pattern matches everything.
 * @throws ServiceError `InvalidParameterException` for JSON, space-delimited and regular expression patterns.
 */
export function parseFilterPattern(pattern: string): (message: string) => boolean {
  const text = pattern.trim();
  refuseOtherKinds(text);
  const terms = [...text.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))/gs)].map(([, sign, quoted, bare]) => {
    if (bare !== undefined && !/^\w+$/.test(bare)) throw invalidParameter(`Invalid character(s) in term '${bare}'`);
    return { sign, term: bare ?? (quoted ?? '').replace(/\\(.)/gs, '$1') };
  });
  const of = (sign: string): readonly string[] => terms.filter((one) => one.sign === sign).map(({ term }) => term);
  const [wanted, unwanted, optional] = [of(''), of('-'), of('?')];
  if (wanted.length + unwanted.length === 0 && optional.length > 0) {
    return (message) => optional.some((term) => message.includes(term));
  }
  return (message) =>
    wanted.every((term) => message.includes(term)) && !unwanted.some((term) => message.includes(term));
}

function refuseOtherKinds(text: string): void {
  const kind = text.startsWith('{')
    ? 'JSON patterns ({ $.field = … })'
    : text.startsWith('[')
      ? 'space-delimited patterns ([a, b, …])'
      : /(^|[\s?-])%/.test(text)
        ? 'regular expressions (%…%)'
        : undefined;
  if (kind === undefined) return;
  throw invalidParameter(
    `Invalid filter pattern: local Lambda does not offer ${kind}. Use terms: "a b" c -d, or ?a ?b.`,
  );
}
