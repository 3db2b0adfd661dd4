import type { StoreSettings } from './invocationStore.ts';

/** About what a person looks back at, and what a disk does not notice. */
export const defaultStoreSettings: StoreSettings = { maxRows: 50_000, maxMegabytes: 200, maxDays: 0, redact: [] };
