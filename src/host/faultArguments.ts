import type { FaultKind } from '../model/fault.ts';
import type { DeliveryRole } from '../model/destination.ts';

/** What `addFault` takes from code; of a row of the functions view only the function counts. */
export interface AddFaultArgs {
  /** `*`: every function. */
  readonly functionName: string;
  readonly fault?: FaultKind;
  /** How often; absent: until it is removed. */
  readonly times?: number;
  /** Above 0, up to 1. */
  readonly probability?: number;
  /** Of `deliveryFailure`. */
  readonly role?: DeliveryRole;
  readonly destinationArn?: string;
  /** Of `slowStart`, ms. */
  readonly delayMs?: number;
}

/** A fault that is in effect; structurally that of the local API. */
export interface LocalFault {
  readonly id: string;
  readonly functionName: string;
  readonly kind: FaultKind;
  readonly times?: number;
  readonly remaining?: number;
  readonly probability?: number;
  readonly role?: DeliveryRole;
  readonly destinationArn?: string;
  readonly delayMs?: number;
  readonly declared: boolean;
}
