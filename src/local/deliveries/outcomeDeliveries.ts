import type { DatabaseSync } from 'node:sqlite';
import { parseArn, parseFunctionArn } from '../../model/arn.ts';
import { type DeliveryRole, destinationKind } from '../../model/destination.ts';
import { asyncLimits } from '../../model/eventInvokeConfig.ts';
import type { Logger } from '../../model/logger.ts';
import {
  type DeliveryOrigin,
  DeliveryRefused,
  type DeliveryTargets,
  type MessageAttributes,
} from '../deliveryTargets.ts';
import type { AsyncSettings } from '../events/asyncSettings.ts';
import { withoutLineage } from '../events/lineage.ts';
import type { FaultDecisions } from '../faults/localFaults.ts';
import type { InvocationJournal } from '../journal/invocationJournal.ts';
import { bytesToText } from '../records/payloadText.ts';
import { writeExecutionRecord } from '../records/recordWriter.ts';
import { databaseTrouble } from '../state/databaseTrouble.ts';
import { deadLetterAttributes } from './deadLetterAttributes.ts';
import type { DeliverySource, Outcome } from './outcome.ts';

/** Why an execution role (ARN) must not deliver a record or event, for people; `undefined`: it may. Asked for each delivery. */
export type DeliveryCheck = (
  executionRole: string,
  arn: string,
  record: NonNullable<DeliveryOrigin['record']>,
) => string | undefined;

/** What the deliveries need of others. */
export interface OutcomeDeliveriesOptions {
  readonly db: DatabaseSync;
  readonly journal: InvocationJournal;
  readonly targets: DeliveryTargets;
  readonly mayDeliver?: DeliveryCheck;
  /** Queues a record as the event of a function. @throws DeliveryRefused when there is no such function. */
  readonly invoke: (functionArn: string, record: string, source: DeliverySource, outcome: Outcome) => void;
  readonly log: Logger;
  readonly faults?: Pick<FaultDecisions, 'failsDelivery'>;
}

interface Delivery {
  readonly role: DeliveryRole;
  readonly arn: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly executionRole: string | undefined;
}

/** The largest record or event each kind of target takes, in bytes (spec 2.1, 2.2, 2.4, 2.5, 5.4). S3: one PutObject's. */
const limits = {
  SQS: { bytes: 1_048_576, name: 'SQS message' },
  SNS: { bytes: 262_144, name: 'SNS message' },
  Lambda: { bytes: asyncLimits.maximumEventPayloadBytes, name: 'asynchronous event' },
  EventBridge: { bytes: 1_048_576, name: 'EventBridge event' },
  S3: { bytes: 5_368_709_120, name: 'S3 object' },
} as const;

/** Takes outcomes to dead-letter queues and destinations (spec 2, 3). */
export class OutcomeDeliveries {
  readonly #options: OutcomeDeliveriesOptions;

  constructor(options: OutcomeDeliveriesOptions) {
    this.#options = options;
  }

  /**
   * Delivers an outcome inside the open transaction, so that it is either delivered and over or neither. First the
   * dead-letter queue, then the destination, each on its own: what can't be delivered is noted, told on the log, and
   * changes nothing else (spec 2.6, 3.3). Gives what AWS would count as failed.
   */
  deliver(source: DeliverySource, outcome: Outcome, settings: AsyncSettings): readonly DeliveryRole[] {
    const undelivered: DeliveryRole[] = [];
    const deliver = (delivery: Delivery): void => {
      if (!this.#deliverOne(source, outcome, delivery)) undelivered.push(delivery.role);
    };
    const succeeded = outcome.condition === 'Success';
    const { executionRole } = settings;
    if (!succeeded && settings.deadLetterTargetArn !== undefined) {
      deliver({
        role: 'deadLetterQueue',
        arn: settings.deadLetterTargetArn,
        body: bytesToText(source.payload),
        attributes: deadLetterAttributes(source.requestId, outcome),
        executionRole,
      });
    }
    const arn = succeeded ? settings.onSuccess : settings.onFailure;
    if (arn === undefined) return undelivered;
    const { requestId, functionArn, payload: requestPayload } = source;
    const body = writeExecutionRecord({ ...outcome, requestId, functionArn, requestPayload });
    const role = succeeded ? 'onSuccess' : 'onFailure';
    deliver({ role, arn, body, attributes: {}, executionRole });
    return undelivered;
  }

  /** `false`: it failed; what AWS itself withholds has not. */
  #deliverOne(source: DeliverySource, outcome: Outcome, delivery: Delivery): boolean {
    const { journal, log } = this.#options;
    const { role, arn, body } = delivery;
    const fails = outcome.withheld === undefined && this.#isMadeToFail(source, delivery);
    const reason = outcome.withheld ?? (fails ? failsOnDemand : this.#try(source, outcome, delivery));
    const fault = fails ? 'deliveryFailure' : source.duplicate === true ? 'duplicate' : undefined;
    if (reason !== undefined)
      log.warn(`${roleNames[role]} of ${source.functionArn}, request ${source.requestId}: ${reason}`);
    journal.append({
      kind: 'delivery',
      requestId: source.requestId,
      deliveryId: `${source.requestId}:${role}${source.duplicate === true ? ':2' : ''}`,
      role,
      destinationArn: arn,
      at: outcome.at,
      ...(reason === undefined ? { status: 'delivered' } : { status: 'dropped', reason }),
      body,
      ...(fault === undefined ? {} : { fault }),
    });
    return reason === undefined || outcome.withheld !== undefined;
  }

  #isMadeToFail({ functionArn }: DeliverySource, delivery: Delivery): boolean {
    const functionName = parseFunctionArn(functionArn)?.functionName ?? '';
    return this.#options.faults?.failsDelivery(functionName, delivery) === true;
  }

  /** The reason why it could not be delivered, if so; then nothing of it is left in the database. */
  #try(source: DeliverySource, outcome: Outcome, delivery: Delivery): string | undefined {
    const { db } = this.#options;
    db.exec('SAVEPOINT delivery');
    try {
      this.#send(source, outcome, delivery);
      db.exec('RELEASE delivery');
      return undefined;
    } catch (error) {
      // A full disk is nothing of the delivery's: the outcome is not kept either, and tried again. SQLite itself ends the
      // transaction for some such errors.
      if (!db.isTransaction || databaseTrouble(error) !== undefined) throw error;
      db.exec('ROLLBACK TO delivery; RELEASE delivery');
      if (DeliveryRefused.is(error)) return error.message;
      return `Local Lambda could not deliver it because of an error of its own: ${String(error)}`;
    }
  }

  #send(source: DeliverySource, outcome: Outcome, delivery: Delivery): void {
    const { role, arn, body, attributes, executionRole } = delivery;
    const kind = destinationKind(arn);
    if (kind === undefined) throw new DeliveryRefused(`Lambda can't deliver to ${arn}.`);
    const { functionArn } = source;
    const { condition, at } = outcome;
    const { mayDeliver } = this.#options;
    const refusal = executionRole && mayDeliver?.(executionRole, arn, { functionArn, condition, at });
    if (refusal) throw new DeliveryRefused(refusal);
    const limit = limits[kind];
    const size = Buffer.byteLength(body);
    if (size > limit.bytes) {
      throw new DeliveryRefused(`${size} bytes are too many for an ${limit.name} (limit ${limit.bytes}): ${arn}.`);
    }
    if (role === 'deadLetterQueue' && kind !== 'SQS' && kind !== 'SNS') {
      throw new DeliveryRefused(`Only a queue or a topic can be a dead-letter queue: ${arn}.`);
    }
    if (kind === 'Lambda') {
      this.#options.invoke(arn, body, source, outcome);
      return;
    }
    if (parseArn(arn)?.resource.endsWith('.fifo') === true) {
      throw new DeliveryRefused(
        `Lambda can't deliver to FIFO queues and topics. Use a standard one in place of ${arn}.`,
      );
    }
    const target = this.#options.targets[kind];
    if (!target) throw new DeliveryRefused(`This local Lambda runs without ${kind}: ${arn}.`);
    const traceHeader = source.executed ? source.traceId : withoutLineage(source.traceId);
    const record = role === 'deadLetterQueue' ? {} : { record: { functionArn, condition, at } };
    target.deliver(arn, body, attributes, { service: 'lambda', traceHeader, ...record });
  }
}

const failsOnDemand = 'Made to fail by a fault on demand.';

const roleNames = {
  onSuccess: 'On-success destination',
  onFailure: 'On-failure destination',
  deadLetterQueue: 'Dead-letter queue',
} as const satisfies Record<DeliveryRole, string>;
