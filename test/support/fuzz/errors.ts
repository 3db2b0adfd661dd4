import assert from 'node:assert/strict';
import { parseErrorNames, parseErrorPayload } from '../../../src/model/stack/errorPayload.ts';
import { nodeFrames } from '../../../src/model/stack/nodeFrames.ts';
import { anyJson, mutate } from './mutate.ts';
import { seededRandom, type Random } from './random.ts';

/** How many frames the cases had, and how many of them with a place in a file. */
export interface ErrorTally {
  frames: number;
  places: number;
}

/** Reads `count` payloads of failed attempts that are like those of runtimes or nearly so: no throw, and nothing made up. */
export function fuzzErrors(seed: number, count: number): ErrorTally {
  const tally = { frames: 0, places: 0 };
  for (let index = 0; index < count; index++) {
    const random = seededRandom(seed + index);
    let payload = anyPayload(random);
    if (random.chance(0.4)) payload = mutate(payload, random);
    try {
      const { type, message, frames } = parseErrorPayload(payload);
      const names = parseErrorNames(payload);
      assert.deepEqual([names.type, names.message], [type, message]);
      for (const { text, line = 1, column = 1 } of [...frames, ...nodeFrames(payload.split('\n'))]) {
        assert.equal(typeof text, 'string');
        assert.ok(line >= 0 && column >= 0);
      }
      tally.frames += frames.length;
      tally.places += frames.filter(({ path }) => path !== undefined).length;
    } catch (error) {
      throw new Error(`Seed ${seed + index}: ${JSON.stringify(payload)}`, { cause: error });
    }
  }
  return tally;
}

function anyPayload(random: Random): string {
  const errorMessage = anyMessage(random);
  const errorType = random.pick(['TypeError', 'Runtime.ExitError', 'Sandbox.Timedout', 'Error', '']);
  switch (random.below(8)) {
    case 0:
    case 1:
      return JSON.stringify({ errorType, errorMessage, trace: anyNodeTrace(random, errorMessage) });
    case 2:
      return JSON.stringify({ errorType, errorMessage, stackTrace: anyPythonTrace(random), requestId: 'r' });
    case 3:
      return JSON.stringify({ errorType, errorMessage, stackTrace: ['a.B.c(B.java:1)', 'at A.B(C) in /x.cs:line 3'] });
    case 4:
      return JSON.stringify({ name: errorType, message: errorMessage, stack: anyNodeTrace(random, '').join('\n') });
    case 5:
      return `{"errorType":${anyJson(random)},"errorMessage":${anyJson(random)},"trace":${anyJson(random)},"stackTrace":${anyJson(random)}}`;
    case 6:
      return random.pick(['"text"', 'RequestId: x Error: Task timed out after 3.00 seconds', '', ' ', errorMessage]);
    default:
      return anyJson(random);
  }
}

function anyMessage(random: Random): string {
  return random.pick([
    'card is undefined',
    '',
    'two\nlines',
    'line\n    at looksLike (/var/task/frame.js:1:1)',
    '2026-09-14T15:18:45.648Z 6f747a-x Task timed out after 3.00 seconds',
    'ä😀\ud83d',
    ' '.repeat(random.below(300)),
    '('.repeat(random.below(300)),
  ]);
}

function anyNodeTrace(random: Random, message: string): readonly string[] {
  const frames = [
    '    at charge (/var/task/src/payment/charge.js:42:17)',
    '    at async Runtime.handler (file:///var/task/a%20b.mjs:1:2)',
    '    at file:///var/task/%E0%A4%A.mjs:1:2',
    '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
    '    at eval (eval at run (/var/task/a.js:1:2), <anonymous>:1:9)',
    '    at Object.<anonymous> (C:\\task\\a.js:1:2)',
    '    at new T [as handler] (/var/task/a.js:99999999999999999999:0)',
    '    at Array.map (<anonymous>)',
    '    at (',
    '    at ',
    '/var/task/index.js:3',
    'const = 1;',
    '      ^',
    '    ... 3 lines matching cause stack trace ...',
  ];
  return [`TypeError: ${message}`, ...Array.from({ length: random.below(12) }, () => random.pick(frames))];
}

function anyPythonTrace(random: Random): readonly string[] {
  return Array.from({ length: random.below(8) }, () =>
    random.pick([
      '  File "/var/task/app.py", line 7, in handler\n    raise ValueError(x)\n',
      '  File "/var/lang/lib/python3.13/importlib/__init__.py", line 88, in import_module\n',
      '  File "/var/task/app.py" Line 3\n    def (:\n',
      '  File "", line 0, in <module>\n',
      '  File "a"b.py", line 999999999999, in <lambda>\n',
      '',
    ]),
  );
}
