import type { DeliveryRole } from '../model/destination.ts';
import { faultKinds, isFaultKind, type FaultKind } from '../model/fault.ts';
import { localApiPath } from './localApi.ts';

/**
 * A fault to make, as AWS would show it:
 * - `throttle`: the attempt is throttled (429), and waits as throttled events do; a synchronous Invoke is refused.
 * - `timeout`: the attempt ends at once as if the function's time had run out; the handler is not run.
 * - `outOfMemory`: the attempt ends at once as if the function had used up its memory; the handler is not run.
 * - `duplicate`: when the event has ended it is run once more, with the same request id and records of its own.
 * - `ageOut`: the event is found to be too old when it is to be tried (again).
 * - `deliveryFailure`: what is delivered is dropped.
 * - `slowStart`: the next cold start takes longer; over 10 s its init fails, as on AWS.
 */
export interface FaultRequest {
  /** A function's name; `*`: of any function. */
  readonly functionName: string;
  readonly kind: FaultKind;
  /** How often it happens; absent: until it is removed. */
  readonly times?: number;
  /** How likely it is each time there is an occasion, above 0 up to 1; absent: 1. */
  readonly probability?: number;
  /** Of `deliveryFailure`: only what has this role; absent: every delivery. */
  readonly role?: DeliveryRole;
  /** Of `deliveryFailure`: only what goes there. */
  readonly destinationArn?: string;
  /** Of `slowStart`: how much longer, in ms; absent: 5,000. */
  readonly delayMs?: number;
}

/** A fault that is in effect. */
export interface LocalFault extends FaultRequest {
  readonly id: string;
  /** How often it is going to happen; absent: until it is removed. */
  readonly remaining?: number;
  /** Local Lambda was started with it, or it was declared since: it is replaced as a whole with the others that were. */
  readonly declared: boolean;
}

/**
 * `GET`: those in effect, a `LocalFaults`. `POST` of a `FaultRequest`: one more; answers 201 with the `LocalFault`, 400 with
 * a `message`. `PUT` of an array of `FaultRequest`: replaces the declared ones; answers 200 with a `LocalFaults`. `DELETE`:
 * removes all; answers 204.
 */
export const faultsPath = `${localApiPath}/faults`;

/** `DELETE`: removes one. Answers 204; 404 when there is none. */
export function faultPath(id: string): string {
  return `${faultsPath}/${encodeURIComponent(id)}`;
}

/** The faults in effect, in the order in which they are made. */
export interface LocalFaults {
  readonly faults: readonly LocalFault[];
}

/** Ms, of a slow start that says nothing of it. */
export const defaultDelayMs = 5_000;

/** Up to Lambda's longest time-out. */
const longestDelayMs = 900_000;
const mostTimes = 1_000_000;
const roles: readonly string[] = ['onSuccess', 'onFailure', 'deadLetterQueue'] satisfies DeliveryRole[];

/** What a value asks for, or what is wrong with it, in a sentence. */
export type FaultReading = { readonly fault: FaultRequest } | { readonly problem: string };

/** Reads a fault from JSON. What it has beyond a fault's fields is a problem: a typing mistake would make another fault. */
export function readFault(value: unknown): FaultReading {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { problem: 'A fault is an object like {"functionName": "charge", "kind": "timeout"}.' };
  }
  const given = value as Readonly<Record<string, unknown>>;
  const known = ['functionName', 'kind', 'times', 'probability', 'role', 'destinationArn', 'delayMs'];
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown !== undefined) return { problem: `A fault has no "${unknown}", only ${list(known)}.` };
  const { functionName, kind, times, probability, role, destinationArn, delayMs } = given;
  if (typeof functionName !== 'string' || !/^(?:\*|[\w-]{1,64})$/.test(functionName)) {
    return { problem: `"functionName" is the name of a function, or * for every one, not ${shown(functionName)}.` };
  }
  if (!isFaultKind(kind)) return { problem: `"kind" is one of ${list(faultKinds)}, not ${shown(kind)}.` };
  if (times !== undefined && !isWhole(times, 1, mostTimes)) {
    return { problem: `"times" is a whole number from 1 to ${mostTimes}, not ${shown(times)}.` };
  }
  if (probability !== undefined && !(typeof probability === 'number' && probability > 0 && probability <= 1)) {
    return { problem: `"probability" is a number above 0, up to 1, not ${shown(probability)}.` };
  }
  if (kind !== 'deliveryFailure' && (role !== undefined || destinationArn !== undefined)) {
    return { problem: '"role" and "destinationArn" are of the kind deliveryFailure only.' };
  }
  if (role !== undefined && !(typeof role === 'string' && roles.includes(role))) {
    return { problem: `"role" is one of ${list(roles)}, not ${shown(role)}.` };
  }
  if (destinationArn !== undefined && !(typeof destinationArn === 'string' && destinationArn.startsWith('arn:'))) {
    return { problem: `"destinationArn" is an ARN, not ${shown(destinationArn)}.` };
  }
  if (kind !== 'slowStart' && delayMs !== undefined) return { problem: '"delayMs" is of the kind slowStart only.' };
  if (delayMs !== undefined && !isWhole(delayMs, 1, longestDelayMs)) {
    return { problem: `"delayMs" is a whole number from 1 to ${longestDelayMs}, not ${shown(delayMs)}.` };
  }
  return {
    fault: {
      functionName,
      kind,
      ...(times === undefined ? {} : { times }),
      ...(probability === undefined ? {} : { probability }),
      ...(role === undefined ? {} : { role: role as DeliveryRole }),
      ...(destinationArn === undefined ? {} : { destinationArn }),
      ...(delayMs === undefined ? {} : { delayMs }),
    },
  };
}

/** What words of a command line stand for. */
const words: Readonly<Record<string, string>> = {
  times: 'times',
  p: 'probability',
  delay: 'delayMs',
  role: 'role',
  arn: 'destinationArn',
};

/** Reads `NAME=KIND[,times=N][,p=0.2][,delay=MS][,role=ROLE][,arn=ARN]`. */
export function readFaultText(text: string): FaultReading {
  const [, functionName, kind, rest = ''] = /^([^=]*)=([^,]*)((?:,.*)?)$/s.exec(text) ?? [];
  if (functionName === undefined) return { problem: `It is NAME=KIND, such as charge=timeout,times=1, not "${text}".` };
  const value: Record<string, unknown> = { functionName, kind };
  for (const part of rest.split(',').slice(1)) {
    const [, word = '', given = ''] = /^([^=]*)=(.*)$/s.exec(part) ?? [];
    const key = words[word];
    if (key === undefined)
      return { problem: `"${part}" is none of ${list(Object.keys(words).map((each) => `${each}=…`))}.` };
    const isNumber = word === 'times' || word === 'p' || word === 'delay';
    value[key] = isNumber && given.trim() !== '' ? Number(given) : given;
  }
  return readFault(value);
}

/** The text that `readFaultText` reads as this fault. */
export function faultText(fault: FaultRequest): string {
  const rest = Object.entries(words).flatMap(([word, key]) => {
    const value = fault[key as keyof FaultRequest];
    return value === undefined ? [] : [`,${word}=${value}`];
  });
  return `${fault.functionName}=${fault.kind}${rest.join('')}`;
}

/**
 * Reads faults as a setting has them: by function name a kind, a fault without the name, or several of either. What can't be
 * read is left out and told.
 */
export function readFaultSetting(setting: Readonly<Record<string, unknown>>): {
  readonly faults: readonly FaultRequest[];
  readonly problems: readonly string[];
} {
  const faults: FaultRequest[] = [];
  const problems: string[] = [];
  for (const [functionName, value] of Object.entries(setting)) {
    for (const each of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      const isObject = typeof each === 'object' && each !== null && !Array.isArray(each);
      const reading = readFault(isObject ? { ...each, functionName } : { functionName, kind: each });
      if ('fault' in reading) faults.push(reading.fault);
      else problems.push(`${functionName}: ${reading.problem}`);
    }
  }
  return { faults, problems };
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}

function list(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value);
}
