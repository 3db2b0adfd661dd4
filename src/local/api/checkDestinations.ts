import { parseArn, parseFunctionArn, type AccountScope } from '../../model/arn.ts';
import type { FunctionRegistry } from '../functions/functionRegistry.ts';
import { invalidParameter, type LambdaError } from './lambdaError.ts';

/** What the destinations of a request are checked against. */
export interface DestinationContext {
  readonly functionName: string;
  readonly scope: AccountScope;
  readonly functions: FunctionRegistry;
}

interface Destinations {
  readonly onSuccess?: string;
  readonly onFailure?: string;
}

/** @throws LambdaError `InvalidParameterValueException`, as spec 5.6, 5 to 8 and 11 have it. */
export function checkDestinations(destinations: Destinations, context: DestinationContext): void {
  for (const side of ['onSuccess', 'onFailure'] as const) {
    const arn = destinations[side];
    if (arn === undefined || arn === '') continue;
    const error = problemWith(arn, side, destinations, context);
    if (error) throw error;
  }
}

function problemWith(
  arn: string,
  side: keyof Destinations,
  destinations: Destinations,
  { functionName, scope, functions }: DestinationContext,
): LambdaError | undefined {
  const invalid = invalidParameter(`The destination ARN ${arn} is invalid.`);
  const { service, resource = '', region, account } = parseArn(arn) ?? {};
  switch (service) {
    case 'sqs':
      return /^[\w-]{1,80}$/.test(resource) ? undefined : invalid;
    case 'sns':
      if (resource.endsWith('.fifo')) {
        return invalidParameter("FIFO-type Amazon SNS topics aren't supported as a destination.");
      }
      return /^[\w-]{1,256}$/.test(resource) ? undefined : invalid;
    case 'events':
      return /^event-bus\/[\w./-]{1,256}$/.test(resource) ? undefined : invalid;
    case 'lambda': {
      const target = parseFunctionArn(arn);
      if (!target || resource.split(':').length > 3) return invalid;
      // Functions elsewhere can't be looked up.
      if (region !== scope.region || account !== scope.account) return undefined;
      if (!functions.resolve(target.functionName, target.qualifier)) return invalid;
      return target.functionName === functionName
        ? invalidParameter("You can't specify the function as a destination for itself.")
        : undefined;
    }
    case 's3':
      return side === 'onFailure' ? undefined : unsupported(destinations);
    default:
      return unsupported(destinations);
  }
}

function unsupported({ onSuccess, onFailure }: Destinations): LambdaError {
  const side = (name: string, arn: string | undefined): string => (arn ? `${name}(destination=${arn})` : 'null');
  return invalidParameter(
    `The provided destination config DestinationConfig(onSuccess=${side('OnSuccess', onSuccess)}, ` +
      `onFailure=${side('OnFailure', onFailure)}) is invalid.`,
  );
}
