import { parseArn } from '../model/arn.ts';
import { UserFacingFailure } from '../model/userFacingFailure.ts';
import type { AwsClients } from './awsClients.ts';
import { isAbort, NotAwsAnswer, translateError, type AwsTarget } from './awsErrors.ts';
import type { AwsFailureCode } from './awsErrorTable.ts';
import { partitionOf } from './regions.ts';

/** Where a connection leads. */
export interface AwsIdentity {
  /** 12 digits; `''`: not told. */
  readonly account: string;
  /** `aws`, `aws-cn`, … */
  readonly partition: string;
}

/** With these Lambda would say the same. */
const final: ReadonlySet<string> = new Set<AwsFailureCode>([
  'accountChanged',
  'clockSkew',
  'credentialsExpired',
  'credentialsInvalid',
  'credentialsMissing',
  'profileMissing',
  'proxyFailed',
  'regionUnavailable',
  'roleDenied',
  'tlsFailed',
]);

/** At one endpoint for all services these, too. */
const finalAtOneEndpoint: ReadonlySet<string> = new Set<AwsFailureCode>(['connectionLost', 'timedOut', 'unreachable']);

/**
 * Asks STS whose account it is; whoever has the credentials may (STS API reference, GetCallerIdentity). An emulator may
 * have no STS, a network may not let through to it: then Lambda is asked for a function. @throws UserFacingFailure
 */
export async function identify(clients: AwsClients, signal?: AbortSignal): Promise<AwsIdentity> {
  const { target } = clients;
  try {
    return await askSts(clients, signal);
  } catch (error) {
    const failure = translateError(error, { doing: `connect to ${target.endpoint}`, target });
    if (isAbort(failure) || !UserFacingFailure.is(failure)) throw failure;
    if (final.has(failure.code) || (target.custom && finalAtOneEndpoint.has(failure.code))) throw failure;
  }
  try {
    return await askLambda(clients, signal);
  } catch (error) {
    throw translateError(error, { doing: `connect to ${target.endpoint}`, target, action: 'lambda:ListFunctions' });
  }
}

/** What an ARN says of where it is; `undefined`: nothing. */
export function identityOf(arn: string | undefined): AwsIdentity | undefined {
  const parsed = arn === undefined ? undefined : parseArn(arn);
  return parsed && parsed.account !== '' ? { account: parsed.account, partition: parsed.partition } : undefined;
}

async function askSts(clients: AwsClients, signal: AbortSignal | undefined): Promise<AwsIdentity> {
  const client = await clients.sts();
  const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const answer = await client.send(
    new GetCallerIdentityCommand({}),
    signal === undefined ? {} : { abortSignal: signal },
  );
  // The SDK takes any answer of 200, a page of HTML, too.
  if (!/^\d{12}$/.test(answer.Account ?? '')) throw new NotAwsAnswer(answer.$metadata);
  const { partition } = identityOf(answer.Arn) ?? unknown(clients.target);
  return { account: answer.Account ?? '', partition };
}

async function askLambda(clients: AwsClients, signal: AbortSignal | undefined): Promise<AwsIdentity> {
  const client = await clients.lambda();
  const { ListFunctionsCommand } = await import('@aws-sdk/client-lambda');
  const answer = await client.send(
    new ListFunctionsCommand({ MaxItems: 1 }),
    signal === undefined ? {} : { abortSignal: signal },
  );
  if (!answer.Functions) throw new NotAwsAnswer(answer.$metadata);
  return identityOf(answer.Functions[0]?.FunctionArn) ?? unknown(clients.target);
}

function unknown({ region }: AwsTarget): AwsIdentity {
  return { account: '', partition: partitionOf(region) };
}
