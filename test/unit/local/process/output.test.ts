import assert from 'node:assert/strict';
import { jsonOutput, textOutput } from '../../../../src/local/process/output.ts';
import { parseLocalEvent, type LocalProjectEvent, type LocalReadyEvent } from '../../../../src/protocol/localEvents.ts';

const ready: LocalReadyEvent = {
  event: 'ready',
  endpoint: 'http://127.0.0.1:1',
  region: 'us-east-1',
  account: '000000000000',
  controlToken: 'secret',
  timeScale: 60,
  temporaryData: true,
  pid: 7,
};
const project: LocalProjectEvent = {
  event: 'project',
  templates: ['/p/template.yaml'],
  functions: ['a', 'b'],
  problems: [{ file: '/p/template.yaml', message: 'Odd.', line: 3 }],
};

function streams() {
  const out: string[] = [];
  const err: string[] = [];
  return {
    out,
    err,
    stdout: (text: string): void => void out.push(text),
    stderr: (text: string): void => void err.push(text),
  };
}

describe('output for programs', () => {
  it('begins with ready, whatever was said before', () => {
    const to = streams();
    const output = jsonOutput(to);
    output.log.info('early');
    output.project(project);
    assert.equal(to.out.length, 0);
    output.ready(ready, { attached: false });
    output.log.warn('late');
    const events = to.out.map((line) => parseLocalEvent(line.trimEnd()));
    assert.deepEqual(events, [
      ready,
      { event: 'log', level: 'info', message: 'early' },
      project,
      { event: 'log', level: 'warn', message: 'late' },
    ]);
    assert.ok(to.out.every((line) => line.indexOf('\n') === line.length - 1));
    assert.deepEqual(to.err, []);
  });

  it('begins with failed, and what was said before follows', () => {
    const to = streams();
    const output = jsonOutput(to);
    output.log.debug('a\nb');
    output.failed('portInUse', 'Taken.');
    assert.deepEqual(
      to.out.map((line) => parseLocalEvent(line.trimEnd())?.event),
      ['failed', 'log'],
    );
  });
});

describe('output for people', () => {
  it('says where, how, and what goes away', () => {
    const to = streams();
    const output = textOutput(to);
    output.project(project);
    output.ready(ready, { attached: false });
    const text = to.out.join('');
    assert.match(text, /^Local Lambda listens on http:\/\/127\.0\.0\.1:1\n/);
    assert.match(text, /waits 60 times shorter/);
    assert.match(text, /The data are temporary/);
    assert.ok(text.endsWith('Functions: a, b\n'));
    assert.ok(!text.includes('secret'));
    assert.deepEqual(to.err, ['/p/template.yaml:3: Odd.\n']);
  });

  it('says that it attached, and nothing of temporary data that are none', () => {
    const to = streams();
    const output = textOutput(to);
    output.ready({ ...ready, temporaryData: false, timeScale: 1 }, { attached: true });
    const text = to.out.join('');
    assert.match(text, /already runs on this data folder \(process 7\)/);
    assert.match(text, /waits as on AWS/);
    assert.ok(!text.includes('temporary'));
  });

  it('keeps details to itself', () => {
    const to = streams();
    const output = textOutput(to);
    output.log.debug('detail');
    output.log.warn('odd');
    output.failed('internal', 'Broken.');
    assert.deepEqual([to.out, to.err], [[], ['warn: odd\n', 'Broken.\n']]);
  });
});
