/** The page around the bundle. Addresses are webview URIs; `cspSource` is the origin they come from. */
export interface PanelHtmlOptions {
  readonly nonce: string;
  readonly cspSource: string;
  readonly script: string;
  readonly styles: readonly string[];
}

/** The policy of the page: our script by nonce, styles and fonts from the built folder, nothing else. */
export function panelCsp(nonce: string, cspSource: string): string {
  return `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${cspSource}; font-src ${cspSource};`;
}

/** The panel's HTML. No data goes into it: the page asks for them. */
export function panelHtml({ nonce, cspSource, script, styles }: PanelHtmlOptions): string {
  const links = styles.map((href) => `<link rel="stylesheet" href="${escapeAttribute(href)}">`).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeAttribute(panelCsp(nonce, cspSource))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Lambda Records</title>
${links}
</head>
<body>
<script type="module" nonce="${escapeAttribute(nonce)}" src="${escapeAttribute(script)}"></script>
</body>
</html>
`;
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
