import { json } from 'node:stream/consumers';
import { UserFacingFailure } from '../model/userFacingFailure.ts';
import {
  faultPath,
  faultsPath,
  type FaultRequest,
  type LocalFault,
  type LocalFaults,
} from '../protocol/localFaults.ts';
import { localRequest, type LocalApiAccess } from './localRequest.ts';

/** The faults on demand of local Lambda. Each throws `UserFacingFailure`. */
export interface FaultControls {
  /** Those in effect, in the order in which they are made. */
  list(signal?: AbortSignal): Promise<readonly LocalFault[]>;
  add(fault: FaultRequest, signal?: AbortSignal): Promise<LocalFault>;
  /** One that is there no more is removed, too. */
  remove(id: string, signal?: AbortSignal): Promise<void>;
  removeAll(signal?: AbortSignal): Promise<void>;
  /** Replaces those that the settings declare. */
  declare(faults: readonly FaultRequest[], signal?: AbortSignal): Promise<void>;
}

const silenceMs = 10_000;

/** The faults of a local Lambda that runs, by its local API. */
export function createFaultControls(access: LocalApiAccess): FaultControls {
  const ask = async (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    {
      body,
      expected,
      signal,
    }: { readonly body?: unknown; readonly expected: readonly number[]; readonly signal: AbortSignal | undefined },
  ): Promise<unknown> => {
    const answer = await localRequest(access, {
      method,
      path,
      silenceMs,
      ...(body === undefined ? {} : { json: body }),
      ...(signal === undefined ? {} : { signal }),
    });
    const { statusCode = 0 } = answer;
    const told: unknown = statusCode === 204 ? undefined : await json(answer);
    answer.resume();
    if (expected.includes(statusCode)) return told;
    throw new UserFacingFailure('localApiFailed', problemOf(told, statusCode));
  };
  return {
    list: async (signal) => ((await ask('GET', faultsPath, { expected: [200], signal })) as LocalFaults).faults,
    add: async (fault, signal) =>
      (await ask('POST', faultsPath, { body: fault, expected: [201], signal })) as LocalFault,
    remove: async (id, signal) => void (await ask('DELETE', faultPath(id), { expected: [204, 404], signal })),
    removeAll: async (signal) => void (await ask('DELETE', faultsPath, { expected: [204], signal })),
    declare: async (faults, signal) => void (await ask('PUT', faultsPath, { body: faults, expected: [200], signal })),
  };
}

function problemOf(told: unknown, status: number): string {
  const message = typeof told === 'object' && told !== null && 'message' in told ? String(told.message) : '';
  return message === ''
    ? `Local Lambda could not change its faults: it answered ${status}. The log may say more; restart it if this goes on.`
    : message;
}
