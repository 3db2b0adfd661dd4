import { parseArn, type AccountScope } from '../../model/arn.ts';
import { judge, policiesOf, type PolicySet } from './rolePolicies.ts';
import type { PolicyTable } from './policyTable.ts';
import type { Role, RoleTable } from './roleTable.ts';

/** Something that Lambda does as a function's execution role. */
export interface RoleCall {
  /** `sqs:SendMessage`. */
  readonly action: string;
  /** An ARN. */
  readonly resource: string;
  /** Condition keys of the action's own, such as `events:source`. */
  readonly context?: Readonly<Record<string, string>>;
}

/**
 * What execution roles may do. A role that local IAM does not know may do everything: most people's role is an ARN that
 * exists nowhere.
 */
export class ExecutionRoles {
  readonly #scope: AccountScope;
  readonly #roles: RoleTable;
  readonly #policies: PolicyTable;
  readonly #now: () => number;
  readonly #known = new Map<string, { readonly role: Role; readonly policies: PolicySet } | undefined>();
  #revision = '';

  /** `now`: epoch ms. */
  constructor(scope: AccountScope, roles: RoleTable, policies: PolicyTable, now: () => number) {
    this.#scope = scope;
    this.#roles = roles;
    this.#policies = policies;
    this.#now = now;
  }

  /** Why a role must not do something, for people; `undefined`: it may, or it is not known here. */
  refusal(roleArn: string, call: RoleCall): string | undefined {
    const known = this.#find(roleArn);
    if (!known) return undefined;
    const { action, resource } = call;
    const { decision, matched, allowedByBoundary } = judge(known.policies, {
      action,
      resource,
      context: this.#context(known.role, call),
    });
    if (decision === 'allowed') return undefined;
    // What AWS's own policies that are not known here may allow counts as allowed.
    if (decision === 'implicitDeny' && known.policies.unknown.length > 0) return undefined;
    const denied = matched.map(({ policy }) => policy.sourceId).join(', ');
    const why =
      decision === 'explicitDeny'
        ? `a policy denies it (${denied === '' ? 'the permissions boundary' : denied})`
        : allowedByBoundary === false
          ? 'its permissions boundary does not allow it'
          : 'none of its policies allows it';
    return `The execution role ${roleArn} must not call ${action} on ${resource}: ${why}.`;
  }

  #find(roleArn: string): { readonly role: Role; readonly policies: PolicySet } | undefined {
    const revision = `${this.#roles.revision} ${this.#policies.revision}`;
    if (revision !== this.#revision || this.#known.size > 1_000) this.#known.clear();
    this.#revision = revision;
    if (!this.#known.has(roleArn)) this.#known.set(roleArn, this.#read(roleArn));
    return this.#known.get(roleArn);
  }

  #read(roleArn: string): { readonly role: Role; readonly policies: PolicySet } | undefined {
    const role = this.#roles.find(roleArn.slice(roleArn.lastIndexOf('/') + 1));
    return role?.arn === roleArn ? { role, policies: policiesOf(role, this.#policies) } : undefined;
  }

  /** Of AWS's global condition keys those that such a request has. */
  #context({ arn, id, tags }: Role, { resource, context = {} }: RoleCall): ReadonlyMap<string, readonly string[]> {
    const now = this.#now();
    const account = parseArn(resource)?.account;
    return new Map(
      Object.entries({
        'aws:PrincipalArn': arn,
        'aws:PrincipalAccount': this.#scope.account,
        'aws:PrincipalType': 'AssumedRole',
        'aws:userid': `${id}:awslambda`,
        'aws:CurrentTime': new Date(now).toISOString(),
        'aws:EpochTime': String(Math.floor(now / 1000)),
        'aws:SecureTransport': 'true',
        'aws:RequestedRegion': this.#scope.region,
        'aws:ResourceAccount': account === undefined || account === '' ? this.#scope.account : account,
        ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value])),
        ...context,
      }).map(([key, value]) => [key.toLowerCase(), [value]]),
    );
  }
}
