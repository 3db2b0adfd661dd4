import { DeliveryRefused, type DeliveryOrigin, type DeliveryTarget } from '../../../../src/local/deliveryTargets.ts';
import { createEventsService, type EventsService } from '../../../../src/local/eventbridge/eventsService.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../../../support/localDatabase.ts';

export const scope = { region: 'us-east-1', account: '123456789012' };

/** What reached a target. */
export interface Delivered {
  readonly to: string;
  readonly body: string;
  readonly origin?: DeliveryOrigin | undefined;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** An answer of the service. */
export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Local EventBridge with targets that only take note; those whose ARN ends in `missing` refuse. */
export interface EventsHarness extends Disposable {
  readonly events: EventsService;
  readonly database: TemporaryDatabase;
  readonly delivered: Delivered[];
  readonly warnings: string[];
  call(operation: string, input: unknown): Promise<Answer>;
  /** A call that must succeed. */
  ok(operation: string, input: unknown): Promise<Record<string, unknown>>;
}

export function arn(service: string, name: string): string {
  return `arn:aws:${service}:us-east-1:123456789012:${name}`;
}

/** Makes one; the clock stands at 2026-09-14T15:18:45.648Z. */
export function eventsHarness(): EventsHarness {
  const database = temporaryDatabase();
  const delivered: Delivered[] = [];
  const warnings: string[] = [];
  const note = (to: string, body: string, origin?: DeliveryOrigin, attributes?: Record<string, string>): void => {
    if (to.endsWith('missing')) throw new DeliveryRefused(`${to} is missing`);
    delivered.push({ to, body, ...(origin && { origin }), ...(attributes && { attributes }) });
  };
  const target: DeliveryTarget = {
    deliver: (to, body, attributes, origin) => {
      const texts = Object.fromEntries(
        Object.entries(attributes).map(([name, { stringValue }]) => [name, stringValue]),
      );
      note(to, body, origin, Object.keys(texts).length === 0 ? undefined : texts);
    },
  };
  const silent = (): void => undefined;
  const events = createEventsService({
    db: database.db,
    scope,
    queues: target,
    topics: target,
    invokeAsync: (to, body, traceHeader) => note(to, body, traceHeader === undefined ? undefined : { traceHeader }),
    logs: { append: (group, _stream, lines) => note(`logs ${group}`, lines.map(({ message }) => message).join('\n')) },
    log: {
      ...{ trace: silent, debug: silent, info: silent, error: silent },
      warn: (message) => void warnings.push(message),
    },
    now: () => Date.parse('2026-09-14T15:18:45.648Z'),
  });
  const call = async (operation: string, input: unknown): Promise<Answer> => {
    const { status, body } = await events.service.handle({
      method: 'POST',
      path: '/',
      rawPath: '/',
      query: new URLSearchParams(),
      headers: { 'x-amz-target': `AWSEvents.${operation}` },
      body: new TextEncoder().encode(JSON.stringify(input)),
      requestId: 'r',
      signal: new AbortController().signal,
      endpoint: 'http://127.0.0.1',
    });
    const text = typeof body === 'string' ? body : '';
    return { status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
  };
  return {
    ...{ events, database, delivered, warnings, call },
    async ok(operation, input) {
      const { status, body } = await call(operation, input);
      if (status !== 200) throw new Error(`${operation} answers ${status}: ${JSON.stringify(body)}`);
      return body;
    },
    [Symbol.dispose]: () => database[Symbol.dispose](),
  };
}
