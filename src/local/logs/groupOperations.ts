import { type AccountScope, formatArn, parseArn } from '../../model/arn.ts';
import type { JsonOperation } from '../server/awsJson.ts';
import type { JsonInput } from '../server/jsonInput.ts';
import { alreadyExists, constraintBroken, doesNotExist, invalidParameter } from './logsErrors.ts';
import type { LogGroup, LogStream, LogTable } from './logTable.ts';

/** What the operations work with. */
export interface LogsParts {
  readonly table: LogTable;
  readonly scope: AccountScope;
  readonly now: () => number;
  /** How long one update of Live Tail waits for the next, in ms. */
  readonly liveTailMs: number;
}

const pageLimit = 50;

/** Operations on log groups and streams. */
export function groupOperations({ table, scope, now }: LogsParts): Readonly<Record<string, JsonOperation>> {
  return {
    CreateLogGroup: (input) => {
      const name = requireText(input, 'logGroupName');
      if (!/^[\w./#-]{1,512}$/.test(name)) {
        throw constraintBroken(name, 'logGroupName', 'satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+');
      }
      if (!table.createGroup(name, now())) throw alreadyExists('group');
    },
    DeleteLogGroup: (input) => {
      table.removeGroup(findGroup(table, input));
    },
    CreateLogStream: (input) => {
      const group = findGroup(table, input);
      const name = requireText(input, 'logStreamName');
      if (!/^[^:*]{1,512}$/.test(name)) {
        throw constraintBroken(name, 'logStreamName', 'satisfy regular expression pattern: [^:*]*');
      }
      if (!table.createStream(group, name, now())) throw alreadyExists('stream');
    },
    DeleteLogStream: (input) => {
      const group = findGroup(table, input);
      table.removeStream(group, findStream(table, group, input));
    },
    DescribeLogGroups: (input) => {
      const limit = readLimit(input, pageLimit, pageLimit);
      const prefix = input.text('logGroupNamePrefix') ?? '';
      const part = input.text('logGroupNamePattern') ?? '';
      if (prefix !== '' && part !== '') {
        throw invalidParameter('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.');
      }
      const { name: after = '' } = readToken(input) ?? {};
      const found = table.groups({ prefix, part, after, limit: limit + 1 });
      const page = found.slice(0, limit);
      return {
        logGroups: page.map((group) => showGroup(scope, group)),
        ...nextToken(found, page, ({ name }) => ({ name })),
      };
    },
    DescribeLogStreams: (input) => {
      const limit = readLimit(input, pageLimit, pageLimit);
      const orderBy = input.text('orderBy') ?? 'LogStreamName';
      if (orderBy !== 'LogStreamName' && orderBy !== 'LastEventTime') {
        throw constraintBroken(orderBy, 'orderBy', 'satisfy enum value set: [LogStreamName, LastEventTime]');
      }
      const prefix = input.text('logStreamNamePrefix') ?? '';
      if (orderBy === 'LastEventTime' && prefix !== '') {
        throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
      }
      const group = findGroup(table, input);
      const { name, lastAt = 0 } = readToken(input) ?? {};
      const after = name === undefined ? undefined : { name, lastAt };
      const descending = input.flag('descending') ?? false;
      const found = table.streams(group, { orderBy, descending, prefix, after, limit: limit + 1 });
      const page = found.slice(0, limit);
      const toToken = (stream: LogStream): PageToken => ({ name: stream.name, lastAt: stream.last_at ?? 0 });
      return {
        logStreams: page.map((stream) => showStream(scope, group, stream)),
        ...nextToken(found, page, toToken),
      };
    },
  };
}

/** The group of `logGroupName` or `logGroupIdentifier` (a name or an ARN). @throws ServiceError when it is missing. */
export function findGroup(table: LogTable, input: JsonInput): LogGroup {
  const [given, identifier] = [input.text('logGroupName'), input.text('logGroupIdentifier')];
  if (given !== undefined && identifier !== undefined) {
    throw invalidParameter('LogGroup name and LogGroup identifier are mutually exclusive parameters.');
  }
  if (given === undefined && identifier === undefined) throw constraintBroken(undefined, 'logGroupName', 'not be null');
  const arn = parseArn(identifier ?? '');
  const name = given ?? arn?.resource.replace(/^log-group:/, '').replace(/:\*$/, '') ?? identifier ?? '';
  const group = table.findGroup(name);
  if (!group) throw doesNotExist('group');
  return group;
}

/** The stream of `logStreamName`. @throws ServiceError when it is missing. */
export function findStream(table: LogTable, group: LogGroup, input: JsonInput): LogStream {
  const stream = table.findStream(group, requireText(input, 'logStreamName'));
  if (!stream) throw doesNotExist('stream');
  return stream;
}

/** `limit` between 1 and `most`. */
export function readLimit(input: JsonInput, initially: number, most: number): number {
  const limit = input.integer('limit') ?? initially;
  if (limit < 1) throw constraintBroken(limit, 'limit', 'have value greater than or equal to 1');
  if (limit > most) throw constraintBroken(limit, 'limit', `have value less than or equal to ${most}`);
  return limit;
}

function requireText(input: JsonInput, name: string): string {
  const value = input.text(name);
  if (value === undefined) throw constraintBroken(undefined, name, 'not be null');
  return value;
}

interface PageToken {
  readonly name: string;
  readonly lastAt?: number;
}

function readToken(input: JsonInput): PageToken | undefined {
  const token = input.text('nextToken');
  if (token === undefined) return undefined;
  try {
    const value = JSON.parse(Buffer.from(token, 'base64url').toString()) as PageToken | null;
    if (typeof value?.name === 'string' && Number.isFinite(value.lastAt ?? 0)) return value;
  } catch {
    // Told below.
  }
  throw invalidParameter('The specified nextToken is invalid.');
}

function nextToken<T>(
  found: readonly T[],
  page: readonly T[],
  toToken: (item: T) => PageToken,
): { readonly nextToken?: string } {
  const last = page.at(-1);
  if (found.length === page.length || last === undefined) return {};
  return { nextToken: Buffer.from(JSON.stringify(toToken(last))).toString('base64url') };
}

/** A group's ARN, without `:*`. */
export function groupArn(scope: AccountScope, { name }: LogGroup): string {
  return formatArn({ service: 'logs', ...scope, resource: `log-group:${name}` });
}

function showGroup(scope: AccountScope, group: LogGroup): Readonly<Record<string, unknown>> {
  const arn = groupArn(scope, group);
  return {
    logGroupName: group.name,
    creationTime: group.created_at,
    metricFilterCount: 0,
    arn: `${arn}:*`,
    storedBytes: group.stored_bytes,
    logGroupClass: 'STANDARD',
    logGroupArn: arn,
  };
}

/** `storedBytes` is 0 for streams, as on AWS since 2019. */
function showStream(scope: AccountScope, group: LogGroup, stream: LogStream): Readonly<Record<string, unknown>> {
  return {
    logStreamName: stream.name,
    creationTime: stream.created_at,
    firstEventTimestamp: stream.first_at ?? undefined,
    lastEventTimestamp: stream.last_at ?? undefined,
    lastIngestionTime: stream.last_ingested_at ?? undefined,
    uploadSequenceToken: String(stream.id).padStart(56, '0'),
    arn: `${groupArn(scope, group)}:log-stream:${stream.name}`,
    storedBytes: 0,
  };
}
