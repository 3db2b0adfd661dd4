import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A home folder with an AWS config of its own; nothing of this machine's AWS settings is seen while it is there. */
export interface TestAwsConfig extends AsyncDisposable {
  readonly configFile: string;
  readonly credentialsFile: string;
  write(files: { readonly config?: string; readonly credentials?: string }): Promise<void>;
  /** Puts a variable into the environment until the end. */
  set(name: string, value: string): void;
  /** What `aws sso login` leaves: a token for a session's name (or a start URL). `expires`: ISO time. */
  ssoToken(session: string, expires: string): Promise<void>;
}

/** Makes one, and takes all `AWS_…` variables away until it is disposed. */
export async function testAwsConfig(): Promise<TestAwsConfig> {
  const home = await mkdtemp(join(tmpdir(), 'aws-home-'));
  const configFile = join(home, 'config file');
  const credentialsFile = join(home, 'credentials file');
  const before = { ...process.env };
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, {
    HOME: home,
    AWS_CONFIG_FILE: configFile,
    AWS_SHARED_CREDENTIALS_FILE: credentialsFile,
    AWS_EC2_METADATA_DISABLED: 'true',
  });
  return {
    configFile,
    credentialsFile,
    async write({ config, credentials }) {
      if (config !== undefined) await writeFile(configFile, config);
      if (credentials !== undefined) await writeFile(credentialsFile, credentials);
    },
    set: (name, value) => {
      process.env[name] = value;
    },
    async ssoToken(session, expires) {
      const folder = join(home, '.aws', 'sso', 'cache');
      await mkdir(folder, { recursive: true });
      const name = createHash('sha1').update(session).digest('hex');
      await writeFile(join(folder, `${name}.json`), JSON.stringify({ accessToken: 'token', expiresAt: expires }));
    },
    async [Symbol.asyncDispose]() {
      for (const name of Object.keys(process.env)) if (!Object.hasOwn(before, name)) delete process.env[name];
      Object.assign(process.env, before);
      await rm(home, { recursive: true, force: true });
    },
  };
}
