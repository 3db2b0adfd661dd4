import type { FaultKind } from '../model/fault.ts';
import type { LocalFault } from '../host/faultArguments.ts';
import type { Translate } from './functionsTree/nodeText.ts';
import { roleLabel } from './roleLabel.ts';

/** What a kind of fault is called. */
export function faultLabel(kind: FaultKind, t: Translate): string {
  switch (kind) {
    case 'throttle':
      return t('throttle');
    case 'timeout':
      return t('time-out');
    case 'outOfMemory':
      return t('out of memory');
    case 'duplicate':
      return t('duplicate delivery');
    case 'ageOut':
      return t('age-out');
    case 'deliveryFailure':
      return t('delivery failure');
    case 'slowStart':
      return t('slow start');
  }
}

/** When and how often a fault is made: `next time`, `next 3 times, every function`. */
export function faultScope(fault: LocalFault, t: Translate): string {
  const { remaining, probability, functionName, role, delayMs } = fault;
  return [
    remaining === undefined ? t('until removed') : remaining === 1 ? t('next time') : t('next {0} times', remaining),
    ...(probability === undefined ? [] : [t('{0} % of the time', Math.round(probability * 1000) / 10)]),
    ...(delayMs === undefined ? [] : [t('+{0} s', delayMs / 1000)]),
    ...(role === undefined ? [] : [roleLabel(role, t)]),
    ...(functionName === '*' ? [t('every function')] : []),
  ].join(', ');
}
