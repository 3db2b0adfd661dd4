import { parseSync, Visitor } from 'oxc-parser';

/** One import of a source file, in whatever form. */
export interface Import {
  /** As written; undefined when the name is worked out at run time. */
  readonly specifier: string | undefined;
  /** True when nothing of it is left at run time. */
  readonly typeOnly: boolean;
  /** From 1. */
  readonly line: number;
}

/**
 * Every import of a TypeScript source: `import`, `export … from`, `import()`, `import('…').T`, `import x = require()` and
 * `declare module '…'`.
 *
 * @throws SyntaxError when the source does not parse.
 */
export function importsOf(source: string, fileName = 'source.ts'): Import[] {
  const { program, errors } = parseSync(fileName, source);
  const [first] = errors;
  if (first) throw new SyntaxError(`${fileName}: ${first.message}`);
  const found: Import[] = [];
  const add = (at: { readonly start: number }, specifier: string | undefined, typeOnly: boolean): void => {
    found.push({ specifier, typeOnly, line: source.slice(0, at.start).split('\n').length });
  };
  const addWritten = (node: Expression, typeOnly: boolean): void => add(node, writtenOut(node), typeOnly);
  new Visitor({
    ImportDeclaration: (node) => add(node, node.source.value, node.importKind === 'type'),
    ExportAllDeclaration: (node) => add(node, node.source.value, node.exportKind === 'type'),
    ExportNamedDeclaration(node) {
      if (node.source) add(node, node.source.value, node.exportKind === 'type');
    },
    ImportExpression: (node) => addWritten(node.source, false),
    TSImportType: (node) => add(node, node.source.value, true),
    TSExternalModuleReference: (node) => addWritten(node.expression, false),
    CallExpression(node) {
      if (node.callee.type !== 'Identifier' || node.callee.name !== 'require') return;
      const [argument] = node.arguments;
      if (argument) addWritten(argument, false);
    },
    TSModuleDeclaration(node) {
      if (node.id.type === 'Literal') add(node, node.id.value, true);
    },
  }).visit(program);
  return found;
}

interface Expression {
  readonly type: string;
  readonly start: number;
  readonly value?: unknown;
  readonly quasis?: readonly { readonly value: { readonly cooked: string | null } }[];
}

/** The text of a string, or of a template without gaps. */
function writtenOut({ value, quasis = [] }: Expression): string | undefined {
  if (typeof value === 'string') return value;
  return quasis.length === 1 ? (quasis[0]?.value.cooked ?? undefined) : undefined;
}
