import type { QueryAction } from '../server/awsQuery.ts';
import { element, members } from '../server/xml.ts';
import { iamError, required, requiredName, requiredPolicy, requiredRole } from './iamInput.ts';
import type { PolicyTable } from './policyTable.ts';
import type { RoleTable } from './roleTable.ts';

/** Put-, Get-, Delete- and ListRolePolicies; Attach-, Detach- and ListAttachedRolePolicies (AWS's own policies, and the account's). */
export function rolePolicyActions(roles: RoleTable, table: PolicyTable): Readonly<Record<string, QueryAction>> {
  return {
    PutRolePolicy: (input) => {
      const role = requiredRole(input, roles);
      const name = requiredName(input, 'PolicyName', 128);
      roles.put({ ...role, policies: { ...role.policies, [name]: requiredPolicy(input) } });
      return undefined;
    },

    GetRolePolicy: (input) => {
      const role = requiredRole(input, roles);
      const name = requiredName(input, 'PolicyName', 128);
      const document = Object.hasOwn(role.policies, name) ? role.policies[name] : undefined;
      if (document === undefined) throw noPolicy(name);
      return [
        element('RoleName', role.name),
        element('PolicyName', name),
        element('PolicyDocument', encodeURIComponent(document)),
      ];
    },

    DeleteRolePolicy: (input) => {
      const role = requiredRole(input, roles);
      const name = requiredName(input, 'PolicyName', 128);
      if (!Object.hasOwn(role.policies, name)) throw noPolicy(name);
      const rest = Object.entries(role.policies).filter(([other]) => other !== name);
      roles.put({ ...role, policies: Object.fromEntries(rest) });
      return undefined;
    },

    ListRolePolicies: (input) => {
      const names = Object.keys(requiredRole(input, roles).policies).toSorted();
      return [members('PolicyNames', names, (name) => name), element('IsTruncated', 'false')];
    },

    AttachRolePolicy: (input) => {
      const role = requiredRole(input, roles);
      const arn = required(input, 'PolicyArn');
      if (!/^arn:aws[\w-]*:iam::aws:policy\/[\w+=,.@/-]+$/.test(arn) && !table.find(arn)) {
        throw iamError(404, 'NoSuchEntity', `Policy ${arn} does not exist or is not attachable.`);
      }
      if (!role.attached.includes(arn)) roles.put({ ...role, attached: [...role.attached, arn] });
      return undefined;
    },

    DetachRolePolicy: (input) => {
      const role = requiredRole(input, roles);
      const arn = required(input, 'PolicyArn');
      if (!role.attached.includes(arn)) throw iamError(404, 'NoSuchEntity', `Policy ${arn} was not found.`);
      roles.put({ ...role, attached: role.attached.filter((other) => other !== arn) });
      return undefined;
    },

    ListAttachedRolePolicies: (input) => [
      members('AttachedPolicies', requiredRole(input, roles).attached, (arn) => [
        element('PolicyName', arn.slice(arn.lastIndexOf('/') + 1)),
        element('PolicyArn', arn),
      ]),
      element('IsTruncated', 'false'),
    ],
  };
}

function noPolicy(name: string): Error {
  return iamError(404, 'NoSuchEntity', `The role policy with name ${name} cannot be found.`);
}
