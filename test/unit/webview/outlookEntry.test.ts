import assert from 'node:assert/strict';
import { foldInvocation } from '../../../src/model/foldInvocation.ts';
import type { InvocationPiece, InvocationRow } from '../../../src/model/invocation.ts';
import type { PanelReading } from '../../../src/protocol/panel.ts';
import { outlookEntry } from '../../../src/webview/outlookEntry.ts';
import { awsStory, storyQueue, storyRequest } from '../../support/awsStory.ts';

const at = 1_790_000_000_000;
const sent: InvocationPiece[] = [
  { kind: 'sent', clientToken: 't', at, functionName: 'charge', payload: '{}', origin: 'test' },
  {
    kind: 'accepted',
    clientToken: 't',
    requestId: storyRequest,
    at,
    functionName: 'charge',
    functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:charge:$LATEST',
  },
];
const settings = (more: { readonly onFailure?: string } = {}): InvocationPiece => ({
  kind: 'settings',
  requestId: storyRequest,
  at,
  maximumRetryAttempts: 0,
  maximumEventAgeSeconds: 21_600,
  ...more,
});
const row = { functionName: 'charge' } as InvocationRow;

/** What the page says at the end of the timeline, and the button beside it. */
function said(pieces: readonly InvocationPiece[], reading: Partial<PanelReading> = {}, later = 1_000): string {
  const entry = outlookEntry(row, foldInvocation(pieces), { logs: true, destinations: [], ...reading }, at + later);
  if (!entry) return '';
  const button = entry.listen === undefined ? '' : ` [${entry.listen.label}: ${entry.listen.destinationArn}]`;
  return `${entry.title} | ${entry.note}${button}`;
}

describe('what an invocation waits for, as the timeline says it', () => {
  it('is the first attempt, and in time the likely reasons', () => {
    assert.equal(said(sent), 'Waits for the first attempt | ');
    assert.match(
      said(sent, {}, 120_000),
      /^Waits for the first attempt \| CloudWatch may show the log late\. .*throttled/,
    );
  });

  it('offers the log where it is not read, or the destination where one is set', () => {
    assert.match(said(sent, { logs: false }), /log is not read.*\[Read its log: logs:charge\]$/);
    const withDestination = [...sent, settings({ onFailure: storyQueue })];
    assert.match(said(withDestination, { logs: false }), new RegExp(`\\[Listen to its destination: ${storyQueue}\\]$`));
    assert.doesNotMatch(said(withDestination, { logs: false, destinations: [storyQueue] }), /Listen to its/);
  });

  it('says why the log can’t be read, and does not offer to read it', () => {
    const denied = said(sent, { logsProblem: 'Denied: logs:FilterLogEvents.' });
    assert.match(denied, /\| Denied: logs:FilterLogEvents\./);
    assert.doesNotMatch(denied, /\[/);
  });

  it('is the record of a failure that a destination catches', () => {
    const failed = [...sent, settings({ onFailure: storyQueue }), ...awsStory({ at, attempts: ['error'] })];
    assert.match(
      said(failed),
      new RegExp(`^Waits for the execution record in caught \\| .*\\[Listen to its destination: ${storyQueue}\\]$`),
    );
    assert.equal(said(failed, { destinations: [storyQueue] }), 'Waits for the execution record in caught | ');
  });

  it('is nothing where the event is lost: an on-failure destination would have caught it', () => {
    assert.match(
      said([...sent, settings(), ...awsStory({ at, attempts: ['error'] })]),
      /Add an on-failure destination/,
    );
  });

  it('is not there when all is told', () => {
    assert.equal(said([...sent, settings(), ...awsStory({ at, attempts: ['success'] })]), '');
  });
});
