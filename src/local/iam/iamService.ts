import type { DatabaseSync } from 'node:sqlite';
import type { DeclaredPolicy, DeclaredRole } from '../../iac/declarations.ts';
import type { AccountScope } from '../../model/arn.ts';
import type { DeliveryCheck } from '../deliveries/outcomeDeliveries.ts';
import type { ApiService } from '../server/apiRequest.ts';
import { createAwsQueryService } from '../server/awsQuery.ts';
import { transaction } from '../state/database.ts';
import { declarePolicies, declareRoles } from './declaredRoles.ts';
import { deliveryCall } from './deliveryCalls.ts';
import { ExecutionRoles } from './executionRoles.ts';
import { managedPolicyActions } from './managedPolicyActions.ts';
import { PolicyTable } from './policyTable.ts';
import { roleActions } from './roleActions.ts';
import { rolePolicyActions } from './rolePolicyActions.ts';
import { RoleTable } from './roleTable.ts';
import { simulateActions } from './simulateActions.ts';

/** IAM, and what it means for deliveries. */
export interface IamService {
  readonly service: ApiService;
  readonly executionRoles: ExecutionRoles;
  /** Judges a delivery by the role as it is then (spec 2.6). */
  readonly mayDeliver: DeliveryCheck;
  /** Takes what the template declares now. */
  declare(declared: { readonly roles: readonly DeclaredRole[]; readonly policies: readonly DeclaredPolicy[] }): void;
}

/**
 * IAM as far as functions and tools that deploy them need it: roles, their policies, what they allow. `now`: epoch ms.
 */
export function createIamService({
  db,
  scope,
  now = Date.now,
}: {
  readonly db: DatabaseSync;
  readonly scope: AccountScope;
  readonly now?: () => number;
}): IamService {
  const roles = new RoleTable(db);
  const policies = new PolicyTable(db);
  const executionRoles = new ExecutionRoles(scope, roles, policies, now);
  return {
    service: createAwsQueryService(
      { xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/', serviceName: 'AWS IAM' },
      {
        ...roleActions(scope, roles, now),
        ...rolePolicyActions(roles, policies),
        ...managedPolicyActions(scope, roles, policies, now),
        ...simulateActions(roles, policies),
      },
    ),
    executionRoles,
    mayDeliver(role, arn, record) {
      const call = deliveryCall(arn, record);
      return call && executionRoles.refusal(role, call);
    },
    declare(declared) {
      transaction(db, () => {
        declarePolicies(declared.policies, policies, now());
        declareRoles(declared.roles, roles, now());
      });
    },
  };
}
