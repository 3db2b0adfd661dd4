import assert from 'node:assert/strict';
import { exited, responseTooLarge, timedOut } from '../../../../src/local/environments/platformErrors.ts';
import {
  exitLine,
  initReportLine,
  initStartLine,
  logStreamName,
  reportLine,
  startLine,
} from '../../../../src/local/environments/platformLines.ts';
import { functionDefinition } from '../../../support/environmentsHarness.ts';

const text = (error: { readonly payload: Uint8Array }): string => Buffer.from(error.payload).toString();

describe('what the platform says', () => {
  it('errors, byte for byte (spec 6.2)', () => {
    assert.equal(
      text(timedOut('id', 3)),
      '{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: id Error: Task timed out after 3.00 seconds"}',
    );
    const exit = (code: number | null, signal: NodeJS.Signals | null): string => text(exited('id', code, signal));
    assert.equal(
      exit(0, null),
      '{"errorType":"Runtime.ExitError","errorMessage":"RequestId: id Error: Runtime exited without providing a reason"}',
    );
    assert.match(exit(127, null), /Error: Runtime exited with error: exit status 127"/);
    assert.match(exit(null, 'SIGKILL'), /Error: Runtime exited with error: signal: killed"/);
    assert.match(exit(null, 'SIGSEGV'), /signal: segmentation fault"/);
    assert.match(exit(null, 'SIGUSR2'), /signal: signal \d+"/);
    assert.equal(
      text(responseTooLarge()),
      '{"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes).","errorType":"Function.ResponseSizeTooLarge"}',
    );
  });

  it('log lines, byte for byte (spec 5.8)', () => {
    assert.match(
      initStartLine('nodejs22.x', 'eu-west-1'),
      /^INIT_START Runtime Version: nodejs:22\.v1\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:[0-9a-f]{64}\n$/,
    );
    assert.equal(startLine('id', '$LATEST'), 'START RequestId: id Version: $LATEST\n');
    const facts = {
      requestId: 'id',
      durationMs: 12.207,
      billedDurationMs: 106,
      memorySizeMB: 128,
      maxMemoryUsedMB: 37,
    };
    assert.equal(
      reportLine({ ...facts, initDurationMs: 93.73 }),
      'REPORT RequestId: id\tDuration: 12.21 ms\tBilled Duration: 106 ms\tMemory Size: 128 MB\tMax Memory Used: 37 MB\tInit Duration: 93.73 ms\t\n',
    );
    assert.match(reportLine(facts), /Max Memory Used: 37 MB\t\n$/);
    assert.match(reportLine({ ...facts, failure: { status: 'timeout' } }), /37 MB\tStatus: timeout\n$/);
    assert.match(
      reportLine({ ...facts, failure: { status: 'error', errorType: 'Runtime.ExitError' } }),
      /37 MB\tStatus: error\tError Type: Runtime\.ExitError\n$/,
    );
    assert.equal(exitLine('id', 'because'), 'RequestId: id Error: because\nRuntime.ExitError\n');
    assert.equal(
      initReportLine(3, 'init', undefined),
      'INIT_REPORT Init Duration: 3.00 ms\tPhase: init\tStatus: timeout\n',
    );
  });

  it('names log streams by day, version and, in a group of others, function', () => {
    const definition = functionDefinition('/code', 'index.handler');
    const day = new Date('2026-09-22T23:59:59Z');
    assert.match(logStreamName(definition, '$LATEST', day), /^2026\/09\/22\/\[\$LATEST\][0-9a-f]{32}$/);
    assert.match(
      logStreamName({ ...definition, logGroupName: 'shared' }, '7', day),
      /^2026\/09\/22\/orders\[7\][0-9a-f]{32}$/,
    );
    assert.notEqual(logStreamName(definition, '7', day), logStreamName(definition, '7', day));
  });
});
