import type { FilterTerm } from './filter.ts';

/**
 * Terms of the same key become one, which any of its values is enough for (negated: none of them). Comparisons stay
 * apart: they all hold. Nothing is there twice.
 */
export function normalizeTerms(terms: readonly FilterTerm[]): readonly FilterTerm[] {
  const byKey = new Map<string, FilterTerm>();
  for (const term of terms) {
    const key = keyOf(term);
    const known = byKey.get(key);
    byKey.set(key, known ? join(known, term) : join(term, term));
  }
  return [...byKey.values()];
}

/** The same for terms that are one. */
function keyOf(term: FilterTerm): string {
  const { kind, negated } = term;
  switch (kind) {
    case 'name':
      return JSON.stringify([kind, negated, term.field]);
    case 'status':
    case 'group':
    case 'pinned':
      return JSON.stringify([kind, negated]);
    case 'number':
      return term.comparison === '=' ? JSON.stringify([kind, negated, term.field]) : JSON.stringify(term);
    case 'body':
      return JSON.stringify([kind, negated, term.root, term.path]);
    case 'text':
      return JSON.stringify([kind, negated, term.text]);
    case 'time':
      return JSON.stringify([kind, negated, term.field, term.value]);
    case 'bodyComparison':
      return JSON.stringify([kind, negated, term.root, term.path, term.comparison, term.number]);
  }
}

function join(term: FilterTerm, other: FilterTerm): FilterTerm {
  if (!('values' in term) || !('values' in other)) return term;
  const values = new Map<string, unknown>();
  for (const value of [...term.values, ...other.values]) values.set(JSON.stringify(value), value);
  return { ...term, values: [...values.values()] } as FilterTerm;
}
