import {
  evaluatePolicies,
  type PolicyDecision,
  type PolicyRequest,
  type PolicyVerdict,
} from '../../model/iamPolicy/evaluatePolicies.ts';
import { MalformedPolicy, readPolicy, type PolicyStatement } from '../../model/iamPolicy/policyDocument.ts';
import { awsManagedPolicy } from './awsManagedPolicies.ts';
import { defaultDocument, type PolicyTable } from './policyTable.ts';
import type { Role } from './roleTable.ts';

/** A policy with what the simulator calls it. */
export interface SourcedPolicy {
  readonly sourceId: string;
  /** JSON. */
  readonly document: string;
  readonly statements: readonly PolicyStatement[];
}

/** Policies that are judged together. */
export interface PolicySet {
  readonly identity: readonly SourcedPolicy[];
  /** What the permissions boundary allows at most; absent: there is none. */
  readonly boundary?: readonly SourcedPolicy[];
  /** ARNs of AWS's own policies that are attached, and of which local Lambda does not know what they say. */
  readonly unknown: readonly string[];
}

/** What a set of policies says to a request. */
export interface SetVerdict extends Pick<PolicyVerdict, 'decision' | 'missingContext'> {
  readonly matched: readonly { readonly policy: SourcedPolicy; readonly statement: number }[];
  readonly allowedByBoundary?: boolean;
}

/** A policy to judge by. @throws MalformedPolicy */
export function sourcedPolicy(sourceId: string, document: string): SourcedPolicy {
  return { sourceId, document, statements: readPolicy(document) };
}

/** All that is put into a role, attached to it, or bounds it; by the simulator's names: `role_ROLE_POLICY`, or a policy's name. */
export function policiesOf({ name, policies, attached, boundary }: Role, table: PolicyTable): PolicySet {
  const unknown: string[] = [];
  const managed = (arn: string): readonly SourcedPolicy[] => {
    const document = managedDocument(arn, table);
    if (document === undefined) unknown.push(arn);
    return document === undefined ? [] : [stored(arn.slice(arn.lastIndexOf('/') + 1), document)];
  };
  const identity = [
    ...Object.entries(policies).map(([policy, document]) => stored(`role_${name}_${policy}`, document)),
    ...attached.flatMap(managed),
  ];
  return { identity, ...(boundary === undefined ? {} : { boundary: managed(boundary) }), unknown };
}

/** What a managed policy says, AWS's own or the account's; `undefined`: not known. */
export function managedDocument(arn: string, table: PolicyTable): string | undefined {
  const own = table.find(arn);
  return own ? defaultDocument(own) : awsManagedPolicy(arn)?.document;
}

/** Judges a request: both the policies and the boundary must allow it. */
export function judge({ identity, boundary }: PolicySet, request: PolicyRequest): SetVerdict {
  const verdict = evaluatePolicies(
    identity.flatMap(({ statements }) => statements),
    request,
  );
  const limit =
    boundary &&
    evaluatePolicies(
      boundary.flatMap(({ statements }) => statements),
      request,
    );
  const matched = verdict.matched.map((statement) => {
    const policy = identity.find(({ statements }) => statements.includes(statement));
    if (!policy) throw new Error('A statement without a policy');
    return { policy, statement: policy.statements.indexOf(statement) };
  });
  return {
    decision: limit === undefined ? verdict.decision : weaker(verdict.decision, limit.decision),
    matched,
    missingContext: [...new Set([...verdict.missingContext, ...(limit?.missingContext ?? [])])],
    ...(limit === undefined ? {} : { allowedByBoundary: limit.decision === 'allowed' }),
  };
}

/** The worst of several decisions. */
export function weaker(...decisions: readonly PolicyDecision[]): PolicyDecision {
  const order = ['explicitDeny', 'implicitDeny'] as const;
  return order.find((decision) => decisions.includes(decision)) ?? 'allowed';
}

/** A document that is kept, but that IAM would not have taken, says nothing. */
function stored(sourceId: string, document: string): SourcedPolicy {
  try {
    return sourcedPolicy(sourceId, document);
  } catch (error) {
    if (MalformedPolicy.is(error)) return { sourceId, document, statements: [] };
    throw error;
  }
}
