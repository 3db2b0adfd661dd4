import assert from 'node:assert/strict';
import type { DestinationKind } from '../../../src/model/destination.ts';
import { newTarget } from '../../../src/model/settingsChange.ts';
import { candidateRows, type FoundKind } from '../../../src/views/destinations/candidateRows.ts';
import { changeText, outlookText } from '../../../src/views/destinations/settingsText.ts';

const english = (message: string, ...args: (string | number)[]): string =>
  message.replace(/\{(\d)\}/g, (_all, index: string) => String(args[Number(index)]));
const fn = 'arn:aws:lambda:us-east-1:000000000000:function:orders';
const owner = { functionName: 'orders', region: 'us-east-1', account: '000000000000' };

function candidate(kind: DestinationKind, arn: string): FoundKind & { readonly candidates: readonly unknown[] } {
  const name = arn.split(/[:/]/).at(-1) ?? '';
  return { candidates: [{ kind, arn, name, fifo: name.endsWith('.fifo') }] };
}

/** `icon label | description or reason`; headings as `# heading`. */
function seen(rows: ReturnType<typeof candidateRows>): string[] {
  return rows.map((row) =>
    'heading' in row
      ? `# ${row.heading}`
      : `${row.refused === undefined ? (row.icon ?? '') : 'refused'} ${row.label} | ${row.refused ?? row.description ?? ''}`,
  );
}

describe('destinations to choose from', () => {
  it('come by kind, those that can’t be chosen last, with the reason', () => {
    const queues: FoundKind = {
      candidates: ['a.fifo', 'failed', 'retried'].map((name) => ({
        kind: 'SQS',
        arn: `arn:aws:sqs:us-east-1:000000000000:${name}`,
        name,
        fifo: name.endsWith('.fifo'),
      })),
    };
    const found = new Map<DestinationKind, FoundKind>([
      ['SQS', queues],
      ['Lambda', candidate('Lambda', fn)],
      ['S3', { failure: 'Could not list the buckets: access was denied.' }],
    ]);
    const current = 'arn:aws:sqs:us-east-1:000000000000:retried';
    assert.deepEqual(seen(candidateRows(found, { role: 'onFailure', owner, current, t: english })), [
      'add Create an SQS queue… | ',
      'add Create an SNS topic… | ',
      'edit Enter an ARN… | ',
      'trash No destination | takes the current one away',
      '# SQS queues',
      'inbox failed | ',
      'inbox retried | current',
      'refused a.fifo | Lambda delivers to standard queues only, not to FIFO queues.',
      '# Functions',
      'refused orders | A function can’t be its own destination.',
      '# S3 buckets',
      'refused Could not list them | Could not list the buckets: access was denied.',
    ]);
  });

  it('leave out what a role never takes, and say so of buckets on success', () => {
    const found = new Map<DestinationKind, FoundKind>([
      ['S3', candidate('S3', 'arn:aws:s3:::kept')],
      ['EventBridge', candidate('EventBridge', 'arn:aws:events:us-east-1:000000000000:event-bus/orders')],
    ]);
    const rows = (role: 'onSuccess' | 'deadLetterQueue'): string[] =>
      seen(candidateRows(found, { role, owner, current: undefined, t: english })).slice(3);
    assert.deepEqual(rows('onSuccess'), [
      '# Event buses',
      'broadcast orders | ',
      '# S3 buckets',
      'refused S3 buckets | take records of failures only',
    ]);
    assert.deepEqual(rows('deadLetterQueue'), []);
  });
});

describe('a change in words', () => {
  it('says what was, what will be and what is created', () => {
    const target = newTarget('SQS', 'failed', fn);
    assert.deepEqual(
      changeText(
        'orders',
        { kind: 'destination', role: 'onFailure', target },
        { config: { onFailure: 'arn:aws:sns:us-east-1:000000000000:x' } },
        english,
      ),
      {
        question: 'Send the records of failures of orders to the SQS queue failed?',
        lines: ['On failure: SNS topic x → SQS queue failed (will be created)'],
        done: 'Records of failures of orders go to the SQS queue failed.',
      },
    );
    const removed = changeText('orders', { kind: 'destination', role: 'deadLetterQueue' }, {}, english);
    assert.equal(removed.question, 'Remove the dead-letter queue of orders?');
  });

  it('names only what changes of retries and age, and what both come to', () => {
    const { lines } = changeText(
      'orders:live',
      { kind: 'retryAndAge', maximumEventAgeInSeconds: 60, maximumRetryAttempts: null },
      { config: { maximumEventAgeInSeconds: 3600 } },
      english,
    );
    assert.deepEqual(lines, [
      'Maximum event age: 1 h → 1 min',
      'A failing event runs once: the first retry, after 1 min, would come too late.',
    ]);
    assert.match(outlookText(2, 120, english), /runs twice: the second retry/);
    assert.match(outlookText(0, undefined, english), /runs once\.$/);
  });
});
