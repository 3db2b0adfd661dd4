import type { Node } from 'web-tree-sitter';
import { syntaxErrorIn, type ExportPlace } from './exportPlace.ts';

/**
 * Finds a name of a parsed Python file's top level that Lambda can call. Only what the file says for sure is found or
 * absent: what an `if`, a loop or a `try` binds, or what another module brings with `*`, is unclear.
 */
export function findExport(root: Node, [name = '']: readonly string[]): ExportPlace {
  if (root.hasError) return syntaxErrorIn(root);
  const names = collectNames(root);
  const bound = names.bound.get(name);
  if (bound) return placeOf(bound, names, 0);
  const maybe = names.everything || names.mentioned.has(name);
  return maybe ? { kind: 'unclear', reason: 'dynamic' } : { kind: 'absent' };
}

/** What a top-level statement binds a name to. */
interface Bound {
  readonly at: Node;
  /** A definition, or an assigned expression; `import` for what another module has, `module` for a module itself. */
  readonly value: Node | 'import' | 'module';
}

interface Names {
  readonly bound: Map<string, Bound>;
  /** Names in statements that may not run, or run several times, or are only said to be global. */
  readonly mentioned: Set<string>;
  /** There may be any other name. */
  everything: boolean;
}

function collectNames(root: Node): Names {
  const names: Names = { bound: new Map(), mentioned: new Set(), everything: false };
  for (const statement of root.namedChildren) readStatement(statement, names);
  for (const { namedChildren } of root.descendantsOfType('global_statement')) {
    for (const { text } of namedChildren) names.mentioned.add(text);
  }
  const calls = root.descendantsOfType('call').map((call) => call.childForFieldName('function')?.text ?? '');
  if (calls.some((called) => makesNames.has(called)) || names.bound.has('__getattr__')) names.everything = true;
  return names;
}

const makesNames = new Set(['exec', 'globals', 'locals', 'setattr', 'vars']);

function readStatement(statement: Node, names: Names): void {
  switch (statement.type) {
    case 'function_definition':
    case 'class_definition':
      return bind(statement.childForFieldName('name'), { at: statement, value: statement }, names);
    case 'decorated_definition': {
      const definition = statement.childForFieldName('definition');
      return bind(definition?.childForFieldName('name'), { at: statement, value: statement }, names);
    }
    case 'expression_statement':
      for (const expression of statement.namedChildren) readExpression(expression, names);
      return;
    case 'import_statement':
    case 'import_from_statement':
      return readImport(statement, names);
    case 'delete_statement':
      for (const { text } of statement.descendantsOfType('identifier')) names.bound.delete(text);
      return;
    case 'if_statement':
      // Never so on Lambda.
      if (/^__name__\s*==\s*(['"])__main__\1$/.test(statement.childForFieldName('condition')?.text ?? '')) return;
      return mention(statement, names);
    default:
      mention(statement, names);
  }
}

/** `handler = f`, also `a = handler = f`, `a, handler = …`, `handler: Handler = f`. */
function readExpression(expression: Node, names: Names): void {
  if (expression.type !== 'assignment') {
    if (expression.descendantsOfType('named_expression').length > 0) mention(expression, names);
    return;
  }
  const targets: Node[] = [];
  let value: Node | null = expression;
  while (value?.type === 'assignment') {
    const target = value.childForFieldName('left');
    if (target) targets.push(target);
    value = value.childForFieldName('right');
  }
  if (!value) return;
  for (const target of targets) {
    if (target.type === 'identifier') bind(target, { at: expression, value }, names);
    // What a pattern takes out of a value is not to be seen here.
    else if (/_list$|_pattern$/.test(target.type)) {
      for (const part of target.descendantsOfType('identifier')) bind(part, { at: part, value: 'import' }, names);
    }
  }
}

function readImport(statement: Node, names: Names): void {
  const whole = statement.type === 'import_statement';
  if (statement.namedChildren.some(({ type }) => type === 'wildcard_import')) names.everything = true;
  for (const imported of statement.childrenForFieldName('name')) {
    const alias = imported.type === 'aliased_import' ? imported.childForFieldName('alias') : imported.firstNamedChild;
    bind(alias, { at: imported, value: whole ? 'module' : 'import' }, names);
  }
}

function bind(name: Node | null | undefined, bound: Bound, { bound: all }: Names): void {
  if (name) all.set(name.text, bound);
}

function mention(node: Node, { mentioned }: Names): void {
  for (const { text } of node.descendantsOfType('identifier')) mentioned.add(text);
}

/** What can't be called. */
const uncallable = new Set([
  'concatenated_string',
  'dictionary',
  'dictionary_comprehension',
  'false',
  'float',
  'generator_expression',
  'integer',
  'list',
  'list_comprehension',
  'none',
  'set',
  'set_comprehension',
  'string',
  'true',
  'tuple',
]);

/** The function itself where the file has it, else where the name is bound. */
function placeOf({ at, value }: Bound, names: Names, depth: number): ExportPlace {
  if (value === 'module') return { kind: 'absent' };
  const here: ExportPlace = { kind: 'found', line: at.startPosition.row + 1, column: at.startPosition.column + 1 };
  if (value === 'import') return here;
  switch (value.type) {
    case 'function_definition':
      return value.firstChild?.type === 'async' ? { kind: 'absent', reason: 'async' } : here;
    // An instance is what Lambda would get, and few can be written as JSON.
    case 'class_definition':
      return { kind: 'unclear', reason: 'dynamic' };
    case 'identifier': {
      const named = depth > 10 ? undefined : names.bound.get(value.text);
      return named && named.value !== 'import' ? placeOf(named, names, depth + 1) : here;
    }
    default:
      return uncallable.has(value.type) ? { kind: 'absent' } : here;
  }
}
