/** Where a log event stands in its stream. */
export interface EventPlace {
  /** Epoch ms. */
  readonly at: number;
  /** CloudWatch's own ids are numbers that rise with time; one that begins with `~` is made up, and tells no order. */
  readonly id: string;
}

/** Orders events of a stream; 0 for the same event, and for two of one millisecond whose order no id tells. */
export function compareEvents(a: EventPlace, b: EventPlace): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.id === b.id) return 0;
  if (a.id.startsWith('~') || b.id.startsWith('~')) return a.id.startsWith('~') && b.id.startsWith('~') ? 1 : 0;
  return a.id.length - b.id.length || (a.id < b.id ? -1 : 1);
}

/** Whether the first is certainly before the second. */
export function isBefore(a: EventPlace, b: EventPlace): boolean {
  return a.at < b.at || (a.at === b.at && compareEvents(a, b) < 0);
}
