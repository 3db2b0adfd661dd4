import { contentHash } from '../../model/reading/contentHash.ts';

/** What everything that a tap makes is called by. */
export const tapPrefix = 'lambda-destinations-tap-';

/** Tags of what a tap makes. */
export const ownerTag = 'lambda-destinations:owner';
export const expiresTag = 'lambda-destinations:expires';

/** How long what a tap keeps, and what it made, is meant to last without being renewed; ms. */
export const tapLifetime = 24 * 3_600_000;

/** A name for a tap's queue and rules: of its owner, and new each time, since SQS has the name of a deleted queue wait for a minute. */
export function newTapName(owner: string, now: number): string {
  return `${tapNamesOf(owner)}${Math.floor(now / 1000).toString(36)}`;
}

/** What the names of an owner's taps begin with. */
export function tapNamesOf(owner: string): string {
  return `${tapPrefix}${contentHash(tagValue(owner))}-`;
}

/** An owner as a tag can say it (SQS, EventBridge: 256 characters of some). */
export function tagValue(owner: string): string {
  return owner.replaceAll(/[^\w .:/=+@-]/g, '-').slice(0, 256);
}

/** The tags of what an owner's tap makes at `now`. */
export function tapTags(owner: string, now: number): Readonly<Record<string, string>> {
  return { [ownerTag]: tagValue(owner), [expiresTag]: new Date(now + tapLifetime).toISOString() };
}
