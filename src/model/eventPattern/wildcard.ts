import { InvalidPattern } from './invalidPattern.ts';

/**
 * Whether a text matches `a*b`: `*` is any text, `\*` and `\\` are a star and a backslash.
 * @throws InvalidPattern for two stars in a row and for any other escape.
 */
export function wildcardTest(pattern: string): (text: string) => boolean {
  const pieces = literalPieces(pattern);
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return (text) => text === first;
  return (text) => {
    if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
    let at = first.length;
    const end = text.length - last.length;
    for (const piece of rest) {
      const found = text.indexOf(piece, at);
      if (found === -1 || found + piece.length > end) return false;
      at = found + piece.length;
    }
    return true;
  };
}

/** What stands between the stars. Positions in messages count the quotes that event-ruler puts around a value. */
function literalPieces(pattern: string): readonly string[] {
  const pieces = [''];
  const add = (character: string): void => void pieces.push(`${pieces.pop() ?? ''}${character}`);
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern.charAt(at);
    const next = pattern[at + 1];
    if (character === '*') {
      if (next === '*') throw new InvalidPattern(`Consecutive wildcard characters at pos ${at + 1}`);
      pieces.push('');
    } else if (character === '\\') {
      if (next !== '*' && next !== '\\') throw new InvalidPattern(`Invalid escape character at pos ${at + 1}`);
      add(next);
      at += 1;
    } else add(character);
  }
  return pieces;
}
