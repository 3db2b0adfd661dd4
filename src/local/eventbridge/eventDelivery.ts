import { eventBusArn } from '../../model/arn.ts';
import { DeliveryRefused, type DeliveryTarget } from '../deliveryTargets.ts';
import { busEvent, parseDetail } from './busEvent.ts';
import { routeEvent } from './eventRouting.ts';
import { busName, type EventsParts } from './eventsParts.ts';

/** Buses as something Lambda delivers execution records to (spec 2.4). */
export function createEventDelivery(parts: EventsParts): DeliveryTarget {
  const { scope, buses, now } = parts;
  return {
    deliver(arn, body, _attributes, { record, traceHeader } = {}) {
      const name = busName(scope, arn);
      if (!buses.find(name)) {
        throw new DeliveryRefused(`The event bus ${arn} does not exist. Create it, or correct the destination.`);
      }
      const detail = parseDetail(body);
      if (!record || !detail) throw new DeliveryRefused(`An event bus takes execution records only: ${arn}.`);
      const outcome = record.condition === 'Success' ? 'Success' : 'Failure';
      const event = busEvent(scope, {
        source: 'lambda',
        detailType: `Lambda Function Invocation Result - ${outcome}`,
        at: record.at,
        resources: [eventBusArn(scope, name), record.functionArn],
        detail,
        takenAt: now(),
        ...(traceHeader === undefined ? {} : { traceHeader }),
      });
      routeEvent(parts, name, event);
    },
  };
}
