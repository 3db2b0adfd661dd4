import type { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Logger } from '../../model/logger.ts';
import type { ApiRequest, ApiService } from '../server/apiRequest.ts';
import { createAwsJsonService, type JsonOperation } from '../server/awsJson.ts';
import { createAwsQueryService } from '../server/awsQuery.ts';
import { createRpcV2CborService, speaksRpcV2 } from '../server/rpcV2Cbor.ts';
import { getMetricData } from './getMetricData.ts';
import { getMetricStatistics } from './getMetricStatistics.ts';
import { LambdaMetricRecorder, type LambdaMetrics } from './lambdaMetrics.ts';
import { listMetrics } from './listMetrics.ts';
import { MetricRecorder } from './metricRecorder.ts';
import { MetricTable } from './metricTable.ts';
import { putMetricData } from './putMetricData.ts';
import { queryActions } from './queryProtocol.ts';

/** Local CloudWatch. */
export interface CloudWatchService {
  /** AWS JSON 1.0, Smithy RPC v2 CBOR and AWS Query: SDKs of one and the same day differ. */
  readonly service: ApiService;
  /** Where Lambda's own metrics go. */
  readonly metrics: LambdaMetrics;
  /** Writes what was measured in the last second; before the database is closed. */
  dispose(): void;
}

/** Makes local CloudWatch on the shared database: metrics, nothing else. `now`: epoch ms. */
export function createCloudWatchService({
  db,
  log,
  now = Date.now,
}: {
  readonly db: DatabaseSync;
  readonly log?: Logger;
  readonly now?: () => number;
}): CloudWatchService {
  const table = new MetricTable(db);
  const recorder = new MetricRecorder({ db, table, log, now });
  /** Reads see what was measured until now. */
  const reading =
    (operation: (input: Parameters<JsonOperation>[0]) => unknown): JsonOperation =>
    (input) => {
      recorder.flush();
      return operation(input);
    };
  return {
    service: createService({
      GetMetricData: reading((input) => getMetricData(table, input)),
      GetMetricStatistics: reading((input) => getMetricStatistics(table, input)),
      ListMetrics: reading((input) => listMetrics(table, input, now())),
      PutMetricData: (input) => putMetricData(db, table, input, now()),
    }),
    metrics: new LambdaMetricRecorder(recorder),
    dispose: () => recorder.tryFlush(),
  };
}

function createService(operations: Readonly<Record<string, JsonOperation>>): ApiService {
  const serviceName = 'Amazon CloudWatch';
  const json = createAwsJsonService(
    { version: '1.0', targetPrefix: 'GraniteServiceVersion20100801', serviceName, queryErrors: true },
    asJson(operations),
  );
  const query = createAwsQueryService(
    { xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/', serviceName },
    queryActions(operations),
  );
  const cbor = createRpcV2CborService(serviceName, operations);
  return {
    async handle(request) {
      const unpacked = { ...request, body: await unzip(request) };
      if (speaksRpcV2(request)) return cbor.handle(unpacked);
      return speaksQuery(request) ? query.handle(unpacked) : json.handle(unpacked);
    },
  };
}

/** SDKs compress what they send to PutMetricData when it is longer than 10 KB. */
async function unzip({ headers, body }: ApiRequest): Promise<Uint8Array> {
  if (headers['content-encoding'] !== 'gzip') return body;
  try {
    return await promisify(gunzip)(body, { maxOutputLength: longestBody });
  } catch {
    // Each protocol says in its own way that it can't read that.
    return body;
  }
}

/** More than AWS takes (1 MB). */
const longestBody = 6_291_456;

function speaksQuery({ headers, query }: ApiRequest): boolean {
  if (headers['x-amz-target'] !== undefined) return false;
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  return isForm || query.has('Action');
}

/** The outputs as AWS writes them in JSON. */
function asJson(operations: Readonly<Record<string, JsonOperation>>): Readonly<Record<string, JsonOperation>> {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]): [string, JsonOperation] => [
      name,
      async (input, request) => jsonValue(await operation(input, request)),
    ]),
  );
}

/** Times are epoch seconds; other numbers are doubles, and look it (`1.0`): Python tells one from the other. */
function jsonValue(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (typeof value === 'number' && Number.isInteger(value)) return rawJson(value.toFixed(1));
  if (Array.isArray(value)) return value.map(jsonValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, jsonValue(member)]));
}

/** Text that `JSON.stringify` leaves as it is; TypeScript does not know of it yet. */
function rawJson(text: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text);
}
