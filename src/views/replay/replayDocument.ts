import * as vscode from 'vscode';
import type { ReplayPlan } from './replayPlan.ts';

const scheme = 'lambda-destinations-replay';

/** Opens a read-only document of what a replay would send; its payloads are the exact text. It goes when its tab is closed. */
export async function showPlan(plan: ReplayPlan): Promise<void> {
  const text = planDocument(plan);
  const uri = vscode.Uri.from({ scheme, path: `/${vscode.l10n.t('Replay, dry run')}.json`, query: String(Date.now()) });
  const provider = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: (asked) => (asked.query === uri.query ? text : ''),
  });
  try {
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
  } finally {
    // The text is in the document now.
    provider.dispose();
  }
}

/** JSON of the plan, with the payloads spliced in as they are. */
export function planDocument({ items, refused }: ReplayPlan): string {
  const events = items.map(({ functionName, qualifier, payload, replayOf }) => {
    const head = { functionName, ...(qualifier ? { qualifier } : {}), replayOf: replayOf.requestId };
    const lines = Object.entries(head).map(([key, value]) => `      ${JSON.stringify(key)}: ${JSON.stringify(value)},`);
    return `    {\n${lines.join('\n')}\n      "payload": ${payload.trim()}\n    }`;
  });
  const left = refused.map(({ row, why }) => `    ${JSON.stringify({ replayOf: row.requestId ?? '', why })}`);
  const rest = left.length === 0 ? '' : `,\n  "notSent": [\n${left.join(',\n')}\n  ]`;
  return `{\n  "events": [\n${events.join(',\n')}\n  ]${rest}\n}\n`;
}
