import type { Boundary } from '../host/boundary.ts';
import type { Event } from '../model/event.ts';
import { DisposableStore, type Disposable } from '../model/disposable.ts';
import {
  registerHandlerLenses,
  registerPayloadLens,
  type HandlerLensDeps,
  type PayloadLensDeps,
} from './codeLenses.ts';
import { registerTemplateDiagnostics, type TemplateDiagnosticsDeps } from './diagnostics.ts';

/** What editors show is made from. */
export interface EditorFeaturesDeps {
  readonly project: Pick<HandlerLensDeps, 'handlersIn'> &
    Pick<TemplateDiagnosticsDeps, 'problems'> & { readonly onDidChange: Event<void> };
  readonly payloadDocuments: PayloadLensDeps;
  readonly boundary: Boundary;
}

/** Registers what editors show: lenses above handlers and payloads, problems in templates. */
export function registerEditorFeatures({ project, payloadDocuments, boundary }: EditorFeaturesDeps): Disposable {
  const disposables = new DisposableStore();
  const { onDidChange } = project;
  disposables.add(
    registerTemplateDiagnostics({ problems: (signal) => project.problems(signal), onDidChange, boundary }),
  );
  disposables.add(
    registerHandlerLenses({
      handlersIn: (document, signal) => project.handlersIn(document, signal),
      onDidChange,
      boundary,
    }),
  );
  disposables.add(registerPayloadLens(payloadDocuments));
  return disposables;
}
