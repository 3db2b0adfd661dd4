import { createEventsService } from '../../src/local/eventbridge/eventsService.ts';
import { temporaryDatabase } from './localDatabase.ts';
import { type ServiceServer, serveServices } from './serviceServer.ts';

/** Local EventBridge on a port of its own, account 123456789012, with targets that take whatever they get. Dispose it. */
export async function startEventsServer(): Promise<ServiceServer> {
  const database = temporaryDatabase();
  const nothing = (): void => undefined;
  const events = createEventsService({
    db: database.db,
    scope: { region: 'us-east-1', account: '123456789012' },
    queues: { deliver: nothing },
    topics: { deliver: nothing },
    invokeAsync: nothing,
    logs: { append: nothing },
    log: { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing },
  });
  const server = await serveServices({ events: events.service });
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      database[Symbol.dispose]();
    },
  };
}
