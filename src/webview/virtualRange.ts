/** Height of a list row in CSS pixels. */
export const rowHeight = 22;

/** Elements much higher than this are cut by browsers (Chromium's limit is 2^25 px). Above it scroll positions are scaled. */
const maximumScrollHeight = 15_000_000;

/** Which rows a scroll position shows, and where they go. */
export interface VirtualRange {
  /** Index of the first row that is at least partly visible. */
  readonly first: number;
  /** How many rows to draw from `first` on. */
  readonly count: number;
  /** Distance of row `first` from the top of the scrolled content, in pixels. */
  readonly top: number;
}

/** Height of the scrolled content for so many rows. */
export function scrollHeight(total: number): number {
  return Math.min(total * rowHeight, maximumScrollHeight);
}

/** The rows to draw at a scroll position. */
export function visibleRange(total: number, viewport: number, scrollTop: number): VirtualRange {
  const position = clamp(toContent(total, viewport, scrollTop), 0, Math.max(0, total * rowHeight - viewport));
  const first = Math.floor(position / rowHeight);
  const count = Math.min(total - first, Math.ceil(viewport / rowHeight) + 1);
  return { first, count: Math.max(0, count), top: scrollTop - (position - first * rowHeight) };
}

/** The scroll position that puts row `index` at the top of the viewport. */
export function scrollTopOf(total: number, viewport: number, index: number): number {
  const real = total * rowHeight;
  const height = scrollHeight(total);
  if (real <= height) return index * rowHeight;
  return (index * rowHeight * (height - viewport)) / Math.max(1, real - viewport);
}

/** The scroll position that shows row `index` whole, moving as little as possible. */
export function scrollTopToShow(total: number, viewport: number, scrollTop: number, index: number): number {
  const position = toContent(total, viewport, scrollTop);
  const rowTop = index * rowHeight;
  if (rowTop < position) return scrollTopOf(total, viewport, index);
  if (rowTop + rowHeight > position + viewport) {
    return scrollTopOf(total, viewport, Math.max(0, (rowTop + rowHeight - viewport) / rowHeight));
  }
  return scrollTop;
}

/** A scroll position as a distance in unscaled content. */
function toContent(total: number, viewport: number, scrollTop: number): number {
  const real = total * rowHeight;
  const height = scrollHeight(total);
  return real <= height ? scrollTop : (scrollTop * (real - viewport)) / Math.max(1, height - viewport);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
