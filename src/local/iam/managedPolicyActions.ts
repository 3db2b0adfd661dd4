import type { AccountScope } from '../../model/arn.ts';
import type { QueryAction } from '../server/awsQuery.ts';
import type { QueryInput } from '../server/queryInput.ts';
import { element, members, type Xml } from '../server/xml.ts';
import { awsManagedPolicy, awsManagedPolicyArns } from './awsManagedPolicies.ts';
import { iamError, readPage, readPath, readTags, required, requiredName, requiredPolicy } from './iamInput.ts';
import type { ManagedPolicy, PolicyTable, PolicyVersion } from './policyTable.ts';
import type { RoleTable } from './roleTable.ts';
import { uniqueId } from './uniqueId.ts';

/** A policy keeps so many versions (IAM quotas). */
const maximumVersions = 5;

/** Managed policies with their versions: the account's own, and of AWS's own those that execution roles have (to read). */
export function managedPolicyActions(
  { account }: AccountScope,
  roles: RoleTable,
  table: PolicyTable,
  now: () => number,
): Readonly<Record<string, QueryAction>> {
  const own = (input: QueryInput): ManagedPolicy => {
    const arn = required(input, 'PolicyArn');
    const policy = table.find(arn);
    if (policy) return policy;
    if (awsManagedPolicy(arn)) throw iamError(403, 'AccessDenied', `Policy ${arn} is AWS's own and can't be changed.`);
    throw noPolicy(arn);
  };
  const any = (input: QueryInput): ManagedPolicy => {
    const arn = required(input, 'PolicyArn');
    const policy = table.find(arn) ?? fromAws(arn);
    if (policy) return policy;
    throw noPolicy(arn);
  };
  const version = (policy: ManagedPolicy, input: QueryInput): PolicyVersion => {
    const id = required(input, 'VersionId');
    const found = policy.versions.find((candidate) => candidate.id === id);
    if (found) return found;
    throw iamError(404, 'NoSuchEntity', `Policy ${policy.arn} version ${id} does not exist or is not attachable.`);
  };
  const countAttached = (arn: string): number => roles.list().filter(({ attached }) => attached.includes(arn)).length;
  const show = (policy: ManagedPolicy): readonly Xml[] => showPolicy(policy, countAttached(policy.arn));

  return {
    CreatePolicy: (input) => {
      const name = requiredName(input, 'PolicyName', 128);
      const document = requiredPolicy(input);
      const path = readPath(input);
      const arn = `arn:aws:iam::${account}:policy${path}${name}`;
      if (table.list().some((policy) => policy.name.toLowerCase() === name.toLowerCase())) {
        throw iamError(
          409,
          'EntityAlreadyExists',
          `A policy called ${name} already exists. Duplicate names are not allowed.`,
        );
      }
      const description = input.text('Description');
      const policy: ManagedPolicy = {
        ...{ name, path, arn, id: uniqueId('ANPA') },
        ...(description === undefined ? {} : { description }),
        tags: readTags(input),
        versions: [{ id: 'v1', document, createdAt: now() }],
        defaultVersion: 'v1',
        nextVersion: 2,
      };
      table.put(policy);
      return [element('Policy', [...show(policy), ...showTagsOf(policy)])];
    },

    GetPolicy: (input) => {
      const policy = any(input);
      const { description } = policy;
      const shown = description === undefined ? [] : [element('Description', description)];
      return [element('Policy', [...show(policy), ...shown, ...showTagsOf(policy)])];
    },

    ListPolicies: (input) => {
      const scope = input.text('Scope') ?? 'All';
      const prefix = input.text('PathPrefix') ?? '/';
      const found = [
        ...(scope === 'AWS' ? [] : table.list()),
        ...(scope === 'Local' ? [] : awsManagedPolicyArns().flatMap((arn) => fromAws(arn) ?? [])),
      ]
        .filter(({ path }) => path.startsWith(prefix))
        .filter(({ arn }) => input.text('OnlyAttached') !== 'true' || countAttached(arn) > 0);
      const page = readPage(input, found);
      return [members('Policies', page.items, show), ...page.elements];
    },

    DeletePolicy: (input) => {
      const policy = own(input);
      const conflict = (what: string): Error => iamError(409, 'DeleteConflict', what);
      if (countAttached(policy.arn) > 0) throw conflict('Cannot delete a policy attached to entities.');
      if (policy.versions.length > 1) {
        throw conflict(
          "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
        );
      }
      table.remove(policy.arn);
      return undefined;
    },

    CreatePolicyVersion: (input) => {
      const policy = own(input);
      const document = requiredPolicy(input);
      if (policy.versions.length >= maximumVersions) {
        throw iamError(
          409,
          'LimitExceeded',
          'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
        );
      }
      const added = { id: `v${policy.nextVersion}`, document, createdAt: now() };
      const isDefault = input.text('SetAsDefault') === 'true';
      table.put({
        ...policy,
        nextVersion: policy.nextVersion + 1,
        versions: [...policy.versions, added],
        ...(isDefault ? { defaultVersion: added.id } : {}),
      });
      return [element('PolicyVersion', showVersion(added, isDefault))];
    },

    GetPolicyVersion: (input) => {
      const policy = any(input);
      const found = version(policy, input);
      return [
        element('PolicyVersion', [
          element('Document', encodeURIComponent(found.document)),
          ...showVersion(found, found.id === policy.defaultVersion),
        ]),
      ];
    },

    ListPolicyVersions: (input) => {
      const policy = any(input);
      return [
        members('Versions', policy.versions.toReversed(), (item) =>
          showVersion(item, item.id === policy.defaultVersion),
        ),
        element('IsTruncated', 'false'),
      ];
    },

    SetDefaultPolicyVersion: (input) => {
      const policy = own(input);
      table.put({ ...policy, defaultVersion: version(policy, input).id });
      return undefined;
    },

    DeletePolicyVersion: (input) => {
      const policy = own(input);
      const { id } = version(policy, input);
      if (id === policy.defaultVersion) {
        throw iamError(409, 'DeleteConflict', 'Cannot delete the default version of a policy.');
      }
      table.put({ ...policy, versions: policy.versions.filter((other) => other.id !== id) });
      return undefined;
    },

    TagPolicy: (input) => {
      const policy = own(input);
      table.put({ ...policy, tags: { ...policy.tags, ...readTags(input) } });
      return undefined;
    },

    UntagPolicy: (input) => {
      const policy = own(input);
      const gone = input.flatTexts('TagKeys.member');
      const tags = Object.entries(policy.tags).filter(([key]) => !gone.includes(key));
      table.put({ ...policy, tags: Object.fromEntries(tags) });
      return undefined;
    },

    ListPolicyTags: (input) => [showTags(own(input)), element('IsTruncated', 'false')],
  };
}

function fromAws(arn: string): ManagedPolicy | undefined {
  const policy = awsManagedPolicy(arn);
  if (!policy) return undefined;
  const { name, path, version, document } = policy;
  // AWS's dates are of no use here.
  return {
    ...{
      name,
      path,
      arn,
      id: `ANPA${name
        .toUpperCase()
        .replaceAll(/[^A-Z2-7]/g, '')
        .padEnd(17, 'A')
        .slice(0, 17)}`,
    },
    tags: {},
    versions: [{ id: version, document, createdAt: 0 }],
    defaultVersion: version,
    nextVersion: 0,
  };
}

/** As in every answer: the description is only in that of GetPolicy, and no list has tags. */
function showPolicy(policy: ManagedPolicy, attachmentCount: number): readonly Xml[] {
  const { name, id, arn, path, versions, defaultVersion } = policy;
  return [
    element('PolicyName', name),
    element('PolicyId', id),
    element('Arn', arn),
    element('Path', path),
    element('DefaultVersionId', defaultVersion),
    element('AttachmentCount', String(attachmentCount)),
    element('PermissionsBoundaryUsageCount', '0'),
    element('IsAttachable', 'true'),
    element('CreateDate', dateOf(versions[0])),
    element('UpdateDate', dateOf(versions.at(-1))),
  ];
}

function showTagsOf(policy: ManagedPolicy): readonly Xml[] {
  return Object.keys(policy.tags).length === 0 ? [] : [showTags(policy)];
}

function showVersion(version: PolicyVersion, isDefault: boolean): readonly Xml[] {
  return [
    element('VersionId', version.id),
    element('IsDefaultVersion', String(isDefault)),
    element('CreateDate', dateOf(version)),
  ];
}

function showTags({ tags }: ManagedPolicy): Xml {
  return members('Tags', Object.entries(tags), ([key, value]) => [element('Key', key), element('Value', value)]);
}

function dateOf(version: PolicyVersion | undefined): string {
  return new Date(version?.createdAt ?? 0).toISOString().replace(/\.\d+/, '');
}

function noPolicy(arn: string): Error {
  return iamError(404, 'NoSuchEntity', `Policy ${arn} was not found.`);
}
