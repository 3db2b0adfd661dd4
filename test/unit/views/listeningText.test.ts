import assert from 'node:assert/strict';
import type { ListeningEntry, ListeningState } from '../../../src/connections/listening/listening.ts';
import { nodeText } from '../../../src/views/functionsTree/nodeText.ts';
import { ListenedRows } from '../../../src/views/functionsTree/listenedRows.ts';
import type { FunctionsNode } from '../../../src/views/functionsTree/nodes.ts';
import { statusText } from '../../../src/views/connectionText.ts';
import { targetDescription, targetLabel } from '../../../src/views/listening/targetText.ts';
import { wayEffect } from '../../../src/views/listening/listeningText.ts';
import { Emitter } from '../../../src/model/event.ts';

const english = (message: string, ...args: (string | number)[]): string =>
  message.replaceAll(/\{(\d+)\}/g, (_, index: string) => String(args[Number(index)]));

const queue = 'arn:aws:sqs:us-east-1:000000000000:caught';
const row: FunctionsNode = { kind: 'destination', functionName: 'charge', role: 'onFailure', arn: queue };
const entry = (state: Partial<ListeningState>, way: ListeningEntry['way'] = 'drain'): ListeningEntry => ({
  id: queue,
  way,
  state: { phase: 'listening', received: 0, ...state },
});

describe('what is said of listening', () => {
  it('stands in a destination’s row: state, lag, problem; with what the menus go by', () => {
    const said = (listening: ListeningEntry): string => {
      const { icon, colour = '', description = '', capabilities } = nodeText(row, english, listening);
      return `${icon} ${colour} | ${description} | ${capabilities}`;
    };
    const before = '→ caught (SQS queue)';
    assert.deepEqual(
      [
        said(entry({})),
        said(entry({ lagMs: 3_200 })),
        said(entry({ lagMs: 600_000 })),
        said(entry({}, 'peek')),
        said(entry({ phase: 'paused' })),
        said(entry({ phase: 'elsewhere' })),
        said(entry({ phase: 'failed', problem: 'Denied.' })),
        said(entry({ problem: 'Throttled.' })),
      ],
      [
        `radio-tower charts.green | ${before} · listening | destination set listening`,
        `radio-tower charts.green | ${before} · listening, 3 s behind | destination set listening`,
        `radio-tower charts.green | ${before} · listening, 10 min behind | destination set listening`,
        `radio-tower charts.green | ${before} · listening (a sample) | destination set listening`,
        `debug-pause  | ${before} · paused | destination set paused`,
        `radio-tower  | ${before} · read by another window | destination set listening`,
        `radio-tower problemsWarningIcon.foreground | ${before} · can’t listen | destination set listening`,
        `radio-tower problemsWarningIcon.foreground | ${before} · listening, with a problem | destination set listening`,
      ],
    );
    assert.match(nodeText(row, english, entry({ problem: 'Throttled *now*.' })).tooltip, /Throttled \\\*now\\\*/);
  });

  it('stands in the status bar’s tooltip', () => {
    const info = { id: 'e', kind: 'endpoint', label: 'x', region: 'r', account: '', endpoint: 'http://x' } as const;
    const tooltip = (reading: number, troubled: number): string =>
      statusText({ phase: 'ready', info }, english, { reading, troubled }).tooltip;
    assert.doesNotMatch(tooltip(0, 0), /source/);
    assert.match(tooltip(1, 0), /1 source of records is read\.$/);
    assert.match(tooltip(2, 1), /2 sources of records are read\.\n\n1 has a problem\.$/);
  });

  it('names what can be listened to, and what each way does', () => {
    const uses = [
      { functionName: 'charge', role: 'onFailure' },
      { functionName: 'pay', role: 'deadLetterQueue' },
    ] as const;
    const target = { id: queue, kind: 'SQS', name: 'caught', uses, ways: ['peek', 'drain'] } as const;
    assert.deepEqual(
      [
        targetLabel(target, english),
        targetDescription(target, english),
        targetLabel({ kind: 'log', name: 'pay' }, english),
      ],
      ['caught', 'SQS queue · On failure of charge and 1 more', 'Log of pay'],
    );
    assert.match(wayEffect('drain', 'SQS', english), /Deletes each message/);
    assert.match(wayEffect('peek', 'SQS', english), /Receive counts rise/);
    assert.match(wayEffect('logs', 'Lambda', english), /records that it logs/);
  });

  it('redraws the rows that say something else now, and no others', () => {
    const changes = new Emitter<void>();
    const redrawn: string[] = [];
    let entries: readonly ListeningEntry[] = [];
    const connection = {
      get listening() {
        return { entries } as unknown as NonNullable<ConstructorParameters<typeof ListenedRows>[0]['listening']>;
      },
      onDidChangeListening: changes.event,
    };
    const rows = new ListenedRows(connection, (changed) => redrawn.push(...changed.map(({ kind }) => kind)));
    const other: FunctionsNode = { kind: 'destination', functionName: 'charge', role: 'onSuccess', arn: `${queue}2` };
    rows.show([row, other]);
    entries = [entry({})];
    changes.fire();
    assert.deepEqual(redrawn, ['destination']);
    entries = [entry({ lastReadAt: 5, received: 3 })];
    changes.fire();
    assert.equal(redrawn.length, 1, 'nothing that is shown has changed');
    entries = [];
    changes.fire();
    assert.equal(redrawn.length, 2);
    assert.equal(rows.entryOf(row), undefined);
    rows.dispose();
  });
});
