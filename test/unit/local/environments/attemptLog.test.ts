import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { AttemptLog } from '../../../../src/local/environments/attemptLog.ts';
import { CommitGroup } from '../../../../src/local/state/commitGroup.ts';
import type { LogLine } from '../../../../src/model/invocation.ts';
import { memoryLog } from '../../../support/environmentsHarness.ts';

const line = (message: string): LogLine => ({ at: 1, message });

describe('the log of an attempt', () => {
  it('stores every line, and hands out those of the attempt', () => {
    const stored: string[] = [];
    const logs = {
      append: (group: string, stream: string, lines: readonly LogLine[]) =>
        void stored.push(...lines.map(({ message }) => `${group} ${stream} ${message}`)),
    };
    const log = new AttemptLog({ logs, log: memoryLog() }, 'group', 'stream');
    log.add([line('init')]);
    log.begin();
    log.add([line('a'), line('b')]);
    assert.deepEqual(log.end(), [line('a'), line('b')]);
    log.add([line('late')]);
    assert.deepEqual(log.end(), []);
    assert.deepEqual(
      stored,
      ['init', 'a', 'b', 'late'].map((message) => `group stream ${message}`),
    );
  });

  it('stores what comes before a commit in one piece, in its order', async () => {
    const stored: string[][] = [];
    const logs = {
      append: (_group: string, _stream: string, lines: readonly LogLine[]) =>
        void stored.push(lines.map(({ message }) => message)),
    };
    const db = new DatabaseSync(':memory:');
    const commits = new CommitGroup(db);
    const log = new AttemptLog({ logs, log: memoryLog(), commits }, 'group', 'stream');
    log.begin();
    log.platform('START');
    log.add([line('a'), line('b')]);
    log.platform('END', 'REPORT');
    assert.deepEqual(stored, []);
    commits.flush();
    log.add([line('late')]);
    commits.flush();
    assert.deepEqual(stored, [['START', 'a', 'b', 'END', 'REPORT'], ['late']]);
    db.close();
  });

  it('goes on when the store takes nothing, and says so once an attempt', () => {
    const told = memoryLog();
    const logs = {
      append: () => {
        throw new Error('database or disk is full');
      },
    };
    const log = new AttemptLog({ logs, log: told }, 'group', 'stream');
    log.begin();
    log.add([line('a')]);
    log.add([line('b')]);
    assert.deepEqual(log.end(), [line('a'), line('b')]);
    assert.deepEqual(told.messages, ["Lines for group can't be stored: Error: database or disk is full"]);
    log.begin();
    log.add([line('c')]);
    assert.equal(told.messages.length, 2);
  });

  it('holds only the latest lines of a handler that never stops logging', () => {
    const log = new AttemptLog({ logs: { append: () => undefined }, log: memoryLog() }, 'group', 'stream');
    log.begin();
    for (let index = 0; index < 100; index += 1) log.add([line(`${index} ${'x'.repeat(1024 * 1024)}`)]);
    const lines = log.end();
    assert.deepEqual(
      lines.map(({ message }) => message.split(' ')[0]),
      ['97', '98', '99'],
    );
    log.begin();
    log.add([line('y'.repeat(5 * 1024 * 1024))]);
    assert.equal(log.end().length, 1);
  });
});
