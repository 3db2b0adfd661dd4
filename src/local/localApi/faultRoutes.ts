import { faultsPath, readFault, type FaultRequest, type LocalFaults } from '../../protocol/localFaults.ts';
import type { LocalFaultRegistry } from '../faults/localFaults.ts';
import type { ApiRequest, ApiResponse } from '../server/apiRequest.ts';
import { json } from './jsonAnswer.ts';

/** Answers what `protocol/localFaults.ts` lists; `undefined`: it is another route. */
export function faultRoutes(faults: LocalFaultRegistry): (request: ApiRequest) => ApiResponse | undefined {
  const all = (): LocalFaults => ({ faults: faults.list() });
  return ({ method, path, rawPath, body }) => {
    if (path === faultsPath) {
      switch (method) {
        case 'GET':
          return json(200, all());
        case 'POST': {
          const reading = readFault(jsonOf(body));
          return 'fault' in reading ? json(201, faults.add(reading.fault)) : json(400, { message: reading.problem });
        }
        case 'PUT': {
          const declared = readAll(jsonOf(body));
          if (typeof declared === 'string') return json(400, { message: declared });
          faults.declare(declared);
          return json(200, all());
        }
        case 'DELETE':
          faults.removeAll();
          return { status: 204 };
        default:
          return undefined;
      }
    }
    if (method !== 'DELETE' || !rawPath.startsWith(`${faultsPath}/`)) return undefined;
    const id = decodeURIComponent(rawPath.slice(faultsPath.length + 1));
    return faults.remove(id) ? { status: 204 } : json(404, { message: `There is no fault "${id}" (any more).` });
  };
}

/** What is wrong with one of them, if so: then none is taken. */
function readAll(value: unknown): readonly FaultRequest[] | string {
  if (!Array.isArray(value)) return 'The faults to declare are an array.';
  const requests: FaultRequest[] = [];
  for (const [index, each] of (value as readonly unknown[]).entries()) {
    const reading = readFault(each);
    if ('problem' in reading) return `The fault at ${index}: ${reading.problem}`;
    requests.push(reading.fault);
  }
  return requests;
}

/** `undefined` for what is no JSON, which no fault is either. */
function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
