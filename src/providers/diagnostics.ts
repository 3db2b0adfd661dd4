import * as vscode from 'vscode';
import type { Boundary } from '../host/boundary.ts';
import type { TemplateProblem } from '../iac/declarations.ts';
import { DisposableStore, type Disposable } from '../model/disposable.ts';
import type { Event } from '../model/event.ts';

/** Where template problems come from. */
export interface TemplateDiagnosticsDeps {
  problems(signal?: AbortSignal): Promise<readonly TemplateProblem[]>;
  /** They may be other ones now. */
  readonly onDidChange: Event<void>;
  readonly boundary: Boundary;
}

/** Shows what is wrong in templates (they don't parse, a handler is missing) as Problems. Never scans by itself: it follows what others asked for. */
export function registerTemplateDiagnostics(deps: TemplateDiagnosticsDeps): Disposable {
  const disposables = new DisposableStore();
  const collection = disposables.add(vscode.languages.createDiagnosticCollection('lambdaDestinations.templates'));
  let reading: AbortController | undefined;
  const update = deps.boundary.listener('template problems', async () => {
    reading?.abort();
    const { signal } = (reading = new AbortController());
    const problems = await deps.problems(signal);
    if (signal.aborted) return;
    collection.clear();
    for (const [file, found] of Map.groupBy(problems, (problem) => problem.file)) {
      collection.set(vscode.Uri.file(file), found.map(toDiagnostic));
    }
  });
  disposables.add(deps.onDidChange(() => update()));
  disposables.add({ dispose: () => reading?.abort() });
  return disposables;
}

function toDiagnostic(problem: TemplateProblem): vscode.Diagnostic {
  const range = new vscode.Range(
    Math.max(0, problem.line - 1),
    Math.max(0, problem.column - 1),
    Math.max(0, problem.endLine - 1),
    Math.max(0, problem.endColumn - 1),
  );
  const severity = problem.severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
  const diagnostic = new vscode.Diagnostic(range, problem.message, severity);
  diagnostic.source = 'Lambda Destinations';
  return diagnostic;
}
