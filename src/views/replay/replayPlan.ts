import type { InvocationRow } from '../../model/invocation.ts';
import { replayItem, type ReplayItem, type ReplayRefusal } from '../../model/replay.ts';
import type { InvocationStore } from '../../store/invocationStore.ts';
import type { Translate } from '../functionsTree/nodeText.ts';

/** What is to be sent, and what can't be. */
export interface ReplayPlan {
  readonly items: readonly ReplayItem[];
  readonly refused: readonly { readonly row: InvocationRow; readonly why: ReplayRefusal }[];
}

/** Reads the events of rows, in the order in which they were sent then. `qualifier`: another one; `''`: unqualified. */
export async function planReplay(
  store: Pick<InvocationStore, 'get'>,
  rows: readonly InvocationRow[],
  qualifier?: string,
): Promise<ReplayPlan> {
  const items: ReplayItem[] = [];
  const refused: { row: InvocationRow; why: ReplayRefusal }[] = [];
  for (const row of [...rows].sort((a, b) => a.startedAt - b.startedAt || a.id - b.id)) {
    const found = await store.get(row.id);
    const item = found ? replayItem(found.row, found.invocation) : 'payloadUnknown';
    if (typeof item === 'string') refused.push({ row, why: item });
    else items.push(qualifier === undefined ? item : withQualifier(item, qualifier));
  }
  return { items, refused };
}

function withQualifier({ qualifier: _asInvoked, ...item }: ReplayItem, qualifier: string): ReplayItem {
  return qualifier === '' ? item : { ...item, qualifier };
}

/** Why an invocation can't be replayed, for people. */
export function refusalText(why: ReplayRefusal, t: Translate): string {
  switch (why) {
    case 'payloadUnknown':
      return t("The payload of this event is not known here, so it can't be sent again.");
    case 'functionUnknown':
      return t('The function of this event is not known, so it can not be sent again.');
    case 'noRecord':
      return t('This is no execution record, so there is no event to send again.');
  }
}

/** What would be sent, in a sentence or two; the first lines count. */
export function planText({ items, refused }: ReplayPlan, perSecond: number, t: Translate): string {
  const byFunction = new Map<string, number>();
  for (const { functionName, qualifier } of items) {
    const name = qualifier === undefined ? functionName : `${functionName}:${qualifier}`;
    byFunction.set(name, (byFunction.get(name) ?? 0) + 1);
  }
  const functions = [...byFunction].map(([name, count]) => `${name} (${count})`);
  const shown = functions.length > 5 ? [...functions.slice(0, 5), t('{0} more', functions.length - 5)] : functions;
  const lines = [
    t('To {0}, at {1} a second: about {2}.', shown.join(', '), perSecond, lengthText(items.length / perSecond, t)),
  ];
  if (refused.length > 0)
    lines.push(t('{0} of the selected can not be sent: their event is not known.', refused.length));
  const redacted = items.filter((item) => item.redacted).length;
  if (redacted > 0) {
    lines.push(
      t(
        '{0} have values that a redaction rule took out: they would be sent with "[redacted]" in their place.',
        redacted,
      ),
    );
  }
  return lines.join('\n');
}

/** `12 s`, `3 min`, `2 h` */
export function lengthText(seconds: number, t: Translate): string {
  if (seconds < 90) return t('{0} s', Math.max(1, Math.round(seconds)));
  return seconds < 5400 ? t('{0} min', Math.round(seconds / 60)) : t('{0} h', Math.round(seconds / 3600));
}
