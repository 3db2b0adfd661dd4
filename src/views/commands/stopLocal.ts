import type { Services } from '../services.ts';

/** `Stop Local Lambda`: queued events stay on disk. */
export async function stopLocal(services: Services): Promise<void> {
  await services.connection.stop();
}
