import type { fromIni } from '@aws-sdk/credential-providers';
import { UserFacingFailure } from '../model/userFacingFailure.ts';
import { whoText } from './awsErrors.ts';
import { explainCredentials } from './credentialsErrors.ts';
import type { ConfiguredEndpoints } from './configuredEndpoints.ts';
import { profileFiles, readSharedConfig } from './profiles.ts';

/** Gives credentials when a client asks; the SDK's type. */
export type CredentialsProvider = ReturnType<typeof fromIni>;
type Credentials = Awaited<ReturnType<CredentialsProvider>>;
type CallerContext = Parameters<CredentialsProvider>[0];

/** Where credentials are taken from. */
export interface CredentialsOptions {
  /** A profile of the shared AWS config; `''`: the SDK's default chain, which begins with the environment. */
  readonly profile: string;
  /** Asks for the code of an MFA device (serial number or ARN); `undefined`: the person gave up. Absent: none can be had. */
  readonly mfaCode?: (serial: string) => Promise<string | undefined>;
  /** Of the profile: a role is taken on there, too. */
  readonly endpoints?: ConfiguredEndpoints;
  /** Epoch ms. */
  readonly now?: () => number;
}

/** So long before their end credentials are renewed, as the SDK does itself. */
const renewMs = 5 * 60_000;

/**
 * Credentials for all clients of one connection: had once, at the first call, and again shortly before they end, so that
 * an MFA code is asked for once. A failure is not kept. They stay in memory. @throws UserFacingFailure (`AwsFailureCode`)
 */
export function createCredentials(options: CredentialsOptions): CredentialsProvider {
  const { now = Date.now } = options;
  let current: Promise<Credentials> | undefined;
  let endsAt = Infinity;
  let account: string | undefined;
  return (context) => {
    if (current && now() < endsAt - renewMs) return current;
    endsAt = Infinity;
    const asked = resolve(options, context)
      .then((credentials) => {
        const { accountId, expiration } = credentials;
        if (account !== undefined && accountId !== undefined && accountId !== account) {
          throw accountChanged(options.profile, account, accountId);
        }
        account ??= accountId;
        endsAt = expiration?.getTime() ?? Infinity;
        return credentials;
      })
      .catch((error: unknown) => {
        if (current === asked) current = undefined;
        throw error;
      });
    current = asked;
    return asked;
  };
}

async function resolve(
  { profile, mfaCode, endpoints = {} }: CredentialsOptions,
  context: CallerContext,
): Promise<Credentials> {
  // Reads the files again: what a person has just put right counts.
  const { profiles } = await readSharedConfig();
  const fromEnvironment = process.env['AWS_PROFILE'] ?? '';
  const name = profile === '' ? fromEnvironment || 'default' : profile;
  const entries = profiles.get(name);
  if (!entries && (profile !== '' || fromEnvironment !== '')) throw profileMissing(name, profile === '');
  const options = {
    mfaCodeProvider: (serial: string) => askMfaCode(name, serial, mfaCode),
    // Not what the default profile says of endpoints.
    clientConfig: { ignoreConfiguredEndpointUrls: true, ...(endpoints.sts ? { endpoint: endpoints.sts } : {}) },
  };
  try {
    const providers = await import('@aws-sdk/credential-providers');
    // A named profile and nothing else: credentials from elsewhere would be those of another account.
    const provider =
      profile === '' ? providers.fromNodeProviderChain(options) : providers.fromIni({ ...options, profile });
    return await provider(context);
  } catch (error) {
    throw await explainCredentials(error, { profile, name, profiles });
  }
}

async function askMfaCode(name: string, serial: string, ask: CredentialsOptions['mfaCode']): Promise<string> {
  const code = (await ask?.(serial))?.trim();
  if (code) return code;
  throw new UserFacingFailure(
    'credentialsMissing',
    `The profile "${name}" wants the code of an MFA device, and none was given. Try again and type the code that ${serial} shows.`,
  );
}

/** What was agreed to for one account must not happen in another: the connection starts afresh, and says which it is. */
function accountChanged(profile: string, before: string, now: string): UserFacingFailure {
  return new UserFacingFailure(
    'accountChanged',
    `The credentials of ${whoText(profile)} are of account ${now} now, and were of ${before} before. Nothing was done there. Try again to go on in ${now}, or choose another connection.`,
  );
}

function profileMissing(name: string, named: boolean): UserFacingFailure {
  const where = profileFiles().join(' and ');
  const why = named ? `the environment variable AWS_PROFILE names "${name}", but there is` : 'there is';
  return new UserFacingFailure(
    'profileMissing',
    `The AWS credentials can't be read: ${why} no profile "${name}" in ${where}. Choose another profile, or make this one (aws configure --profile ${name}).`,
  );
}
