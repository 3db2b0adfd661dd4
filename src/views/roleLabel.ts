import type { DeliveryRole } from '../model/destination.ts';
import type { Translate } from './functionsTree/nodeText.ts';

/** What a role of a destination is called. */
export function roleLabel(role: DeliveryRole, t: Translate): string {
  switch (role) {
    case 'onSuccess':
      return t('On success');
    case 'onFailure':
      return t('On failure');
    case 'deadLetterQueue':
      return t('Dead-letter queue');
  }
}
