import type { ApiRequest, ApiResponse } from '../server/apiRequest.ts';
import { invalidParameter, notSerializable } from './lambdaError.ts';
import type { Validation } from './validation.ts';

/** One operation: gets the request and the function name in its path (decoded; empty where there is none). */
export type LambdaOperation = (request: ApiRequest, functionName: string) => ApiResponse | Promise<ApiResponse>;

/** 200 with JSON text. */
export function jsonResponse(body: string): ApiResponse {
  return { status: 200, headers: { 'Content-Type': 'application/json' }, body };
}

/** A page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page goes on; absent on the last. */
  readonly nextMarker?: string;
}

/** Validates `MaxItems`; what it gives cuts a list that is sorted by key. `Marker` is opaque: the last key before the page. */
export function readPage(
  { query }: ApiRequest,
  validation: Validation,
  limits: { readonly maximumItems: number; readonly pageSize: number },
): <T>(items: readonly T[], keyOf: (item: T) => string) => Page<T> {
  const given = query.get('MaxItems');
  if (given !== null && !/^-?\d{1,9}$/.test(given)) throw notSerializable('The value of MaxItems is no integer.');
  const maxItems = given === null ? limits.pageSize : Number(given);
  validation.range('maxItems', maxItems, 1, limits.maximumItems);
  const marker = query.get('Marker');
  const size = Math.min(maxItems, limits.pageSize);
  return (items, keyOf) => {
    const after = marker ? keyOfMarker(marker) : undefined;
    const rest = after === undefined ? items : items.filter((item) => keyOf(item) > after);
    const page = rest.slice(0, size);
    const last = page.at(-1);
    return {
      items: page,
      ...(rest.length > size && last !== undefined ? { nextMarker: markerOf(keyOf(last)) } : {}),
    };
  };
}

function markerOf(key: string): string {
  return Buffer.from(JSON.stringify([key])).toString('base64url');
}

function keyOfMarker(marker: string): string {
  try {
    const value: unknown = JSON.parse(Buffer.from(marker, 'base64url').toString());
    if (Array.isArray(value) && typeof value[0] === 'string') return value[0];
  } catch {
    // Not one of ours.
  }
  throw invalidParameter('The Marker is not one that was given out.');
}
