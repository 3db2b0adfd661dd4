import type { Invocation, InvocationRow } from '../model/invocation.ts';
import { outlookOf, type Outlook } from '../model/outlook.ts';
import { outlookText } from '../model/outlookText.ts';
import type { PanelReading } from '../protocol/panel.ts';
import type { TimelineEntry } from './timelineEntries.ts';

/** What an invocation waits for, the likely reasons when it does not come, and what to listen to; `undefined`: all is told. */
export function outlookEntry(
  { functionName }: InvocationRow,
  invocation: Invocation,
  reading: PanelReading,
  now: number,
): TimelineEntry | undefined {
  const readsLogs = reading.logs && reading.logsProblem === undefined;
  const outlook = outlookOf(invocation, { now, readsLogs, readDestinations: reading.destinations });
  if (!outlook) return undefined;
  const { awaited, reasons, advice } = outlookText(outlook);
  const problem = outlook.awaits === 'attempt' && reading.logsProblem !== undefined ? [reading.logsProblem] : [];
  const listen = listenTo(outlook, functionName, invocation, reading);
  const [title = '', ...note] = [awaited, ...problem, ...reasons, advice].filter((text) => text !== '');
  if (title === '') return undefined;
  return {
    key: 'outlook',
    kind: 'event',
    tone: outlook.overdue || advice !== '' ? 'busy' : 'dim',
    title: title.replace(/\.$/, ''),
    note: note.join(' '),
    ...(listen ? { listen } : {}),
  };
}

function listenTo(
  { reasons, destinationArn }: Outlook,
  functionName: string,
  { settings }: Invocation,
  { logs, logsProblem }: PanelReading,
): TimelineEntry['listen'] {
  const destination = destinationArn ?? settings?.onFailure ?? settings?.onSuccess ?? settings?.deadLetterTargetArn;
  if (reasons.includes('destinationNotRead') && destination !== undefined) {
    return { label: 'Listen to its destination', destinationArn: destination };
  }
  // What can't be read is not read by asking again.
  const unread = reasons.includes('logsNotRead') && !logs && logsProblem === undefined;
  return unread ? { label: 'Read its log', destinationArn: `logs:${functionName}` } : undefined;
}
