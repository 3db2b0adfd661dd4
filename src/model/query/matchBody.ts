import { parseExactJson, type JsonNode } from '../exactJson.ts';
import { compareNumbers, canonicalNumber, isNumberText } from './exactNumber.ts';
import type { BodyComparison, BodyTerm, BodyValue, PathStep, Pattern } from './filter.ts';

/** Whether a body (JSON text) is what the term asks for, its negation left aside. What is no JSON never is. */
export function matchesBody(term: BodyTerm | BodyComparison, body: string): boolean {
  const root = parseExactJson(body);
  if (!root) return false;
  for (const node of nodesAt(root, term.path)) {
    if (term.kind === 'body' ? term.values.some((value) => isValue(node, value)) : compares(node, term)) return true;
  }
  return false;
}

/** Whether the text is the pattern's parts with anything between them, whatever their case. */
export function matchesPattern(text: string, pattern: Pattern): boolean {
  const lower = text.toLowerCase();
  const [first, ...rest] = pattern.map((part) => part.toLowerCase());
  if (first === undefined || rest.length === 0) return lower === first;
  const last = rest.pop() ?? '';
  if (!lower.startsWith(first) || !lower.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = lower.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= lower.length - last.length;
}

function* nodesAt(node: JsonNode, path: readonly PathStep[], depth = 0): Generator<JsonNode> {
  const step = path[depth];
  if (step === undefined) {
    yield node;
    return;
  }
  if (node.kind === 'object') {
    for (const [key, value] of node.entries) {
      if (step === true || (step !== null && key === String(step))) yield* nodesAt(value, path, depth + 1);
    }
  } else if (node.kind === 'array') {
    for (const [index, item] of node.items.entries()) {
      if (step === null || step === true || String(index) === String(step)) yield* nodesAt(item, path, depth + 1);
    }
  }
}

function isValue(node: JsonNode, { quoted, pattern }: BodyValue): boolean {
  if (!quoted && pattern.length > 1 && pattern.every((part) => part === '')) return true;
  switch (node.kind) {
    case 'string':
      return matchesPattern(node.value, pattern);
    case 'object':
    case 'array':
      return false;
    case 'number': {
      if (quoted) return false;
      const [text] = pattern;
      if (pattern.length === 1 && isNumberText(text)) {
        return isNumberText(node.text) && canonicalNumber(node.text) === canonicalNumber(text);
      }
      return matchesPattern(node.text, pattern);
    }
    default:
      return !quoted && matchesPattern(node.text, pattern);
  }
}

function compares(node: JsonNode, { comparison, number }: BodyComparison): boolean {
  const text = node.kind === 'number' ? node.text : node.kind === 'string' ? node.value : '';
  if (!isNumberText(text)) return false;
  const order = compareNumbers(text, number);
  switch (comparison) {
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
  }
}
