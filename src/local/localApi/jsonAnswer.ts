import type { ApiResponse } from '../server/apiRequest.ts';

/** An answer of the local API. */
export function json(status: number, value: unknown): ApiResponse {
  return { status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) };
}
