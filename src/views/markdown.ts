/** A text that Markdown shows as it is. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+.!|<>~-]/g, '\\$&');
}

/** Inline code; a backtick in it would end it. */
export function inlineCode(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}
