import { destinationName } from './destination.ts';
import type { Outlook, OutlookReason } from './outlook.ts';

/** An outlook as people read it. Empty texts: nothing to say. */
export interface OutlookText {
  readonly awaited: string;
  /** Sentences, the likeliest first. */
  readonly reasons: readonly string[];
  readonly advice: string;
}

const awaitedTexts: Readonly<Record<Outlook['awaits'], string>> = {
  answer: 'Waits for Lambda’s answer.',
  attempt: 'Waits for the first attempt.',
  attemptEnd: 'Waits for the attempt to end.',
  retry: 'Waits for the next attempt.',
  record: 'Waits for the execution record.',
  deadLetter: 'Waits for the dead-letter queue’s copy.',
  nothing: '',
};

const reasonTexts: Readonly<Record<OutlookReason, string>> = {
  noAnswer: 'No answer came yet: the network or the endpoint may be slow.',
  mayHaveRun: 'No answer came, so the event may have been accepted and may have run. It is not sent again by itself.',
  logsNotRead: 'The function’s log is not read, so attempts are not seen.',
  destinationNotRead: 'The destination is not read, so what was delivered there is not seen.',
  logsLate: 'CloudWatch may show the log late.',
  throttled: 'The function may be throttled: Lambda tries again, at first every second, then every five minutes.',
  reservedConcurrencyZero: 'The function’s reserved concurrency may be 0: then it is not invoked at all.',
  startsNotLogged: 'The function may log failures only (SystemLogLevel WARN).',
  tooOld: 'The event is older than the function’s maximum event age, and is not invoked any more.',
  retriesLowered: 'The maximum retry attempts or the maximum event age may be lower than they were when it was read.',
  maybeSynchronous: 'It may have been invoked synchronously: then Lambda does not retry.',
  deliveryDenied: 'The function’s execution role may lack the permission to deliver to the destination.',
  destinationGone: 'The destination may not exist any more, or someone else may have taken the record from it.',
  recordTooLarge: 'The record may be too large for the destination.',
  deliveryDropped: 'The delivery was dropped.',
};

/** Says an outlook in words. */
export function outlookText({ awaits, estimated, destinationArn, reasons, advice }: Outlook): OutlookText {
  const place = destinationArn === undefined ? '' : ` in ${destinationName(destinationArn)}`;
  const awaited = awaitedTexts[awaits];
  return {
    awaited: awaited.replace(/\.$/, `${place}${estimated ? '; when it begins is an estimate' : ''}.`),
    reasons: reasons.map((reason) => reasonTexts[reason]),
    advice:
      advice === undefined
        ? ''
        : awaits === 'nothing'
          ? 'Nothing caught this event. Add an on-failure destination.'
          : 'Nothing catches this event if it fails for good. Add an on-failure destination.',
  };
}
