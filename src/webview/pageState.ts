import { chips, type ChipId } from './rowText.ts';

/** The detail pane's tabs. */
export type TabId = 'error' | 'timeline' | 'request' | 'response' | 'logs' | 'delivery' | 'raw';

/** Tabs in their order. */
export const tabIds: readonly TabId[] = ['error', 'timeline', 'request', 'response', 'logs', 'delivery', 'raw'];

/** What the page itself remembers; everything else is asked for again. */
export interface PageState {
  readonly version: 1;
  readonly text: string;
  readonly chip: ChipId;
  /** Row id. */
  readonly selected?: number;
  /** Ids of all selected rows, where there are several. */
  readonly also?: readonly number[];
  readonly detailOpen: boolean;
  /** The tab the person chose last; absent: the one that fits the row. */
  readonly tab?: TabId;
  /** The list's share of the panel, 0.2 to 0.8, side by side and stacked. */
  readonly splitWide: number;
  readonly splitNarrow: number;
  /** While scrolled away from the top: the newest row of the list as it was, and the first row on screen. */
  readonly anchor?: { readonly maxId: number; readonly first: number };
}

/** The state of a page that was never used. */
export const initialPageState: PageState = {
  version: 1,
  text: '',
  chip: 'all',
  detailOpen: false,
  splitWide: 0.6,
  splitNarrow: 0.45,
};

/** Reads what `getState` gave back: any value, from any version. Parts that make no sense fall back. */
export function parsePageState(value: unknown): PageState {
  if (typeof value !== 'object' || value === null || !('version' in value) || value.version !== 1)
    return initialPageState;
  const raw = value as Readonly<Record<string, unknown>>;
  const anchor = raw['anchor'] as Readonly<Record<string, unknown>> | undefined;
  const chip = chips.find(({ id }) => id === raw['chip'])?.id;
  const tab = tabIds.find((id) => id === raw['tab']);
  const also = Array.isArray(raw['also']) ? raw['also'].filter(isCount) : [];
  return {
    version: 1,
    text: typeof raw['text'] === 'string' ? raw['text'] : '',
    chip: chip ?? 'all',
    detailOpen: raw['detailOpen'] === true,
    splitWide: share(raw['splitWide'], initialPageState.splitWide),
    splitNarrow: share(raw['splitNarrow'], initialPageState.splitNarrow),
    ...(isCount(raw['selected']) ? { selected: raw['selected'] } : {}),
    ...(also.length > 1 ? { also } : {}),
    ...(tab === undefined ? {} : { tab }),
    ...(anchor && isCount(anchor['maxId']) && isCount(anchor['first'])
      ? { anchor: { maxId: anchor['maxId'], first: anchor['first'] } }
      : {}),
  };
}

function share(value: unknown, fallback: number): number {
  return typeof value === 'number' && value >= 0.2 && value <= 0.8 ? value : fallback;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
