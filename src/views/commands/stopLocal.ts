import type { Services } from '../services.ts';

/** `Stop Local Lambda`: queued events stay on disk. While another connection is selected it does not run. */
export async function stopLocal(services: Services): Promise<void> {
  if (services.session.choice.kind === 'local') await services.connection.stop();
}
