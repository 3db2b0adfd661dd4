// The imports of compiled TypeScript. Those that only name types TypeScript's compiler leaves out; type stripping does not.
import { isBuiltin } from 'node:module';

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
const specifier = new RegExp(String.raw`(?:(${name}|'[^']*'|"[^"]*")\s+as\s+)?(${name})(\s*(?:,|$))`, 'gu');

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

/**
 * What the imports at the top of a file take of which module: `default`, `*` for all, names. Imports of all of a package
 * are turned into imports of a name `*`, so that a module of ours can give it; built-in modules are left out.
 *
 * @param {string} code
 * @returns {{ code: string, imports: Map<string, string[]> }}
 */
export function namedImports(code) {
  const imports = new Map();
  let result = code;
  for (const { from, locals } of readImports(code).imports.toReversed()) {
    if (isBuiltin(from)) continue;
    const taken = locals.filter(({ whole }) => !whole || !from.startsWith('.'));
    imports.set(from, [...new Set([...(imports.get(from) ?? []), ...taken.map(({ imported }) => imported)])]);
    for (const { whole, name: local, start, end } of taken) {
      if (whole) result = `${result.slice(0, start)}{"*" as ${local}}${result.slice(end)}`;
    }
  }
  return { code: result, imports };
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
      const from = /from\s*['"]([^'"]*)['"](?:\s*with\s*\{[^{}]*\})?$/.exec(found[0])?.[1] ?? '';
      if (locals.length > 0) imports.push({ start, end: at, from, locals });
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
    locals.push({ name: defaultName, imported: 'default', start: from, end: from + defaultName.length + comma.length });
  }
  if (bindings === undefined) return locals;
  const at = start + text.indexOf(bindings, defaultPart?.length ?? 0);
  if (namespace !== undefined)
    locals.push({ name: namespace, imported: '*', start: at, end: at + bindings.length, whole: true });
  const blanked = (list ?? '').replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\r\n]/g, ' '));
  for (const part of blanked.matchAll(specifier)) {
    const from = at + 1 + part.index;
    const [whole, imported, local] = part;
    const given = imported?.replace(/^['"]|['"]$/g, '') ?? local;
    locals.push({ name: local, imported: given, start: from, end: from + whole.length });
  }
  return locals;
}
