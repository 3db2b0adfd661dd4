import type { AccountScope } from '../../model/arn.ts';
import type { QueryAction } from '../server/awsQuery.ts';
import { element, members, type Xml } from '../server/xml.ts';
import {
  iamError,
  readPage,
  readPath,
  readTags,
  required,
  requiredDocument,
  requiredName,
  requiredRole,
} from './iamInput.ts';
import type { Role, RoleTable } from './roleTable.ts';
import { uniqueId } from './uniqueId.ts';

/** CreateRole, GetRole, ListRoles, UpdateAssumeRolePolicy, DeleteRole, tags, the boundary, and ListInstanceProfilesForRole, which has none. */
export function roleActions(
  { account }: AccountScope,
  roles: RoleTable,
  now: () => number,
): Readonly<Record<string, QueryAction>> {
  return {
    CreateRole: (input) => {
      const name = requiredName(input, 'RoleName', 64);
      const trustPolicy = requiredDocument(input, 'AssumeRolePolicyDocument');
      const path = readPath(input);
      if (roles.find(name)) throw iamError(409, 'EntityAlreadyExists', `Role with name ${name} already exists.`);
      const description = input.text('Description');
      const boundary = input.text('PermissionsBoundary');
      const role: Role = {
        name,
        path,
        id: uniqueId('AROA'),
        arn: `arn:aws:iam::${account}:role${path}${name}`,
        createdAt: now(),
        trustPolicy,
        ...(description === undefined ? {} : { description }),
        maxSessionDuration: Number(input.text('MaxSessionDuration') ?? 3_600),
        tags: readTags(input),
        policies: {},
        attached: [],
        ...(boundary === undefined ? {} : { boundary }),
      };
      roles.put(role);
      return [element('Role', showRole(role))];
    },

    GetRole: (input) => [element('Role', showRole(requiredRole(input, roles)))],

    ListRoles: (input) => {
      const prefix = input.text('PathPrefix') ?? '/';
      const found = roles.list().filter(({ path }) => path.startsWith(prefix));
      const page = readPage(input, found);
      return [members('Roles', page.items, showRole), ...page.elements];
    },

    UpdateAssumeRolePolicy: (input) => {
      const role = requiredRole(input, roles);
      roles.put({ ...role, trustPolicy: requiredDocument(input, 'PolicyDocument') });
      return undefined;
    },

    DeleteRole: (input) => {
      const role = requiredRole(input, roles);
      const conflict = (what: string): Error => iamError(409, 'DeleteConflict', `Cannot delete entity, must ${what}`);
      if (role.attached.length > 0) throw conflict('detach all policies first.');
      if (Object.keys(role.policies).length > 0) throw conflict('delete policies first.');
      roles.remove(role.name);
      return undefined;
    },

    PutRolePermissionsBoundary: (input) => {
      const role = requiredRole(input, roles);
      roles.put({ ...role, boundary: required(input, 'PermissionsBoundary') });
      return undefined;
    },

    DeleteRolePermissionsBoundary: (input) => {
      const { boundary: _, ...role } = requiredRole(input, roles);
      roles.put(role);
      return undefined;
    },

    TagRole: (input) => {
      const role = requiredRole(input, roles);
      roles.put({ ...role, tags: { ...role.tags, ...readTags(input) } });
      return undefined;
    },

    UntagRole: (input) => {
      const role = requiredRole(input, roles);
      const gone = input.flatTexts('TagKeys.member');
      const tags = Object.entries(role.tags).filter(([key]) => !gone.includes(key));
      roles.put({ ...role, tags: Object.fromEntries(tags) });
      return undefined;
    },

    ListRoleTags: (input) => [showTags(requiredRole(input, roles)), element('IsTruncated', 'false')],

    ListInstanceProfilesForRole: (input) => {
      requiredRole(input, roles);
      return [element('InstanceProfiles', []), element('IsTruncated', 'false')];
    },
  };
}

function showTags({ tags }: Role): Xml {
  return members('Tags', Object.entries(tags), ([key, value]) => [element('Key', key), element('Value', value)]);
}

function showBoundary(arn: string): Xml {
  return element('PermissionsBoundary', [
    element('PermissionsBoundaryType', 'Policy'),
    element('PermissionsBoundaryArn', arn),
  ]);
}

function showRole(role: Role): readonly Xml[] {
  return [
    element('Path', role.path),
    element('RoleName', role.name),
    element('RoleId', role.id),
    element('Arn', role.arn),
    element('CreateDate', new Date(role.createdAt).toISOString().replace(/\.\d+/, '')),
    // As IAM answers every document: percent-encoded (RFC 3986).
    element('AssumeRolePolicyDocument', encodeURIComponent(role.trustPolicy)),
    ...(role.description === undefined ? [] : [element('Description', role.description)]),
    element('MaxSessionDuration', String(role.maxSessionDuration)),
    ...(role.boundary === undefined ? [] : [showBoundary(role.boundary)]),
    ...(Object.keys(role.tags).length === 0 ? [] : [showTags(role)]),
  ];
}
