import type { Attempt, DeadLetterPiece, DeliveryPiece, OutcomePiece, RecordPiece } from './invocation.ts';

/** What a record says of how it ended. */
export function outcomeOf({ requestId, at, condition, approximateInvokeCount }: RecordPiece): OutcomePiece {
  return { kind: 'outcome', requestId, at, condition, approximateInvokeCount };
}

/** A record that was read was delivered. The id is the same as that of local Lambda's own word of it. */
export function deliveryOf({ requestId, role, destinationArn, at, body }: RecordPiece): DeliveryPiece {
  return {
    kind: 'delivery',
    requestId,
    deliveryId: `${requestId}:${role}`,
    role,
    destinationArn,
    at,
    status: 'delivered',
    body,
  };
}

/** As `deliveryOf`. */
export function deadLetterDeliveryOf({ requestId, destinationArn, at, body }: DeadLetterPiece): DeliveryPiece {
  const role = 'deadLetterQueue';
  return {
    kind: 'delivery',
    requestId,
    deliveryId: `${requestId}:${role}`,
    role,
    destinationArn,
    at,
    status: 'delivered',
    body,
  };
}

/** A payload of a record, to the byte; empty where the body is not at hand, `undefined` where the record has none. */
export function payloadOf(record: RecordPiece, name: 'requestPayload' | 'responsePayload'): string | undefined {
  const span = record[name];
  return span && record.body.slice(...span);
}

/** A record is made when the last attempt ends; its clock and the log's may differ a little. Milliseconds. */
const closeBefore = 1_000;
const closeAfter = 5_000;

/**
 * Attempts with what a record knows of the last one: its answer, that it failed, and how many there were before (spec 1.2; of a
 * success the count is no measure, spec 1.5).
 */
export function withRecord(attempts: readonly Attempt[], record: RecordPiece): readonly Attempt[] {
  const ran = record.executedVersion !== undefined;
  const response = payloadOf(record, 'responsePayload');
  if (!ran || response === undefined) return attempts;
  const count = record.condition === 'Success' ? 1 : Math.max(1, record.approximateInvokeCount);
  const numbered = renumbered(attempts, count, record);
  const last = numbered.at(-1);
  if (!last || last.number < count) return [...numbered, { number: count, response, logs: [] }];
  return [...numbered.slice(0, -1), answered(last, record, response)];
}

/** Where older logs are gone, the last attempt in the log is the record's last: the numbers are the record's. */
function renumbered(attempts: readonly Attempt[], count: number, { at }: RecordPiece): readonly Attempt[] {
  const last = attempts.at(-1);
  const missing = count - attempts.length;
  if (last?.fromLogs !== true || missing <= 0) return attempts;
  const from = last.started?.at ?? last.ended?.startedAt ?? at;
  const to = last.ended?.at ?? at;
  if (at < from - closeBefore || at > to + closeAfter) return attempts;
  return attempts.map((attempt) => {
    const number = attempt.number + missing;
    const { started, ended } = attempt;
    return {
      ...attempt,
      number,
      ...(started ? { started: { ...started, attempt: number } } : {}),
      ...(ended ? { ended: { ...ended, attempt: number } } : {}),
    };
  });
}

function answered(attempt: Attempt, { condition, functionError }: RecordPiece, response: string): Attempt {
  const { ended, fromLogs } = attempt;
  if (!ended) return { ...attempt, response };
  if (fromLogs !== true) return ended.response === undefined ? { ...attempt, ended: { ...ended, response } } : attempt;
  // Whether it failed, and with what, the record knows better than the log.
  const failed = condition !== 'Success' && functionError !== undefined;
  const status = failed
    ? ended.status === 'success'
      ? 'error'
      : ended.status
    : condition === 'Success'
      ? 'success'
      : ended.status;
  return { ...attempt, ended: { ...ended, status, response } };
}
