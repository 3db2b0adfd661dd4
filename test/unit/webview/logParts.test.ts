import assert from 'node:assert/strict';
import { logParts } from '../../../src/webview/logParts.ts';

const timestamp = '2026-09-22T17:32:55.311Z';
const requestId = 'e2d2bb3a-0f5c-4c5e-9f0e-6e0c6a1f2a3b';

describe('log lines of the JSON format', () => {
  const parts = (line: unknown): unknown[] => {
    const { kind, level, text } = logParts(`${JSON.stringify(line)}\n`);
    return [kind, level, text];
  };

  it('are shown by their level and message', () => {
    assert.deepEqual(parts({ timestamp, level: 'INFO', requestId, message: 'a b' }), ['', 'INFO', 'a b']);
    assert.deepEqual(parts({ timestamp, level: 'WARN', requestId, message: { a: [1] } }), ['', 'WARN', '{"a":[1]}']);
    assert.deepEqual(parts({ timestamp, level: 'INFO', message: 'm', logger: 'root', order: 7 }), [
      '',
      'INFO',
      'm  logger=root  order=7',
    ]);
  });

  it('are shown with the stack of an error', () => {
    const stackTrace = ['TypeError: no sku', '    at Runtime.handler (/var/task/index.js:4:9)'];
    const message = { errorType: 'TypeError', errorMessage: 'no sku', stackTrace };
    assert.deepEqual(parts({ timestamp, level: 'ERROR', requestId, message }), [
      'error',
      'ERROR',
      stackTrace.join('\n'),
    ]);
    assert.deepEqual(parts({ timestamp, level: 'ERROR', requestId, message: 'failed', ...message }), [
      'error',
      'ERROR',
      `failed\n${stackTrace.join('\n')}`,
    ]);
    const python = ['  File "/var/task/app.py", line 2, in handler\n    raise X\n'];
    assert.deepEqual(
      parts({ timestamp, log_level: 'ERROR', errorMessage: 'no', errorType: 'X', requestId, stackTrace: python }),
      ['error', 'ERROR', 'X: no\n  File "/var/task/app.py", line 2, in handler\n    raise X'],
    );
  });

  it('are Lambda’s own when they are platform events', () => {
    const record = { requestId: 'r', metrics: { durationMs: 1.5 }, status: 'success' };
    assert.deepEqual(parts({ time: timestamp, type: 'platform.report', record }), [
      'platform',
      '',
      'platform.report  requestId=r  metrics.durationMs=1.5  status=success',
    ]);
  });

  it('are left as they are when they are of another form', () => {
    assert.deepEqual(parts({ a: 1 }), ['', '', '{"a":1}']);
    assert.deepEqual(parts({ level: 'info', msg: 'x' }), ['', '', '{"level":"info","msg":"x"}']);
    assert.equal(logParts('{"level":').text, '{"level":');
  });
});
