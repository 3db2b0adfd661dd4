import type { Services } from '../services.ts';
import { startLocal } from './startLocal.ts';

/** `Restart Local Lambda`: with the settings as they are now. @throws UserFacingFailure */
export async function restartLocal(services: Services): Promise<void> {
  await services.connection.stop();
  await startLocal(services);
}
