import assert from 'node:assert/strict';
import type { FunctionSummary } from '../../../src/connections/connection.ts';
import type { EventInvokeConfig } from '../../../src/model/eventInvokeConfig.ts';
import { duration, nodeText } from '../../../src/views/functionsTree/nodeText.ts';
import {
  actionNodes,
  configChildren,
  faultNodes,
  functionChildren,
  functionNode,
  nodeId,
  parentOf,
  type FailureNode,
  type FunctionNode,
  type FunctionsNode,
} from '../../../src/views/functionsTree/nodes.ts';

const arn = 'arn:aws:lambda:us-east-1:000000000000:function:charge';
const summary: FunctionSummary = {
  functionName: 'charge',
  functionArn: arn,
  runtime: 'nodejs22.x',
  handler: 'app.handler',
};
const english = (message: string, ...args: (string | number)[]): string =>
  message.replace(/\{(\d)\}/g, (_all, index: string) => String(args[Number(index)]));

/** `icon label | description`, as a person sees a row. */
function seen(nodes: readonly FunctionsNode[]): string[] {
  return nodes.map((node) => {
    const { icon, label, description = '' } = nodeText(node, english);
    return `${icon} ${label} | ${description}`;
  });
}

describe('functions tree', () => {
  it('names AWS’s defaults as defaults where nothing is set', () => {
    assert.deepEqual(seen(functionChildren(summary, [])), [
      'circle-slash On success | none',
      'circle-slash On failure | none',
      'circle-slash Dead-letter queue | none',
      'history Retries | 2 (AWS default)',
      'watch Maximum event age | 6 h (AWS default)',
    ]);
  });

  it('shows the faults that are made of a function, how often, and of how many', () => {
    const none = functionNode(summary, [{ id: '9', functionName: 'other', kind: 'timeout', declared: false }]);
    assert.deepEqual(seen([none]), ['symbol-function charge | nodejs22.x']);
    assert.equal(nodeText(none, english).capabilities, 'function');
    assert.deepEqual(faultNodes(none), []);
    const faulty = functionNode(summary, [
      { id: '1', functionName: 'charge', kind: 'timeout', times: 1, remaining: 1, declared: false },
      { id: '2', functionName: 'other', kind: 'timeout', declared: false },
      { id: '3', functionName: '*', kind: 'throttle', probability: 0.125, declared: true },
      { id: '4', functionName: 'charge', kind: 'slowStart', times: 5, remaining: 3, delayMs: 2_500, declared: false },
      { id: '5', functionName: 'charge', kind: 'deliveryFailure', role: 'onFailure', declared: false },
    ]);
    assert.deepEqual(seen([faulty]), ['zap charge | nodejs22.x · 4 faults']);
    const [alone] = faulty.faults ?? [];
    assert.ok(alone);
    assert.deepEqual(seen([functionNode(summary, [alone])]), ['zap charge | nodejs22.x · fault: time-out']);
    assert.equal(nodeText(faulty, english).capabilities, 'function faulty');
    const rows = faultNodes(faulty);
    assert.deepEqual(seen(rows), [
      'zap Fault: time-out | next time',
      'zap Fault: throttle | until removed, 12.5 % of the time, every function',
      'zap Fault: slow start | next 3 times, +2.5 s',
      'zap Fault: delivery failure | until removed, On failure',
    ]);
    const [row] = rows;
    assert.ok(row);
    assert.equal(nodeText(row, english).spoken, 'Fault: time-out of charge, next time');
    assert.equal(nodeText(row, english).capabilities, 'fault');
    assert.equal(nodeId(row), 'function/charge/fault/1');
    assert.equal(parentOf(row, new Map([['charge', faulty]]), new Map()), faulty);
  });

  it('shows what is in effect, each destination with its kind', () => {
    const config: EventInvokeConfig = {
      functionArn: `${arn}:$LATEST`,
      maximumRetryAttempts: 0,
      maximumEventAgeInSeconds: 90,
      onSuccess: 'arn:aws:sns:us-east-1:000000000000:done',
      onFailure: 'arn:aws:lambda:us-east-1:000000000000:function:on-failure:live',
    };
    const withQueue = { ...summary, deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead' };
    assert.deepEqual(seen(functionChildren(withQueue, [config])), [
      'megaphone On success | → done (SNS topic)',
      'symbol-function On failure | → on-failure:live (function)',
      'inbox Dead-letter queue | → dead (SQS queue)',
      'history Retries | 0',
      'watch Maximum event age | 1 min 30 s',
    ]);
  });

  it('shows configs of versions and aliases as such, below', () => {
    const configs = ['live', '10', '9'].map((qualifier) => ({
      functionArn: `${arn}:${qualifier}`,
      maximumRetryAttempts: 1,
    }));
    const children = functionChildren(summary, configs);
    assert.deepEqual(seen(children.slice(5)), [
      'tag Version 9 | own settings',
      'tag Version 10 | own settings',
      'tag Alias live | own settings',
    ]);
    assert.equal(seen(children)[3], 'history Retries | 2 (AWS default)', 'the unqualified one has no config');
  });

  it('gives every node an id of its own', () => {
    const config = { functionArn: `${arn}:live` };
    const nodes: FunctionsNode[] = [
      { kind: 'function', functionName: 'charge', summary },
      ...functionChildren(summary, [config]),
      ...configChildren('charge', 'live', config),
      { kind: 'failure', functionName: 'charge', message: '', actions: [] },
      { kind: 'failure', message: '', actions: [] },
      { kind: 'templateProblem', file: '/w/template.yaml', line: 1, column: 1, message: 'x' },
    ];
    const ids = nodes.map(nodeId);
    assert.equal(new Set(ids).size, ids.length, ids.join('\n'));
  });

  it('has the ways on under what went wrong, and buttons for some', () => {
    const failure: FailureNode = {
      kind: 'failure',
      message: 'The sign-in has expired.',
      unconnected: { isLocal: false, label: 'dev' },
      actions: [
        { title: 'Retry', command: 'lambdaDestinations.refresh' },
        { title: 'Select Connection', command: 'lambdaDestinations.selectConnection' },
      ],
    };
    const children = actionNodes(failure);
    assert.deepEqual(seen([failure, ...children]), [
      'warning Not connected to dev | The sign-in has expired.',
      'refresh Retry | ',
      'plug Select Connection | ',
    ]);
    assert.equal(nodeText(failure, english).capabilities, 'failure canRetry canSelect');
    assert.equal(new Set([failure, ...children].map(nodeId)).size, 3);
    for (const child of children) assert.equal(parentOf(child, new Map(), new Map()), failure);
    assert.equal(parentOf(failure, new Map(), new Map()), undefined);
  });

  it('begins with the reason where something of a function could not be read: a narrow view cuts off the rest', () => {
    const message = 'Could not read the settings of orders: access was denied to profile "dev".';
    const failure: FailureNode = { kind: 'failure', functionName: 'orders', message, actions: [] };
    assert.deepEqual(seen([failure]), ['warning Could not read this | access was denied to profile "dev".']);
    assert.ok(nodeText(failure, english).spoken.includes(message));
  });

  it('names the account and region that have no functions', () => {
    const empty: FunctionsNode = {
      kind: 'empty',
      region: 'eu-west-1',
      account: '123456789012',
      label: 'dev',
      actions: [],
    };
    assert.deepEqual(seen([empty]), ['info No functions in eu-west-1 | account 123456789012 (dev)']);
  });

  it('knows what is above a node', () => {
    const fn: FunctionNode = { kind: 'function', functionName: 'charge', summary };
    const children = functionChildren(summary, [{ functionArn: `${arn}:live` }]);
    const qualifier = children.at(-1);
    assert.ok(qualifier?.kind === 'qualifier');
    const functions = new Map([['charge', fn]]);
    const qualifiers = new Map([['charge:live', qualifier]]);
    assert.equal(parentOf(fn, functions, qualifiers), undefined);
    for (const child of children) assert.equal(parentOf(child, functions, qualifiers), fn);
    for (const child of configChildren('charge', 'live', qualifier.config)) {
      assert.equal(parentOf(child, functions, qualifiers), qualifier);
    }
  });

  it('keeps Markdown in names from being Markdown', () => {
    const text = nodeText({ kind: 'failure', message: '[click](command:evil) `x` <b>', actions: [] }, english).tooltip;
    assert.ok(!text.includes('[click](command:evil)'), text);
    assert.ok(!text.includes('<b>') || text.includes('\\<b'), text);
  });

  it('says in words what a screen reader needs', () => {
    const [onSuccess] = configChildren('charge', undefined, {
      functionArn: arn,
      onSuccess: 'arn:aws:sqs:us-east-1:000000000000:done',
    });
    assert.equal(nodeText(onSuccess, english).spoken, 'On success: SQS queue done');
  });

  it('tells durations as people do', () => {
    assert.deepEqual([0, 45, 60, 90, 3600, 21_600, 5430].map(duration), [
      '0 s',
      '45 s',
      '1 min',
      '1 min 30 s',
      '1 h',
      '6 h',
      '1 h 30 min 30 s',
    ]);
  });
});
