import assert from 'node:assert/strict';
import { foldInvocation } from '../../../src/model/foldInvocation.ts';
import type { InvocationPiece, SettingsPiece } from '../../../src/model/invocation.ts';
import { isKnownAsynchronous, outlookOf, type Outlook, type OutlookFacts } from '../../../src/model/outlook.ts';
import { outlookText } from '../../../src/model/outlookText.ts';
import { awsStory, storyQueue, storyRequest } from '../../support/awsStory.ts';
import { story } from '../../support/invocationPieces.ts';

const at = 1_790_000_000_000;
const settings: SettingsPiece = {
  kind: 'settings',
  requestId: storyRequest,
  at,
  maximumRetryAttempts: 2,
  maximumEventAgeSeconds: 3_600,
};
const sent = story({ requestId: storyRequest, clientToken: 't', at }).slice(0, 2);

function outlook(
  pieces: readonly InvocationPiece[],
  after: number,
  facts?: Partial<OutlookFacts>,
): Outlook | undefined {
  const all = { now: at + after, readsLogs: true, readDestinations: [storyQueue], ...facts };
  return outlookOf(foldInvocation(pieces), all);
}

function short(given: Outlook | undefined): unknown {
  return given && [given.awaits, given.overdue, given.reasons, given.advice];
}

describe('The outlook of an invocation', () => {
  it('waits for an answer, then for an attempt, and says in time why none may come', () => {
    assert.deepEqual(short(outlook(sent.slice(0, 1), 1_000)), ['answer', false, [], undefined]);
    assert.deepEqual(short(outlook(sent, 1_000)), ['attempt', false, [], undefined]);
    const late = ['logsLate', 'throttled', 'reservedConcurrencyZero', 'startsNotLogged'];
    assert.deepEqual(short(outlook([...sent, settings], 60_000)), ['attempt', true, late, undefined]);
    assert.deepEqual(short(outlook([...sent, settings], 3_700_000)), ['attempt', true, ['tooOld', ...late], undefined]);
    const unread = outlook(sent, 1_000, { readsLogs: false, readDestinations: [] });
    assert.deepEqual(short(unread), ['attempt', false, ['logsNotRead', 'destinationNotRead'], undefined]);
  });

  it('waits for a retry as long as AWS usually takes, and advises where nothing would catch the event', () => {
    const once = [...sent, ...awsStory({ attempts: ['error'] })];
    const soon = outlook([...once, settings], 1_000);
    assert.deepEqual(short(soon), ['retry', false, [], 'addOnFailureDestination']);
    assert.deepEqual([soon?.since, soon?.until, soon?.estimated], [at + 100, at + 60_100, true]);
    assert.deepEqual(short(outlook([...once, { ...settings, onFailure: storyQueue }], 1_000)), [
      'retry',
      false,
      [],
      undefined,
    ]);
    assert.deepEqual(outlook([...once, settings], 200_000)?.reasons, ['logsLate', 'throttled', 'retriesLowered']);
    // Nobody but the log knows of it: it may have been invoked synchronously.
    assert.equal(outlook(awsStory({ attempts: ['error'] }), 200_000)?.reasons[0], 'maybeSynchronous');
  });

  it('waits for the record where one is to come to, then says why it may not', () => {
    const done = awsStory({ attempts: ['success'] });
    assert.equal(outlook([...done, settings], 1_000), undefined);
    const awaited = [...done, { ...settings, onSuccess: storyQueue }];
    assert.deepEqual(short(outlook(awaited, 1_000)), ['record', false, [], undefined]);
    assert.deepEqual(short(outlook(awaited, 100_000)), [
      'record',
      true,
      ['deliveryDenied', 'destinationGone', 'recordTooLarge'],
      undefined,
    ]);
    assert.deepEqual(outlook(awaited, 100_000, { readDestinations: [] })?.reasons, ['destinationNotRead']);
    const recorded = awsStory({ attempts: ['success'], record: 'Success' });
    assert.equal(outlook([...recorded, { ...settings, onSuccess: storyQueue }], 100_000), undefined);
    const failed = awsStory({ attempts: ['error', 'error', 'error'] });
    const queue = { ...settings, deadLetterTargetArn: storyQueue };
    assert.equal(outlook([...failed, queue], 190_000)?.awaits, 'deadLetter');
    assert.equal(outlook([...failed, { ...queue, onFailure: storyQueue }], 190_000)?.awaits, 'record');
  });

  it('says of what is lost what would have caught it', () => {
    const lost = [...awsStory({ attempts: ['error', 'error', 'error'] }), settings];
    assert.deepEqual(short(outlook(lost, 190_000)), ['nothing', false, [], 'addOnFailureDestination']);
    const dropped = story({ requestId: 'r', end: 'error', delivered: 'onFailure' }).map((piece) =>
      piece.kind === 'delivery' ? { ...piece, status: 'dropped' as const } : piece,
    );
    assert.deepEqual(short(outlook(dropped, 0)), ['nothing', false, ['deliveryDropped'], undefined]);
  });

  it('is told in sentences', () => {
    const lost = outlook([...awsStory({ attempts: ['error', 'error', 'error'] }), settings], 190_000);
    assert.ok(lost);
    assert.deepEqual(outlookText(lost), {
      awaited: '',
      reasons: [],
      advice: 'Nothing caught this event. Add an on-failure destination.',
    });
    const retry = outlook([...sent, ...awsStory({ attempts: ['error'] }), settings], 200_000);
    assert.ok(retry);
    const { awaited, reasons, advice } = outlookText(retry);
    assert.equal(awaited, 'Waits for the next attempt; when it begins is an estimate.');
    assert.equal(reasons.length, 3);
    assert.equal(advice, 'Nothing catches this event if it fails for good. Add an on-failure destination.');
  });

  it('knows what is asynchronous for certain', () => {
    const known = (pieces: readonly InvocationPiece[]): boolean => isKnownAsynchronous(foldInvocation(pieces));
    assert.equal(known(awsStory({ attempts: ['error'] })), false);
    assert.equal(known([...awsStory({ attempts: ['error'] }), settings]), false);
    assert.equal(known(awsStory({ attempts: ['error', 'error'] })), true);
    assert.equal(known(awsStory({ attempts: ['error'], deadLetter: true })), true);
    assert.equal(known([...sent, ...awsStory({ attempts: ['error'] })]), true);
    assert.equal(known(story({ requestId: 'r' })), true);
  });
});
