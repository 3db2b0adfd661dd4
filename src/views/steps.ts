import * as vscode from 'vscode';
import { activeRow } from './activeRow.ts';

/** The person went back to the step before. */
export const goBack: unique symbol = Symbol('goBack');

/** What a question came to: an answer, a step back, or `undefined` when it was dismissed. */
export type Answer<T> = T | typeof goBack | undefined;

/** Something to choose. */
export interface PickEntry<V> {
  readonly label: string;
  readonly description?: string;
  /** A second line. */
  readonly detail?: string;
  /** Id of a codicon. */
  readonly icon?: string;
  readonly value: V;
  /** Why it can't be chosen: shown with it, and once more when someone tries. */
  readonly refused?: string;
  /** The one to begin at. */
  readonly current?: boolean;
}

/** A line of a list: something to choose, or the heading of what follows. */
export type PickRow<V> = PickEntry<V> | { readonly heading: string };

/** A question with a list of answers. */
export interface PickQuestion<V> {
  readonly placeholder: string;
  /**
   * The rows; or what loads them, which may show what is there so far as often as it likes. The list is busy until it
   * resolves; a failure is thrown to the caller of `runSteps`. `signal` aborts when nobody waits any more.
   */
  readonly rows:
    readonly PickRow<V>[] | ((show: (rows: readonly PickRow<V>[]) => void, signal: AbortSignal) => Promise<void>);
  /** Buttons in the title; pressing one is the answer. `icon`: id of a codicon. */
  readonly buttons?: readonly { readonly icon: string; readonly tooltip: string; readonly value: V }[];
}

/** A question that is answered by typing. */
export interface InputQuestion {
  readonly prompt: string;
  readonly value?: string;
  readonly placeholder?: string;
  /** What is wrong with a text; `undefined`: nothing. Asked at every key. */
  validate?(text: string): string | undefined;
}

/** Asks the question of one step. Without a question the step is skipped, and going back passes it over. */
export interface StepUi {
  pick<V>(question: PickQuestion<V>): Promise<Answer<V>>;
  input(question: InputQuestion): Promise<Answer<string>>;
  /**
   * Waits for what the next question depends on. What takes a while is seen and can be dismissed; going back passes it over.
   * @throws what `work` throws
   */
  wait<T>(placeholder: string, work: (signal: AbortSignal) => Promise<T>): Promise<Answer<T>>;
}

/** Milliseconds in which a list that has just been shown may lose the focus to whoever opened it. */
const focusSettlesMs = 400;

/** Milliseconds after which a wait is shown. */
const showWaitMs = 200;

/** One step: takes what is known so far, gives what is known then. */
export interface Step<S> {
  /** Whether the step is to be taken, with what is known by then. */
  applies?(state: S): boolean;
  ask(state: S, ui: StepUi): Promise<Answer<S>>;
}

/**
 * Asks step by step, with a back button from the second on, under one title, which may say what is known so far.
 * `undefined`: the person dismissed it.
 * @throws what a step throws
 */
export async function runSteps<S>(
  title: string | ((state: S) => string),
  steps: readonly Step<S>[],
  initial: S,
): Promise<S | undefined> {
  let state = initial;
  /** Where questions were asked, and what was known before each. */
  const asked: { readonly index: number; readonly before: S }[] = [];
  for (let index = 0; index < steps.length;) {
    const step = steps[index];
    if (!step || step.applies?.(state) === false) {
      index++;
      continue;
    }
    const before = state;
    const rest = steps.slice(index).filter((each) => each.applies?.(before) !== false).length;
    const ui = new Asking({
      title: typeof title === 'string' ? title : title(before),
      step: asked.length + 1,
      totalSteps: asked.length + rest,
    });
    const answer = await step.ask(before, ui);
    if (answer === undefined) return undefined;
    if (answer === goBack) {
      const last = asked.pop();
      if (!last) return undefined;
      ({ index, before: state } = last);
      continue;
    }
    if (ui.shown) asked.push({ index, before });
    state = answer as S;
    index++;
  }
  return state;
}

interface Place {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
}

type Item<V> = vscode.QuickPickItem & { readonly entry?: PickEntry<V> };

class Asking implements StepUi {
  readonly #place: Place;
  shown = false;

  constructor(place: Place) {
    this.#place = place;
  }

  pick<V>({ placeholder, rows, buttons = [] }: PickQuestion<V>): Promise<Answer<V>> {
    const pick = vscode.window.createQuickPick<Item<V>>();
    pick.placeholder = placeholder;
    pick.matchOnDescription = true;
    pick.matchOnDetail = true;
    // More may be found while a person looks further down.
    pick.keepScrollPosition = true;
    let untouched = true;
    let mayHaveLostRow = false;
    const show = (shown: readonly PickRow<V>[]): void => {
      mayHaveLostRow = true;
      const isTyped = pick.value !== '';
      const reached = untouched && !isTyped ? undefined : pick.activeItems[0]?.entry;
      pick.items = shown.map((row) => toItem(row));
      const begin = pick.items[activeRow(shown, reached, isTyped)];
      if (begin) pick.activeItems = [begin];
    };
    pick.onDidChangeActive(([item]) => {
      pick.title = this.#place.title;
      if (item === undefined && mayHaveLostRow && pick.value !== '') {
        // What was typed meanwhile hides the row that was to be stood on: Enter would do nothing.
        mayHaveLostRow = false;
        const match = pick.items.find(({ entry }) => entry && matchesFilter(entry, pick.value));
        if (match) pick.activeItems = [match];
        return;
      }
      if (item?.entry?.current !== true && item !== pick.items.find(({ entry }) => entry)) untouched = false;
    });
    return this.#ask<V>(pick, (answer, fail, signal) => {
      const own = buttons.map(({ icon, tooltip }) => ({ iconPath: new vscode.ThemeIcon(icon), tooltip }));
      pick.buttons = [...pick.buttons, ...own];
      pick.onDidTriggerButton((pressed) => {
        const button = buttons[own.findIndex((each) => each === pressed)];
        if (button) answer(button.value);
      });
      pick.onDidAccept(() => {
        const entry = pick.activeItems[0]?.entry;
        if (!entry) return;
        if (entry.refused === undefined) answer(entry.value);
        // The placeholder is hidden by what is typed.
        else pick.title = vscode.l10n.t('{0}: {1}', entry.label, entry.refused);
      });
      if (typeof rows !== 'function') {
        show(rows);
        return;
      }
      pick.busy = true;
      rows((found) => {
        if (!signal.aborted) show(found);
      }, signal).then(
        () => {
          if (!signal.aborted) pick.busy = false;
        },
        (error: unknown) => fail(error),
      );
    });
  }

  input({ prompt, value, placeholder, validate }: InputQuestion): Promise<Answer<string>> {
    const input = vscode.window.createInputBox();
    input.prompt = prompt;
    if (value !== undefined) input.value = value;
    if (placeholder !== undefined) input.placeholder = placeholder;
    return this.#ask<string>(input, (answer) => {
      const check = (text: string): string | undefined => validate?.(text.trim());
      // Nobody is told off for what they have not typed yet.
      input.onDidChangeValue((text) => (input.validationMessage = text === '' ? undefined : check(text)));
      input.onDidAccept(() => {
        input.validationMessage = check(input.value);
        if (input.validationMessage === undefined) answer(input.value.trim());
      });
    });
  }

  async wait<T>(placeholder: string, work: (signal: AbortSignal) => Promise<T>): Promise<Answer<T>> {
    const { promise: dismissed, resolve } = Promise.withResolvers<typeof goBack | undefined>();
    const waiting = new AbortController();
    const pick = vscode.window.createQuickPick();
    pick.title = this.#place.title;
    pick.placeholder = placeholder;
    pick.busy = true;
    pick.ignoreFocusOut = true;
    pick.onDidHide(() => resolve(undefined));
    if (this.#place.step > 1) pick.buttons = [vscode.QuickInputButtons.Back];
    pick.onDidTriggerButton(() => resolve(goBack));
    // A list that is gone at once only flickers.
    const timer = setTimeout(() => pick.show(), showWaitMs);
    try {
      return await Promise.race([work(waiting.signal), dismissed]);
    } finally {
      clearTimeout(timer);
      waiting.abort();
      pick.dispose();
    }
  }

  #ask<T>(
    input: vscode.QuickPick<Item<T>> | vscode.InputBox,
    listen: (answer: (value: T) => void, fail: (error: unknown) => void, signal: AbortSignal) => void,
  ): Promise<Answer<T>> {
    this.shown = true;
    const { title, step, totalSteps } = this.#place;
    input.title = title;
    if (totalSteps > 1) {
      input.step = step;
      input.totalSteps = totalSteps;
    }
    // A look at a console or a template must not cost the answers given so far.
    input.ignoreFocusOut = step > 1 || !('items' in input);
    if (step > 1) input.buttons = [vscode.QuickInputButtons.Back];
    const asking = new AbortController();
    return new Promise<Answer<T>>((resolve, reject) => {
      const end = (settle: () => void): void => {
        if (asking.signal.aborted) return;
        asking.abort();
        settle();
        input.dispose();
      };
      input.onDidTriggerButton((pressed) => {
        if (pressed === vscode.QuickInputButtons.Back) end(() => resolve(goBack));
      });
      let shownAt = 0;
      input.onDidHide(() => {
        // The page whose button was pressed (a walkthrough) takes the focus back a moment later: nobody has dismissed it.
        const takenAway = shownAt > 0 && performance.now() - shownAt < focusSettlesMs && !asking.signal.aborted;
        shownAt = 0;
        if (takenAway) input.show();
        else end(() => resolve(undefined));
      });
      listen(
        (value) => end(() => resolve(value)),
        (error) => end(() => reject(error instanceof Error ? error : new Error(String(error)))),
        asking.signal,
      );
      shownAt = performance.now();
      input.show();
    });
  }
}

/** Whether a row is shown with that filter, as far as can be told from here. */
function matchesFilter({ label, description = '' }: PickEntry<unknown>, typed: string): boolean {
  const text = typed.trim().toLowerCase();
  return label.toLowerCase().includes(text) || description.toLowerCase().includes(text);
}

function toItem<V>(row: PickRow<V>): Item<V> {
  if ('heading' in row) return { label: row.heading, kind: vscode.QuickPickItemKind.Separator };
  const { label, description, detail, icon, refused } = row;
  const shown = refused ?? description;
  return {
    label,
    entry: row,
    ...(shown === undefined ? {} : { description: shown }),
    ...(detail === undefined ? {} : { detail }),
    iconPath: new vscode.ThemeIcon(refused === undefined ? (icon ?? 'blank') : 'circle-slash'),
  };
}
