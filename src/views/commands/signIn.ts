import * as vscode from 'vscode';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import type { Services } from '../services.ts';

/** Not every shell tells that it starts; one that does draws its prompt a moment later. */
const shellTimeoutMs = 2_000;
const promptMs = 500;

/**
 * `Sign In…`: types the AWS CLI's command for a profile into a terminal, where the person reads it and presses Enter.
 * @throws UserFacingFailure `noProfile`
 */
export async function signIn(services: Services, args?: { readonly profile: string }): Promise<void> {
  const profile = typeof args?.profile === 'string' ? args.profile : services.connection.state.info.profile;
  if (!profile) {
    throw new UserFacingFailure(
      'noProfile',
      vscode.l10n.t('The selected connection has no profile to sign in with. Select one that has.'),
    );
  }
  const { listProfiles } = await import('../../connections/awsProfiles.ts');
  const source = (await listProfiles()).find(({ name }) => name === profile)?.source;
  const terminal = vscode.window.createTerminal({
    name: vscode.l10n.t('AWS Sign-In'),
    message: vscode.l10n.t('Press Enter to run it. When you are signed in, choose Retry.'),
  });
  terminal.show();
  await promptOf(terminal);
  terminal.sendText(signInCommand(profile, source), false);
}

/** Waits for the shell's prompt, as far as the shell tells: what is typed before it is shown twice. */
async function promptOf(terminal: vscode.Terminal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let timer = setTimeout(resolve, shellTimeoutMs);
  const subscription = vscode.window.onDidChangeTerminalShellIntegration((event) => {
    if (event.terminal !== terminal) return;
    clearTimeout(timer);
    timer = setTimeout(resolve, promptMs);
  });
  await promise;
  subscription.dispose();
}

/** `aws configure` asks for keys, and is where one begins without any; what others can't be signed in with says AWS. */
function signInCommand(profile: string, source: string | undefined): string {
  const name = /^[\w@%+=:,./-]+$/.test(profile) ? profile : `'${profile.replaceAll("'", `'\\''`)}'`;
  switch (source) {
    case 'sso':
      return `aws sso login --profile ${name}`;
    case 'login':
      return `aws login --profile ${name}`;
    case 'role':
    case 'process':
    case 'webIdentity':
      return `aws sts get-caller-identity --profile ${name}`;
    default:
      return `aws configure --profile ${name}`;
  }
}
