import type { Random } from './random.ts';

const values = [
  'null',
  'true',
  '-0',
  '9007199254740993',
  '1e400',
  '0.1000000000000000055511151231257827',
  '""',
  '"\\ud83d\\ude00"',
  '"\\ud83d"',
  '"\\u0000"',
  '"😀é"',
  '"\\\\\\""',
  '[]',
  '{}',
  '{"a":1,"a":2}',
  '{"__proto__":{"x":1}}',
  '[[[[[1]]]]]',
  ' \n{ "b" : [ 1 , 2 ] }\t',
  '"{\\"version\\":\\"1.0\\"}"',
];
const characters = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\0',
  '\n',
  '\t',
  '\ud83d',
  '\ufeff',
  '\u00a0',
  '😀',
  'e',
  '-',
];

/** A JSON value's text: any kind, at times deep or long. */
export function anyJson(random: Random): string {
  if (random.chance(0.01)) {
    const depth = 1 + random.below(5_000);
    return random.chance(0.5)
      ? `${'['.repeat(depth)}${']'.repeat(depth)}`
      : `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  }
  if (random.chance(0.02)) return JSON.stringify('x\\"😀'.repeat(random.below(2_000)));
  if (random.chance(0.3)) return `{"id":${random.pick(values)},"requestContext":${random.pick(values)}}`;
  return random.pick(values);
}

/** A text with a few wounds where structure is: characters lost, doubled, put in; a value exchanged; an end cut off. */
export function mutate(text: string, random: Random): string {
  let mutated = text;
  for (let wounds = 1 + random.below(3); wounds > 0; wounds--) {
    const at = random.below(mutated.length + 1);
    const [before, after] = [mutated.slice(0, at), mutated.slice(at)];
    switch (random.below(7)) {
      case 0:
        mutated = before + after.slice(1 + random.below(4));
        break;
      case 1:
        mutated = before + random.pick(characters) + after;
        break;
      case 2:
        mutated = random.chance(0.5) ? before : after;
        break;
      case 3:
        mutated = before + after.slice(0, random.below(60)) + after;
        break;
      case 4:
        mutated = before + after.replace(/:\s*("[^"]*"|[\d.]+|null|\{|\[)/, () => `:${anyJson(random)}`);
        break;
      case 5:
        mutated = before + after.replace(/"\w+":/, (key) => random.pick([key.toUpperCase(), `${key}${key}`, '"x":']));
        break;
      default:
        mutated = before + after.replace(/[{}[\],:"]/, () => random.pick(characters));
    }
  }
  return mutated;
}
