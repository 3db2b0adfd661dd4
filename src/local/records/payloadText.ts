const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text of a payload, nothing left out; bytes that are not UTF-8 become U+FFFD. */
export function bytesToText(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}
