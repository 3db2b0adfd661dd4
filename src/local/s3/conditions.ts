import type { StoredObject } from './objectTable.ts';
import { noSuchKey, notImplemented, preconditionFailed, S3Error } from './s3Error.ts';

type Headers = Readonly<Record<string, string>>;

/**
 * Whether an object is to be answered with 304. `prefix`: `x-amz-copy-source-` for the source of a copy.
 * @throws S3Error `PreconditionFailed` (RFC 9110 13.2.2 has the order: `If-Match` decides before the date does).
 */
export function isNotModified({ etag, modifiedAt }: StoredObject, headers: Headers, prefix = ''): boolean {
  const match = headers[`${prefix}if-match`];
  const unmodifiedSince = time(headers[`${prefix}if-unmodified-since`]);
  if (match !== undefined) {
    if (!names(match, etag)) throw preconditionFailed('If-Match');
  } else if (unmodifiedSince !== undefined && modifiedAt > unmodifiedSince) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  const noneMatch = headers[`${prefix}if-none-match`];
  if (noneMatch !== undefined) return names(noneMatch, etag);
  const modifiedSince = time(headers[`${prefix}if-modified-since`]);
  return modifiedSince !== undefined && modifiedAt <= modifiedSince;
}

/** Conditions on what is to be written over. @throws S3Error `PreconditionFailed`, `NoSuchKey`, `NotImplemented` */
export function checkWrite(existing: StoredObject | undefined, key: string, headers: Headers): void {
  const noneMatch = headers['if-none-match'];
  if (noneMatch !== undefined && noneMatch !== '*') throw notImplemented(`If-None-Match with another value than *`);
  if (noneMatch !== undefined && existing) throw preconditionFailed('If-None-Match');
  const match = headers['if-match'];
  if (match === undefined) return;
  if (!existing) throw noSuchKey(key);
  if (!names(match, existing.etag)) throw preconditionFailed('If-Match');
}

/** A part of an object: `start`, and `end` that is still in it. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The range asked for; `undefined`: all, as for a range that can't be read. @throws S3Error `InvalidRange` */
export function readRange(header: string | undefined, size: number): ByteRange | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start >= size || (first === '' && Number(last) === 0)) {
    throw new S3Error(416, 'InvalidRange', 'The requested range is not satisfiable', {
      RangeRequested: header ?? '',
      ActualObjectSize: String(size),
    });
  }
  return { start, end };
}

function names(header: string, etag: string): boolean {
  const tags = header.split(',').map((tag) => tag.trim().replace(/^(?:W\/)?"?|"?$/g, ''));
  return tags.includes('*') || tags.includes(etag);
}

function time(header: string | undefined): number | undefined {
  const at = Date.parse(header ?? '');
  return Number.isNaN(at) ? undefined : at;
}
