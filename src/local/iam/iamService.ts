import type { DatabaseSync } from 'node:sqlite';
import type { AccountScope } from '../../model/arn.ts';
import type { ApiService } from '../server/apiRequest.ts';
import { createAwsQueryService } from '../server/awsQuery.ts';
import { roleActions } from './roleActions.ts';
import { rolePolicyActions } from './rolePolicyActions.ts';
import { RoleTable } from './roleTable.ts';

/**
 * IAM as far as tools that deploy functions need it: roles and their policies, kept and shown. Local Lambda lets every
 * function do everything, whatever its role says. `now`: epoch ms.
 */
export function createIamService({
  db,
  scope,
  now = Date.now,
}: {
  readonly db: DatabaseSync;
  readonly scope: AccountScope;
  readonly now?: () => number;
}): ApiService {
  const roles = new RoleTable(db);
  return createAwsQueryService(
    { xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/', serviceName: 'AWS IAM' },
    { ...roleActions(scope, roles, now), ...rolePolicyActions(roles) },
  );
}
