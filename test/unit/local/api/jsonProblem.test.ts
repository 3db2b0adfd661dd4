import assert from 'node:assert/strict';
import fc from 'fast-check';
import { jsonProblem } from '../../../../src/local/api/jsonProblem.ts';

const source = '[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); ';
const tokens = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
const problem = (input: string | Uint8Array): string | undefined => jsonProblem(Buffer.from(input));

/** What is wrong, where: without the part that is always the same. */
function shortly(input: string | Uint8Array): string | undefined {
  return problem(input)
    ?.replaceAll(source, '')
    .replace('\n at line: ', ' @')
    .replace(/, column: (\d+)\]$/, ':$1');
}

describe('what is wrong with JSON, in Jackson’s words', () => {
  for (const json of ['{}', ' [1, {"a": [null, true, -0.5e+3]}] \n', '"é😀"', '0', '\ufeff{}']) {
    it(`nothing with ${JSON.stringify(json)}`, () => assert.equal(problem(json), undefined));
  }

  const texts: readonly (readonly [string, string])[] = [
    ['', 'No content to map due to end-of-input @1:1'],
    ['tru', `Unrecognized token 'tru': was expecting ${tokens} @1:4`],
    ['[nul, 1]', `Unrecognized token 'nul': was expecting ${tokens} @1:6`],
    ['#', `Unexpected character ('#' (code 35)): expected a valid value ${tokens} @1:1`],
    ["{'a':1}", "Unexpected character (''' (code 39)): was expecting double-quote to start field name @1:2"],
    ['{"a" 1}', "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value @1:6"],
    ['{"a":}', "Unexpected character ('}' (code 125)): expected a value @1:6"],
    ['{"a":1,}', "Unexpected character ('}' (code 125)): was expecting double-quote to start field name @1:8"],
    ['[1 2]', "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries @1:4"],
    ['{"a":1 "b"', "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries @1:8"],
    ['{} {}', 'Trailing token found after value: not allowed @1:5'],
    ['"abc', 'Unexpected end-of-input: was expecting closing quote for a string value @1:5'],
    ['{"a', 'Unexpected end-of-input in field name @1:4'],
    ['"\\x"', "Unrecognized character escape 'x' (code 120) @1:4"],
    ['"\\u12g4"', "Unexpected character ('g' (code 103)): expected a hex-digit for character escape sequence @1:6"],
    ['01', 'Invalid numeric value: Leading zeroes not allowed @1:2'],
    [
      '-x',
      "Unexpected character ('x' (code 120)) in numeric value: expected digit (0-9) to follow minus sign, for valid numeric value @1:2",
    ],
    ['[1.]', "Unexpected character (']' (code 93)) in numeric value: Decimal point not followed by a digit @1:4"],
    ['1x', "Unexpected character ('x' (code 120)): Expected space separating root-level values @1:2"],
    [
      '"a\tb"',
      'Illegal unquoted character ((CTRL-CHAR, code 9)): has to be escaped using backslash to be included in string value @1:4',
    ],
    ['[\n\n  oops', `Unrecognized token 'oops': was expecting ${tokens} @3:7`],
  ];
  for (const [json, expected] of texts) {
    it(JSON.stringify(json), () => assert.equal(shortly(json), expected));
  }

  it('broken UTF-8', () => {
    assert.equal(shortly(Uint8Array.of(0x22, 0xc3, 0x28, 0x22)), 'Invalid UTF-8 middle byte 0x28 @1:4');
    assert.equal(shortly(Uint8Array.of(0x22, 0xff, 0x22)), 'Invalid UTF-8 start byte 0xff @1:3');
    // An encoded surrogate, and an overlong zero.
    assert.match(problem(Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)) ?? '', /^Invalid UTF-8\n/);
    assert.match(problem(Uint8Array.of(0x22, 0xc0, 0x80, 0x22)) ?? '', /^Invalid UTF-8\n/);
  });

  it('lists as deep as a payload is long', () => {
    assert.match(problem('['.repeat(1_000_000)) ?? '', /^Unexpected end-of-input: expected close marker for Array/);
    assert.equal(problem('['.repeat(100_000) + ']'.repeat(100_000)), undefined);
  });

  it('agrees with JSON.parse on what is none', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"a"',
      '"',
      '1',
      '-',
      '.',
      'e',
      'true',
      'x',
      ' ',
      '\n',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        const found = problem(text);
        assert.equal(found === undefined, valid);
        // The fallback would mean that our reader takes what JSON.parse refuses.
        assert.ok(!found?.startsWith('Invalid UTF-8\n'), text);
      }),
      { numRuns: 2_000 },
    );
  });
});
