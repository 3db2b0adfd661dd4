import { randomUUID } from 'node:crypto';
import type { AccountScope } from '../../model/arn.ts';
import { compactExactJson, type JsonNode, parseExactJson } from '../../model/exactJson.ts';

/** An event on a bus. */
export interface BusEvent {
  readonly id: string;
  /** As targets get it (spec 2.4). */
  readonly text: string;
  /** The same, parsed. */
  readonly node: JsonNode;
  /** When the bus took it, epoch ms. */
  readonly takenAt: number;
  readonly traceHeader?: string;
}

/** What an event is made of. `at`: epoch ms; seconds are all that is kept. */
export interface EventFacts {
  readonly source: string;
  readonly detailType: string;
  readonly at: number;
  readonly resources: readonly string[];
  readonly detail: JsonNode;
  readonly takenAt: number;
  readonly traceHeader?: string;
}

/** Makes an event; `detail` loses its blanks, its values stay as they were written (spec 2.4). */
export function busEvent(scope: AccountScope, facts: EventFacts): BusEvent {
  const id = randomUUID();
  const { source, detailType, at, resources, detail, takenAt, traceHeader } = facts;
  const node: JsonNode = {
    kind: 'object',
    entries: [
      ['version', text('0')],
      ['id', text(id)],
      ['detail-type', text(detailType)],
      ['source', text(source)],
      ['account', text(scope.account)],
      ['time', text(isoSeconds(at))],
      ['region', text(scope.region)],
      ['resources', { kind: 'array', items: resources.map(text) }],
      ['detail', detail],
    ],
  };
  return { id, text: compactExactJson(node), node, takenAt, ...(traceHeader === undefined ? {} : { traceHeader }) };
}

/** Epoch ms as EventBridge writes times: `2026-09-14T15:18:45Z`. */
export function isoSeconds(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

function text(value: string): JsonNode {
  return { kind: 'string', value };
}

/** The object that a `Detail` is; `undefined` when it is none, or too deep to be a part of an event. */
export function parseDetail(json: string): JsonNode | undefined {
  const detail = parseExactJson(`{"detail":${json}}`);
  const [entry, ...more] = detail?.kind === 'object' ? detail.entries : [];
  return entry && more.length === 0 && entry[1].kind === 'object' ? entry[1] : undefined;
}
