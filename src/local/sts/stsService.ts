import type { AccountScope } from '../../model/arn.ts';
import type { ApiService } from '../server/apiRequest.ts';
import { createAwsQueryService } from '../server/awsQuery.ts';
import { ServiceError } from '../server/serviceError.ts';
import { element } from '../server/xml.ts';
import { AssumedRoles } from './assumedRoles.ts';

const defaultDurationSeconds = 3_600;

/**
 * STS as far as clients need it to learn where and who they are: GetCallerIdentity and AssumeRole. Every key is the
 * account's root user, unless it came by assuming a role. Any role of the account can be assumed. `now`: epoch ms.
 */
export function createStsService(scope: AccountScope, now: () => number = Date.now): ApiService {
  const { account } = scope;
  const roles = new AssumedRoles(scope);
  return createAwsQueryService(
    { xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/', serviceName: 'AWS STS' },
    {
      GetCallerIdentity: (_, { headers }) => {
        const session = roles.find(headers['authorization']);
        return [
          element('Arn', session?.arn ?? `arn:aws:iam::${account}:root`),
          element('UserId', session?.userId ?? account),
          element('Account', account),
        ];
      },

      AssumeRole: (input) => {
        const required = (name: string): string => {
          const value = input.text(name);
          if (value !== undefined) return value;
          const path = name.charAt(0).toLowerCase() + name.slice(1);
          throw new ServiceError({
            type: 'ValidationError',
            message: `1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`,
          });
        };
        const duration = Number(input.text('DurationSeconds') ?? defaultDurationSeconds);
        const session = roles.assume(required('RoleArn'), required('RoleSessionName'), duration, now());
        return [
          element('AssumedRoleUser', [element('AssumedRoleId', session.userId), element('Arn', session.arn)]),
          element('Credentials', [
            element('AccessKeyId', session.accessKeyId),
            element('SecretAccessKey', session.secretAccessKey),
            element('SessionToken', session.sessionToken),
            element('Expiration', new Date(session.expiration).toISOString().replace('.000', '')),
          ]),
        ];
      },
    },
  );
}
