/** The value a policy variable stands for, by lower-case context key; `undefined`: it has none. */
export type VariableValue = (key: string) => string | undefined;

/** How a pattern reads. */
export interface PatternOptions {
  /**
   * What a wildcard may stand for. `text`: anything. `resource`: within a part of an ARN before the last, no colon, unless
   * the `*` ends the part. `arn`: no colon before the last part, as the ARN condition operators compare part by part.
   */
  readonly kind: 'text' | 'resource' | 'arn';
  /** Absent: `${…}` is nothing special (policies of version 2008-10-17). */
  readonly variables?: VariableValue;
  /** Default: it has wildcards. */
  readonly literal?: boolean;
}

/** A character, or a wildcard. */
type Token = string | Wildcard;

interface Wildcard {
  readonly many: boolean;
  readonly colons: boolean;
}

/**
 * Whether a text matches a pattern of an IAM policy: `*`, `?` and policy variables: `${key}`, `${key, 'default'}`, and `${*}`,
 * `${?}`, `${$}` for the characters themselves (IAM User Guide, "Variables and tags"). A variable's value has no wildcards; a
 * variable without a value makes that nothing matches. Time grows with the product of both lengths, whatever the pattern.
 */
export function matchesPattern(pattern: string, text: string, options: PatternOptions): boolean {
  const tokens = tokensOf(pattern, options);
  if (!tokens) return false;
  // The places in the pattern that what was read so far may have led to.
  let places = skipStars(tokens, [0]);
  for (const character of text) {
    const next = new Set<number>();
    for (const place of places) {
      const token = tokens[place];
      if (token === undefined || !accepts(token, character)) continue;
      next.add(typeof token === 'object' && token.many ? place : place + 1);
    }
    if (next.size === 0) return false;
    places = skipStars(tokens, next);
  }
  return places.has(tokens.length);
}

function accepts(token: Token, character: string): boolean {
  return typeof token === 'string' ? token === character : token.colons || character !== ':';
}

/** A `*` may stand for nothing. */
function skipStars(tokens: readonly Token[], from: Iterable<number>): Set<number> {
  const places = new Set(from);
  for (const place of places) {
    const token = tokens[place];
    if (typeof token === 'object' && token.many) places.add(place + 1);
  }
  return places;
}

/** Colons before the last part of an ARN. */
const arnColons = 5;

/** With a limit: text with no end of a variable in it would be searched to its end for each of its beginnings. */
const variableOrCharacter = /\$\{([^}]{0,1024})\}|./gsu;

function tokensOf(pattern: string, { kind, variables, literal }: PatternOptions): readonly Token[] | undefined {
  const tokens: Token[] = [];
  let colons = 0;
  const add = (text: string): void => {
    for (const character of text) tokens.push(character);
    colons += text.split(':').length - 1;
  };
  const addStar = (star: Wildcard): void => {
    const before = tokens.at(-1);
    // Several in a row are one, and would be looked at for every character.
    if (typeof before !== 'object' || !before.many) tokens.push(star);
    else tokens[tokens.length - 1] = { many: true, colons: before.colons || star.colons };
  };
  const parts = variables ? pattern.matchAll(variableOrCharacter) : pattern.matchAll(/()./gsu);
  for (const match of parts) {
    const { 0: part, 1: inner = '', index } = match;
    if (inner !== '') {
      const value = variableText(inner, variables);
      if (value === undefined) return undefined;
      add(value);
    } else if (literal === true || (part !== '*' && part !== '?')) {
      add(part);
    } else {
      const endsPart = part === '*' && kind === 'resource' && [':', undefined].includes(pattern[index + 1]);
      const wildcard = { many: part === '*', colons: kind === 'text' || colons >= arnColons || endsPart };
      if (wildcard.many) addStar(wildcard);
      else tokens.push(wildcard);
    }
  }
  return tokens;
}

function variableText(inner: string, variables: VariableValue | undefined): string | undefined {
  if (/^[*?$]$/.test(inner)) return inner;
  const [, name = '', fallback] = /^\s*([^,\s]+)\s*(?:,\s*'([^']*)'\s*)?$/s.exec(inner) ?? [];
  return variables?.(name.toLowerCase()) ?? fallback;
}
