import assert from 'node:assert/strict';
import { errorInLine } from '../../../../src/model/logs/errorLine.ts';
import { platformLine } from '../../../../src/model/logs/platformLine.ts';
import { requestIdInLine } from '../../../../src/model/logs/requestIdInLine.ts';
import { fuzzLogs } from '../../../support/fuzz/logs.ts';

describe('Any log', () => {
  it('is read without a throw, and the same in any portions', () => {
    const { lines, marks, errors } = fuzzLogs(1, 1_000);
    assert.ok(lines > 3_000 && marks > 2_000 && errors > 300, `${lines} ${marks} ${errors}`);
  });

  it('of lines of a million characters is read in no time', () => {
    const long = 1_000_000;
    for (const part of [
      ' ',
      'a',
      '\n',
      '\t',
      ': ',
      ' Z',
      '{"a":',
      '[',
      '"',
      '\\',
      'a.b.C: ',
      '\n\tat ',
      '2026-',
      'Z\t',
      '\n   at ',
      'a.',
    ]) {
      for (const head of [
        '',
        'START RequestId: ',
        'REPORT RequestId: x\t',
        '[ERROR] A',
        '[ERROR] ',
        'System.A: ',
        '{',
        'RequestId: ',
        'Init error when loading handler',
        '2026-01-01T00:00:00Z ',
        'ERROR Lambda runtime invoke{',
        `ERROR `,
        'x: a.B\na.B',
      ]) {
        const line = head + part.repeat(long / part.length);
        const begun = performance.now();
        errorInLine(line);
        platformLine(line);
        requestIdInLine(line);
        const took = performance.now() - begun;
        assert.ok(took < 1_000, `${head}${part}…: ${took} ms`);
      }
    }
  }).timeout(60_000);
});
