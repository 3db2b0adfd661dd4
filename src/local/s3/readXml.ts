/** An element of a document: its own text, and what is in it. Names without their namespace. */
export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

interface OpenElement {
  readonly name: string;
  text: string;
  readonly children: OpenElement[];
}

/** One piece: comment or instruction, CDATA, a tag, text. */
const pieces = /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([^\s<>/!?]+)[^<>]*?(\/?)>|([^<]+)/y;

/**
 * The root element of a document; `undefined` when it is not well-formed. For what S3 clients send: elements and text;
 * attributes are skipped, a document type is refused, so that entities can't grow.
 */
export function readXml(text: string): XmlElement | undefined {
  const top: OpenElement = { name: '', text: '', children: [] };
  const open = [top];
  const source = text.replace(/^\ufeff/, '');
  pieces.lastIndex = 0;
  while (pieces.lastIndex < source.length) {
    const match = pieces.exec(source);
    const current = open.at(-1);
    if (!match || !current) return undefined;
    const [, data, slash, tag, selfClosing, plain] = match;
    if (data !== undefined) current.text += data;
    if (plain !== undefined) {
      const unescaped = unescape(plain);
      if (unescaped === undefined) return undefined;
      current.text += unescaped;
    }
    if (tag === undefined) continue;
    const name = tag.slice(tag.indexOf(':') + 1);
    if (slash === '/') {
      if (open.length === 1 || current.name !== name) return undefined;
      open.pop();
    } else {
      const child: OpenElement = { name, text: '', children: [] };
      current.children.push(child);
      if (selfClosing === '') open.push(child);
    }
  }
  const [root, ...more] = top.children;
  return open.length === 1 && more.length === 0 && top.text.trim() === '' ? root : undefined;
}

/** The text of the first element of that name in `parent`. */
export function childText(parent: XmlElement, name: string): string | undefined {
  return parent.children.find((child) => child.name === name)?.text;
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescape(text: string): string | undefined {
  let sound = true;
  const result = text.replace(/\r\n?/g, '\n').replace(/&([^;&]*);?/g, (whole, name: string) => {
    const code = /^#x([\da-f]{1,6})$/i.exec(name)?.[1] ?? /^#(\d{1,7})$/.exec(name)?.[1];
    if (code !== undefined && whole.endsWith(';')) {
      const point = Number.parseInt(code, name.startsWith('#x') || name.startsWith('#X') ? 16 : 10);
      if (point <= 0x10ffff) return String.fromCodePoint(point);
    }
    const character = whole.endsWith(';') && Object.hasOwn(named, name) ? named[name] : undefined;
    sound &&= character !== undefined;
    return character ?? '';
  });
  return sound ? result : undefined;
}
