import * as vscode from 'vscode';
import { commandId, readSetting } from '../../host/contract.ts';
import { onDidChangeSettings } from '../../host/settings.ts';
import { DisposableStore, type Disposable } from '../../model/disposable.ts';
import type { FailureNoticesDeps } from './registerFailureNotices.ts';
import { failedStatuses, NewFailures } from './newFailures.ts';
import { failureText } from './noticeText.ts';

/** So long news are collected before anybody is told, in ms: a burst is one thing to say. */
const collectMs = 1500;
/** Changes are looked at no more often than this, in ms. */
const lookMs = 250;
/** Failures further down than this are not looked for. */
const lookAt = 200;

/**
 * Tells of failures that happen while nobody looks at the records: a number at the status bar and at the functions view,
 * and at most one notification a burst. Seen is what the records panel showed.
 */
export class FailureNotices implements Disposable {
  readonly #deps: FailureNoticesDeps;
  readonly #disposables = new DisposableStore();
  readonly #item: vscode.StatusBarItem;
  #failures: NewFailures;
  #connectionId: string;
  /** Rows that changed since the last look. */
  readonly #changed = new Set<number>();
  #looking: NodeJS.Timeout | undefined;
  #telling: NodeJS.Timeout | undefined;
  /** A notification is open: whatever else fails, its buttons lead to it, too. */
  #toastOpen = false;

  constructor(deps: FailureNoticesDeps, since: number) {
    this.#deps = deps;
    this.#failures = new NewFailures(since);
    this.#connectionId = deps.connection.state.info.id;
    this.#item = this.#disposables.add(
      vscode.window.createStatusBarItem('lambdaDestinations.failures', vscode.StatusBarAlignment.Left, 19),
    );
    this.#item.name = vscode.l10n.t('Lambda Failures');
    this.#item.command = commandId('openRecords');
    this.#disposables.add(
      deps.records.onDidChangeVisible((visible) => {
        if (visible) this.#seen();
      }),
    );
    this.#disposables.add(onDidChangeSettings(['notices.count'], () => this.#show()));
  }

  /** Rows of the store changed. */
  changed(ids: readonly number[]): void {
    for (const id of ids) this.#changed.add(id);
    this.#looking ??= setTimeout(() => {
      this.#looking = undefined;
      void this.#deps.boundary.run('failure notices', () => this.#look());
    }, lookMs);
  }

  dispose(): void {
    clearTimeout(this.#looking);
    clearTimeout(this.#telling);
    this.#deps.setBadge(undefined);
    this.#disposables.dispose();
  }

  async #look(): Promise<void> {
    const { store, connection, records } = this.#deps;
    const connectionId = connection.state.info.id;
    if (connectionId !== this.#connectionId) {
      this.#connectionId = connectionId;
      this.#failures = new NewFailures(Date.now());
    }
    const counted = new Set(this.#failures.unseen.map(({ id }) => id).filter((id) => this.#changed.has(id)));
    this.#changed.clear();
    if (counted.size > 0) {
      const query = { connectionId, ids: [...counted], statuses: failedStatuses };
      const { rows: failed } = await store.rows(query, { offset: 0, limit: counted.size });
      if (this.#failures.check(counted, failed)) this.#show();
    }
    const { rows } = await store.rows({ connectionId, statuses: failedStatuses }, { offset: 0, limit: lookAt });
    const fresh = this.#failures.note(rows, records.isVisible, Date.now());
    if (fresh === 0) return;
    this.#show();
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      void this.#deps.boundary.run('failure notice', () => this.#tell());
    }, collectMs);
  }

  async #tell(): Promise<void> {
    if (this.#toastOpen || !readSetting(vscode, 'notices.notification') || !this.#failures.tellBurst()) return;
    const unseen = this.#failures.unseen;
    const open = vscode.l10n.t('Open Records');
    const never = vscode.l10n.t("Don't Show Again");
    this.#toastOpen = true;
    try {
      const chosen = await vscode.window.showWarningMessage(failureText(unseen, vscode.l10n.t), open, never);
      if (chosen === open) await this.#deps.records.open({ reveal: unseen.at(-1)?.id });
      if (chosen === never) {
        const settings = vscode.workspace.getConfiguration('lambdaDestinations');
        await settings.update('notices.notification', false, vscode.ConfigurationTarget.Global);
      }
    } finally {
      this.#toastOpen = false;
    }
  }

  #seen(): void {
    this.#failures.see();
    this.#show();
  }

  #show(): void {
    const count = this.#failures.unseen.length;
    if (count === 0 || !readSetting(vscode, 'notices.count')) {
      this.#item.hide();
      this.#deps.setBadge(undefined);
      return;
    }
    const tooltip =
      count === 1
        ? vscode.l10n.t('1 new failure; click to open the records')
        : vscode.l10n.t('{0} new failures; click to open the records', count);
    this.#item.text = `$(error) ${count}`;
    this.#item.tooltip = tooltip;
    this.#item.accessibilityInformation = { label: tooltip };
    this.#item.show();
    this.#deps.setBadge({ value: count, tooltip });
  }
}
