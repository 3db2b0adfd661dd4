import type { Services } from '../services.ts';
import type { FunctionsTree } from '../functionsTree/functionsTree.ts';
import { startConnection } from './startConnection.ts';

/** `Refresh Functions`: reads them again; a person who asks also wants the connection to be there. @throws UserFacingFailure */
export async function refresh(services: Services, tree: FunctionsTree): Promise<void> {
  if (services.connection.state.phase === 'ready') tree.refresh();
  else await startConnection(services);
}
