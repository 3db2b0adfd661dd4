// Imports that only name types: TypeScript's compiler leaves them out, type stripping does not.

const space = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|;)+/y;
const directive = /'[^'\\\n]*'|"[^"\\\n]*"/y;
const sideEffect = /import\s*(?:'[^'\n]*'|"[^"\n]*")/y;
const fromEnd = String.raw`\s*from\s*(?:'[^'\n]*'|"[^"\n]*")(?:\s*with\s*\{[^{}]*\})?`;
const reExport = new RegExp(String.raw`export\s*(?:\*(?:\s*as\s+[\w$]+)?|\{[^{}]*\})${fromEnd}`, 'y');
const name = String.raw`[\p{ID_Start}$_][\p{ID_Continue}$]*`;
const declaration = new RegExp(
  String.raw`import(?=[\s{*])(\s*(${name})(?=[\s,]))?\s*,?\s*(\*\s*as\s+(${name})|\{([^{}]*)\})?${fromEnd}`,
  'yu',
);
const specifier = new RegExp(String.raw`(?:(?:${name}|'[^']*'|"[^"]*")\s+as\s+)?(${name})(\s*(?:,|$))`, 'gu');

/**
 * Blanks the imports whose names the code never mentions again: with types stripped, those were types, or nothing. Only
 * at the top of a file, where it is certain that they are imports. Lines and columns stay.
 *
 * @param {string} code
 * @returns {string}
 */
export function withoutTypeImports(code) {
  const { imports, bodyStart } = readImports(code);
  if (imports.length === 0) return code;
  // A comment may mention a type.
  const body = code.slice(bodyStart).replace(/^[ \t]*(?:\/\/[^\n]*|\/\*[\s\S]*?\*\/)/gm, '');
  const isUsed = (local) =>
    new RegExp(
      String.raw`(?<![\p{ID_Continue}$])${local.replaceAll('$', String.raw`\$`)}(?![\p{ID_Continue}$])`,
      'u',
    ).test(body);
  let result = code;
  for (const { start, end, locals } of imports) {
    const unused = locals.filter((local) => !isUsed(local.name));
    // `import a, * as b` can't do without its end.
    const dropped = unused.length === locals.length ? [{ start, end }] : unused.filter(({ whole }) => !whole);
    for (const { start: from, end: to } of dropped) {
      result = result.slice(0, from) + result.slice(from, to).replace(/[^\r\n]/g, ' ') + result.slice(to);
    }
  }
  return result;
}

/** The imports at the top of a file, with the places of the names they make; and where other code begins. */
function readImports(code) {
  const imports = [];
  let at = code.startsWith('#!') ? code.indexOf('\n') + 1 : 0;
  const skip = (pattern) => {
    pattern.lastIndex = at;
    const found = pattern.exec(code);
    if (found) at = pattern.lastIndex;
    return found;
  };
  for (;;) {
    const start = at;
    const found = skip(declaration);
    if (found) {
      const locals = localsOf(found, start);
      // `import {} from 'x'` runs x.
      if (locals.length > 0) imports.push({ start, end: at, locals });
    } else if (!skip(space) && !skip(sideEffect) && !skip(reExport) && !skip(directive)) {
      return { imports, bodyStart: at };
    }
  }
}

function localsOf([text, defaultPart, defaultName, bindings, namespace, list], start) {
  const locals = [];
  if (defaultName !== undefined) {
    const from = start + text.indexOf(defaultPart) + defaultPart.indexOf(defaultName);
    const comma = /^\s*,/.exec(text.slice(from - start + defaultName.length))?.[0] ?? '';
    locals.push({ name: defaultName, start: from, end: from + defaultName.length + comma.length });
  }
  if (bindings === undefined) return locals;
  const at = start + text.indexOf(bindings, defaultPart?.length ?? 0);
  if (namespace !== undefined) locals.push({ name: namespace, start: at, end: at + bindings.length, whole: true });
  const blanked = (list ?? '').replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\r\n]/g, ' '));
  for (const part of blanked.matchAll(specifier)) {
    const from = at + 1 + part.index;
    locals.push({ name: part[1], start: from, end: from + part[0].length });
  }
  return locals;
}
