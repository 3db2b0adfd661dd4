import assert from 'node:assert/strict';
import { compactExactJson, formatExactJson, parseExactJson } from '../../../src/model/exactJson.ts';
import { redactLine } from '../../../src/store/redactLine.ts';
import { parseRedaction, redactJson } from '../../../src/store/redactText.ts';
import { anyJson, mutate } from './mutate.ts';
import { seededRandom, type Random } from './random.ts';

/** How many texts were JSON, and in how many of them something was redacted. */
export interface JsonTally {
  json: number;
  redacted: number;
}

const secret = 'hunter2';
const { rules } = parseRedaction(['password', '*token*', 'customer.email', 'items[*].card']);

/**
 * Reads `count` texts that are JSON or nearly so, exactly and with redaction: no throw, the same texts are JSON as for
 * `JSON.parse` (up to 500 levels), the same value comes out, and no secret stays in what is JSON.
 */
export function fuzzJson(seed: number, count: number): JsonTally {
  const tally = { json: 0, redacted: 0 };
  for (let index = 0; index < count; index++) {
    const random = seededRandom(seed + index);
    let text = anyText(random);
    if (random.chance(0.5)) text = mutate(text, random);
    try {
      const value = plain(text);
      const node = parseExactJson(text);
      if (node) {
        assert.ok(value, 'JSON.parse takes it for no JSON');
        for (const written of [compactExactJson(node), formatExactJson(node)]) {
          assert.equal(JSON.stringify(JSON.parse(written)), JSON.stringify(value.value));
        }
        tally.json++;
      } else if (value) assert.ok(depthOf(value.value) > 500, 'it is JSON');
      const redacted = redactJson(text, rules);
      if (value && redacted !== undefined) {
        assert.ok(plain(redacted), redacted);
        if (redacted !== text) tally.redacted++;
      }
      redactLine(text, rules);
    } catch (error) {
      throw new Error(`Seed ${seed + index}: ${JSON.stringify(text)}`, { cause: error });
    }
  }
  return tally;
}

function anyText(random: Random): string {
  switch (random.below(6)) {
    case 0:
      return anyJson(random);
    case 1:
      return `{"password":"${secret}","a":${anyJson(random)},"accessTokens":[${anyJson(random)}]}`;
    case 2:
      return `{"customer":{"email":${anyJson(random)},"id":1},"items":[{"card":"${secret}"},${anyJson(random)}]}`;
    case 3:
      return `INFO password=${secret} {"token":"${secret}","x":${anyJson(random)}} token: '${secret}'`;
    case 4:
      return ` [ ${anyJson(random)} ,\n${anyJson(random)}\t]\r\n`;
    default:
      return `{"p\\u0061ssword":${anyJson(random)},"":${anyJson(random)}}`;
  }
}

function plain(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** Levels of a value, without recursion: some are deep. */
function depthOf(value: unknown): number {
  let depth = 0;
  let level: readonly unknown[] = [value];
  while (level.length > 0) {
    level = level.flatMap((each): readonly unknown[] =>
      typeof each === 'object' && each !== null ? Object.values(each) : [],
    );
    depth++;
  }
  return depth;
}
