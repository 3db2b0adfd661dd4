import { transaction } from '../state/database.ts';
import type { PublishParts } from './publishing.ts';
import { notFound } from './snsErrors.ts';
import { checkAttributes, subscribe } from './subscriptionActions.ts';
import type { SnsAttributes, SubscriptionDeclaration } from './topicTable.ts';

/**
 * Subscribes what a template subscribes, sets each attribute when its own declaration is new or another one, and
 * unsubscribes what the template has no more. So what the API sets, or unsubscribes, stays so until then. What SNS refuses is
 * told on the log and stays as it was: without its filter, a subscriber would get what it must not.
 */
export function declareSubscriptions(parts: PublishParts, declared: readonly SubscriptionDeclaration[]): void {
  const { topics, db, log } = parts;
  // One that is declared twice counts once, as it was declared last.
  const wanted = new Map(declared.map((one) => [keyOf(one), one]));
  transaction(db, () => {
    const known = new Map(topics.declarations().map((one) => [keyOf(one), one]));
    for (const [key, gone] of known) {
      if (wanted.has(key)) continue;
      const subscription = topics.sameSubscription(gone.topicArn, gone.protocol, gone.endpoint);
      if (subscription) topics.unsubscribe(subscription.arn);
      topics.removeDeclaration(gone);
    }
    for (const [key, one] of wanted) {
      try {
        declare(parts, one, known.get(key));
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        log?.warn(`The subscription of ${one.endpoint} to ${one.topicArn} can't be as declared: ${reason}`);
      }
    }
  });
}

function declare(
  { topics }: PublishParts,
  one: SubscriptionDeclaration,
  before: SubscriptionDeclaration | undefined,
): void {
  const { topicArn, protocol, endpoint, attributes } = one;
  const changes = changesOf(before?.attributes ?? {}, attributes);
  if (before && changes.length === 0) return;
  if (!topics.find(topicArn)) throw notFound('Topic');
  const existing = topics.sameSubscription(topicArn, protocol, endpoint);
  if (existing) {
    const changed = { ...existing.attributes };
    for (const [name, value] of changes) changed[name] = value ?? '';
    const set = Object.entries(changed).filter(([, value]) => value !== '');
    topics.setSubscriptionAttributes(existing.arn, checkAttributes(Object.fromEntries(set), protocol));
  } else subscribe(topics, topicArn, protocol, endpoint, attributes);
  topics.setDeclaration(one);
}

/** Names with the value they have now; `undefined`: none any more. */
function changesOf(before: SnsAttributes, now: SnsAttributes): readonly (readonly [string, string | undefined])[] {
  return Object.keys({ ...before, ...now })
    .filter((name) => before[name] !== now[name])
    .map((name) => [name, now[name]]);
}

function keyOf({ topicArn, protocol, endpoint }: SubscriptionDeclaration): string {
  return JSON.stringify([topicArn, protocol, endpoint]);
}
