import type { DebuggedLaunch, Debugging } from '../environments/debugging.ts';
import type { EventQueue } from '../events/eventQueue.ts';
import type { LocalFaultRegistry } from '../faults/localFaults.ts';
import type { FunctionsRevision } from '../functions/functionsRevision.ts';
import type { InvocationJournal } from '../journal/invocationJournal.ts';
import {
  localApiPath,
  pauseQueuePath,
  resumeQueuePath,
  skipAllWaitsPath,
  waitsPath,
  type DebugRefusal,
  type LocalStatus,
  type LocalWaits,
  type SkippedWaits,
} from '../../protocol/localApi.ts';
import type { ApiService } from '../server/apiRequest.ts';
import { streamDebugging } from './debugStream.ts';
import { faultRoutes } from './faultRoutes.ts';
import { streamInvocations } from './invocationStream.ts';
import { json } from './jsonAnswer.ts';

/** What the local API tells and controls. */
export interface LocalApiParts {
  readonly journal: InvocationJournal;
  readonly revision: Pick<FunctionsRevision, 'value' | 'onDidChange'>;
  readonly queue: Pick<EventQueue, 'skipWait' | 'skipAllWaits' | 'waits' | 'pause' | 'resume'>;
  readonly debugging: Debugging;
  /** What a function is debugged with, or why it can't be. */
  debuggerFor(functionName: string, debugpyDir: string | undefined): Promise<DebuggedLaunch | DebugRefusal>;
  readonly faults: LocalFaultRegistry;
  status(): LocalStatus;
  /** Local Lambda is about to end. */
  isStopping(): boolean;
  /** Default 15 s. */
  readonly keepAliveMs?: number;
}

/** Waits that are told at once. */
const mostWaits = 1000;

/** What AWS has no API for (`protocol/localApi.ts`). The server has checked the token. */
export function createLocalApiService(parts: LocalApiParts): ApiService {
  const { journal, revision, queue, debugging, status, isStopping, keepAliveMs = 15_000 } = parts;
  const handleFaults = faultRoutes(parts.faults);
  return {
    async handle(request) {
      const { method, path, rawPath, query, signal } = request;
      const route = `${method} ${path.slice(localApiPath.length)}`;
      if (route === 'GET /status') {
        return isStopping() ? json(503, { message: 'Local Lambda is stopping.' }) : json(200, status());
      }
      if (route === 'GET /invocations/stream') {
        const after = query.get('after') ?? '0';
        if (!/^\d{1,15}$/.test(after)) return json(400, { message: 'The cursor "after" is no number.' });
        const stream = query.get('stream');
        const from = stream !== null && stream !== journal.stream ? 0 : Number(after);
        return {
          status: 200,
          headers: { 'Content-Type': 'application/x-ndjson', 'Cache-Control': 'no-store' },
          body: streamInvocations(journal, revision, { after: from, signal, keepAliveMs }),
        };
      }
      if (method === 'POST' && (path === pauseQueuePath || path === resumeQueuePath)) {
        if (path === pauseQueuePath) queue.pause();
        else queue.resume();
        return { status: 204 };
      }
      if (method === 'GET' && path === waitsPath) {
        return json(200, queue.waits(mostWaits) satisfies LocalWaits);
      }
      if (method === 'POST' && path === skipAllWaitsPath) {
        return json(200, { skipped: queue.skipAllWaits() } satisfies SkippedWaits);
      }
      const ofFaults = handleFaults(request);
      if (ofFaults) return ofFaults;
      const [, debugged] = /^\/functions\/([^/]+)\/debug$/.exec(rawPath.slice(localApiPath.length)) ?? [];
      if (method === 'GET' && debugged !== undefined) {
        const functionName = decodeURIComponent(debugged);
        const debugpyDir = query.get('debugpy') ?? undefined;
        const found = await parts.debuggerFor(functionName, debugpyDir);
        if ('reason' in found) return json(409, found);
        return {
          status: 200,
          headers: { 'Content-Type': 'application/x-ndjson', 'Cache-Control': 'no-store' },
          body: streamDebugging(debugging, functionName, { signal, keepAliveMs, debugpyDir }),
        };
      }
      const [, requestId] = /^\/invocations\/([^/]+)\/skip-wait$/.exec(rawPath.slice(localApiPath.length)) ?? [];
      if (method === 'POST' && requestId !== undefined) {
        return queue.skipWait(decodeURIComponent(requestId))
          ? { status: 204 }
          : json(404, { message: `Nothing waits under the request id "${decodeURIComponent(requestId)}".` });
      }
      return json(404, { message: `The local API has no ${method} ${path}.` });
    },
  };
}
