import * as vscode from 'vscode';
import type { Connection } from '../connections/connection.ts';
import type { WorkspaceMemory } from '../host/memento.ts';
import { whereText } from './connectionText.ts';

/**
 * Asks before the first send to an AWS account: it runs the person's function there. Once a window for a connection, or
 * never again where they say so.
 */
export class SendConsent {
  readonly #connection: Pick<Connection, 'state' | 'start'>;
  readonly #memory: WorkspaceMemory;
  readonly #given = new Set<string>();

  constructor(connection: Pick<Connection, 'state' | 'start'>, memory: WorkspaceMemory) {
    this.#connection = connection;
    this.#memory = memory;
  }

  /** Whether it may be sent. Signs in first: nobody can say yes to an account they don't know. @throws UserFacingFailure */
  async ask(functionName: string): Promise<boolean> {
    if (this.#connection.state.info.kind !== 'aws') return true;
    if (this.#connection.state.phase !== 'ready') await this.#connection.start();
    const { info } = this.#connection.state;
    // What is behind a profile can change; a yes is for one account.
    const place = `${info.id}/${info.account}`;
    if (this.#given.has(place) || this.#memory.sendsAllowed(place)) return true;
    const send = vscode.l10n.t('Send');
    const always = vscode.l10n.t("Send, and Don't Ask Again Here");
    const chosen = await vscode.window.showWarningMessage(
      vscode.l10n.t('Send to {0} on AWS?', functionName),
      { modal: true, detail: vscode.l10n.t('This runs the function in {0}.', whereText(info, vscode.l10n.t)) },
      send,
      always,
    );
    if (chosen !== send && chosen !== always) return false;
    this.#given.add(place);
    if (chosen === always) await this.#memory.allowSends(place);
    return true;
  }
}
