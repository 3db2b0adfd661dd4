import type { Services } from '../services.ts';
import type { FunctionsTree } from '../functionsTree/functionsTree.ts';
import { startLocal } from './startLocal.ts';

/** `Refresh Functions`: reads them again; a person who asks also wants local Lambda running. @throws UserFacingFailure */
export async function refresh(services: Services, tree: FunctionsTree): Promise<void> {
  if (services.connection.state.phase === 'ready') tree.refresh();
  else await startLocal(services);
}
