import assert from 'node:assert/strict';
import { openDatabase } from '../../../../src/local/state/database.ts';
import { CommitGroup } from '../../../../src/local/state/commitGroup.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';

describe('CommitGroup', () => {
  let folder: string;
  let db: DatabaseSync;
  let group: CommitGroup;
  /** What another connection sees: only what is committed. */
  const kept = (): readonly unknown[] => {
    const other = openDatabase(folder);
    const rows = other.prepare('SELECT n FROM numbers ORDER BY rowid').all();
    other.close();
    return rows.map(({ n }) => n);
  };
  const insert = (n: number) => () => {
    db.prepare('INSERT INTO numbers VALUES (?)').run(n);
    return n;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lambda-destinations-commits-'));
    db = openDatabase(folder);
    db.exec('CREATE TABLE numbers (n INTEGER NOT NULL UNIQUE)');
    group = new CommitGroup(db);
  });

  afterEach(() => {
    if (db.isOpen) db.close();
    rmSync(folder, { recursive: true });
  });

  it('keeps the work of a turn in its order, and resolves only when it is kept', async () => {
    const first = group.run(insert(1));
    const second = group.run(insert(2));
    assert.deepEqual(kept(), []);
    assert.equal(await first, 1);
    assert.deepEqual(kept(), [1, 2]);
    assert.equal(await second, 2);
  });

  it('is one commit for all of a turn', async () => {
    const seen: boolean[] = [];
    const look = (): void => void seen.push(db.isTransaction && kept().length === 0);
    await Promise.all([group.run(insert(1)), group.run(look), group.run(insert(2)), group.run(look)]);
    assert.deepEqual(seen, [true, true]);
  });

  it('tells each its own failure, and keeps the others', async () => {
    const results = await Promise.allSettled([1, 2, 2, 3].map((n) => group.run(insert(n))));
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(kept(), [1, 2, 3]);
  });

  it('does the last work of a turn after all other, also after what came later', async () => {
    const seen: number[] = [];
    const note = (n: number) => () => void seen.push(n);
    await Promise.all([group.run(note(3), 'last'), group.run(note(1)), group.run(note(2))]);
    assert.deepEqual(seen, [1, 2, 3]);
  });

  it('does work that can wait with what comes next, in the order in which they came', async () => {
    const later = group.run(insert(1), 'later');
    await group.run(insert(2));
    assert.deepEqual(kept(), [1, 2]);
    await later;
  });

  it('does work that can wait in a moment when nothing comes', async () => {
    await group.run(insert(1), 'later');
    assert.deepEqual(kept(), [1]);
  });

  it('does seldom work at once after a pause, and then not for a while, whatever else is written', async () => {
    let now = 0;
    const slow = new CommitGroup(db, () => now);
    await slow.run(insert(1), 'seldom');
    const second = slow.run(insert(2), 'seldom');
    const third = slow.run(insert(3), 'seldom');
    await slow.run(insert(4));
    assert.deepEqual(kept(), [1, 4]);
    now = 20;
    await slow.run(insert(5));
    assert.deepEqual(kept(), [1, 4, 5, 2, 3]);
    await Promise.all([second, third]);
    await slow.run(insert(6), 'seldom');
    assert.equal(kept().length, 6, 'in its time when nothing else comes');
  });

  it('commits all that waits when it has to', () => {
    void group.run(insert(1), 'later');
    void group.run(insert(2), 'seldom');
    void group.run(insert(3), 'last');
    group.flush();
    assert.deepEqual(kept(), [1, 2, 3]);
  });

  it('lets a turn wait for more, for a moment only', async () => {
    let more = true;
    group.waitWhile(() => more);
    const first = group.run(insert(1));
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(kept(), []);
    more = false;
    await group.run(insert(2));
    assert.deepEqual(kept(), [1, 2]);
    await first;
    more = true;
    await group.run(insert(3));
    assert.deepEqual(kept(), [1, 2, 3]);
  });

  it('rejects when the database is closed before', async () => {
    const run = group.run(insert(1));
    db.close();
    await assert.rejects(run);
  });
});
