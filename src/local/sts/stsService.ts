import type { AccountScope } from '../../model/arn.ts';
import type { ApiService } from '../server/apiRequest.ts';
import { createAwsQueryService } from '../server/awsQuery.ts';
import { element } from '../server/xml.ts';

/** STS as far as clients need it to learn where they are: GetCallerIdentity. Every key is the account's root user. */
export function createStsService({ account }: AccountScope): ApiService {
  return createAwsQueryService(
    { xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/', serviceName: 'AWS STS' },
    {
      GetCallerIdentity: () => [
        element('Arn', `arn:aws:iam::${account}:root`),
        element('UserId', account),
        element('Account', account),
      ],
    },
  );
}
