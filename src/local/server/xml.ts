/** Text that is XML already. */
export interface Xml {
  readonly xml: string;
}

/** An element with text, which is escaped, or with other elements. */
export function element(
  name: string,
  content: string | readonly Xml[],
  attributes: Readonly<Record<string, string>> = {},
): Xml {
  const opening = [name, ...Object.entries(attributes).map(([key, value]) => `${key}="${escape(value)}"`)].join(' ');
  const inner = typeof content === 'string' ? escape(content) : content.map(({ xml }) => xml).join('');
  return { xml: `<${opening}>${inner}</${name}>` };
}

/** A list as the Query protocol writes it: each item in a `member`. */
export function members<T>(name: string, items: readonly T[], show: (item: T) => readonly Xml[] | string): Xml {
  return element(
    name,
    items.map((item) => element('member', show(item))),
  );
}

/** A map as the Query protocol writes it. */
export function entries(name: string, map: Readonly<Record<string, string>>): Xml {
  return element(
    name,
    Object.entries(map).map(([key, value]) => element('entry', [element('key', key), element('value', value)])),
  );
}

const replacements: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // A parser would make a line feed of it.
  '\r': '&#xD;',
};

/** Characters that XML 1.0 can't hold at all become U+FFFD. */
function escape(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"'\r]/g, (character) => replacements[character] ?? character);
}
