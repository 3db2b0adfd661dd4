import { localApiPath } from '../../protocol/localApi.ts';
import type { ApiRequest } from './apiRequest.ts';

/** What a request is routed by. */
export type RoutedRequest = Pick<ApiRequest, 'path' | 'query' | 'headers'>;

/** `X-Amz-Target` prefixes of the JSON services that share the port. */
const servicesByTarget: Readonly<Record<string, string>> = {
  AmazonSQS: 'sqs',
  Logs_20140328: 'logs',
  AWSEvents: 'events',
  GraniteServiceVersion20100801: 'monitoring',
};

/** The name of the local API among the services. */
export const localApiService = '_local';

/**
 * Which service a request is for, by its signing name: the SigV4 credential scope, else `X-Amz-Target`, else the path.
 * `undefined`: it can't be told.
 */
export function serviceOf({ path, query, headers }: RoutedRequest): string | undefined {
  if (path === localApiPath || path.startsWith(`${localApiPath}/`)) return localApiService;
  const credential =
    /Credential=([^,\s]+)/.exec(headers['authorization'] ?? '')?.[1] ?? query.get('X-Amz-Credential') ?? '';
  // KEY/DATE/REGION/SERVICE/aws4_request; a key may hold slashes.
  const scope = credential.split('/').slice(-4);
  if (scope[3] === 'aws4_request' && scope[2]) return scope[2].toLowerCase();
  const [prefix = ''] = (headers['x-amz-target'] ?? '').split('.');
  const byTarget = servicesByTarget[prefix];
  if (byTarget !== undefined) return byTarget;
  if (isPresignedVersion2(query)) return 's3';
  return /^\/20\d\d-\d\d-\d\d\//.test(path) ? 'lambda' : undefined;
}

/** A URL presigned by signature version 2, which only S3 has: boto3 makes such unless told otherwise. */
export function isPresignedVersion2(query: URLSearchParams): boolean {
  return query.has('AWSAccessKeyId') && query.has('Signature') && query.has('Expires');
}

/** Lambda's largest payload (spec 5.4); of other services nothing larger is taken either. */
const defaultBodyBytes = 6_291_456;

/** A request with a deployment package of 50 MB in Base64 (Lambda quotas). */
const packageBodyBytes = 70_167_211;

/** An object is held in memory, and kept in the database as one value. */
const objectBodyBytes = 67_108_864;

/** How many bytes the body of a request may have. */
export function maximumBodyBytes(
  service: string | undefined,
  { method, path }: Pick<ApiRequest, 'method' | 'path'>,
): number {
  if (service === 's3') return objectBodyBytes;
  const uploads =
    service === 'lambda' &&
    ((method === 'POST' && /^\/2015-03-31\/functions\/?$/.test(path)) || (method === 'PUT' && path.endsWith('/code')));
  return uploads ? packageBodyBytes : defaultBodyBytes;
}
