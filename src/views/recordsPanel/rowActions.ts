import type { Services } from '../services.ts';
import type { PanelHostDeps } from './panelHost.ts';

/** What can be done with a row of the panel, by the services of the window; loaded when it is done. */
export function rowActions(
  project: Pick<PanelHostDeps, 'resolveError'>,
  services: () => Services,
): Pick<PanelHostDeps, 'resolveError' | 'openHandler'> {
  return {
    resolveError: (row, invocation, signal) => project.resolveError(row, invocation, signal),
    openHandler: async ({ functionName }) =>
      (await import('../commands/openHandler.ts')).openHandler(services(), { functionName }),
  };
}
