import type { DestinationCandidate } from '../../connections/functionSettings.ts';
import type { DeliveryRole, DestinationKind } from '../../model/destination.ts';
import { destinationRefusal, type DestinationOwner } from '../../model/destinationRules.ts';
import { kindIcons, type Translate } from '../functionsTree/nodeText.ts';
import type { PickEntry, PickRow } from '../steps.ts';

/** What a person can choose for a destination. */
export type TargetChoice =
  | { readonly use: 'existing'; readonly arn: string }
  | { readonly use: 'enterArn' }
  | { readonly use: 'create'; readonly kind: 'SQS' | 'SNS' }
  | { readonly use: 'none' };

/** The candidates of a kind, or why they could not be listed. */
export type FoundKind = { readonly candidates: readonly DestinationCandidate[] } | { readonly failure: string };

/** What the rows are for. */
export interface CandidateContext {
  readonly role: DeliveryRole;
  readonly owner: DestinationOwner;
  /** The ARN that is set now. */
  readonly current: string | undefined;
  readonly t: Translate;
}

/** The kinds that are looked for: those that the role takes. */
export function candidateKinds(role: DeliveryRole): readonly DestinationKind[] {
  switch (role) {
    case 'onSuccess':
      return ['SQS', 'SNS', 'EventBridge', 'Lambda'];
    case 'onFailure':
      return ['SQS', 'SNS', 'EventBridge', 'Lambda', 'S3'];
    case 'deadLetterQueue':
      return ['SQS', 'SNS'];
  }
}

/** Everything to choose from, grouped by kind, those still being looked for left out: what can be chosen first, then what can't, with the reason. */
export function candidateRows(
  found: ReadonlyMap<DestinationKind, FoundKind>,
  context: CandidateContext,
): PickRow<TargetChoice>[] {
  const { role, current, t } = context;
  const rows: PickRow<TargetChoice>[] = [
    { label: t('Create an SQS queue…'), icon: 'add', value: { use: 'create', kind: 'SQS' } },
    { label: t('Create an SNS topic…'), icon: 'add', value: { use: 'create', kind: 'SNS' } },
    { label: t('Enter an ARN…'), icon: 'edit', value: { use: 'enterArn' } },
  ];
  if (current !== undefined) {
    const label = role === 'deadLetterQueue' ? t('No dead-letter queue') : t('No destination');
    rows.push({ label, description: t('takes the current one away'), icon: 'trash', value: { use: 'none' } });
  }
  for (const kind of candidateKinds(role)) rows.push(...kindRows(kind, found.get(kind), context));
  if (role === 'onSuccess') {
    rows.push({ heading: t('S3 buckets') }, refusedRow(t('S3 buckets'), t('take records of failures only')));
  }
  return rows;
}

function kindRows(
  kind: DestinationKind,
  found: FoundKind | undefined,
  { role, owner, current, t }: CandidateContext,
): PickRow<TargetChoice>[] {
  if (!found) return [];
  const heading = groupLabel(kind, t);
  if ('failure' in found) return [{ heading }, refusedRow(t('Could not list them'), found.failure)];
  if (found.candidates.length === 0) return [];
  const entries = found.candidates.map(({ arn, name }): PickEntry<TargetChoice> => {
    const refused = destinationRefusal(arn, role, owner)?.message;
    return {
      label: name,
      icon: kindIcons[kind],
      value: { use: 'existing', arn },
      ...(refused === undefined ? {} : { refused }),
      ...(arn === current ? { description: t('current'), current: true } : {}),
    };
  });
  return [
    { heading },
    ...entries.filter(({ refused }) => refused === undefined),
    ...entries.filter(({ refused }) => refused !== undefined),
  ];
}

function refusedRow(label: string, refused: string): PickEntry<TargetChoice> {
  return { label, refused, value: { use: 'enterArn' } };
}

function groupLabel(kind: DestinationKind, t: Translate): string {
  switch (kind) {
    case 'SQS':
      return t('SQS queues');
    case 'SNS':
      return t('SNS topics');
    case 'Lambda':
      return t('Functions');
    case 'EventBridge':
      return t('Event buses');
    case 'S3':
      return t('S3 buckets');
  }
}
