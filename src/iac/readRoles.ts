import { coversAction } from '../model/iamPolicy/evaluatePolicies.ts';
import { readPolicy, type PolicyStatement } from '../model/iamPolicy/policyDocument.ts';
import type { DeclaredFunction, DeclaredPolicy, DeclaredRole } from './declarations.ts';
import { templateJson } from './templateJson.ts';
import type { Report, TemplateNode } from './templateNode.ts';
import type { TemplateResource } from './templateResources.ts';
import type { TemplateValues } from './templateValues.ts';

/** What reading roles needs of its surroundings. */
export interface RoleContext {
  /** Reports nothing: what can't be known of a policy mostly does not matter here. */
  readonly values: TemplateValues;
  readonly report: Report;
}

/** The roles and managed policies that a template declares. */
export interface DeclaredRoles {
  readonly roles: readonly DeclaredRole[];
  readonly policies: readonly DeclaredPolicy[];
}

/** A policy as JSON. `unsure`: it allows here what it may not allow on AWS, and Lambda's deliveries are among it. */
interface ReadPolicy {
  readonly document: string;
  readonly unsure: boolean;
}

/**
 * Reads `AWS::IAM::Role`, and what `AWS::IAM::Policy`, `RolePolicy`, `ManagedPolicy` and SAM's connectors add to it. What can't be known without
 * AWS never forbids anything: an `Allow` counts for all resources, a `Deny` for none. A role of which that matters for a
 * function with destinations is a problem of its own.
 */
export function readRoles(
  active: readonly TemplateResource[],
  functions: readonly DeclaredFunction[],
  { values, report }: RoleContext,
): DeclaredRoles {
  const unsure = new Set<string>();
  const unsurePolicies = new Set<string>();
  const functionsById = new Map(functions.map((fn) => [fn.logicalId, fn]));
  const roles = new Map<string, DeclaredRole>();
  let isAllConnected = false;
  for (const resource of active.filter(({ type }) => type === 'AWS::IAM::Role')) {
    const name = values.resources.nameOf(resource.logicalId);
    const arn = values.resources.attribute(resource.logicalId, 'Arn');
    if (name === undefined || arn === undefined) continue;
    const role = readRole(resource, name, arn);
    roles.set(name, role);
  }
  const policies = active
    .filter(({ type }) => type === 'AWS::IAM::ManagedPolicy')
    .flatMap((resource) => readManagedPolicy(resource));
  for (const resource of active) {
    if (resource.type !== 'AWS::IAM::Policy' && resource.type !== 'AWS::IAM::RolePolicy') continue;
    const { properties, logicalId } = resource;
    const name = values.text(values.get(properties, 'PolicyName')) ?? logicalId;
    for (const role of rolesOf(properties)) addPolicy(role, name, values.get(properties, 'PolicyDocument'));
  }
  for (const role of new Set(active.flatMap(connectedRoles))) addConnector(role);
  tellUnsure();
  return { roles: [...roles.values()], policies };

  function readRole({ logicalId, properties, location }: TemplateResource, name: string, arn: string): DeclaredRole {
    const trust = values.get(properties, 'AssumeRolePolicyDocument');
    const boundary = values.text(values.get(properties, 'PermissionsBoundary'));
    const inline: Record<string, string> = {};
    for (const node of values.list(values.get(properties, 'Policies'))) {
      const policy = values.text(values.get(node, 'PolicyName')) ?? 'policy';
      inline[policy] = noted(name, readDocument(values.get(node, 'PolicyDocument'), values));
    }
    const attached: string[] = [];
    for (const node of listAt(properties, 'ManagedPolicyArns')) {
      const managed = values.text(node);
      // One that can't be known may allow anything.
      if (managed === undefined) inline['KnownOnlyOnAws'] = noted(name, { document: everything, unsure: true });
      else attached.push(managed);
    }
    return {
      ...{ logicalId, name, arn, location, attached, policies: inline },
      path: values.text(values.get(properties, 'Path')) ?? '/',
      trustPolicy: (trust && templateJson(trust, values)) ?? '{}',
      ...(boundary === undefined ? {} : { boundary }),
    };
  }

  function readManagedPolicy({ logicalId, properties, location }: TemplateResource): readonly DeclaredPolicy[] {
    const name = values.resources.nameOf(logicalId);
    const arn = values.resources.ref(logicalId);
    if (name === undefined || arn === undefined) return [];
    const read = readDocument(values.get(properties, 'PolicyDocument'), values);
    for (const roleName of rolesOf(properties)) {
      const role = roles.get(roleName);
      if (role) roles.set(roleName, { ...role, attached: [...new Set([...role.attached, arn])] });
    }
    if (read.unsure) unsurePolicies.add(arn);
    const path = values.text(values.get(properties, 'Path')) ?? '/';
    return [{ logicalId, name, arn, path, document: read.document, location }];
  }

  function addPolicy(roleName: string, policy: string, document: TemplateNode | undefined): void {
    const role = roles.get(roleName);
    if (!role) return;
    const text = noted(roleName, readDocument(document, values));
    roles.set(roleName, { ...role, policies: { ...role.policies, [policy]: text } });
  }

  /** What SAM's connectors allow is not read, so it may be all. */
  function addConnector(role: DeclaredRole): void {
    roles.set(role.name, { ...role, policies: { ...role.policies, Connector: everything } });
  }

  /** All roles, when it is asked for the first time. */
  function allRoles(): readonly DeclaredRole[] {
    const all = isAllConnected ? [] : [...roles.values()];
    isAllConnected = true;
    return all;
  }

  /** The roles that SAM gives a connector's rights to: of its source, or any when that can't be told. */
  function connectedRoles({ type, logicalId, node, properties }: TemplateResource): readonly DeclaredRole[] {
    const isConnector = type === 'AWS::Serverless::Connector';
    if (!isConnector && !node.entries.has('Connectors')) return [];
    const source = values.get(properties, 'Source');
    const id = isConnector ? values.text(values.get(source, 'Id')) : logicalId;
    const roleName = isConnector ? values.text(values.get(source, 'RoleName')) : undefined;
    if (roleName !== undefined) return [roles.get(roleName) ?? []].flat();
    const user = id === undefined ? undefined : functionsById.get(id);
    if (!user) return allRoles();
    const role = user.role === undefined ? undefined : roles.get(nameIn(user.role));
    return role?.arn === user.role && role ? [role] : [];
  }

  /** Names of the roles that a policy is put into. */
  function rolesOf(properties: TemplateNode): readonly string[] {
    return [...listAt(properties, 'Roles'), ...listAt(properties, 'RoleName')].flatMap(
      (node) => values.text(node) ?? [],
    );
  }

  function listAt(properties: TemplateNode, key: string): readonly TemplateNode[] {
    return values.list(values.get(properties, key));
  }

  function noted(roleName: string, read: ReadPolicy): string {
    if (read.unsure) unsure.add(roleName);
    return read.document;
  }

  function tellUnsure(): void {
    const told = new Set<string>();
    for (const fn of functions) {
      const role = fn.role === undefined ? undefined : roles.get(nameIn(fn.role));
      if (!role || role.arn !== fn.role || told.has(role.name) || !delivers(fn)) continue;
      if (!unsure.has(role.name) && !role.attached.some((arn) => unsurePolicies.has(arn))) continue;
      told.add(role.name);
      report(
        'warning',
        role.location,
        `A part of what the role “${role.name}” allows is known only in AWS: local Lambda lets “${fn.functionName}” deliver by it.`,
      );
    }
  }
}

/** The role a function has in the template; `undefined`: SAM makes it, or it can't be known. */
export function roleOf({ properties }: TemplateResource, values: TemplateValues): string | undefined {
  const arn = values.text(values.get(properties, 'Role'));
  return arn !== undefined && /^arn:aws[\w-]*:iam::\d{12}:role\/.+/.test(arn) ? arn : undefined;
}

function nameIn(roleArn: string): string {
  return roleArn.slice(roleArn.lastIndexOf('/') + 1);
}

function delivers({ deadLetterTargetArn, eventInvokeConfigs }: DeclaredFunction): boolean {
  return (
    deadLetterTargetArn !== undefined ||
    eventInvokeConfigs.some(({ onSuccess, onFailure }) => onSuccess !== undefined || onFailure !== undefined)
  );
}

const everything =
  '{"Version":"2012-10-17","Statement":[{"Sid":"KnownOnlyOnAws","Effect":"Allow","Action":"*","Resource":"*"}]}';

function readDocument(node: TemplateNode | undefined, values: TemplateValues): ReadPolicy {
  const known = node && templateJson(node, values);
  if (known !== undefined && isPolicy(known)) return { document: known, unsure: false };
  const statements = node && values.get(node, 'Statement');
  if (!node || !statements || statements.kind === 'unresolved') return { document: everything, unsure: true };
  const read = values.list(statements).map((statement) => readStatement(statement, values));
  const version = values.text(values.get(node, 'Version')) ?? '2008-10-17';
  const document = `{"Version":${JSON.stringify(version)},"Statement":[${read.flatMap(({ json }) => json ?? []).join(',')}]}`;
  if (!isPolicy(document)) return { document: everything, unsure: true };
  return { document, unsure: read.some((statement) => statement.unsure) };
}

/** A statement that is known in part only is made one that forbids nothing. */
function readStatement(
  node: TemplateNode,
  values: TemplateValues,
): { readonly json?: string; readonly unsure: boolean } {
  const known = templateJson(node, values);
  if (known !== undefined) return { json: known, unsure: false };
  const key = ['Action', 'NotAction'].find((name) => values.get(node, name) !== undefined) ?? 'Action';
  const actionNode = values.get(node, key);
  const action = (actionNode && templateJson(actionNode, values)) ?? '"*"';
  const isDenied = values.text(values.get(node, 'Effect')) === 'Deny';
  const json = `{"Sid":"KnownOnlyOnAws","Effect":"Allow","${key}":${action},"Resource":"*"}`;
  const [statement] = statementsOf(`{"Version":"2012-10-17","Statement":[${json}]}`) ?? [];
  const unsure = !statement || deliveryActions.some((name) => coversAction(statement.actions, name));
  return { unsure, ...(isDenied ? {} : { json }) };
}

const deliveryActions = ['sqs:SendMessage', 'sns:Publish', 'lambda:InvokeFunction', 'events:PutEvents', 's3:PutObject'];

function isPolicy(document: string): boolean {
  return statementsOf(document) !== undefined;
}

function statementsOf(document: string): readonly PolicyStatement[] | undefined {
  try {
    return readPolicy(document);
  } catch {
    // IAM would not take it; the deployment says so.
    return undefined;
  }
}
