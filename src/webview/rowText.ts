import { assertNever } from '../model/assertNever.ts';
import { destinationKind, destinationName } from '../model/destination.ts';
import type { InvocationRow, InvocationStatus } from '../model/invocation.ts';
import { withoutRequestId } from '../model/withoutRequestId.ts';
import type { StatusCounts } from '../protocol/panel.ts';
import { formatCountdown } from './format.ts';

/** What a colour means here. */
export type Tone = 'good' | 'bad' | 'busy' | 'lost' | 'plain' | 'dim';

/** The chips, in order. */
export type ChipId = 'all' | 'failed' | 'retrying' | 'succeeded' | 'lost';

/** What each chip is called and which statuses it takes; together the four behind `all` take every status once. */
export const chips: readonly {
  readonly id: ChipId;
  readonly label: string;
  readonly statuses: readonly InvocationStatus[];
}[] = [
  { id: 'all', label: 'All', statuses: [] },
  { id: 'failed', label: 'Failed', statuses: ['failed', 'notAccepted', 'unknown', 'raw'] },
  { id: 'retrying', label: 'Retrying', statuses: ['waiting', 'running', 'queued', 'sending'] },
  { id: 'succeeded', label: 'Succeeded', statuses: ['succeeded'] },
  { id: 'lost', label: 'Lost', statuses: ['lost'] },
];

/** How many rows a chip stands for. */
export function chipCount(id: ChipId, counts: StatusCounts): number {
  const chip = chips.find((candidate) => candidate.id === id);
  if (!chip || chip.id === 'all') return counts.all;
  return chip.statuses.reduce((sum, status) => sum + counts[status], 0);
}

/** What a chip is called; where nothing further is read no row retries. */
export function chipLabel(id: ChipId, isRead: boolean): string {
  if (id === 'retrying' && !isRead) return 'Accepted';
  return chips.find((chip) => chip.id === id)?.label ?? '';
}

/** Codicon name, colour and words for a status. `isRead`: what becomes of an accepted event is read. */
export function statusLook(
  status: InvocationStatus,
  isRead = true,
): {
  readonly icon: string;
  readonly tone: Tone;
  readonly words: string;
} {
  switch (status) {
    case 'sending':
      return { icon: 'loading', tone: 'dim', words: 'Sending' };
    case 'queued':
      return isRead
        ? { icon: 'circle-large', tone: 'dim', words: 'Queued' }
        : { icon: 'pass', tone: 'dim', words: 'Accepted' };
    case 'running':
      return { icon: 'loading', tone: 'busy', words: 'Running' };
    case 'waiting':
      return { icon: 'sync', tone: 'busy', words: 'Retrying' };
    case 'succeeded':
      return { icon: 'check', tone: 'good', words: 'Succeeded' };
    case 'failed':
      return { icon: 'close', tone: 'bad', words: 'Failed' };
    case 'lost':
      return { icon: 'circle-slash', tone: 'lost', words: 'Lost' };
    case 'notAccepted':
      return { icon: 'error', tone: 'bad', words: 'Not accepted' };
    case 'unknown':
      return { icon: 'question', tone: 'busy', words: 'Unknown' };
    case 'raw':
      return { icon: 'file-binary', tone: 'dim', words: 'Not a record' };
    default:
      return assertNever(status);
  }
}

/** What is left of the current wait in AWS's time, in ms; `undefined` when the row does not wait. */
export function nominalRemaining(row: InvocationRow, now: number, timeScale: number): number | undefined {
  if (row.status !== 'waiting' || row.waitingUntil === undefined) return undefined;
  const remaining = Math.max(0, row.waitingUntil - now) * timeScale;
  return row.waitNominalMs === undefined ? remaining : Math.min(row.waitNominalMs, remaining);
}

/** The Outcome cell. */
export function outcomeText(
  row: InvocationRow,
  now: number,
  timeScale: number,
  isRead = true,
): { readonly text: string; readonly tone: Tone } {
  switch (row.status) {
    case 'sending':
      return { text: 'Sending…', tone: 'dim' };
    case 'queued':
      return { text: isRead ? 'Queued' : 'Accepted', tone: 'dim' };
    case 'running':
      return { text: row.attempts > 1 ? `Running, attempt ${row.attempts}` : 'Running', tone: 'busy' };
    case 'waiting': {
      const remaining = nominalRemaining(row, now, timeScale);
      if (remaining === undefined) return { text: 'Retrying', tone: 'busy' };
      const verb = row.attempts === 0 ? 'Trying' : 'Retrying';
      return { text: remaining > 0 ? `${verb} in ${formatCountdown(remaining)}` : `${verb} now`, tone: 'busy' };
    }
    case 'succeeded':
      return { text: row.attempts > 1 ? 'Success after retry' : (row.condition ?? 'Success'), tone: 'dim' };
    case 'failed':
      return { text: row.condition ?? 'Failed', tone: 'plain' };
    case 'lost':
      return {
        text: row.delivery?.status === 'dropped' ? 'Lost: delivery dropped' : 'Lost: no destination',
        tone: 'lost',
      };
    case 'notAccepted':
      return { text: 'Not accepted', tone: 'bad' };
    case 'unknown':
      return { text: 'Unknown, may have run', tone: 'busy' };
    case 'raw':
      return { text: 'Not an execution record', tone: 'dim' };
    default:
      return assertNever(row.status);
  }
}

/** `orders-ok (SQS)` */
export function destinationText(arn: string): string {
  const kind = destinationKind(arn);
  const name = destinationName(arn);
  if (kind === 'EventBridge' && name === 'default') return 'default bus';
  return kind === undefined ? name : `${name} (${kind})`;
}

/** The Error cell: what went wrong, or where a success went. */
export function errorText(row: InvocationRow): { readonly text: string; readonly tone: Tone } {
  if (row.status !== 'succeeded' && (row.errorMessage !== undefined || row.errorType !== undefined)) {
    return { text: oneLine(withoutRequestId(row.errorMessage || row.errorType || '')), tone: 'dim' };
  }
  if (row.delivery) {
    const name = destinationText(row.delivery.arn);
    return row.delivery.status === 'dropped'
      ? { text: `not delivered to ${name}`, tone: 'lost' }
      : { text: `→ ${name}`, tone: 'dim' };
  }
  // Where only the log tells of the success, a destination may have got a record that is not read.
  const isTold = row.status === 'succeeded' && row.condition !== undefined;
  return { text: isTold ? 'no destination' : '', tone: 'dim' };
}

/** A row in one sentence for screen readers: nothing in it ticks. */
export function rowSentence(row: InvocationRow, isRead = true): string {
  const outcome = row.status === 'waiting' ? 'Retrying' : outcomeText(row, 0, 1, isRead).text;
  const error = errorText(row).text.replace('→', 'delivered to');
  return `${row.functionName}, ${outcome}${error === '' ? '' : `, ${error}`}${row.pinned ? ', pinned' : ''}`;
}
function oneLine(text: string): string {
  return text.length > 400 ? `${text.slice(0, 400).replaceAll(/\s+/g, ' ')}…` : text.replaceAll(/\s+/g, ' ');
}
