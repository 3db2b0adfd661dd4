import type { DeclaredPolicy, DeclaredRole } from '../../iac/declarations.ts';
import type { PolicyTable } from './policyTable.ts';
import type { RoleTable } from './roleTable.ts';
import { uniqueId } from './uniqueId.ts';

/** Makes the roles of a template: what the API changes of one stays until its own declaration changes. `now`: epoch ms. */
export function declareRoles(declarations: readonly DeclaredRole[], roles: RoleTable, now: number): void {
  const names = new Set(declarations.map(({ name }) => name.toLowerCase()));
  const there = new Map(roles.list().map((role) => [role.name.toLowerCase(), role]));
  for (const role of there.values()) {
    if (role.declared !== undefined && !names.has(role.name.toLowerCase())) roles.remove(role.name);
  }
  for (const { name, path, arn, trustPolicy, policies, attached, boundary } of declarations) {
    const declared = JSON.stringify({ arn, trustPolicy, policies, attached, boundary });
    const before = there.get(name.toLowerCase());
    if (before?.declared === declared) continue;
    roles.put({
      ...{ name, path, arn, trustPolicy, policies, attached, declared },
      id: before?.id ?? uniqueId('AROA'),
      createdAt: before?.createdAt ?? now,
      maxSessionDuration: 3_600,
      tags: {},
      ...(boundary === undefined ? {} : { boundary }),
    });
  }
}

/** The same for managed policies. */
export function declarePolicies(declarations: readonly DeclaredPolicy[], table: PolicyTable, now: number): void {
  const arns = new Set(declarations.map(({ arn }) => arn));
  for (const policy of table.list()) {
    if (policy.declared !== undefined && !arns.has(policy.arn)) table.remove(policy.arn);
  }
  for (const { name, path, arn, document } of declarations) {
    const before = table.find(arn);
    if (before?.declared === document) continue;
    table.put({
      ...{ name, path, arn, declared: document },
      id: before?.id ?? uniqueId('ANPA'),
      tags: {},
      versions: [{ id: 'v1', document, createdAt: now }],
      defaultVersion: 'v1',
      nextVersion: 2,
    });
  }
}
