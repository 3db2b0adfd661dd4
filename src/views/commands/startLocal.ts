import { localChoice } from '../../connections/connectionChoice.ts';
import type { Services } from '../services.ts';
import { startConnection } from './startConnection.ts';

/** `Start Local Lambda`: selects it where another connection was; resolves when it is ready. @throws UserFacingFailure */
export async function startLocal(services: Services): Promise<void> {
  if (services.session.choice.kind !== 'local') await services.session.select(localChoice);
  await startConnection(services);
}
