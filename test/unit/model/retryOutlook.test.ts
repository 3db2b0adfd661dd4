import assert from 'node:assert/strict';
import { parseDuration, retryOutlook } from '../../../src/model/retryOutlook.ts';

describe('retry outlook', () => {
  it('is three attempts by default', () => {
    assert.deepEqual(retryOutlook(undefined, undefined), { attempts: 3, endedBy: 'retries' });
    assert.deepEqual(retryOutlook(0, undefined), { attempts: 1, endedBy: 'retries' });
  });

  it('counts no retry that would come too late', () => {
    assert.deepEqual(retryOutlook(2, 60), { attempts: 1, endedBy: 'age' });
    assert.deepEqual(retryOutlook(2, 61), { attempts: 2, endedBy: 'age' });
    assert.deepEqual(retryOutlook(2, 180), { attempts: 2, endedBy: 'age' });
    assert.deepEqual(retryOutlook(2, 185), { attempts: 3, endedBy: 'retries' });
    assert.deepEqual(retryOutlook(1, 90), { attempts: 2, endedBy: 'retries' });
    assert.deepEqual(retryOutlook(0, 60), { attempts: 1, endedBy: 'retries' });
  });
});

describe('durations', () => {
  it('are read as people write them', () => {
    const expected: readonly (readonly [string, number])[] = [
      ['90', 90],
      ['90 s', 90],
      ['5 min', 300],
      ['5m', 300],
      ['1 h 30 min', 5400],
      ['1h30m', 5400],
      ['1.5 h', 5400],
      ['6 hours', 21_600],
      [' 2 Minutes ', 120],
    ];
    for (const [text, seconds] of expected) assert.equal(parseDuration(text), seconds, text);
  });

  it('are nothing else', () => {
    for (const text of ['', 'soon', '5 days', '-5', '5 min later', '1.23456 s', 'min']) {
      assert.equal(parseDuration(text), undefined, text);
    }
  });
});
