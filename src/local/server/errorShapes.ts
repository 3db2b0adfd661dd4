import type { ApiRequest, ApiResponse } from './apiRequest.ts';
import { encodeCbor } from './cbor.ts';
import { localApiService } from './routing.ts';
import { speaksRpcV2 } from './rpcV2Cbor.ts';

/** An error to be told in the shape of whatever protocol a request speaks. */
export interface ProtocolError {
  readonly status: number;
  /** `UnknownOperationException`, … */
  readonly code: string;
  readonly message: string;
}

/** What the shape of an error depends on. */
export type ShapedRequest = Pick<ApiRequest, 'headers' | 'requestId'>;

/** An error as AWS JSON, as CBOR, as the Query protocol's XML, as S3's XML, or as REST JSON: as the request has it. */
export function errorResponse(
  { headers, requestId }: ShapedRequest,
  service: string | undefined,
  { status, code, message }: ProtocolError,
): ApiResponse {
  if (headers['x-amz-target'] !== undefined) {
    const type = headers['content-type']?.includes('json-1.0') === true ? '1.0' : '1.1';
    return {
      status,
      headers: { 'Content-Type': `application/x-amz-json-${type}` },
      body: JSON.stringify({ __type: code, message }),
    };
  }
  if (speaksRpcV2({ headers })) {
    return {
      status,
      headers: { 'Content-Type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' },
      body: encodeCbor({ __type: code, message }),
    };
  }
  const xml = { 'Content-Type': 'text/xml' };
  if (service === 's3') {
    return {
      status,
      headers: { 'Content-Type': 'application/xml' },
      body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message><RequestId>${requestId}</RequestId></Error>`,
    };
  }
  if (speaksQuery(headers, service)) {
    const type = status >= 500 ? 'Receiver' : 'Sender';
    return {
      status,
      headers: xml,
      body: `<ErrorResponse><Error><Type>${type}</Type><Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
    };
  }
  return {
    status,
    headers: { 'Content-Type': 'application/json', 'x-amzn-ErrorType': code },
    body: JSON.stringify(code === 'ServiceException' ? { Type: 'Service', Message: message } : { message }),
  };
}

/** Answers for a service that local Lambda does not have, naming it and the operation. */
export function unknownService(request: ApiRequest, service: string | undefined): ApiResponse {
  const operation = operationOf(request);
  const message =
    service === undefined
      ? `Local Lambda can't tell which service ${operation} is for: sign the request as for AWS.`
      : `Local Lambda does not offer the service "${service}" (${operation}).`;
  if (service === 's3') return errorResponse(request, service, { status: 501, code: 'NotImplemented', message });
  const query = speaksQuery(request.headers, service);
  const isRpc = request.headers['x-amz-target'] !== undefined || speaksRpcV2(request);
  const status = query || isRpc ? 400 : 404;
  const code = query ? 'InvalidAction' : 'UnknownOperationException';
  return errorResponse(request, service, { status, code, message });
}

/** The operation as the request names it: `X-Amz-Target`, `Action`, or method and path. */
function operationOf({ headers, body, query, method, path }: ApiRequest): string {
  const target = headers['x-amz-target'];
  if (target !== undefined) return target.split('.').at(-1) ?? target;
  if (isForm(headers)) {
    const action = new URLSearchParams(new TextDecoder().decode(body.subarray(0, 65_536))).get('Action');
    if (action !== null) return action;
  }
  return query.get('Action') ?? `${method} ${path}`;
}

/** curl calls any body a form; Lambda and the local API don't speak the Query protocol whatever a request says. */
function speaksQuery(headers: ShapedRequest['headers'], service: string | undefined): boolean {
  return service !== 'lambda' && service !== localApiService && isForm(headers);
}

function isForm(headers: ShapedRequest['headers']): boolean {
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
