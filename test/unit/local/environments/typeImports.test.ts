import assert from 'node:assert/strict';
import { withoutTypeImports } from '../../../../src/local/environments/bootstrap/node/typeImports.mjs';

/** What is left, spaces drawn together; the length has to stay. */
function left(code: string): string {
  const result = withoutTypeImports(code);
  assert.equal(result.length, code.length);
  assert.deepEqual(
    [...result.matchAll(/\n/g)].map(({ index }) => index),
    [...code.matchAll(/\n/g)].map(({ index }) => index),
  );
  return result
    .split('\n')
    .map((line) => line.replaceAll(/ +/g, ' ').trim())
    .filter((line) => line !== '')
    .join('\n');
}

describe('imports of types', () => {
  const cases: readonly [code: string, expected: string][] = [
    ["import { A } from 'a';\nf();", ';\nf();'],
    ["import { A, b } from 'a';\nb();", "import { b } from 'a';\nb();"],
    ["import { a, B } from 'a';\na();", "import { a, } from 'a';\na();"],
    ["import {\n  A,\n  b, // of A\n} from 'a';\nb();", "import {\nb, // of A\n} from 'a';\nb();"],
    ["import { b as B, c as d } from 'a';\nd(b);", "import { c as d } from 'a';\nd(b);"],
    ["import A from 'a';\nf();", ';\nf();'],
    ["import A, { b } from 'a';\nb();", "import { b } from 'a';\nb();"],
    ["import a, { B } from 'a';\na();", "import a, { } from 'a';\na();"],
    ["import A, * as b from 'a';\nb();", "import * as b from 'a';\nb();"],
    ["import a, * as B from 'a';\na();", "import a, * as B from 'a';\na();"],
    ["import * as A from 'a';\nf();", ';\nf();'],
    ["import { A } from 'a' with { type: 'x' };\nf();", ';\nf();'],
    [
      "'use strict';\n// about\n/* and */\nimport { A } from 'a'\nimport 'b';\nf();",
      "'use strict';\n// about\n/* and */\nimport 'b';\nf();",
    ],
    [
      "export * from 'x';\nexport { y } from 'y';\nimport { A } from 'a';\nf();",
      "export * from 'x';\nexport { y } from 'y';\n;\nf();",
    ],
    [
      "import { A } from 'a';\n// An A is a type.\n/**\n * Of A.\n */\nf();",
      ';\n// An A is a type.\n/**\n* Of A.\n*/\nf();',
    ],
  ];
  for (const [code, expected] of cases) {
    it(`are left out: ${JSON.stringify(code)}`, () => assert.equal(left(code), expected));
  }

  for (const code of [
    '',
    "import 'a';",
    "import {} from 'a';",
    "import { a } from 'a';\na();",
    "import { $a } from 'a';\nexport { $a };",
    "import { a } from 'a';\nconst t = `${a}`;",
    "import { a } from 'a';\nf(); // not a",
    "const t = `\nimport { A } from 'a';\n`;",
    "f();\nimport { A } from 'a';",
    "import('a').then(f);",
    "import a = require('a');",
  ]) {
    it(`stay: ${JSON.stringify(code)}`, () => assert.equal(withoutTypeImports(code), code));
  }
});
