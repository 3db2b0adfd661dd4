import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readMessage } from '../../src/model/reading/readMessage.ts';
import { openDatabase, transaction } from '../../src/store/database.ts';
import { Writer } from '../../src/store/writer.ts';
import { executionRecord } from './executionRecords.ts';

/** The connection of its rows. */
export const millionConnection = 'bench';
/** How many rows there are. */
export const millionRows = 1_000_000;
const rowsATransaction = 5_000;
const root = join(import.meta.dirname, '..', '..');
const destinations = ['caught', 'parked', 'later'].map((name) => `arn:aws:sqs:us-east-1:123456789012:${name}`);

/**
 * The path of a store with a million records, made by the product's own code once and kept below `.cache` as long as what
 * it is made with stays the same. It takes some minutes and 3 GB.
 */
export async function millionRowsFile(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of ['schema', 'searchText']) {
    hash.update(await readFile(join(root, 'src', 'store', `${file}.ts`)));
  }
  hash.update(await readFile(join(import.meta.dirname, 'executionRecords.ts')));
  const folder = join(root, '.cache', 'bench');
  const file = join(folder, `million-${hash.digest('hex').slice(0, 16)}.sqlite`);
  if (await stat(file).catch(() => undefined)) return file;
  await mkdir(folder, { recursive: true });
  const unfinished = `${file}.part`;
  await rm(unfinished, { force: true });
  const db = openDatabase(unfinished, 0);
  // Nobody needs it after a crash.
  db.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; PRAGMA wal_autocheckpoint = 50000');
  const writer = new Writer(db);
  for (let at = 0; at < millionRows; at += rowsATransaction) {
    const pieces = Array.from({ length: rowsATransaction }, (_, index) => {
      const number = at + index;
      const destinationArn = destinations[number % destinations.length] ?? '';
      return readMessage({ Body: executionRecord(number), MessageId: String(number) }, { destinationArn, at: 0 });
    });
    transaction(db, () => writer.ingest(millionConnection, pieces));
  }
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
  await rename(unfinished, file);
  return file;
}
