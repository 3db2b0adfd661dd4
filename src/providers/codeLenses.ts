import * as vscode from 'vscode';
import { toAbortSignal } from '../host/abort.ts';
import type { Boundary } from '../host/boundary.ts';
import { ContextKey } from '../host/contextKey.ts';
import { asCommand } from '../host/contract.ts';
import { onDidChangeSettings, readSettings } from '../host/settings.ts';
import { DisposableStore, type Disposable } from '../model/disposable.ts';
import type { FunctionTarget } from '../host/contract.ts';
import type { Event } from '../model/event.ts';
import { functionText } from '../model/functionText.ts';

/** A handler that gets lenses. Lines and columns count from 1. */
export interface LensHandler {
  readonly functionName: string;
  /** The alias that is meant. */
  readonly qualifier?: string;
  readonly line: number;
  readonly column: number;
}

/** What the lenses above handlers are made from. */
export interface HandlerLensDeps {
  /** Proven handlers in a document; nothing else gets a lens. */
  handlersIn(document: vscode.TextDocument, signal?: AbortSignal): Promise<readonly LensHandler[]>;
  readonly onDidChange: Event<void>;
  readonly boundary: Boundary;
}

/** Languages whose handlers local Lambda runs. */
const selector: vscode.DocumentSelector = ['javascript', 'typescript', 'python'].map((language) => ({
  language,
  scheme: 'file',
}));

/** Lenses above handlers, while the setting is on; and the context key by which the editor's menu knows such files. */
export function registerHandlerLenses(deps: HandlerLensDeps): Disposable {
  const disposables = new DisposableStore();
  const changed = disposables.add(new vscode.EventEmitter<void>());
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    async provideCodeLenses(document, token) {
      try {
        const handlers = await deps.handlersIn(document, toAbortSignal(token));
        // Several functions may run the same code.
        const isShared = ({ line }: LensHandler): boolean => handlers.filter((other) => other.line === line).length > 1;
        return handlers.flatMap((handler) => lensesOf(document, handler, isShared(handler)));
      } catch (error) {
        deps.boundary.note('code lenses', error);
        return [];
      }
    },
  };
  let registration: vscode.Disposable | undefined;
  const follow = (): void => {
    const enabled = readSettings()['codeLens.enabled'];
    if (enabled && !registration) registration = vscode.languages.registerCodeLensProvider(selector, provider);
    if (enabled || !registration) return;
    registration.dispose();
    registration = undefined;
  };
  follow();
  disposables.add({ dispose: () => void registration?.dispose() });
  disposables.add(onDidChangeSettings(['codeLens.enabled'], follow));
  disposables.add(vscode.workspace.onDidGrantWorkspaceTrust(() => changed.fire()));

  const editorKey = new ContextKey('editorHasHandlers');
  editorKey.set(false);
  const updateKey = deps.boundary.listener('editor menu', async () => {
    const document = vscode.window.activeTextEditor?.document;
    if (!document || vscode.languages.match(selector, document) === 0) {
      editorKey.set(false);
      return;
    }
    const handlers = await deps.handlersIn(document);
    if (vscode.window.activeTextEditor?.document === document) editorKey.set(handlers.length > 0);
  });
  disposables.add(vscode.window.onDidChangeActiveTextEditor(() => updateKey()));
  disposables.add(
    deps.onDidChange(() => {
      changed.fire();
      updateKey();
    }),
  );
  updateKey();
  return disposables;
}

function lensesOf(document: vscode.TextDocument, handler: LensHandler, named: boolean): vscode.CodeLens[] {
  const { functionName, qualifier, line, column } = handler;
  const position = document.validatePosition(new vscode.Position(line - 1, column - 1));
  const range = new vscode.Range(position, position);
  if (!vscode.workspace.isTrusted) {
    return [
      new vscode.CodeLens(range, {
        command: 'workbench.trust.manage',
        title: vscode.l10n.t('$(shield) Trust this workspace to send async'),
        tooltip: vscode.l10n.t('Local Lambda runs this code, so it waits until you trust the workspace.'),
      }),
    ];
  }
  const origin = vscode.l10n.t('{0}, lens', document.uri.path.split('/').at(-1) ?? '');
  const target = { functionName, ...(qualifier === undefined ? {} : { qualifier }), origin };
  const name = functionText(functionName, qualifier);
  const send =
    named || qualifier !== undefined
      ? vscode.l10n.t('$(play) Send async to {0}', name)
      : vscode.l10n.t('$(play) Send async');
  return [
    new vscode.CodeLens(range, {
      ...asCommand('sendAsync', send, target),
      tooltip: vscode.l10n.t('Send the last payload, or the first saved one, to {0}', name),
    }),
    new vscode.CodeLens(range, {
      ...asCommand('sendAsyncWithPayload', vscode.l10n.t('Send async with payload…'), target),
      tooltip: vscode.l10n.t('Choose or write a payload for {0}', name),
    }),
    new vscode.CodeLens(range, {
      ...asCommand('changeDestination', vscode.l10n.t('Destinations…'), target),
      tooltip: vscode.l10n.t('See and change where the records of {0} go, its retries and its event age', name),
    }),
  ];
}

/** What the lens above a payload is made from. */
export interface PayloadLensDeps {
  /** The function that a document was made for. */
  targetOf(uri: vscode.Uri): FunctionTarget | undefined;
  readonly onDidChangeTargets: vscode.Event<void>;
}

/** `Send to …` above a payload that is being written. */
export function registerPayloadLens(deps: PayloadLensDeps): Disposable {
  return vscode.languages.registerCodeLensProvider([{ language: 'json' }, { language: 'jsonc' }], {
    onDidChangeCodeLenses: deps.onDidChangeTargets,
    provideCodeLenses(document) {
      const target = deps.targetOf(document.uri);
      if (!target) return [];
      const title = vscode.l10n.t('$(play) Send async to {0}', functionText(target.functionName, target.qualifier));
      return [new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), asCommand('sendPayloadDocument', title, document.uri))];
    },
  });
}
