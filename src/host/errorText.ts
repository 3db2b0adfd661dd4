/** An error with its causes, one a line, for the log; what may be secret in it is taken out. */
export function describeError(error: unknown): string {
  const lines: string[] = [];
  for (let current = error; current !== undefined && lines.length < 5;) {
    if (current instanceof Error) {
      lines.push(current.stack ?? `${current.name}: ${current.message}`);
      current = current.cause;
    } else {
      lines.push(String(current));
      break;
    }
  }
  return redact(lines.join('\nCaused by: '));
}

/** Takes out what signs or authorises: AWS repeats the signed request where it refuses a signature. */
export function redact(text: string): string {
  return text
    .replace(/\b(Bearer|Credential=|Signature=)\s*[\w./+=-]+/gi, '$1 …')
    .replace(/(x-amz-security-token["']?\s*[:=]\s*["']?)[\w./+=%-]+/gi, '$1…')
    .replace(/("?(?:controlToken|secretAccessKey|sessionToken)"?\s*[:=]\s*"?)[^",\s}]+/gi, '$1…');
}
