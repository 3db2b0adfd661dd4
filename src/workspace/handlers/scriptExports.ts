import type { Node } from 'web-tree-sitter';
import { syntaxErrorIn, type ExportPlace, type ModuleKind } from './exportPlace.ts';

/**
 * Finds an export of a parsed JavaScript or TypeScript file. `exportPath` is `['handler']`, or more for a nested one. Only what the
 * file's top level says for sure is found: no export in an `if`, none that is not callable, none in a file with a syntax error.
 */
export function findExport(root: Node, exportPath: readonly string[], moduleKind: ModuleKind): ExportPlace {
  if (root.hasError) return syntaxErrorIn(root);
  const exported = collectExports(root, moduleKind);
  const [first = '', ...rest] = exportPath;
  let found = exported.names.get(first);
  for (const name of rest) found = found && nestedIn(found.value, name, root);
  if (found && isCallable(found.value, root, 0)) return placeOf(found, root);
  if (found || !exported.dynamic) return { kind: 'absent' };
  return { kind: 'unclear', reason: 'dynamic' };
}

/** An export: where it is written, and its value if this file has it. */
interface Exported {
  readonly at: Node;
  readonly value: Node | undefined;
}

interface Exports {
  readonly names: Map<string, Exported>;
  /** There may be more exports than these. */
  dynamic: boolean;
}

function collectExports(root: Node, moduleKind: ModuleKind): Exports {
  const exported: Exports = { names: new Map(), dynamic: false };
  // Every mention of `exports` that is not a plain top-level assignment may export anything.
  let understood = 0;
  for (const statement of root.namedChildren) {
    if (statement.type === 'export_statement' && moduleKind !== 'commonjs') readExportStatement(statement, exported);
    if (isExportAssignment(statement) && moduleKind !== 'module') replaceExports(statement.firstNamedChild, exported);
    if (statement.type !== 'expression_statement' || moduleKind === 'module') continue;
    const expression = statement.firstNamedChild;
    if (expression?.type === 'assignment_expression') understood += readAssignment(statement, expression, exported);
  }
  if (moduleKind !== 'module') {
    const mentions = root.descendantsOfType(['identifier', 'property_identifier']).filter(isExportsName).length;
    if (mentions > understood) exported.dynamic = true;
  }
  return exported;
}

function isExportsName(node: Node): boolean {
  return node.text === 'exports';
}

/** TypeScript's `export = …`. */
function isExportAssignment(statement: Node): boolean {
  return statement.type === 'export_statement' && statement.children.some(({ type }) => type === '=');
}

/** TypeScript's `export type …`, `{ type … }`. */
function isTypeOnly(node: Node): boolean {
  return node.children.some(({ type }) => type === 'type');
}

function readExportStatement(statement: Node, exported: Exports): void {
  if (isTypeOnly(statement)) return;
  const { names } = exported;
  const declaration = statement.childForFieldName('declaration');
  if (statement.children.some(({ type }) => type === 'default')) {
    if (declaration?.type === 'interface_declaration') return;
    names.set('default', { at: statement, value: declaration ?? statement.childForFieldName('value') ?? undefined });
    return;
  }
  for (const [name, value] of declaration ? declaredNames(declaration) : []) {
    names.set(name, { at: statement, value });
  }
  const hasSource = statement.childForFieldName('source') !== null;
  // `export * from …`: whatever the other file exports.
  if (statement.children.some(({ type }) => type === '*')) exported.dynamic = true;
  for (const child of statement.namedChildren) {
    if (child.type !== 'export_clause') continue;
    for (const specifier of child.namedChildren.filter(({ type }) => type === 'export_specifier')) {
      if (isTypeOnly(specifier)) continue;
      const local = specifier.childForFieldName('name');
      const outer = specifier.lastChild ?? specifier;
      names.set(unquoted(outer.text), { at: specifier, value: hasSource ? undefined : (local ?? undefined) });
    }
  }
}

/** Reads `exports.a = module.exports.b = value`; returns how many mentions of `exports` it understood. */
function readAssignment(statement: Node, assignment: Node, exported: Exports): number {
  const targets: Node[] = [];
  let value: Node | null = assignment;
  while (value?.type === 'assignment_expression') {
    const left = value.childForFieldName('left');
    if (left) targets.push(left);
    value = value.childForFieldName('right');
  }
  let understood = 0;
  for (const target of targets) {
    const whole = isWholeExports(target);
    const name = whole ? undefined : exportedName(target);
    if (!whole && name === undefined) continue;
    understood++;
    if (name !== undefined) exported.names.set(name, { at: statement, value: value ?? undefined });
    // `exports = …` alone only renames a local variable.
    else if (target.type !== 'identifier') replaceExports(value, exported);
  }
  return understood;
}

function replaceExports(whole: Node | null, exported: Exports): void {
  exported.names.clear();
  const value = whole && withoutTypes(whole);
  if (value?.type !== 'object') {
    // A function as a whole module, an import of another module: no name is certain.
    exported.dynamic = true;
    return;
  }
  for (const [name, entry] of objectEntries(value)) {
    if (name === undefined) exported.dynamic = true;
    else exported.names.set(name, entry);
  }
}

/** An object literal's members; the name of one that can't be told (spread, computed) is `undefined`. */
function* objectEntries(object: Node): Generator<readonly [name: string | undefined, entry: Exported]> {
  for (const member of object.namedChildren) {
    if (member.type === 'comment') continue;
    if (member.type === 'shorthand_property_identifier') yield [member.text, { at: member, value: member }];
    else if (member.type === 'method_definition') {
      const isAccessor = member.children.some(({ type }) => type === 'get' || type === 'set');
      yield [keyText(member.childForFieldName('name')), { at: member, value: isAccessor ? undefined : member }];
    } else if (member.type === 'pair') {
      const value = member.childForFieldName('value') ?? undefined;
      yield [keyText(member.childForFieldName('key')), { at: member, value }];
    } else yield [undefined, { at: member, value: undefined }];
  }
}

function keyText(key: Node | null): string | undefined {
  return key && key.type !== 'computed_property_name' ? unquoted(key.text) : undefined;
}

/** `exports` or `module.exports`. */
function isWholeExports(node: Node): boolean {
  if (node.type === 'identifier') return node.text === 'exports';
  return node.type === 'member_expression' && node.text.replaceAll(/\s/g, '') === 'module.exports';
}

/** `handler` of `exports.handler`, `module.exports.handler`, `exports['handler']`. */
function exportedName(target: Node): string | undefined {
  const object = target.childForFieldName('object');
  if (!object || !isWholeExports(object)) return undefined;
  if (target.type === 'member_expression') return target.childForFieldName('property')?.text;
  const index = target.childForFieldName('index');
  return index?.type === 'string' ? unquoted(index.text) : undefined;
}

/** Declarations that leave nothing to run: of types, and the overloads before a function. */
const typeDeclarations = new Set([
  'ambient_declaration',
  'function_signature',
  'interface_declaration',
  'type_alias_declaration',
]);

/** The names a top-level declaration makes, with their values. */
function* declaredNames(declaration: Node): Generator<readonly [name: string, value: Node | undefined]> {
  if (typeDeclarations.has(declaration.type)) return;
  if (!declaration.type.endsWith('lexical_declaration') && declaration.type !== 'variable_declaration') {
    const name = declaration.childForFieldName('name');
    if (name) yield [name.text, declaration];
    return;
  }
  for (const declarator of declaration.namedChildren.filter(({ type }) => type === 'variable_declarator')) {
    const name = declarator.childForFieldName('name');
    const value = declarator.childForFieldName('value') ?? undefined;
    if (name?.type === 'identifier') yield [name.text, value];
    else {
      const inPattern = name?.descendantsOfType(['shorthand_property_identifier_pattern', 'identifier']) ?? [];
      // What a pattern takes out of a value is not to be seen here.
      for (const part of inPattern) yield [part.text, declarator];
    }
  }
}

/** The top-level declaration of a name in this file, with the statement it stands in. */
function declarationOf(name: string, root: Node): Exported | undefined {
  for (const statement of root.namedChildren) {
    const declaration = statement.type === 'export_statement' ? statement.childForFieldName('declaration') : statement;
    if (!declaration) continue;
    for (const [declared, value] of declaredNames(declaration)) {
      if (declared === name) return { at: statement, value };
    }
  }
  return undefined;
}

function nestedIn(value: Node | undefined, name: string, root: Node): Exported | undefined {
  const bare = value && withoutTypes(value);
  const named = bare && isName(bare) ? declarationOf(bare.text, root)?.value : bare;
  const literal = named && withoutTypes(named);
  if (literal?.type !== 'object') return undefined;
  for (const [member, entry] of objectEntries(literal)) if (member === name) return entry;
  return undefined;
}

/** What can't be called: literals, classes, and TypeScript's own things that are objects at run time. */
const uncallable = new Set([
  'abstract_class_declaration',
  'array',
  'class',
  'class_declaration',
  'enum_declaration',
  'false',
  'internal_module',
  'module',
  'null',
  'number',
  'object',
  'regex',
  'string',
  'template_string',
  'true',
  'undefined',
]);

/** Whether a value can be called, as far as the file tells: no literal is a handler, nor is a class. */
function isCallable(typed: Node | undefined, root: Node, depth: number): boolean {
  if (!typed || depth > 10) return true;
  const value = withoutTypes(typed);
  if (isName(value)) {
    const declared = declarationOf(value.text, root);
    return declared ? isCallable(declared.value, root, depth + 1) : true;
  }
  return !uncallable.has(value.type) && value.type !== 'unary_expression';
}

/** The function itself when it has a name of its own in this file, else the export. */
function placeOf({ at, value: typed }: Exported, root: Node): ExportPlace {
  const value = typed && withoutTypes(typed);
  const declared = value && isName(value) ? declarationOf(value.text, root) : undefined;
  const { row, column } = (declared?.at ?? at).startPosition;
  return { kind: 'found', line: row + 1, column: column + 1 };
}

const typed = new Set(['as_expression', 'non_null_expression', 'parenthesized_expression', 'satisfies_expression']);

/** The value in `value as Handler`, `value satisfies Handler`, `value!`, `<Handler>value`, `(value)`. */
function withoutTypes(node: Node): Node {
  const inner = typed.has(node.type) ? node.firstNamedChild : undefined;
  const value = node.type === 'type_assertion' ? node.lastNamedChild : inner;
  return value ? withoutTypes(value) : node;
}

function isName({ type }: Node): boolean {
  return type === 'identifier' || type === 'shorthand_property_identifier';
}

function unquoted(text: string): string {
  return text.replace(/^(['"])(.*)\1$/s, '$2');
}
