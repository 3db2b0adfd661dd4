import { parseColumnPattern } from './columnPattern.ts';
import { parseJsonPattern } from './jsonPattern.ts';
import { constraintBroken, invalidParameter } from './logsErrors.ts';
import { filterExpression } from './patternComparison.ts';

/** CloudWatch Logs API reference, FilterLogEvents. */
const longestPattern = 1024;
/** CloudWatch Logs user guide, "Regular expressions". */
const mostExpressions = 2;

/**
 * Parses a filter pattern: for unstructured text (below), for JSON (`{…}`) or for columns (`[…]`). Of text: terms that
 * must all occur, `-term` that must not, `?a ?b` of which one must (ignored beside others, as AWS does). Terms with
 * anything but letters, digits and `_` stand in double quotes, regular expressions between `%`. Case counts. An empty
 * pattern matches everything.
 * @throws ServiceError `InvalidParameterException` for what is no pattern.
 */
export function parseFilterPattern(pattern: string): (message: string) => boolean {
  if (pattern.length > longestPattern) {
    throw constraintBroken(pattern, 'filterPattern', `have length less than or equal to ${longestPattern}`);
  }
  const text = pattern.trim();
  if (text.startsWith('{')) return parseJsonPattern(text);
  if (text.startsWith('[')) return parseColumnPattern(text);
  return parseTerms(text);
}

function parseTerms(text: string): (message: string) => boolean {
  let expressions = 0;
  const terms = [...text.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|%((?:[^%\\]|\\.)+)%|(\S+))/gs)].map(
    ([, sign = '', quoted, expression, bare]) => {
      if (expression !== undefined) {
        expressions += 1;
        const found = filterExpression(expression);
        return { sign, isIn: (message: string) => found.test(message) };
      }
      if (bare !== undefined && !/^\w+$/.test(bare)) throw invalidParameter(`Invalid character(s) in term '${bare}'`);
      const term = bare ?? (quoted ?? '').replace(/\\(.)/gs, '$1');
      return { sign, isIn: (message: string) => message.includes(term) };
    },
  );
  if (expressions > mostExpressions) {
    throw invalidParameter(`Invalid filter pattern: it may have ${mostExpressions} regular expressions.`);
  }
  const of = (sign: string): readonly ((message: string) => boolean)[] =>
    terms.filter((one) => one.sign === sign).map(({ isIn }) => isIn);
  const [wanted, unwanted, optional] = [of(''), of('-'), of('?')];
  if (wanted.length + unwanted.length === 0 && optional.length > 0) {
    return (message) => optional.some((isIn) => isIn(message));
  }
  return (message) => wanted.every((isIn) => isIn(message)) && !unwanted.some((isIn) => isIn(message));
}
