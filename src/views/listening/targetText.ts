import type { ListeningTarget } from '../../connections/listening/listening.ts';
import { kindLabel, type Translate } from '../functionsTree/nodeText.ts';
import { roleLabel } from '../roleLabel.ts';

/** `failures`, `Log of charge`. */
export function targetLabel({ kind, name }: Pick<ListeningTarget, 'kind' | 'name'>, t: Translate): string {
  return kind === 'log' ? t('Log of {0}', name) : name;
}

/** Whose it is: `SQS queue, on failure of charge and 2 more`. */
export function targetDescription({ kind, uses }: ListeningTarget, t: Translate): string {
  if (kind === 'log') return '';
  const [first, ...more] = uses;
  const what = kindLabel(kind, t);
  if (!first) return what;
  const of = t('{0} of {1}', roleLabel(first.role, t), first.functionName);
  return more.length === 0 ? `${what} · ${of}` : `${what} · ${t('{0} and {1} more', of, more.length)}`;
}
