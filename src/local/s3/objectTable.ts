import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** What is kept of an object besides its bytes. */
export interface StoredObject {
  readonly key: string;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** Epoch ms, whole seconds. */
  readonly modifiedAt: number;
  /** What was given to be answered again, names in lower case: `content-type`, `x-amz-meta-…`. */
  readonly headers: Readonly<Record<string, string>>;
  /** `crc32`, … */
  readonly checksumAlgorithm: string;
  /** Base64; of a multipart object with what it is made of: `…-3`. */
  readonly checksum: string;
}

/** Objects with their bytes, kept in local Lambda's database so that a delivery and its note are one transaction. */
export class ObjectTable {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(db: DatabaseSync) {
    // The bytes last: what comes before them is read without them.
    db.exec(`
      CREATE TABLE IF NOT EXISTS s3_objects (
        bucket TEXT NOT NULL REFERENCES s3_buckets,
        key TEXT NOT NULL,
        size INTEGER NOT NULL,
        etag TEXT NOT NULL,
        modified_at INTEGER NOT NULL,
        headers TEXT NOT NULL,
        checksum_algorithm TEXT NOT NULL,
        checksum TEXT NOT NULL,
        body BLOB NOT NULL,
        PRIMARY KEY (bucket, key)
      ) STRICT;
    `);
    this.#sql = prepare(db);
  }

  find(bucket: string, key: string): StoredObject | undefined {
    const row = this.#sql.find.get(bucket, key) as ObjectRow | undefined;
    return row && toObject(row);
  }

  /** `length` bytes from `start` on. */
  read(bucket: string, key: string, start: number, length: number): Uint8Array {
    const row = this.#sql.read.get(start + 1, length, bucket, key) as { readonly bytes: Uint8Array } | undefined;
    return row?.bytes ?? new Uint8Array();
  }

  /** Replaces one of the same key. */
  put(bucket: string, object: StoredObject, body: Uint8Array): void {
    const { key, size, etag, modifiedAt, headers, checksumAlgorithm, checksum } = object;
    this.#sql.put.run(bucket, key, size, etag, modifiedAt, JSON.stringify(headers), checksumAlgorithm, checksum, body);
  }

  /** Copies the bytes without reading them here. */
  copy(from: { readonly bucket: string; readonly key: string }, bucket: string, object: StoredObject): void {
    const { key, size, etag, modifiedAt, headers, checksumAlgorithm, checksum } = object;
    const values = [bucket, key, size, etag, modifiedAt, JSON.stringify(headers), checksumAlgorithm, checksum] as const;
    this.#sql.copy.run(...values, from.bucket, from.key);
  }

  remove(bucket: string, key: string): void {
    this.#sql.remove.run(bucket, key);
  }

  isEmpty(bucket: string): boolean {
    return this.#sql.any.get(bucket) === undefined;
  }

  /** By key, in the order of its UTF-8 bytes, from `from` on and before `before`, where there is an end. */
  list(bucket: string, from: string, before: string | undefined, limit: number): readonly StoredObject[] {
    const rows = this.#sql.list.all({ bucket, from, before: before ?? null, limit });
    return (rows as never as readonly ObjectRow[]).map(toObject);
  }
}

interface ObjectRow {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly modified_at: number;
  readonly headers: string;
  readonly checksum_algorithm: string;
  readonly checksum: string;
}

const columns = 'key, size, etag, modified_at, headers, checksum_algorithm, checksum';

function prepare(db: DatabaseSync) {
  return {
    find: db.prepare(`SELECT ${columns} FROM s3_objects WHERE bucket = ? AND key = ?`),
    read: db.prepare('SELECT substr(body, ?, ?) AS bytes FROM s3_objects WHERE bucket = ? AND key = ?'),
    put: db.prepare(`INSERT OR REPLACE INTO s3_objects (bucket, ${columns}, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    copy: db.prepare(`INSERT OR REPLACE INTO s3_objects (bucket, ${columns}, body)
      SELECT ?, ?, ?, ?, ?, ?, ?, ?, body FROM s3_objects WHERE bucket = ? AND key = ?`),
    remove: db.prepare('DELETE FROM s3_objects WHERE bucket = ? AND key = ?'),
    any: db.prepare('SELECT 1 FROM s3_objects WHERE bucket = ? LIMIT 1'),
    list: db.prepare(`SELECT ${columns} FROM s3_objects WHERE bucket = :bucket AND key >= :from
      AND (:before IS NULL OR key < :before) ORDER BY key LIMIT :limit`),
  } as const satisfies Record<string, StatementSync>;
}

function toObject(row: ObjectRow): StoredObject {
  return {
    key: row.key,
    size: row.size,
    etag: row.etag,
    modifiedAt: row.modified_at,
    headers: JSON.parse(row.headers) as Readonly<Record<string, string>>,
    checksumAlgorithm: row.checksum_algorithm,
    checksum: row.checksum,
  };
}
