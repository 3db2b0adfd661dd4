import type { FrameLocator, Locator, Page } from 'playwright-core';

/** A window of VS Code as a person handles it: by keys, and by what things are called. */
export class WindowPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens a file of the workspace by its name, and waits for its text. */
  async openFile(name: string): Promise<void> {
    const input = await this.#quickInput('Control+P');
    await input.fill(name);
    const exact = new RegExp(`^${name}(?!\\w)`);
    await this.page.locator('.quick-input-list').getByRole('option', { name: exact }).first().click();
    await this.page.getByRole('tab', { name: exact, selected: true }).waitFor();
    await this.page.locator('.monaco-editor .view-line').first().waitFor();
  }

  /** Runs a command from the palette, by its title. */
  async runCommand(title: string): Promise<void> {
    const input = await this.#quickInput('F1');
    await input.fill(`>${title}`);
    // Others begin the same way; a key binding follows the title.
    await this.page
      .locator('.quick-input-list')
      .getByRole('option', { name: new RegExp(`^${title}(,|$)`) })
      .first()
      .click();
  }

  /** A code lens by its text. */
  lens(text: string): Locator {
    return this.page.locator('.codelens-decoration a', { hasText: text }).first();
  }

  /** Chooses an entry of the open quick pick. */
  async pick(label: string): Promise<void> {
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: label }).first().waitFor();
    await this.#fillQuickInput(label);
    await this.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: label }).waitFor();
    await this.page.keyboard.press('Enter');
  }

  /** Shows our side bar. */
  async showViews(): Promise<void> {
    const tab = this.page.getByRole('tab', { name: 'Lambda Destinations' });
    await tab.waitFor();
    // After a reload it may be on its way already: a click hides it then.
    for (let tries = 0; tries < 3 && (await tab.getAttribute('aria-selected')) !== 'true'; tries++) {
      await tab.click();
      const shown = this.page.getByRole('tab', { name: 'Lambda Destinations', selected: true });
      await shown.waitFor({ timeout: 3_000 }).catch(() => undefined);
    }
  }

  /** The content of the records panel; it is in two frames, one inside the other. */
  panel(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  }

  /** The outer frame of a panel that is on show. */
  panelFrame(): Locator {
    return this.page.locator('iframe.webview.ready');
  }

  /** A row of the records panel whose text matches. */
  row(text: RegExp): Locator {
    return this.panel().getByRole('row').filter({ hasText: text }).first();
  }

  /** An entry of our trees, by the start of what a screen reader says of it. */
  treeItem(spoken: string): Locator {
    return this.page.getByRole('treeitem', { name: spoken });
  }

  /** Sends to a function by the button in its row of the tree. */
  async sendFromTree(functionName: string): Promise<void> {
    const item = this.treeItem(`Function ${functionName},`);
    await item.hover();
    await item.getByRole('button', { name: 'Send Asynchronously', exact: true }).click();
    // The row's hover would lie over the records beside it.
    await this.page.mouse.move(0, 0);
  }

  /**
   * Reloads the window once it has written down which editors are open, the records panel among them. In a browser VS Code
   * writes that every few seconds, and a page that goes can't be held up for it.
   */
  async reload(): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (!(await this.#stateHolds('lambdaDestinations.records'))) {
      if (Date.now() > deadline) throw new Error('The window did not write down that the records panel is open.');
    }
    const loaded = this.page.waitForEvent('load');
    await this.runCommand('Developer: Reload Window');
    await loaded;
    await this.page.locator('.monaco-workbench').waitFor();
  }

  /** Chooses an entry of the context menu of what is at a place. */
  async contextMenu(place: Locator, entry: string): Promise<void> {
    await place.click({ button: 'right' });
    const item = this.page.getByRole('menuitem', { name: entry, exact: true });
    // By the key: a menu takes no click in its first moments, lest the one that opened it chooses.
    await item.hover();
    await this.page.keyboard.press('Enter');
    await item.waitFor({ state: 'detached' });
  }

  /** A notification by its text. */
  notification(text: RegExp): Locator {
    return this.page.locator('.notification-list-item').filter({ hasText: text }).first();
  }

  /** Takes all notifications away. */
  async dismissNotifications(): Promise<void> {
    await this.runCommand('Notifications: Clear All Notifications');
    await this.page.locator('.notification-list-item').first().waitFor({ state: 'detached' });
  }

  /** Opens the quick input by a key; again where something else took the focus away from it, as a person would. */
  async #quickInput(key: string): Promise<Locator> {
    const input = this.page.locator('.quick-input-widget input').first();
    for (let tries = 1; ; tries++) {
      await this.page.keyboard.press(key);
      try {
        await input.waitFor({ timeout: 5_000 });
        return input;
      } catch (error) {
        if (tries === 5) throw error;
      }
    }
  }

  /** Puts another text into the active editor. */
  async replaceText(text: string): Promise<void> {
    // Pasted, so that nothing is closed or indented on the way.
    await this.page.evaluate((pasted) => navigator.clipboard.writeText(pasted), text);
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.press('Control+V');
  }

  /** Gives the keyboard to the list of the records panel, as Tab would. */
  async focusPanel(): Promise<void> {
    await this.panel().getByRole('grid').focus();
  }

  /** The one that has the keyboard: another may still be fading away. */
  async #fillQuickInput(text: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input:focus');
    await input.waitFor();
    await input.fill(text);
  }

  /** Whether what VS Code keeps in the browser has a text in it. */
  #stateHolds(text: string): Promise<boolean> {
    return this.page.evaluate(async (wanted) => {
      const done = <T>(request: IDBRequest<T>): Promise<T> =>
        new Promise((resolve, reject) => {
          request.addEventListener('success', () => resolve(request.result));
          request.addEventListener('error', () => reject(request.error ?? new Error('no database')));
        });
      for (const { name = '' } of await indexedDB.databases()) {
        if (!name.startsWith('vscode-web-state-db')) continue;
        const db = await done(indexedDB.open(name));
        const values = db.objectStoreNames.contains('ItemTable')
          ? await done<unknown[]>(db.transaction('ItemTable').objectStore('ItemTable').getAll())
          : [];
        db.close();
        if (values.some((value) => String(value).includes(wanted))) return true;
      }
      return false;
    }, text);
  }
}
