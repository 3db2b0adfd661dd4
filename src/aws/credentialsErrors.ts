import { UserFacingFailure } from '../model/userFacingFailure.ts';
import { answeredStatus, explain, isAbort, quoteIfNeeded, signInText, whoText } from './awsErrors.ts';
import type { AwsFailureCode } from './awsErrorTable.ts';
import { toProfile, type AwsProfile, type ProfileEntries } from './profiles.ts';

/** The profile whose credentials could not be had. */
export interface ChosenProfile {
  /** `''`: the default chain. */
  readonly profile: string;
  /** Of the profile that the chain reads. */
  readonly name: string;
  readonly profiles: ReadonlyMap<string, ProfileEntries>;
}

interface Facts {
  readonly profile: string;
  readonly source: AwsProfile['source'];
  readonly entries: ProfileEntries;
}

/**
 * Why credentials could not be had, for people. The SDK has one error name for nearly everything, so it goes by what the
 * profile says its credentials are.
 */
export async function explainCredentials(error: unknown, chosen: ChosenProfile): Promise<unknown> {
  if (isAbort(error) || UserFacingFailure.is(error)) return error;
  return explainFacts(error, factsOf(error, chosen));
}

/** Of the profile that fails: what no service said is wrong with a role is wrong with the profile it starts from. */
function factsOf(error: unknown, { profile, name, profiles }: ChosenProfile, visited: readonly string[] = []): Facts {
  const entries = profiles.get(name) ?? {};
  const { source } = toProfile(name, entries);
  const facts = { profile, source, entries };
  const base = entries['source_profile'];
  if (source !== 'role' || base === undefined || saidByService(error) || visited.includes(base)) return facts;
  const keys = profiles.get(base);
  if (!keys || toProfile(base, keys).source === 'keys') return facts;
  return factsOf(error, { profile: base, name: base, profiles }, [...visited, base]);
}

async function explainFacts(error: unknown, chosen: Facts): Promise<UserFacingFailure> {
  const service = saidByService(error);
  switch (chosen.source) {
    case 'role':
      return service ? roleFailed(error, chosen) : incomplete(error, chosen);
    case 'webIdentity':
      return service ? roleFailed(error, chosen) : tokenFileFailed(error, chosen);
    case 'sso':
      return (await ssoIsComplete(chosen)) ? ssoFailed(error, chosen) : incomplete(error, chosen);
    case 'login':
      return failure(
        'credentialsExpired',
        `The sign-in of ${whoText(chosen.profile)} is missing or has expired. Run ${command('aws login', chosen)} in a terminal, then try again.`,
        error,
      );
    case 'process':
      // Neither its command line nor what it wrote: either may hold a secret.
      return failure(
        'credentialsMissing',
        `The program that ${whoText(chosen.profile)} names in credential_process gave no credentials. Run it in a terminal to see why, then try again.`,
      );
    case 'keys':
    case 'other':
      return failure('credentialsMissing', missingText(chosen), error);
  }
}

function missingText({ profile }: Facts): string {
  return profile === ''
    ? `No AWS credentials were found: neither in the environment, nor in the default profile, nor given by the machine. ${signInText('')}`
    : `The profile "${profile}" has no credentials: neither keys, nor a role with a source_profile, nor an SSO session, a login or a credential_process. ${signInText(profile)}`;
}

/** The role could not be taken on: STS or the network said no. */
function roleFailed(error: unknown, { profile, entries }: Facts): UserFacingFailure {
  const role = entries['role_arn'] ?? 'the role';
  const source = entries['source_profile'] ?? profile;
  const region = entries['region'] ?? process.env['AWS_REGION'] ?? 'us-east-1';
  const target = { region, endpoint: 'AWS STS', custom: false, profile: source };
  const { code, message } = explain(error, { doing: `take on ${role} for ${whoText(profile)}`, target });
  if (code !== 'accessDenied') return failure(code as AwsFailureCode, message, error);
  const told = error instanceof Error ? error.message.replace(/\.?$/, '.') : '';
  return failure(
    'roleDenied',
    `Could not take on ${role} for ${whoText(profile)}: ${told} Check role_arn and source_profile of the profile, its MFA device or external_id, and whom the role trusts.`,
    error,
  );
}

function tokenFileFailed(error: unknown, { profile, entries }: Facts): UserFacingFailure {
  return failure(
    'credentialsMissing',
    `The web identity token of ${whoText(profile)} can't be read: "${entries['web_identity_token_file'] ?? ''}". Check web_identity_token_file of the profile, then try again.`,
    error,
  );
}

function ssoFailed(error: unknown, chosen: Facts): UserFacingFailure {
  const { profile, entries } = chosen;
  const said = error instanceof Error ? error.message : '';
  // The SDK puts the name of the service's error into the text of its own, and keeps nothing else of it.
  if (/^(ForbiddenException|ResourceNotFoundException|InvalidRequestException)\b/.test(said)) {
    return failure(
      'roleDenied',
      `Your SSO user has no role "${entries['sso_role_name'] ?? ''}" in the account ${entries['sso_account_id'] ?? ''}, which ${whoText(profile)} names. Check sso_role_name and sso_account_id, or ask for the role.`,
      error,
    );
  }
  if (/\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)\b/.test(said)) {
    return failure(
      'unreachable',
      `Could not get credentials for ${whoText(profile)}: the SSO service does not answer. Check the network (a proxy, a VPN) and sso_region, then try again.`,
      error,
    );
  }
  return failure(
    'credentialsExpired',
    `The SSO sign-in of ${whoText(profile)} is missing or has expired. Run ${command('aws sso login', chosen)} in a terminal, then try again.`,
    error,
  );
}

/** Whether the profile, with its session, names all that SSO needs. */
async function ssoIsComplete({ entries }: Facts): Promise<boolean> {
  const session = entries['sso_session'];
  if (!entries['sso_account_id'] || !entries['sso_role_name']) return false;
  if (session === undefined) return Boolean(entries['sso_start_url'] && entries['sso_region']);
  const { loadSsoSessionData } = await import('@smithy/shared-ini-file-loader');
  const found = (await loadSsoSessionData())[session];
  return Boolean(found?.['sso_start_url'] && found['sso_region']);
}

/** What the profile says can't be used as it is. */
function incomplete(error: unknown, { profile, source, entries }: Facts): UserFacingFailure {
  const why =
    source === 'sso'
      ? `it needs sso_account_id, sso_role_name and ${entries['sso_session'] ? `a section [sso-session ${entries['sso_session']}] with ` : ''}sso_start_url and sso_region`
      : `the credentials of ${entries['source_profile'] ? `its source_profile "${entries['source_profile']}"` : `its credential_source "${entries['credential_source'] ?? ''}"`} could not be had`;
  return failure(
    'credentialsMissing',
    `The settings of ${whoText(profile)} don't lead to credentials: ${why}. Correct it in the AWS config, then try again.`,
    error,
  );
}

function command(words: string, { profile }: Facts): string {
  return profile === '' ? words : `${words} --profile ${quoteIfNeeded(profile)}`;
}

/** A service answered, or could not be reached: then it is no matter of the profile's settings or files. */
function saidByService(error: unknown): boolean {
  if (answeredStatus(error) !== undefined) return true;
  if (!(error instanceof Error) || error.name === 'CredentialsProviderError' || 'path' in error) return false;
  return typeof Reflect.get(error, 'code') === 'string';
}

function failure(code: AwsFailureCode, message: string, cause?: unknown): UserFacingFailure {
  return new UserFacingFailure(code, message, cause === undefined ? {} : { cause });
}
