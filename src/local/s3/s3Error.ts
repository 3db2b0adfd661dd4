import type { ApiRequest, ApiResponse } from '../server/apiRequest.ts';
import { element } from '../server/xml.ts';

/** An error that an S3 client is answered with. `details` are further elements: `BucketName`, `Key`, `Condition`. */
export class S3Error extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, details: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'S3Error';
    this.status = status;
    this.code = code;
    this.details = details;
  }

  /** Whether `error` is one. */
  static is(error: unknown): error is S3Error {
    return error instanceof S3Error;
  }
}

/** The answer that tells it; without a body where the method is HEAD (S3 API reference, "Error responses"). */
export function errorAnswer(
  { status, code, message, details }: S3Error,
  { method, requestId }: Pick<ApiRequest, 'method' | 'requestId'>,
): ApiResponse {
  const content = [
    element('Code', code),
    element('Message', message),
    ...Object.entries(details).map(([name, value]) => element(name, value)),
    element('RequestId', requestId),
    element('HostId', 'local'),
  ];
  return {
    status,
    headers: { 'Content-Type': 'application/xml' },
    body: method === 'HEAD' ? '' : `<?xml version="1.0" encoding="UTF-8"?>\n${element('Error', content).xml}`,
  };
}

/** 404 `NoSuchBucket`. */
export const noSuchBucket = (name: string): S3Error =>
  new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist', { BucketName: name });

/** 404 `NoSuchKey`. */
export const noSuchKey = (key: string): S3Error =>
  new S3Error(404, 'NoSuchKey', 'The specified key does not exist.', { Key: key });

/** 400 `InvalidArgument`: `name` is the parameter or header, `value` what was sent. */
export const invalidArgument = (message: string, name: string, value: string): S3Error =>
  new S3Error(400, 'InvalidArgument', message, { ArgumentName: name, ArgumentValue: value });

/** 400 `InvalidRequest`. */
export const invalidRequest = (message: string): S3Error => new S3Error(400, 'InvalidRequest', message);

/** What S3 can do and local Lambda can't: never an empty success. */
export const notImplemented = (what: string): S3Error =>
  new S3Error(501, 'NotImplemented', `${what} is not offered by local Lambda.`);

/** `condition` is the header that did not hold. */
export const preconditionFailed = (condition: string): S3Error =>
  new S3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    Condition: condition,
  });

/** 400 `MalformedXML`: the body is not what the operation reads. */
export const malformedXml = (): S3Error =>
  new S3Error(
    400,
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
