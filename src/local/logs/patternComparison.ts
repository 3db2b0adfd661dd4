import { invalidParameter } from './logsErrors.ts';

/** A value as a pattern gives it: bare or in double quotes, or a regular expression between `%`. */
export interface PatternValue {
  readonly kind: 'bare' | 'quoted' | 'expression';
  readonly text: string;
}

/** `=`, `!=`, `<`, `<=`, `>`, `>=` */
export type PatternOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

const numeric = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * The test that an operator and a value make of a field: a string or a number. `=` takes `*` for anything; a bare number
 * is compared as a number with numbers, and letter for letter with text. Other operators compare numbers only
 * (CloudWatch Logs user guide, "Filter pattern syntax").
 * @throws ServiceError when the value does not fit the operator
 */
export function comparison(operator: PatternOperator, value: PatternValue): (field: unknown) => boolean {
  if (operator === '=' || operator === '!=') {
    const equals = equality(value);
    return operator === '=' ? equals : (field) => isScalar(field) && !equals(field);
  }
  if (value.kind !== 'bare' || !numeric.test(value.text)) {
    throw invalidParameter(`Invalid filter pattern: ${operator} compares numbers, and ${value.text} is none.`);
  }
  const bound = Number(value.text);
  return (field) => {
    const number = numberOf(field);
    if (number === undefined) return false;
    switch (operator) {
      case '<':
        return number < bound;
      case '<=':
        return number <= bound;
      case '>':
        return number > bound;
      case '>=':
        return number >= bound;
    }
  };
}

/** A regular expression of a filter pattern, without its `%`. @throws ServiceError for what CloudWatch Logs has not. */
export function filterExpression(source: string): RegExp {
  // No groups, so that nothing backtracks for ever.
  if (/[(){]\?|[()]/.test(source.replace(/\\./gs, ''))) {
    throw invalidParameter(`Invalid filter pattern: groups are not supported in the regular expression %${source}%`);
  }
  try {
    return new RegExp(source, 's');
  } catch {
    throw invalidParameter(`Invalid filter pattern: %${source}% is not a regular expression`);
  }
}

function equality({ kind, text }: PatternValue): (field: unknown) => boolean {
  if (kind === 'expression') {
    const expression = filterExpression(text);
    return (field) => isScalar(field) && expression.test(String(field));
  }
  const matches = wildcard(text);
  if (kind === 'quoted' || !numeric.test(text)) return (field) => isScalar(field) && matches(String(field));
  const number = Number(text);
  return (field) => (typeof field === 'number' ? field === number : typeof field === 'string' && matches(field));
}

/** Pieces in their order, each as early as it is: in a time that grows with the text only. */
function wildcard(pattern: string): (text: string) => boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return (text) => text === pattern;
  return (text) => {
    if (!text.startsWith(first)) return false;
    let at = first.length;
    for (const piece of rest) {
      const found = text.indexOf(piece, at);
      if (found === -1) return false;
      at = found + piece.length;
    }
    return text.length - last.length >= at && text.endsWith(last);
  };
}

function isScalar(field: unknown): field is string | number {
  return typeof field === 'string' || typeof field === 'number';
}

function numberOf(field: unknown): number | undefined {
  if (typeof field === 'number') return field;
  return typeof field === 'string' && numeric.test(field) ? Number(field) : undefined;
}
