import { comparison } from './patternComparison.ts';
import { type Condition, PatternReader } from './patternReader.ts';

/** A step of a selector: a key, an index, or every element of an array. */
type Step = { readonly key: string } | number | 'every';

/** What a wildcard may fan out to. */
const mostValues = 10_000;

/**
 * Parses a pattern for JSON log events, `{ $.level = "ERROR" && $.tags[*] = a* }` (CloudWatch Logs user guide, "Filter
 * pattern syntax for JSON log events"): selectors with keys, indexes and `[*]`, comparisons, `IS TRUE`, `IS FALSE`,
 * `IS NULL`, `NOT EXISTS`. A message that is no JSON never matches; a field that is not there, or holds an object or an
 * array, meets no comparison, `!=` included (inferred: the guide does not say).
 * @throws ServiceError `InvalidParameterException` for what is no such pattern.
 */
export function parseJsonPattern(pattern: string): (message: string) => boolean {
  const reader = new PatternReader(pattern);
  reader.expect('{');
  const matches = reader.conditions(() => readCondition(reader));
  reader.expect('}');
  if (!reader.atEnd) throw reader.wrong('nothing more is expected');
  return (message) => {
    // Quick: most lines are none.
    if (!/^\s*[{[]/.test(message)) return false;
    try {
      return matches(JSON.parse(message));
    } catch {
      return false;
    }
  };
}

function readCondition(reader: PatternReader): Condition<unknown> {
  const steps = readSelector(reader);
  const some =
    (test: (value: unknown) => boolean): Condition<unknown> =>
    (subject) =>
      select(subject, steps).some(test);
  const keyword = reader.match(/(?:IS\s+(?:TRUE|FALSE|NULL)|NOT\s+EXISTS)(?![\w.])/iy)?.[0];
  switch (keyword?.toUpperCase().replace(/\s+/g, ' ')) {
    case 'IS TRUE':
      return some((value) => value === true);
    case 'IS FALSE':
      return some((value) => value === false);
    case 'IS NULL':
      return some((value) => value === null);
    case 'NOT EXISTS':
      return (subject) => select(subject, steps).length === 0;
    default:
      return some(comparison(reader.operator(), reader.value()));
  }
}

function readSelector(reader: PatternReader): readonly Step[] {
  if (reader.take('$') === undefined) throw reader.wrong('a selector ($.…) is expected');
  const steps: Step[] = [];
  for (;;) {
    const found = reader.match(/\.([\w-]+)|\.?\[\s*(?:(\d+)|(\*)|'([^']*)'|"([^"]*)")\s*\]/y);
    if (!found) break;
    const [, key, index, every, single, double] = found;
    if (index !== undefined) steps.push(Number(index));
    else steps.push(every === undefined ? { key: key ?? single ?? double ?? '' } : 'every');
  }
  if (steps.length === 0) throw reader.wrong('a selector ($.…) is expected');
  return steps;
}

function select(subject: unknown, steps: readonly Step[]): readonly unknown[] {
  let values: readonly unknown[] = [subject];
  for (const step of steps) values = values.flatMap((value) => children(value, step)).slice(0, mostValues);
  return values;
}

function children(value: unknown, step: Step): readonly unknown[] {
  if (typeof step === 'number') return Array.isArray(value) && step < value.length ? [value[step]] : [];
  if (step === 'every') return Array.isArray(value) ? (value as readonly unknown[]) : [];
  const { key } = step;
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, key)) return [];
  return [(value as Readonly<Record<string, unknown>>)[key]];
}
