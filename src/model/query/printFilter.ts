import { printPath, quote } from './bodyPath.ts';
import type { BodyValue, Filter, FilterTerm, Pattern } from './filter.ts';
import { findKey } from './filterKeys.ts';
import { printLength, printTime } from './filterTime.ts';

/** The text that `parseFilter` makes this filter of. */
export function printFilter({ terms }: Filter): string {
  return terms.map((term) => `${term.negated ? '-' : ''}${printTerm(term)}`).join(' ');
}

function printTerm(term: FilterTerm): string {
  switch (term.kind) {
    case 'name':
      return `${term.field}:${term.values.map(printPattern).join(',')}`;
    case 'status':
      return `status:${term.values.join(',')}`;
    case 'group':
      return `group:${term.values.join(',')}`;
    case 'pinned':
      return 'is:pinned';
    case 'number': {
      const print = term.field === 'duration' ? printLength : String;
      const comparison = term.comparison === '=' ? '' : term.comparison;
      return `${term.field}:${comparison}${term.values.map(print).join(',')}`;
    }
    case 'time':
      return `${term.field}:${printTime(term.value)}`;
    case 'body':
      return `${term.root}${printPath(term.path)}=${term.values.map(printBodyValue).join(',')}`;
    case 'bodyComparison':
      return `${term.root}${printPath(term.path)}${term.comparison}${term.number}`;
    case 'text':
      return printText(term.text);
  }
}

function printPattern(pattern: Pattern): string {
  // A value without any character would be none.
  if (pattern.length === 1 && pattern[0] === '') return '""';
  return pattern.map((part) => (/[\s",*]/.test(part) ? quote(part) : part)).join('*');
}

function printBodyValue({ quoted, pattern }: BodyValue): string {
  return quoted ? pattern.map(quote).join('*') : pattern.join('*');
}

function printText(text: string): string {
  const key = /^([A-Za-z]+):/.exec(text)?.[1];
  const special = /[\s"]|^-|^(?:payload|response)[.[=!<>]/i.test(text) || (key !== undefined && findKey(key));
  return special ? quote(text) : text;
}
