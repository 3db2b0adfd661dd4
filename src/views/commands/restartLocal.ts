import type { Services } from '../services.ts';
import { startLocal } from './startLocal.ts';
import { stopLocal } from './stopLocal.ts';

/** `Restart Local Lambda`: with the settings as they are now. @throws UserFacingFailure */
export async function restartLocal(services: Services): Promise<void> {
  await stopLocal(services);
  await startLocal(services);
}
