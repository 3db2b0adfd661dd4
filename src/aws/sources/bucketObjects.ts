import type { _Object as ListedObject } from '@aws-sdk/client-s3';
import { parseArn } from '../../model/arn.ts';
import type { Logger } from '../../model/logger.ts';
import { readObject } from '../../model/reading/readObject.ts';
import type { PieceSink, RecordSource } from '../../model/recordSource.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import type { AwsClients } from '../awsClients.ts';
import { errorName } from '../awsErrors.ts';
import { calling } from './queueCalls.ts';
import type { Looking } from './queuePeek.ts';
import { SourceLife } from './sourceLife.ts';

/** A bucket that is an on-failure destination, and whose records are read of it. */
export interface BucketSourceOptions {
  readonly clients: AwsClients;
  readonly bucketArn: string;
  /** Those that have it as their destination. */
  readonly functionNames: readonly string[];
  readonly sink: PieceSink;
  readonly log: Logger;
  /** Epoch ms. */
  readonly now?: () => number;
  /** Where to begin in what was never read; epoch ms. Default: an hour ago. */
  readonly since?: number;
}

/** Pauses between rounds that find nothing, ms; and at least so much for each function, since each costs a request. */
const shortestPause = 5_000;
const longestPause = 60_000;
const pauseOfOne = 250;

/** Keys rise with time, but not within a second, and an object may be there later than its key says, ms. */
const overlap = 120_000;

/** Objects at the same time. */
const parallel = 4;

/**
 * Reads new objects under each function's prefix (spec 2.5); its keys begin with the time, so that one listing gives all since
 * the cursor, over any days. Changes nothing in the bucket.
 */
export function createBucketObjects(
  options: BucketSourceOptions,
): RecordSource & Looking & { setFunctions(functionNames: readonly string[]): void } {
  const { clients, bucketArn, sink, log, now = Date.now } = options;
  const bucket = parseArn(bucketArn)?.resource ?? bucketArn;
  let functionNames = [...new Set(options.functionNames)];
  let pause = shortestPause;
  const life: SourceLife = new SourceLife({ kind: 'objects', name: `objects of ${bucket}`, log }, (report) => {
    const since = options.since ?? now() - 3_600_000;
    /** By function: where it is, and what was read of the overlap. */
    const places = new Map<string, { cursor: number; readonly keys: Set<string> }>();

    const readOne = async (key: string, signal: AbortSignal): Promise<Uint8Array | undefined> => {
      try {
        return await calling(clients, `read the object ${key} of the bucket ${bucket}`, 's3:GetObject', async () => {
          const client = await clients.s3();
          const { GetObjectCommand } = await import('@aws-sdk/client-s3');
          const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), {
            abortSignal: signal,
          });
          return Body?.transformToByteArray();
        });
      } catch (error) {
        // Somebody deleted it in between.
        if (UserFacingFailure.is(error) && errorName(error.cause) === 'NoSuchKey') return undefined;
        throw error;
      }
    };

    /** Gives how many were new. */
    const readFunction = async (functionName: string, signal: AbortSignal): Promise<number> => {
      const stream = `objects:${bucketArn}:${functionName}`;
      const place = places.get(functionName) ?? { cursor: (await sink.cursor(stream)) || since, keys: new Set() };
      places.set(functionName, place);
      let found = 0;
      for await (const page of listAfter(clients, bucket, functionName, place.cursor - overlap, signal)) {
        const fresh = page.filter(({ Key = '' }) => keyTime(Key) !== undefined && !place.keys.has(Key));
        for (let at = 0; at < fresh.length; at += parallel) {
          signal.throwIfAborted();
          const part = fresh.slice(at, at + parallel);
          const read = await Promise.all(
            part.map(async ({ Key: key = '', LastModified }) => {
              const body = await readOne(key, signal);
              if (body === undefined) return [];
              const lastModified = LastModified === undefined ? {} : { lastModified: LastModified.getTime() };
              return [readObject({ key, body, ...lastModified }, { destinationArn: bucketArn, at: now() })];
            }),
          );
          const pieces = read.flat();
          const value = Math.max(place.cursor, ...part.map(({ Key = '' }) => keyTime(Key) ?? 0));
          await sink.ingest(pieces, { stream, value });
          place.cursor = value;
          for (const { Key = '' } of part) place.keys.add(Key);
          found += pieces.length;
          report.received(pieces.length);
        }
      }
      for (const key of place.keys) if ((keyTime(key) ?? 0) < place.cursor - overlap) place.keys.delete(key);
      return found;
    };

    return {
      async prepare(signal) {
        await calling(clients, `read the bucket ${bucket}`, 's3:ListBucket', async () => {
          const client = await clients.s3();
          const { ListObjectsV2Command } = await import('@aws-sdk/client-s3');
          const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: allRecords, MaxKeys: 1 });
          await client.send(command, { abortSignal: signal });
        });
      },
      async round(signal) {
        let found = 0;
        for (const functionName of functionNames) found += await readFunction(functionName, signal);
        report.heard(now());
        pause = found > 0 ? shortestPause : Math.min(pause * 2, longestPause);
        return Math.max(pause, functionNames.length * pauseOfOne);
      },
    };
  });
  return Object.assign(life, {
    look: () => {
      pause = shortestPause / 2;
      life.wake();
    },
    setFunctions: (names: readonly string[]) => {
      functionNames = [...new Set(names)];
      life.wake();
    },
  });
}

/** What asynchronous invocations' records begin with. */
const allRecords = 'aws/lambda/async/';

/** `…/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<uuid>`, UTC (spec 2.5). */
const keyPattern = /\/(\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d)-[\da-f-]{36}$/;

/** Epoch ms that a record's key tells, whole seconds; `undefined`: it is none. */
function keyTime(key: string): number | undefined {
  const time = keyPattern.exec(key)?.[1];
  if (time === undefined) return undefined;
  const at = Date.parse(`${time.replaceAll('.', ':')}Z`);
  return Number.isNaN(at) ? undefined : at;
}

async function* listAfter(
  clients: AwsClients,
  bucket: string,
  functionName: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<readonly ListedObject[], void, undefined> {
  const prefix = `${allRecords}${functionName}/`;
  const second = new Date(Math.max(0, after)).toISOString().slice(0, 19);
  const startAfter = `${prefix}${second.slice(0, 10).replaceAll('-', '/')}/${second.replaceAll(':', '.')}`;
  let token: string | undefined;
  do {
    const from = token === undefined ? { StartAfter: startAfter } : { ContinuationToken: token };
    const page = await calling(clients, `list the records in the bucket ${bucket}`, 's3:ListBucket', async () => {
      const client = await clients.s3();
      const { ListObjectsV2Command } = await import('@aws-sdk/client-s3');
      const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...from });
      return client.send(command, { abortSignal: signal });
    });
    yield page.Contents ?? [];
    token = page.NextContinuationToken;
  } while (token !== undefined && token !== '');
}
