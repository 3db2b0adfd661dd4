import * as vscode from 'vscode';
import type { FailureAction } from '../model/userFacingFailure.ts';
import { UserFacingFailure } from '../model/userFacingFailure.ts';
import { commandId } from './contract.ts';
import { describeError } from './errorText.ts';

/**
 * Stands around every command, event handler and provider call. Cancelling is silent; an expected failure shows its own
 * text and buttons; anything else a short apology and the log.
 */
export class Boundary {
  readonly #log: vscode.LogOutputChannel;

  constructor(log: vscode.LogOutputChannel) {
    this.#log = log;
  }

  /** Runs `work`; a failure is shown to the person, and `undefined` returned. `what` names the doing, for the log. */
  async run<R>(what: string, work: () => Promise<R> | R): Promise<R | undefined> {
    try {
      return await work();
    } catch (error) {
      this.report(what, error);
      return undefined;
    }
  }

  /** A listener that never throws and never leaves a rejection behind. */
  listener<A extends readonly unknown[]>(
    what: string,
    work: (...args: A) => Promise<unknown> | void,
  ): (...args: A) => void {
    return (...args) => void this.run(what, () => work(...args));
  }

  /** Shows a failure; resolves at once, the message stays until the person answers it. */
  report(what: string, error: unknown): void {
    if (isCancellation(error)) return;
    if (UserFacingFailure.is(error)) {
      this.#log.warn(`${what}: ${describeError(error)}`);
      void this.#show(error.message, error.actions);
      return;
    }
    this.#log.error(`${what}: ${describeError(error)}`);
    void this.#show(vscode.l10n.t('Something went wrong in Lambda Destinations. The log says more.'), [
      { title: vscode.l10n.t('Show Log'), command: commandId('showLog') },
    ]);
  }

  /** Writes a failure to the log only: for providers whose place can't show a message. */
  note(what: string, error: unknown): void {
    if (!isCancellation(error)) this.#log.error(`${what}: ${describeError(error)}`);
  }

  async #show(message: string, all: readonly FailureAction[]): Promise<void> {
    // A notification cuts the titles of more than these.
    const actions = all.slice(0, 3);
    const chosen = await vscode.window.showErrorMessage(message, ...actions.map((action) => action.title));
    const action = actions.find((candidate) => candidate.title === chosen);
    if (!action) return;
    try {
      await vscode.commands.executeCommand(action.command, ...(action.args ?? []));
    } catch (error) {
      this.note(action.command, error);
    }
  }
}

/** Whether `error` means that someone changed their mind. */
export function isCancellation(error: unknown): boolean {
  return (
    error instanceof vscode.CancellationError ||
    (error instanceof Error && (error.name === 'AbortError' || error.name === 'Canceled'))
  );
}
