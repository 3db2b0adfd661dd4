import * as vscode from 'vscode';

/** The pages that messages lead to. */
export type DocsPage = 'connections' | 'troubleshooting';

/** The address of a page below `docs/`, at a heading (GitHub's anchor of it). */
export function docsUri(page: DocsPage, anchor: string): vscode.Uri {
  const address = `https://github.com/lambda-destinations/lambda-destinations-vscode/blob/main/docs/${page}.md#${anchor}`;
  return vscode.Uri.parse(address, true);
}
