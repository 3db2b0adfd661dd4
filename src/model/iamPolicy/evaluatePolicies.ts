import { holds, type PolicyContext } from './conditions.ts';
import type { PolicyElement, PolicyStatement } from './policyDocument.ts';
import { matchesPattern, type PatternOptions, type VariableValue } from './wildcards.ts';

/** What somebody wants to do. */
export interface PolicyRequest {
  /** `sqs:SendMessage`. */
  readonly action: string;
  /** An ARN, or `*` for an action on no resource in particular. */
  readonly resource: string;
  readonly context: PolicyContext;
}

/** As the policy simulator names them. */
export type PolicyDecision = 'allowed' | 'explicitDeny' | 'implicitDeny';

/** What policies say to a request. */
export interface PolicyVerdict {
  readonly decision: PolicyDecision;
  /** The statements that decide it: those that deny, else those that allow. */
  readonly matched: readonly PolicyStatement[];
  /** Context keys that conditions or variables of statements on this action and resource ask for, and the request lacks. */
  readonly missingContext: readonly string[];
}

/**
 * Judges a request by identity-based policies: what is denied anywhere is denied, what is allowed nowhere is denied, too (IAM
 * User Guide, "Policy evaluation logic").
 */
export function evaluatePolicies(statements: Iterable<PolicyStatement>, request: PolicyRequest): PolicyVerdict {
  const matched: Record<PolicyStatement['effect'], PolicyStatement[]> = { Allow: [], Deny: [] };
  const missing = new Map<string, string>();
  for (const statement of statements) {
    const asked = (key: string): void => {
      if (!request.context.has(key.toLowerCase())) missing.set(key.toLowerCase(), key);
    };
    const variables = statement.hasVariables ? variablesOf(request.context, asked) : undefined;
    if (!coversAction(statement.actions, request.action)) continue;
    if (!coversResource(statement.resources, request.resource, variables)) continue;
    for (const { key } of statement.conditions) asked(key);
    if (statement.conditions.every((condition) => holds(condition, request.context, variables))) {
      matched[statement.effect].push(statement);
    }
  }
  const missingContext = [...missing.values()];
  if (matched.Deny.length > 0) return { decision: 'explicitDeny', matched: matched.Deny, missingContext };
  const decision = matched.Allow.length > 0 ? 'allowed' : 'implicitDeny';
  return { decision, matched: matched.Allow, missingContext };
}

/** Whether `Action` or `NotAction` takes an action in; case does not count. */
export function coversAction({ not, patterns }: PolicyElement, action: string): boolean {
  const name = action.toLowerCase();
  return patterns.some((pattern) => matchesPattern(pattern.toLowerCase(), name, { kind: 'text' })) !== not;
}

function coversResource(
  { not, patterns }: PolicyElement,
  resource: string,
  variables: VariableValue | undefined,
): boolean {
  const options: PatternOptions = { kind: 'resource', ...(variables ? { variables } : {}) };
  return patterns.some((pattern) => matchesPattern(completed(pattern), resource, options)) !== not;
}

/** An ARN with fewer parts than six has a `*` for each that is missing. */
function completed(pattern: string): string {
  const missing = 6 - pattern.split(':').length;
  return pattern.startsWith('arn:') && missing > 0 ? pattern + ':*'.repeat(missing) : pattern;
}

/** A variable stands for one value only. */
function variablesOf(context: PolicyContext, asked: (key: string) => void): VariableValue {
  return (key) => {
    asked(key);
    const values = context.get(key) ?? [];
    return values.length === 1 ? values[0] : undefined;
  };
}
