import { S3Error } from './s3Error.ts';
import { isoTime } from './s3Parts.ts';

/**
 * Whether a presigned URL still holds: signatures are not checked, their time is. Version 4 (`X-Amz-Date`,
 * `X-Amz-Expires`) and the older version 2 (`Expires`), which boto3 makes by default. `now` is epoch ms.
 * @throws S3Error `AccessDenied`, `AuthorizationQueryParametersError`
 */
export function checkPresigned(query: URLSearchParams, now: number): void {
  if (query.has('X-Amz-Signature')) checkVersion4(query, now);
  else if (query.has('Signature') && query.has('Expires')) checkUntil(Number(query.get('Expires')) * 1000, now, {});
}

function checkVersion4(query: URLSearchParams, now: number): void {
  const seconds = query.get('X-Amz-Expires') ?? '';
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get('X-Amz-Date') ?? '') ?? [];
  const signedAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(signedAt)) {
    throw malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  }
  if (!/^\d+$/.test(seconds)) throw malformed('X-Amz-Expires should be a number');
  if (Number(seconds) > 604_800) throw malformed('X-Amz-Expires must be less than a week (in seconds)');
  checkUntil(signedAt + Number(seconds) * 1000, now, { 'X-Amz-Expires': seconds });
}

function checkUntil(until: number, now: number, details: Readonly<Record<string, string>>): void {
  if (until >= now) return;
  throw new S3Error(403, 'AccessDenied', 'Request has expired', {
    ...details,
    ...(Number.isNaN(until) ? {} : { Expires: isoTime(until) }),
    ServerTime: isoTime(now),
  });
}

function malformed(message: string): S3Error {
  return new S3Error(400, 'AuthorizationQueryParametersError', message);
}
