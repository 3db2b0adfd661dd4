import assert from 'node:assert/strict';
import { parseErrorPayload } from '../../../../src/model/stack/errorPayload.ts';

describe('the payload of a failed attempt', () => {
  const cases: readonly [name: string, payload: string, type: string, message: string, frames: readonly string[]][] = [
    [
      'Node.js',
      '{"errorType":"Error","errorMessage":"event.b is required","trace":["Error: event.b is required","    at Runtime.handler (file:///var/task/index.mjs:9:11)"]}',
      'Error',
      'event.b is required',
      ['handler /var/task/index.mjs:9:11'],
    ],
    ['a thrown text', '{"errorType":"string","errorMessage":"nope","trace":[]}', 'string', 'nope', []],
    [
      'an error with `stack`',
      '{"name":"E","message":"m","stack":"E: m\\n    at f (/var/task/a.js:1:2)"}',
      'E',
      'm',
      ['f /var/task/a.js:1:2'],
    ],
    [
      'Python, innermost first',
      JSON.stringify({
        errorMessage: 'Handler fails',
        errorType: 'Exception',
        requestId: 'r',
        stackTrace: [
          '  File "/var/task/app.py", line 9, in handler\n    fail()\n',
          '  File "/var/task/app.py", line 2, in fail\n    raise Exception("Handler fails")\n    ^^^^^\n',
        ],
      }),
      'Exception',
      'Handler fails',
      ['fail /var/task/app.py:2:', 'handler /var/task/app.py:9:'],
    ],
    [
      'Java: its frames as texts',
      '{"errorMessage":"/ by zero","errorType":"java.lang.ArithmeticException","stackTrace":["example.Handler.handleRequest(Handler.java:28)"]}',
      'java.lang.ArithmeticException',
      '/ by zero',
      [' undefined::'],
    ],
    [
      'a time-out',
      '{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: r Error: Task timed out after 2.00 seconds"}',
      'Sandbox.Timedout',
      'RequestId: r Error: Task timed out after 2.00 seconds',
      [],
    ],
    [
      'a time-out as it was told before 2025',
      '{"errorMessage":"2024-04-08T16:56:22.000Z r Task timed out after 1.00 seconds"}',
      'Sandbox.Timedout',
      '2024-04-08T16:56:22.000Z r Task timed out after 1.00 seconds',
      [],
    ],
    [
      'a time-out as plain text',
      'Task timed out after 3.00 seconds',
      'Sandbox.Timedout',
      'Task timed out after 3.00 seconds',
      [],
    ],
    ['any text', 'Internal error', 'Error', 'Internal error', []],
    ['a JSON text', '"boom"', 'Error', 'boom', []],
    ['JSON of another kind', '[1]', 'Error', '[1]', []],
    ['an object of another kind', '{"a":1}', 'Error', '{"a":1}', []],
    ['nothing', '', 'Error', '', []],
    ['wrong kinds', '{"errorType":1,"errorMessage":"m","trace":[1,null,{}]}', 'Error', 'm', []],
  ];
  for (const [name, payload, type, message, frames] of cases) {
    it(name, () => {
      const error = parseErrorPayload(payload);
      assert.equal(error.type, type);
      assert.equal(error.message, message);
      assert.deepEqual(
        error.frames.map(
          ({ functionName = '', path, line = '', column = '' }) => `${functionName} ${path}:${line}:${column}`,
        ),
        frames,
      );
    });
  }
});
