import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArn } from '../model/arn.ts';
import { compareNames } from '../model/compareNames.ts';

/** A profile of the shared AWS config; never holds a secret. */
export interface AwsProfile {
  readonly name: string;
  readonly region?: string;
  /** Where its credentials come from. `other`: it names none that the SDK takes. */
  readonly source: 'keys' | 'role' | 'sso' | 'process' | 'webIdentity' | 'login' | 'other';
  /** 12 digits, where the config tells it. */
  readonly accountId?: string;
}

/** A profile's settings; may hold secrets, so it stays in this folder. */
export type ProfileEntries = Readonly<Record<string, string | undefined>>;

/** The profiles of the shared AWS config, by name, `default` first. Read afresh; files that are missing or can't be read hold none. */
export async function listProfiles(signal?: AbortSignal): Promise<readonly AwsProfile[]> {
  const { profiles } = await readSharedConfig();
  signal?.throwIfAborted();
  return [...profiles]
    .map(([name, entries]) => toProfile(name, entries))
    .toSorted((a, b) => rank(a) - rank(b) || compareNames(a.name, b.name));
}

/** The files that profiles are read from, there or not: absolute paths. */
export function profileFiles(): readonly string[] {
  const { AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, HOME, USERPROFILE } = process.env;
  const home = HOME ?? USERPROFILE ?? homedir();
  return [
    [AWS_CONFIG_FILE, 'config'],
    [AWS_SHARED_CREDENTIALS_FILE, 'credentials'],
  ].map(([configured, name = '']) => {
    if (!configured) return join(home, '.aws', name);
    return configured.startsWith('~/') ? join(home, configured.slice(2)) : configured;
  });
}

/** The shared AWS config. What the SDK has cached of the files is read again, too. */
export async function readSharedConfig(): Promise<{
  /** All profiles with their settings, the credentials file's winning. */
  readonly profiles: ReadonlyMap<string, ProfileEntries>;
  /** The config file's other sections: `services.NAME` with keys like `lambda.endpoint_url`, `sso-session.NAME`. */
  readonly sections: ReadonlyMap<string, ProfileEntries>;
}> {
  const { loadSharedConfigFiles } = await import('@smithy/shared-ini-file-loader');
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  const profiles = new Map<string, ProfileEntries>();
  const sections = new Map<string, ProfileEntries>();
  for (const [name, entries] of Object.entries(configFile)) {
    // The loader puts them among the profiles.
    const isSection = /^(sso-session|services)\./.test(name);
    (isSection ? sections : profiles).set(name, entries);
  }
  for (const [name, entries] of Object.entries(credentialsFile)) {
    profiles.set(name, { ...profiles.get(name), ...entries });
  }
  return { profiles, sections };
}

/** What a profile's settings say without their secrets. The order is that in which the SDK looks. */
export function toProfile(name: string, entries: ProfileEntries): AwsProfile {
  const accountId = accountOf(entries);
  return {
    name,
    ...(entries['region'] ? { region: entries['region'] } : {}),
    source: sourceOf(entries),
    ...(accountId === undefined ? {} : { accountId }),
  };
}

function sourceOf(entries: ProfileEntries): AwsProfile['source'] {
  const has = (key: string): boolean => Boolean(entries[key]);
  // A profile may take over its source's credentials without a role (SDK: `credential_source` alone).
  if (has('credential_source') || (has('role_arn') && has('source_profile'))) return 'role';
  if (has('aws_access_key_id') && has('aws_secret_access_key')) return 'keys';
  if (has('role_arn') && has('web_identity_token_file')) return 'webIdentity';
  if (has('credential_process')) return 'process';
  if (Object.keys(entries).some((key) => key.startsWith('sso_'))) return 'sso';
  return has('login_session') ? 'login' : 'other';
}

function accountOf(entries: ProfileEntries): string | undefined {
  const { aws_account_id: own, sso_account_id: sso, role_arn: role, login_session: login } = entries;
  return [own, sso, parseArn(role ?? '')?.account, parseArn(login ?? '')?.account].find(
    (account) => account !== undefined && /^\d{12}$/.test(account),
  );
}

function rank({ name }: AwsProfile): number {
  return name === 'default' ? 0 : 1;
}
