import { randomBytes } from 'node:crypto';
import type { AccountScope } from '../../model/arn.ts';
import { uniqueId } from '../iam/uniqueId.ts';
import { ServiceError } from '../server/serviceError.ts';

/** What a role gives to who assumes it. Nobody checks these credentials here; `expiration` is epoch ms. */
export interface AssumedRole {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: number;
  readonly arn: string;
  /** `AROA…:SESSION`. */
  readonly userId: string;
}

/** As many sessions are known by their key; older ones become the root user again. */
const maximumSessions = 1_000;

/** The sessions of roles, in memory: after a restart a key is anybody's again. */
export class AssumedRoles {
  readonly #scope: AccountScope;
  readonly #byKey = new Map<string, AssumedRole>();

  constructor(scope: AccountScope) {
    this.#scope = scope;
  }

  /** `durationSeconds` and `now` (epoch ms) say how long. @throws ServiceError `ValidationError` */
  assume(roleArn: string, sessionName: string, durationSeconds: number, now: number): AssumedRole {
    const role = /^arn:aws[\w-]*:iam::(?<account>\d{12}):role\/(?:[\w+=,.@/-]*\/)?(?<name>[\w+=,.@-]+)$/.exec(roleArn);
    if (!role?.groups) throw invalid(`${roleArn} is invalid`);
    const { account, name = '' } = role.groups;
    if (account !== this.#scope.account) {
      throw new ServiceError({
        type: 'AccessDenied',
        status: 403,
        message: `User: arn:aws:iam::${this.#scope.account}:root is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
      });
    }
    check('roleSessionName', sessionName, /^[\w+=,.@-]{2,64}$/, 'satisfy regular expression pattern: [\\w+=,.@-]*');
    check('durationSeconds', String(durationSeconds), /^\d+$/, 'be an integer');
    if (durationSeconds < 900)
      throw violates('durationSeconds', durationSeconds, 'have value greater than or equal to 900');
    if (durationSeconds > 43_200) {
      throw violates('durationSeconds', durationSeconds, 'have value less than or equal to 43200');
    }
    const session: AssumedRole = {
      accessKeyId: uniqueId('ASIA'),
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(60).toString('base64'),
      expiration: Math.floor(now / 1_000) * 1_000 + durationSeconds * 1_000,
      arn: `arn:aws:sts::${account}:assumed-role/${name}/${sessionName}`,
      userId: `${uniqueId('AROA')}:${sessionName}`,
    };
    this.#byKey.set(session.accessKeyId, session);
    const [oldest] = this.#byKey.keys();
    if (this.#byKey.size > maximumSessions && oldest !== undefined) this.#byKey.delete(oldest);
    return session;
  }

  /** The session that a request is signed for. */
  find(authorization = ''): AssumedRole | undefined {
    const [, key = ''] = /Credential=([^/,\s]+)\//.exec(authorization) ?? [];
    return this.#byKey.get(key);
  }
}

function check(path: string, value: string, pattern: RegExp, constraint: string): void {
  if (!pattern.test(value)) throw violates(path, value, constraint);
}

function violates(path: string, value: string | number, constraint: string): ServiceError {
  return invalid(
    `1 validation error detected: Value '${value}' at '${path}' failed to satisfy constraint: Member must ${constraint}`,
  );
}

function invalid(message: string): ServiceError {
  return new ServiceError({ type: 'ValidationError', message });
}
