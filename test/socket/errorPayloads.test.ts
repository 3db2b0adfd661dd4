import assert from 'node:assert/strict';
import { type Harness, startHarness } from '../support/environmentsHarness.ts';
import { anyPython, pythonOf } from '../support/pythons.ts';

/**
 * The error payloads of spec 6.2, 6.3.1 and 6.3.2, a row each, to the byte. `ID` stands for the request id; frames of
 * the runtime itself are left out, and `code` is what the handler's file holds.
 */
interface Row {
  readonly rule: string;
  readonly code: string;
  readonly payload: string;
  readonly handler?: string;
  readonly runtime?: string;
  readonly timeout?: number;
  /** Base64 */
  readonly clientContext?: string;
}

const json = (type: string, message: string, ...trace: readonly string[]): string =>
  JSON.stringify({ errorType: type, errorMessage: message, trace });
const platform = (errorType: string, why: string): string =>
  JSON.stringify({ errorType, errorMessage: `RequestId: ID Error: ${why}` });
const python = (message: string, type: string, frames: readonly string[] = [], id = 'ID'): string =>
  `{"errorMessage": ${JSON.stringify(message)}, "errorType": "${type}", "requestId": "${id}", "stackTrace": [${frames.map((frame) => JSON.stringify(frame)).join(', ')}]}`;
const at = (line: number, column: number, name = 'Runtime.handler'): string =>
  `    at ${name} (/var/task/app.js:${line}:${column})`;
const big = 6_291_557;

const nodeRows: readonly Row[] = [
  // 6.2
  {
    rule: 'time-out',
    code: 'exports.handler = () => new Promise((r) => setTimeout(r, 9e4));',
    timeout: 1,
    payload: platform('Sandbox.Timedout', 'Task timed out after 1.00 seconds'),
  },
  {
    rule: 'exit 0',
    code: 'exports.handler = async () => process.exit(0);',
    payload: platform('Runtime.ExitError', 'Runtime exited without providing a reason'),
  },
  {
    rule: 'exit 0 in init',
    code: 'process.exit(0);',
    payload: platform('Runtime.ExitError', 'Runtime exited without providing a reason'),
  },
  {
    rule: 'exit code',
    code: 'exports.handler = async () => process.exit(127);',
    payload: platform('Runtime.ExitError', 'Runtime exited with error: exit status 127'),
  },
  {
    rule: 'signal',
    code: "exports.handler = () => { process.kill(process.pid, 'SIGKILL'); return new Promise((r) => setTimeout(r, 9e4)); };",
    payload: platform('Runtime.ExitError', 'Runtime exited with error: signal: killed'),
  },
  {
    rule: 'segfault in init',
    code: "process.kill(process.pid, 'SIGSEGV'); while (true);",
    timeout: 1,
    payload: platform('Sandbox.Timedout', 'Task timed out after 1.00 seconds'),
  },
  {
    rule: 'response too large, message first',
    code: `exports.handler = async () => 'x'.repeat(${big - 2 + 1});`,
    payload:
      '{"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes).","errorType":"Function.ResponseSizeTooLarge"}',
  },
  // 6.3.1
  {
    rule: 'throw in a handler',
    code: 'exports.handler = async function handler() {\n  throw new TypeError(\'event.b is "required" – ü\');\n};',
    payload: json('TypeError', 'event.b is "required" – ü', 'TypeError: event.b is "required" – ü', at(2, 9)),
  },
  {
    rule: 'a subclass without a name stays Error',
    code: "class Mine extends Error {}\nexports.handler = async function handler() {\n  throw new Mine('m');\n};",
    payload: json('Error', 'm', 'Error: m', at(3, 9)),
  },
  {
    rule: 'a name that is given later is in the stack, which is made when it is read',
    code: "exports.handler = async function handler() {\n  throw Object.assign(new Error('m'), { name: 'Late' });\n};",
    payload: json('Late', 'm', 'Late: m', at(2, 23)),
  },
  {
    rule: 'each line of a message is an element',
    code: "exports.handler = async function handler() {\n  throw new Error('one\\ntwo\\n');\n};",
    payload: json('Error', 'one\ntwo\n', 'Error: one', 'two', '', at(2, 9)),
  },
  {
    rule: 'a frame of new, and one of the library',
    code: "class A { constructor() { [1].forEach(() => { throw new Error('m'); }); } }\nexports.handler = async function handler() {\n  new A();\n};",
    payload: json(
      'Error',
      'm',
      'Error: m',
      '    at /var/task/app.js:1:53',
      '    at Array.forEach (<anonymous>)',
      at(1, 31, 'new A'),
      at(3, 3),
    ),
  },
  {
    rule: 'a thrown string',
    code: "exports.handler = async () => { throw 'a text'; };",
    payload: json('string', 'a text'),
  },
  { rule: 'a thrown number', code: 'exports.handler = async () => { throw 7; };', payload: json('number', '7') },
  {
    rule: 'a thrown object',
    code: 'exports.handler = async () => { throw { code: 1 }; };',
    payload: json('object', '[object Object]'),
  },
  {
    rule: 'undefined',
    code: 'exports.handler = async () => { throw undefined; };',
    payload: json('string', 'handled'),
  },
  { rule: 'null', code: 'exports.handler = async () => { throw null; };', payload: json('string', 'handled') },
  {
    rule: 'what looks like an error',
    code: "exports.handler = async () => { throw { name: 'N', message: 'm', stack: 'N: m\\n    at x' }; };",
    payload: json('N', 'm', 'N: m', '    at x'),
  },
  {
    rule: 'an error that can’t be read',
    code: "exports.handler = async () => { throw Object.defineProperty(new Error('m'), 'message', { get() { throw 1; } }); };",
    payload:
      '{"errorType":"handled","errorMessage":"callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack"}',
  },
  {
    rule: '0x7F in all three',
    code: "exports.handler = async () => { throw Object.assign(new Error('a\\x7Fb'), { name: 'E\\x7F', stack: 's\\x7F' }); };",
    payload: json('E%7F', 'a%7Fb', 's%7F'),
  },
  {
    rule: 'a response that is no JSON',
    code: 'exports.handler = async () => 1n;',
    payload: json('Error', 'Unable to stringify response body', 'Error: Unable to stringify response body'),
  },
  {
    rule: 'the error of a callback',
    code: "exports.handler = (event, context, callback) => callback(Object.assign(new Error('m'), { stack: 'Error: m' }));",
    payload: json('Error', 'm', 'Error: m'),
  },
  {
    rule: 'a handler that never calls back is a success',
    code: 'exports.handler = (event, context, callback) => {};',
    payload: 'null',
  },
  {
    rule: 'Runtime.ImportModuleError',
    code: "require('not-there');",
    payload: json(
      'Runtime.ImportModuleError',
      "Error: Cannot find module 'not-there'\nRequire stack:\n- /var/task/app.js\n- /var/runtime/index.mjs",
      "Runtime.ImportModuleError: Error: Cannot find module 'not-there'",
      'Require stack:',
      '- /var/task/app.js',
      '- /var/runtime/index.mjs',
    ),
  },
  {
    rule: 'Runtime.HandlerNotFound',
    code: '',
    payload: json(
      'Runtime.HandlerNotFound',
      'app.handler is undefined or not exported',
      'Runtime.HandlerNotFound: app.handler is undefined or not exported',
    ),
  },
  {
    rule: 'Runtime.HandlerNotFound of what is no function',
    code: 'exports.handler = 1;',
    payload: json(
      'Runtime.HandlerNotFound',
      'app.handler is not a function',
      'Runtime.HandlerNotFound: app.handler is not a function',
    ),
  },
  {
    rule: 'Runtime.MalformedHandlerName',
    code: '',
    handler: 'app',
    payload: json('Runtime.MalformedHandlerName', 'Bad handler', 'Runtime.MalformedHandlerName: Bad handler'),
  },
  {
    rule: 'Runtime.UserCodeSyntaxError',
    code: 'exports.handler = ;',
    payload: json(
      'Runtime.UserCodeSyntaxError',
      "SyntaxError: Unexpected token ';'",
      '/var/task/app.js:1',
      'exports.handler = ;',
      '                  ^',
      '',
      "SyntaxError: Unexpected token ';'",
    ),
  },
  {
    rule: 'Runtime.UnhandledPromiseRejection',
    code: "exports.handler = () => { Promise.reject(new Error('m')); return new Promise((r) => setTimeout(r, 9e4)); };",
    payload: json('Runtime.UnhandledPromiseRejection', 'Error: m', 'Runtime.UnhandledPromiseRejection: Error: m'),
  },
  {
    rule: 'an exception that nobody caught',
    code: "exports.handler = () => { setTimeout(() => { throw Object.assign(new Error('m'), { stack: 'Error: m' }); }); return new Promise((r) => setTimeout(r, 9e4)); };",
    payload: json('Error', 'm', 'Error: m'),
  },
  {
    rule: 'Runtime.NodeJsExit',
    code: 'exports.handler = async () => new Promise(() => {});',
    payload: json(
      'Runtime.NodeJsExit',
      'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes',
      'Runtime.NodeJsExit: The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes',
    ),
  },
];

const nodeModuleRow: Row = {
  rule: 'a frame of a module has a URL',
  code: "export const handler = async () => {\n  throw new Error('m');\n};",
  handler: 'mod.handler',
  payload: json('Error', 'm', 'Error: m', '    at Runtime.handler (file:///var/task/mod.mjs:2:9)'),
};

const frame = (line: number, code: string): string =>
  `  File "/var/task/app.py", line ${line}, in handler\n    ${code}\n`;

const pythonRows: readonly Row[] = [
  {
    rule: 'sys.exit',
    code: 'import sys\ndef handler(e, c):\n    sys.exit()',
    payload: platform('Runtime.ExitError', 'Runtime exited without providing a reason'),
  },
  {
    rule: 'sys.exit with a code',
    code: 'import sys\ndef handler(e, c):\n    sys.exit(5)',
    payload: platform('Runtime.ExitError', 'Runtime exited with error: exit status 5'),
  },
  {
    rule: 'sys.exit in init',
    code: 'import sys\nsys.exit()',
    payload: platform('Runtime.ExitError', 'Runtime exited without providing a reason'),
  },
  {
    rule: 'a segfault in init',
    code: 'import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)',
    timeout: 1,
    payload: platform('Sandbox.Timedout', 'Task timed out after 1.00 seconds'),
  },
  {
    rule: 'a response that is too large',
    code: `def handler(e, c):\n    return "x" * ${big}`,
    payload:
      '{"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes).","errorType":"Function.ResponseSizeTooLarge"}',
  },
  {
    rule: 'an exception',
    code: 'def handler(e, c):\n    raise Exception("Handler fails")',
    payload: python('Handler fails', 'Exception', [frame(2, 'raise Exception("Handler fails")')]),
  },
  {
    rule: 'the class of an exception has no module',
    code: 'import json\nclass Mine(json.JSONDecodeError): pass\ndef handler(e, c):\n    raise Mine("m", "", 0)',
    payload: python('m: line 1 column 1 (char 0)', 'Mine', [frame(4, 'raise Mine("m", "", 0)')]),
  },
  {
    rule: 'no marker lines, though the error is in a part of its line',
    code: 'def handler(e, c):\n    return 1 + e["a"] + 2',
    payload: python("'a'", 'KeyError', [frame(2, 'return 1 + e["a"] + 2')]),
  },
  {
    rule: 'raw Unicode from 3.12 on',
    code: 'def handler(e, c):\n    raise Exception("gr\\u00fc\\u00dfe \\U0001f600")',
    payload: python('grüße 😀', 'Exception', [frame(2, 'raise Exception("gr\\u00fc\\u00dfe \\U0001f600")')]),
  },
  {
    rule: 'escaped Unicode below',
    runtime: 'python3.11',
    code: 'def handler(e, c):\n    raise Exception("gr\\u00fc\\u00dfe \\U0001f600")',
    payload: python('MARK', 'Exception', [frame(2, 'raise Exception("gr\\u00fc\\u00dfe \\U0001f600")')]).replace(
      'MARK',
      'gr\\u00fc\\u00dfe \\ud83d\\ude00',
    ),
  },
  {
    rule: 'no request id in 3.8',
    runtime: 'python3.8',
    code: 'def handler(e, c):\n    raise Exception("m")',
    payload: python('m', 'Exception', [frame(2, 'raise Exception("m")')]).replace(' "requestId": "ID",', ''),
  },
  {
    rule: 'an error at load has no request id',
    code: 'raise ValueError("m")',
    payload: python(
      'm',
      'ValueError',
      ['  File "/var/task/app.py", line 1, in <module>\n    raise ValueError("m")\n'],
      '',
    ),
  },
  {
    rule: 'Runtime.ImportModuleError',
    code: '',
    handler: 'nowhere.handler',
    payload: python(
      "Unable to import module 'nowhere': No module named 'nowhere'",
      'Runtime.ImportModuleError',
      [],
      '',
    ),
  },
  {
    rule: 'Runtime.HandlerNotFound',
    code: '',
    payload: python("Handler 'handler' missing on module 'app'", 'Runtime.HandlerNotFound', [], ''),
  },
  {
    rule: 'Runtime.UserCodeSyntaxError',
    code: 'def handler(e, c):\n    return (',
    payload: python(
      "Syntax error in module 'app': '(' was never closed (app.py, line 2)",
      'Runtime.UserCodeSyntaxError',
      ['  File "/var/task/app.py" Line 2\n        return (\n'],
      '',
    ),
  },
  {
    rule: 'Runtime.MalformedHandlerName',
    code: '',
    handler: 'app',
    payload: python(
      "Bad handler 'app': not enough values to unpack (expected 2, got 1)",
      'Runtime.MalformedHandlerName',
      [],
      '',
    ),
  },
  {
    rule: 'Runtime.BuiltInModuleConflict',
    code: '',
    handler: 'sys.handler',
    payload: python('Cannot use built-in module sys as a handler module', 'Runtime.BuiltInModuleConflict', [], ''),
  },
  {
    rule: 'Runtime.MarshalError',
    code: 'def handler(e, c):\n    return {"a": {1, 2}}',
    payload: python('Unable to marshal response: Object of type set is not JSON serializable', 'Runtime.MarshalError'),
  },
  {
    rule: 'Runtime.LambdaContextUnmarshalError',
    code: 'def handler(e, c):\n    return 1',
    clientContext: Buffer.from('{').toString('base64'),
    payload: python(
      'Unable to parse Client Context JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)',
      'Runtime.LambdaContextUnmarshalError',
    ),
  },
];

/** Frames of the runtime, of Node.js itself and of importlib are not for comparison. */
function normalised(text: string, requestId: string): string {
  return text
    .replaceAll(requestId, 'ID')
    .replaceAll(/"\s+at [^"]*(?:\/var\/runtime\/|node:internal\/)[^"]*",?/g, '')
    .replaceAll(/" {2}File \\"(?:\/var\/lang\/|<frozen importlib)(?:[^"\\]|\\.)*"(?:, )?/g, '')
    .replaceAll(',]', ']');
}

describe('error payloads', function () {
  this.timeout(60_000);

  for (const [language, rows, extension, runtime] of [
    ['Node.js', [...nodeRows, nodeModuleRow], 'js', 'nodejs22.x'],
    ['Python', pythonRows, 'py', 'python3.13'],
  ] as const) {
    describe(`of ${language}`, () => {
      let harness: Harness;

      before(async function () {
        harness = await startHarness({}, language === 'Python' ? { pythonPath: newestPython(this) } : {});
      });

      after(() => harness?.dispose());

      for (const row of rows) {
        it(row.rule, async () => {
          const file = row === nodeModuleRow ? 'mod.mjs' : `app.${extension}`;
          await harness.write({ [file]: `${row.code}\n` });
          const { text, requestId } = await harness.run(
            row.handler ?? 'app.handler',
            {},
            {
              definition: { runtime: row.runtime ?? runtime, timeout: row.timeout ?? 5 },
              request: row.clientContext === undefined ? {} : { clientContext: row.clientContext },
            },
          );
          assert.equal(normalised(text, requestId), row.payload);
        });
      }
    });
  }
});

/** One that words its errors as AWS's newest. */
function newestPython(context: Mocha.Context): string {
  return pythonOf('3.13') ?? pythonOf('3.12') ?? anyPython(context);
}
