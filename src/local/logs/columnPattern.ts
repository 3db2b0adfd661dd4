import { comparison, type PatternValue } from './patternComparison.ts';
import { type Condition, PatternReader } from './patternReader.ts';

/** A column of a pattern: what its field has to meet. */
type Column = Condition<string> | 'rest';

/**
 * Parses a pattern for space-delimited log events, `[ip, ..., status = 4* && status != 404, bytes > 1000]` (CloudWatch
 * Logs user guide, "Filter pattern syntax for space-delimited log events"). There must be as many fields as columns;
 * `...` stands for any number. What is between `[` and `]` or in double quotes is one field.
 * @throws ServiceError `InvalidParameterException` for what is no such pattern.
 */
export function parseColumnPattern(pattern: string): (message: string) => boolean {
  const reader = new PatternReader(pattern);
  reader.expect('[');
  const columns: Column[] = [];
  if (reader.take(']') === undefined) {
    do columns.push(readColumn(reader));
    while (reader.take(',') !== undefined);
    reader.expect(']');
  }
  if (!reader.atEnd) throw reader.wrong('nothing more is expected');
  const rest = columns.indexOf('rest');
  if (rest !== columns.lastIndexOf('rest')) throw reader.wrong('... may stand once');
  const before = columns.slice(0, rest === -1 ? columns.length : rest);
  const after = rest === -1 ? [] : columns.slice(rest + 1);
  return (message) => {
    const fields = fieldsOf(message);
    const wanted = before.length + after.length;
    if (rest === -1 ? fields.length !== wanted : fields.length < wanted) return false;
    const ends = fields.slice(fields.length - after.length);
    return meets(before, fields) && meets(after, ends);
  };
}

function meets(columns: readonly Column[], fields: readonly string[]): boolean {
  return columns.every((column, index) => column === 'rest' || column(fields[index] ?? ''));
}

function readColumn(reader: PatternReader): Column {
  if (reader.take('...') !== undefined) return 'rest';
  const name = reader.match(/[\w-]+/y)?.[0];
  if (name === undefined) return literal(reader.value());
  const followed = reader.match(/(?=[!=<>])/y);
  if (!followed) return () => true;
  let isFirst = true;
  return reader.conditions<string>(() => {
    if (!isFirst && reader.match(/[\w-]+/y)?.[0] !== name) throw reader.wrong(`${name} is expected`);
    isFirst = false;
    return comparison(reader.operator(), reader.value());
  });
}

function literal(value: PatternValue): Column {
  return comparison('=', value);
}

function fieldsOf(message: string): readonly string[] {
  return [...message.matchAll(/\[([^\]]*)\]|"([^"]*)"|\S+/g)].map(
    ([whole, bracketed, quoted]) => bracketed ?? quoted ?? whole,
  );
}
