import type { InvocationRow, TimelineSegment } from '../model/invocation.ts';

/** A mark of a row's waterfall; `x` and `width` in CSS pixels. */
export interface WaterfallMark {
  readonly kind: 'queued' | 'attempt' | 'wait' | 'delivery';
  readonly x: number;
  readonly width: number;
  readonly failed: boolean;
  /** It goes on. */
  readonly open: boolean;
}

/** How lengths become pixels, the same for all rows on screen. */
export interface WaterfallScale {
  /** Pixels per nominal millisecond of waiting. */
  readonly wait: number;
  /** Factor on the square root of an attempt's milliseconds. */
  readonly attempt: number;
}

/** Space for the delivery marks at the end, and before the first mark. */
const margin = 2;
const deliverySpace = 8;
const minimumAttempt = 4;
const largestAttempt = 60;
const pixelsPerRootMillisecond = 0.8;

/**
 * The scale at which the longest of these rows fills the column. Waits are to one scale, attempts to another that grows
 * with the square root: a 40 ms attempt stays visible beside a wait of two minutes, and a time-out still looks long.
 */
export function waterfallScale(
  rows: readonly InvocationRow[],
  width: number,
  now: number,
  timeScale: number,
): WaterfallScale {
  const room = Math.max(1, width - margin - deliverySpace);
  let attempt = pixelsPerRootMillisecond;
  for (const row of rows) {
    const attempts = sum(row.segments, (segment) =>
      segment.kind === 'attempt' || segment.kind === 'queued' ? pixelsOf(segment, now, 1, { wait: 0, attempt }) : 0,
    );
    if (attempts > room * 0.75) attempt *= (room * 0.75) / attempts;
  }
  let wait = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    const waits = sum(row.segments, (segment) =>
      segment.kind === 'wait' ? fullWait(segment, row, now, timeScale) : 0,
    );
    if (waits <= 0) continue;
    const rest = room - sum(row.segments, (segment) => pixelsOf(segment, now, timeScale, { wait: 0, attempt }));
    wait = Math.min(wait, Math.max(8, rest) / waits);
  }
  return { wait: Number.isFinite(wait) ? wait : 0, attempt };
}

/** The marks of one row. */
export function waterfallMarks(
  row: InvocationRow,
  scale: WaterfallScale,
  width: number,
  now: number,
  timeScale: number,
): readonly WaterfallMark[] {
  const marks: WaterfallMark[] = [];
  const clock = clockOf(row, now);
  let x = margin;
  for (const segment of row.segments) {
    const open = segment.to === undefined || (segment.kind === 'wait' && segment.to > clock);
    if (segment.kind === 'delivery') {
      // Deliveries of one invocation happen together: side by side, they stay countable.
      const at = Math.min(x + 2, width - 2);
      marks.push({ kind: 'delivery', x: at, width: 2, failed: segment.failed, open });
      x = at + 2;
      continue;
    }
    const length = Math.min(pixelsOf(segment, clock, timeScale, scale), Math.max(1, width - deliverySpace / 2 - x));
    if (length > 0) marks.push({ kind: segment.kind, x, width: length, failed: segment.failed, open });
    x += length;
  }
  return marks;
}

/** AWS's length of what a row has taken so far: waits at their nominal length, all else as it was. */
export function nominalDuration(row: InvocationRow, now: number, timeScale: number): number {
  const end = clockOf(row, now);
  const stretched = sum(row.segments, (segment) => {
    if (segment.kind !== 'wait') return 0;
    return nominalPart(segment, end, timeScale) - (Math.min(segment.to ?? end, end) - segment.from);
  });
  return Math.max(0, end - row.startedAt + stretched);
}

/** What is over stands still. */
function clockOf(row: InvocationRow, now: number): number {
  return row.endedAt ?? now;
}

function pixelsOf(segment: TimelineSegment, now: number, timeScale: number, scale: WaterfallScale): number {
  switch (segment.kind) {
    case 'wait':
      return nominalPart(segment, now, timeScale) * scale.wait;
    case 'attempt': {
      const length = Math.sqrt(Math.max(0, (segment.to ?? now) - segment.from)) * scale.attempt;
      return Math.min(largestAttempt, Math.max(minimumAttempt, length));
    }
    case 'queued': {
      const length = Math.sqrt(Math.max(0, (segment.to ?? now) - segment.from)) * scale.attempt * 0.5;
      return length < 2 ? 0 : Math.min(largestAttempt / 2, length);
    }
    case 'delivery':
      return 0;
  }
}

/** How much of a wait is over, in AWS's time. */
function nominalPart(segment: TimelineSegment, now: number, timeScale: number): number {
  const end = Math.min(segment.to ?? now, now);
  const actual = Math.max(0, end - segment.from);
  if (segment.nominalMs === undefined || segment.to === undefined || segment.to <= segment.from)
    return actual * timeScale;
  return segment.nominalMs * Math.min(1, actual / (segment.to - segment.from));
}

/** A wait's whole length, in AWS's time, over or not: the scale must not move while a wait goes on. */
function fullWait(segment: TimelineSegment, row: InvocationRow, now: number, timeScale: number): number {
  if (segment.nominalMs !== undefined) return segment.nominalMs;
  if (segment.to === undefined && row.waitNominalMs !== undefined) return row.waitNominalMs;
  return ((segment.to ?? now) - segment.from) * timeScale;
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
