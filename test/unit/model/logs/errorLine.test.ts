import assert from 'node:assert/strict';
import { exitLine } from '../../../../src/local/environments/platformLines.ts';
import { errorInLine } from '../../../../src/model/logs/errorLine.ts';
import { parseErrorPayload } from '../../../../src/model/stack/errorPayload.ts';

const iso = '2026-09-14T15:18:45.648Z';
const id = 'aaaaaaaa-0000-4000-8000-000000000001';

function told(line: string): readonly unknown[] | undefined {
  const error = errorInLine(line);
  if (!error) return undefined;
  const { frames, type, message } = parseErrorPayload(error.payload);
  assert.deepEqual([type, message], [error.errorType, error.errorMessage]);
  return [error.errorType, error.errorMessage, error.status, frames.length, error.certain];
}

describe('An error in a log line', () => {
  it('of Node.js', () => {
    const error = {
      errorType: 'TypeError',
      errorMessage: 'a\nb',
      stack: ['TypeError: a', 'b', '    at handler (/var/task/i.js:1:2)'],
    };
    const json = JSON.stringify(error);
    assert.deepEqual(told(`${iso}\t${id}\tERROR\tInvoke Error \t${json}\n`), ['TypeError', 'a\nb', 'error', 1, true]);
    assert.deepEqual(told(`${iso}\tundefined\tERROR\tUncaught Exception \t${json}\n`)?.[2], 'exit');
    // A log event has its limits.
    const cut = errorInLine(`${iso}\t${id}\tERROR\tInvoke Error \t${json.slice(0, -20)}`);
    assert.deepEqual([cut?.errorType, cut?.errorMessage], ['TypeError', 'a\nb']);
    const broken = `${iso}\t${id}\tERROR\tInvoke Error \t{]"errorType":"Error","errorMessage":{"a":1,"a":2},"stack::[]}\n`;
    assert.equal(errorInLine(broken)?.errorType, 'Error');
    assert.equal(told(`${iso}\t${id}\tERROR\tInvoke failed\n`), undefined);
    assert.equal(told(`${iso}\t${id}\tINFO\tInvoke Error \t${json}\n`), undefined);
    const line = { timestamp: iso, level: 'ERROR', requestId: id };
    const message = { errorType: 'TypeError', errorMessage: 'no', stackTrace: ['    at handler (/var/task/i.js:1:2)'] };
    assert.deepEqual(told(JSON.stringify({ ...line, message })), ['TypeError', 'no', 'error', 1, false]);
    assert.equal(told(JSON.stringify({ ...line, level: 'INFO', message })), undefined);
    assert.equal(told(JSON.stringify({ ...line, message: 'no' })), undefined);
  });

  it('of Python', () => {
    const nbsp = '\u00a0';
    const trace = `Traceback (most recent call last):\n${nbsp}${nbsp}File "/var/task/handler.py", line 5, in handler\n${nbsp}${nbsp}${nbsp}${nbsp}raise RuntimeError("a")`;
    assert.deepEqual(told(`[ERROR] RuntimeError: a: b\nc\n${trace}`), ['RuntimeError', 'a: b\nc', 'error', 1, true]);
    assert.deepEqual(told(`[ERROR] KeyError\n${trace}`), ['KeyError', '', 'error', 1, true]);
    assert.deepEqual(
      told("[ERROR] Runtime.ImportModuleError: Unable to import module 'm': No module named 'x'\n")?.slice(0, 3),
      ['Runtime.ImportModuleError', "Unable to import module 'm': No module named 'x'", 'error'],
    );
    assert.equal(told(`[ERROR]\t${iso}\t${id}\tlogged\n`), undefined);
    assert.equal(told('[ERROR] Database: not there\n'), undefined);
    const payload = errorInLine(`[ERROR] RuntimeError: a\n${trace}\n`)?.payload ?? '';
    assert.deepEqual(parseErrorPayload(payload).frames, [
      {
        text: 'File "/var/task/handler.py", line 5, in handler',
        path: '/var/task/handler.py',
        line: 5,
        functionName: 'handler',
      },
    ]);
  });

  it('of Java', () => {
    const text =
      'a: b: java.lang.IllegalStateException\njava.lang.IllegalStateException: a: b\n\tat example.Handler.handleRequest(Handler.java:28)\n\tat java.base/java.lang.reflect.Method.invoke(Unknown Source)\n';
    assert.deepEqual(told(text), ['java.lang.IllegalStateException', 'a: b', 'error', 2, true]);
    const json = JSON.stringify({ timestamp: iso, level: 'ERROR', AWSRequestId: id, message: text });
    assert.deepEqual(told(json), ['java.lang.IllegalStateException', 'a: b', 'error', 2, true]);
    // What a handler prints of an exception it caught.
    assert.equal(told('java.lang.IllegalStateException: java.io.IOException\n\tat a.B.c(B.java:1)\n'), undefined);
  });

  it('of .NET', () => {
    const own = `${iso}\t${id}\tfail\tSystem.InvalidOperationException: boom\n   at Shop.Function.Charge(Order order) in /src/Function.cs:line 21\n`;
    assert.deepEqual(told(own), ['InvalidOperationException', 'boom', 'error', 1, false]);
    assert.deepEqual(told(`${own}   at lambda_method1(Closure, Stream, ILambdaContext, Stream)\n`)?.slice(3), [
      2,
      true,
    ]);
  });

  it('of Ruby, Go and Rust', () => {
    const ruby =
      '{\n  "errorMessage": "boom",\n  "errorType": "Function<RuntimeError>",\n  "stackTrace": ["/var/task/f.rb:3:in \'x\'"]\n}';
    const expected = ['Function<RuntimeError>', 'boom', 'error', 1, true];
    assert.deepEqual(told(`Error raised from handler method\n${ruby}\n`), expected);
    assert.deepEqual(told(`${ruby}\n`), expected);
    const go = '{"errorMessage":"boom","errorType":"errorString"}';
    assert.deepEqual(told(`2026/09/14 15:18:45 ${go}\n`), ['errorString', 'boom', 'error', 0, true]);
    assert.deepEqual(told(`${iso} ERROR Lambda runtime invoke{requestId="${id}" xrayTraceId="x"}: boom\n`), [
      'Error',
      'boom',
      'error',
      0,
      false,
    ]);
  });

  it('of Lambda itself', () => {
    assert.deepEqual(told(exitLine(id, 'Runtime exited with error: exit status 1'))?.slice(0, 3), [
      'Runtime.ExitError',
      `RequestId: ${id} Error: Runtime exited with error: exit status 1`,
      'exit',
    ]);
    assert.deepEqual(told(`${iso} ${id} Task timed out after 3.02 seconds\n\n`)?.slice(0, 3), [
      'Sandbox.Timedout',
      `${iso} ${id} Task timed out after 3.02 seconds`,
      'timeout',
    ]);
  });
});
