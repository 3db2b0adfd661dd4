import assert from 'node:assert/strict';
import { completionsAt } from '../../../src/model/query/completions.ts';
import type { FilterTerm } from '../../../src/model/query/filter.ts';
import { matchesBody } from '../../../src/model/query/matchBody.ts';
import { parseFilter } from '../../../src/model/query/parseFilter.ts';
import { printFilter } from '../../../src/model/query/printFilter.ts';
import { anyJson, mutate } from './mutate.ts';
import { seededRandom, type Random } from './random.ts';

/** How many terms, problems and completions the cases had. */
export interface FilterTally {
  terms: number;
  problems: number;
  completions: number;
}

const known = {
  fn: ['orders', 'a "quoted" name', 'with blank'],
  err: ['TypeError', 'Runtime.ExitError'],
  paths: ['payload.order.id', 'response.'],
};

/**
 * Reads `count` texts of the filter box that are like what people write or nearly so: no throw, everything is somewhere in the
 * text, and what is printed of it is read as the same.
 */
export function fuzzFilters(seed: number, count: number): FilterTally {
  const tally = { terms: 0, problems: 0, completions: 0 };
  for (let index = 0; index < count; index++) {
    const random = seededRandom(seed + index);
    let text = Array.from({ length: random.below(5) }, () => anyTerm(random)).join(
      random.pick([' ', ' ', '  ', ',', '']),
    );
    if (random.chance(0.4)) text = mutate(text, random);
    try {
      const { filter, problems, tokens } = parseFilter(text);
      for (const { start, end } of [...problems, ...tokens])
        assert.ok(start >= 0 && start <= end && end <= text.length);
      const printed = printFilter(filter);
      assert.deepEqual(parseFilter(printed).filter, filter, printed);
      for (const term of filter.terms) check(term, anyJson(random));
      const { start, end, items } = completionsAt(text, random.below(text.length + 1), known);
      assert.ok(start >= 0 && start <= end && end <= text.length);
      tally.terms += filter.terms.length;
      tally.problems += problems.length;
      tally.completions += items.length;
    } catch (error) {
      throw new Error(`Seed ${seed + index}: ${JSON.stringify(text)}`, { cause: error });
    }
  }
  return tally;
}

function check(term: FilterTerm, body: string): void {
  if (term.kind === 'body' || term.kind === 'bodyComparison') assert.equal(typeof matchesBody(term, body), 'boolean');
}

function anyTerm(random: Random): string {
  const negation = random.chance(0.2) ? '-' : '';
  switch (random.below(8)) {
    case 0:
    case 1:
      return `${negation}${random.pick(['fn', 'q', 'cond', 'err', 'dest', 'id', 'function', 'ERR', 'statu'])}:${anyValues(random)}`;
    case 2:
      return `${negation}status:${random.pick(['failed', 'lost', 'ok', 'Retrying', 'nothing', 'failed,lost', ''])}`;
    case 3:
      return `${negation}${random.pick(['attempts', 'duration', 'took'])}:${random.pick(['', '>', '>=', '<', '='])}${random.pick(['1', '2s', '500ms', '1.5m', '1,2', '1e9', '99999999999', '-1', ''])}`;
    case 4:
      return `${negation}${random.pick(['since', 'until', 'after'])}:${random.pick(['1h', '2d', '10:30', 'today', '2026-11-25', '2026-02-30', '2026-11-25T10:30:00.123+05:30', '25:99', '0s', '9999999999999d'])}`;
    case 5:
      return `${negation}${random.pick(['is:pinned', 'is:', 'group:7', 'group:7,8', 'group:x'])}`;
    case 6:
      return `${negation}${random.pick(['payload', 'response', 'Payload'])}${anyPath(random)}${random.pick(['=', '!=', '>', '>=', '<', '<=', ':', ''])}${anyValues(random)}`;
    default:
      return `${negation}${random.pick(['word', '"two words"', '"orderId":42', 'arn:aws:sqs:x', 'a"b', '"', '\\', '-', '--x', anyJson(random).slice(0, 200)])}`;
  }
}

function anyPath(random: Random): string {
  return Array.from({ length: random.below(4) }, () =>
    random.pick(['.id', '[0]', '[*]', '["a b"]', '."c.d"', '[', '.', '.__proto__', '[99999999999999999999]', '.ä😀']),
  ).join('');
}

function anyValues(random: Random): string {
  return Array.from({ length: 1 + random.below(3) }, () =>
    random.pick([
      'orders',
      'pay*',
      '*',
      '**',
      '"a b"',
      '"a\\"b\\\\"*',
      '42',
      '9007199254740993',
      '1e400',
      '-0',
      'null',
      '',
      '"',
      'ä😀',
      '\ud83d',
    ]),
  ).join(',');
}
