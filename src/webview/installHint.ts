import type { InvocationDetail } from '../protocol/panel.ts';

/** What the bootstraps of local Lambda log of a module that AWS does not bring along: its error must stay AWS's own. */
const hint =
  /(?:@?[\w.~/-]+ is not installed\. Run ".+" in ".+"\.|The module '[^']+' is not installed for the Python that runs this function\. Run: .+)$/m;

/** How to install the module that the last attempt did not find, as its log says; `undefined`: it does not. */
export function installHint({ invocation }: Pick<InvocationDetail, 'invocation'>): string | undefined {
  const lines = invocation.attempts.at(-1)?.logs ?? [];
  for (const { message } of lines) {
    const found = hint.exec(message.trimEnd())?.[0];
    if (found !== undefined) return found;
  }
  return undefined;
}
