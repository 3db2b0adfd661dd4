import type { PolicyContext } from '../../model/iamPolicy/conditions.ts';
import { MalformedPolicy } from '../../model/iamPolicy/policyDocument.ts';
import type { QueryAction } from '../server/awsQuery.ts';
import type { QueryInput } from '../server/queryInput.ts';
import { element, members, type Xml } from '../server/xml.ts';
import { iamError, readPage, required } from './iamInput.ts';
import { judge, policiesOf, sourcedPolicy, weaker, type PolicySet, type SetVerdict } from './rolePolicies.ts';
import type { PolicyTable } from './policyTable.ts';
import type { RoleTable } from './roleTable.ts';
import { statementPosition, type TextPosition } from './statementPosition.ts';

/** SimulatePrincipalPolicy of roles, and SimulateCustomPolicy (IAM API reference). */
export function simulateActions(roles: RoleTable, table: PolicyTable): Readonly<Record<string, QueryAction>> {
  return {
    SimulatePrincipalPolicy: (input) => {
      const own = policiesOf(simulatedRole(required(input, 'PolicySourceArn'), roles), table);
      const boundary = readPolicies(input, 'PermissionsBoundaryPolicyInputList');
      return simulate(input, {
        ...own,
        identity: [...own.identity, ...readPolicies(input, 'PolicyInputList')],
        ...(boundary.length === 0 ? {} : { boundary }),
      });
    },

    SimulateCustomPolicy: (input) => {
      const identity = readPolicies(input, 'PolicyInputList');
      const boundary = readPolicies(input, 'PermissionsBoundaryPolicyInputList');
      if (identity.length === 0) required(input, 'PolicyInputList');
      return simulate(input, { identity, ...(boundary.length === 0 ? {} : { boundary }), unknown: [] });
    },
  };
}

function simulatedRole(arn: string, roles: RoleTable): ReturnType<RoleTable['list']>[number] {
  const [, kind, path] = /^arn:aws[\w-]*:iam::\d{12}:(user|group|role)\/(.+)$/.exec(arn) ?? [];
  if (kind === undefined || path === undefined) {
    throw iamError(400, 'InvalidInput', `Invalid Entity Arn: ${arn} does not clearly define entity type and name.`);
  }
  const name = path.slice(path.lastIndexOf('/') + 1);
  const role = kind === 'role' ? roles.find(name) : undefined;
  if (role?.arn === arn) return role;
  throw iamError(404, 'NoSuchEntity', `The ${kind} with name ${name} cannot be found.`);
}

function readPolicies(input: QueryInput, name: string): PolicySet['identity'] {
  return input.flatTexts(`${name}.member`).map((document, index) => {
    try {
      return sourcedPolicy(`${name}.${index + 1}`, document);
    } catch (error) {
      if (!MalformedPolicy.is(error)) throw error;
      throw iamError(400, 'InvalidInput', error.message);
    }
  });
}

function simulate(input: QueryInput, policies: PolicySet): readonly Xml[] {
  const actions = input.flatTexts('ActionNames.member');
  if (actions.length === 0) required(input, 'ActionNames');
  const given = input.flatTexts('ResourceArns.member');
  const resources = given.length === 0 ? ['*'] : given;
  for (const parameter of ['ResourcePolicy', 'ResourceHandlingOption']) {
    if (input.text(parameter) === undefined) continue;
    throw iamError(400, 'InvalidInput', `Local Lambda simulates identity-based policies only, so no ${parameter}.`);
  }
  for (const action of actions) {
    if (/^[\w-]+:\w+$/.test(action)) continue;
    throw iamError(400, 'InvalidInput', `Invalid action name: ${action}`);
  }
  const context = readContext(input);
  const page = readPage(input, actions);
  return [
    members('EvaluationResults', page.items, (action) =>
      showResults(
        action,
        resources.map((resource) => ({ resource, ...judged(policies, { action, resource, context }) })),
      ),
    ),
    ...page.elements,
  ];
}

/** What depends on a policy that nobody here knows is not guessed. */
function judged(policies: PolicySet, request: Parameters<typeof judge>[1]): SetVerdict {
  const verdict = judge(policies, request);
  if (policies.unknown.length === 0 || verdict.decision !== 'implicitDeny') return verdict;
  throw iamError(
    500,
    'PolicyEvaluation',
    `Local Lambda does not know what ${policies.unknown.join(', ')} allows, and ${request.action} depends on it.`,
  );
}

function readContext(input: QueryInput): PolicyContext {
  return new Map(
    input
      .inputs('ContextEntries')
      .map((entry) => [required(entry, 'ContextKeyName').toLowerCase(), entry.flatTexts('ContextKeyValues.member')]),
  );
}

type ResourceVerdict = SetVerdict & { readonly resource: string };

/** One result an action; resources that were named have a result each in it. */
function showResults(action: string, verdicts: readonly ResourceVerdict[]): readonly Xml[] {
  const [only] = verdicts.length === 1 ? verdicts : [];
  const named = verdicts.filter(({ resource }) => resource !== '*');
  const bounded = verdicts.filter(({ allowedByBoundary }) => allowedByBoundary !== undefined);
  return [
    element('EvalActionName', action),
    element('EvalResourceName', only?.resource ?? '*'),
    element('EvalDecision', weaker(...verdicts.map(({ decision }) => decision))),
    showStatements(only),
    members('MissingContextValues', named.length > 0 ? [] : (only?.missingContext ?? []), (key) => key),
    ...(bounded.length === 0
      ? []
      : [showBoundary(bounded.every(({ allowedByBoundary }) => allowedByBoundary === true))]),
    ...(named.length === 0 ? [] : [element('EvalDecisionDetails', [])]),
    ...(named.length === 0 ? [] : [members('ResourceSpecificResults', named, showResource)]),
  ];
}

function showResource(verdict: ResourceVerdict): readonly Xml[] {
  const { resource, decision, missingContext, allowedByBoundary } = verdict;
  return [
    element('EvalResourceName', resource),
    element('EvalResourceDecision', decision),
    showStatements(verdict),
    members('MissingContextValues', missingContext, (key) => key),
    ...(allowedByBoundary === undefined ? [] : [showBoundary(allowedByBoundary)]),
  ];
}

function showStatements(verdict: SetVerdict | undefined): Xml {
  return members('MatchedStatements', verdict?.matched ?? [], ({ policy: { sourceId, document }, statement }) => {
    const { start, end } = statementPosition(document, statement);
    return [
      element('SourcePolicyId', sourceId),
      element('SourcePolicyType', 'IAM Policy'),
      showPosition('StartPosition', start),
      showPosition('EndPosition', end),
    ];
  });
}

function showPosition(name: string, { line, column }: TextPosition): Xml {
  return element(name, [element('Line', String(line)), element('Column', String(column))]);
}

function showBoundary(allowed: boolean): Xml {
  return element('PermissionsBoundaryDecisionDetail', [element('AllowedByPermissionsBoundary', String(allowed))]);
}
