import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArn } from '../../model/arn.ts';
import type { ApiRequest } from '../server/apiRequest.ts';
import { EventStream, eventFrame, exceptionFrame } from '../server/eventStream.ts';
import type { JsonInput } from '../server/jsonInput.ts';
import { parseFilterPattern } from './filterPattern.ts';
import { groupArn, type LogsParts } from './groupOperations.ts';
import { constraintBroken, doesNotExist, invalidParameter } from './logsErrors.ts';

/** CloudWatch Logs API reference, StartLiveTail: events of one update, length of a session, groups. */
const mostEvents = 500;
const sessionMs = 3 * 60 * 60 * 1000;
const mostGroups = 10;

/** What a session looks for. */
interface Wanted {
  /** ARNs by the names of their groups. */
  readonly groups: ReadonlyMap<string, string>;
  readonly isStream: (name: string) => boolean;
  readonly matches: (message: string) => boolean;
}

interface Result {
  readonly logStreamName: string;
  readonly logGroupIdentifier: string;
  readonly message: string;
  readonly timestamp: number;
  readonly ingestionTime: number;
}

/**
 * StartLiveTail (spec 5.10): what is logged from now on, an update a second, until the client goes or three hours are over.
 * @throws ServiceError before anything is sent
 */
export function startLiveTail(parts: LogsParts, input: JsonInput, { requestId, signal }: ApiRequest): EventStream {
  const wanted = readWanted(parts, input);
  const start = {
    requestId,
    sessionId: randomUUID(),
    logGroupIdentifiers: [...wanted.groups.values()],
    logStreamNames: input.texts('logStreamNames') ?? [],
    logStreamNamePrefixes: input.texts('logStreamNamePrefixes') ?? [],
    logEventFilterPattern: input.text('logEventFilterPattern') ?? '',
  };
  return new EventStream(session(parts, wanted, start, signal));
}

async function* session(
  { table, now, liveTailMs }: LogsParts,
  { groups, isStream, matches }: Wanted,
  start: unknown,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let results: Result[] = [];
  let sampled = false;
  const stop = table.listen((group, logStreamName, lines, ingestionTime) => {
    const logGroupIdentifier = groups.get(group);
    if (logGroupIdentifier === undefined || !isStream(logStreamName)) return;
    for (const { at: timestamp, message } of lines) {
      if (!matches(message)) continue;
      sampled ||= results.length === mostEvents;
      if (results.length < mostEvents) {
        results.push({ logStreamName, logGroupIdentifier, message, timestamp, ingestionTime });
      }
    }
  });
  try {
    const ends = now() + sessionMs;
    yield eventFrame('initial-response', {});
    yield eventFrame('sessionStart', start);
    while (now() < ends) {
      if (!(await passed(liveTailMs, signal))) return;
      const update = { sessionMetadata: { sampled }, sessionResults: results };
      [results, sampled] = [[], false];
      yield eventFrame('sessionUpdate', update);
    }
    yield exceptionFrame('SessionTimeoutException', 'The Live Tail session has timed out.');
  } finally {
    stop();
  }
}

/** `false`: the client has gone. */
async function passed(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await pause(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}

function readWanted(parts: LogsParts, input: JsonInput): Wanted {
  const identifiers = input.texts('logGroupIdentifiers');
  if (identifiers === undefined) throw constraintBroken(undefined, 'logGroupIdentifiers', 'not be null');
  const shown = `[${identifiers.join(', ')}]`;
  if (identifiers.length === 0) {
    throw constraintBroken(shown, 'logGroupIdentifiers', 'have length greater than or equal to 1');
  }
  if (identifiers.length > mostGroups) {
    throw constraintBroken(shown, 'logGroupIdentifiers', `have length less than or equal to ${mostGroups}`);
  }
  const groups = new Map(identifiers.map((identifier) => readGroup(parts, identifier)));
  return {
    groups,
    isStream: readStreams(input, groups.size),
    matches: parseFilterPattern(input.text('logEventFilterPattern') ?? ''),
  };
}

/** A name and an ARN. */
function readGroup({ table, scope }: LogsParts, identifier: string): readonly [string, string] {
  const { service, resource = '' } = parseArn(identifier) ?? {};
  if (service !== 'logs' || !resource.startsWith('log-group:') || resource.endsWith(':*')) {
    throw invalidParameter(
      `The log group identifier ${identifier} is invalid: it must be the ARN of a log group, without :* at its end.`,
    );
  }
  const group = table.findGroup(resource.slice('log-group:'.length));
  if (!group || groupArn(scope, group) !== identifier) throw doesNotExist('group');
  return [group.name, identifier];
}

function readStreams(input: JsonInput, groups: number): (name: string) => boolean {
  const [names, prefixes] = [input.texts('logStreamNames') ?? [], input.texts('logStreamNamePrefixes') ?? []];
  if (names.length > 0 && prefixes.length > 0) {
    throw invalidParameter('logStreamNames and logStreamNamePrefixes are mutually exclusive parameters.');
  }
  if (names.length + prefixes.length > 0 && groups > 1) {
    throw invalidParameter('Log streams can be specified only together with a single log group.');
  }
  if (names.length > 0) return (name) => names.includes(name);
  return (name) => prefixes.length === 0 || prefixes.some((prefix) => name.startsWith(prefix));
}
