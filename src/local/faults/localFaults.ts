import { randomUUID } from 'node:crypto';
import type { DeliveryRole } from '../../model/destination.ts';
import { Emitter, type Event } from '../../model/event.ts';
import type { FaultKind } from '../../model/fault.ts';
import { defaultDelayMs, type FaultRequest, type LocalFault } from '../../protocol/localFaults.ts';

/** What asks whether a fault is to be made. Each call is an occasion: a fault that happens so many times is used up by it. */
export interface FaultDecisions {
  /** Whether a fault of that kind happens to a function now. */
  happens(kind: Exclude<FaultKind, 'deliveryFailure' | 'slowStart'>, functionName: string): boolean;
  /** Whether a delivery of a function's fails. */
  failsDelivery(functionName: string, delivery: { readonly role: DeliveryRole; readonly arn: string }): boolean;
  /** How much longer a cold start of a function takes, in ms; 0: it takes its time. */
  slowsStart(functionName: string): number;
}

interface Fault {
  readonly id: string;
  readonly request: FaultRequest;
  readonly declared: boolean;
  remaining: number | undefined;
}

/** The faults to be made. They end with the process. */
export class LocalFaultRegistry implements FaultDecisions {
  readonly #faults: Fault[] = [];
  readonly #changed = new Emitter<void>();
  readonly #random: () => number;

  /** @param random From 0 up to 1, as `Math.random`. */
  constructor(declared: readonly FaultRequest[] = [], random: () => number = Math.random) {
    this.#random = random;
    for (const request of declared) this.#put(request, true);
  }

  /** Faults were added, removed or used. Those without a number of times are not told of when they happen. */
  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  /** Those in effect, in the order in which they are tried. */
  list(): readonly LocalFault[] {
    return this.#faults.map(shown);
  }

  add(request: FaultRequest): LocalFault {
    const fault = this.#put(request, false);
    this.#changed.fire();
    return shown(fault);
  }

  /** Replaces those that were declared; what was added stays. */
  declare(requests: readonly FaultRequest[]): void {
    const added = this.#faults.filter(({ declared }) => !declared);
    this.#faults.length = 0;
    for (const request of requests) this.#put(request, true);
    this.#faults.push(...added);
    this.#changed.fire();
  }

  /** `false`: there is none with that id. */
  remove(id: string): boolean {
    const index = this.#faults.findIndex((fault) => fault.id === id);
    if (index === -1) return false;
    this.#faults.splice(index, 1);
    this.#changed.fire();
    return true;
  }

  removeAll(): void {
    this.#faults.length = 0;
    this.#changed.fire();
  }

  happens(kind: FaultKind, functionName: string): boolean {
    return this.#take(kind, functionName) !== undefined;
  }

  failsDelivery(functionName: string, { role, arn }: { readonly role: DeliveryRole; readonly arn: string }): boolean {
    const isMeant = (request: FaultRequest): boolean =>
      (request.role ?? role) === role && (request.destinationArn ?? arn) === arn;
    return this.#take('deliveryFailure', functionName, isMeant) !== undefined;
  }

  slowsStart(functionName: string): number {
    const request = this.#take('slowStart', functionName);
    return request === undefined ? 0 : (request.delayMs ?? defaultDelayMs);
  }

  #put(request: FaultRequest, declared: boolean): Fault {
    const fault: Fault = { id: randomUUID(), request, declared, remaining: request.times };
    this.#faults.push(fault);
    return fault;
  }

  /** The first that happens, which is used once by that. */
  #take(
    kind: FaultKind,
    functionName: string,
    isMeant: (request: FaultRequest) => boolean = () => true,
  ): FaultRequest | undefined {
    // What most processes never have costs nothing.
    if (this.#faults.length === 0) return undefined;
    const fault = this.#faults.find(({ request }) => {
      if (request.kind !== kind || (request.functionName !== '*' && request.functionName !== functionName))
        return false;
      return isMeant(request) && (request.probability === undefined || this.#random() < request.probability);
    });
    if (fault === undefined) return undefined;
    if (fault.remaining !== undefined) {
      fault.remaining -= 1;
      if (fault.remaining === 0) this.#faults.splice(this.#faults.indexOf(fault), 1);
      this.#changed.fire();
    }
    return fault.request;
  }
}

function shown({ id, request, declared, remaining }: Fault): LocalFault {
  return { id, ...request, ...(remaining === undefined ? {} : { remaining }), declared };
}
