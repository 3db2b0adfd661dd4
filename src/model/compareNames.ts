/** Made once: `localeCompare` with options makes one a call, which took 400 ms for 10,000 names. */
const collator = new Intl.Collator('en', { numeric: true });

/** The order of names in lists: letters whatever their case, numbers by their value. */
export const compareNames: (one: string, other: string) => number = collator.compare;
