// Where in a JSON text a position stands, and where in the text a JSON pointer leads. Works on unfinished text.
import {syntaxTree} from '@codemirror/language';
import type {EditorState} from '@codemirror/state';

type Node = ReturnType<ReturnType<typeof syntaxTree>['resolveInner']>;

const kValues = new Set(['Object', 'Array', 'String', 'Number', 'True', 'False', 'Null']);

function name(state: EditorState, property: Node): string {
  const key = property.getChild('PropertyName');
  if (!key) return '';
  const text = state.sliceDoc(key.from, key.to);
  try {
    return JSON.parse(text) as string;
  } catch {
    return text.replaceAll('"', '');
  }
}

function children(node: Node): Node[] {
  const found: Node[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
}

// The steps that lead from the whole text to `node`, a value.
export function pathOf(state: EditorState, node: Node): string[] {
  const path: string[] = [];
  for (let at: Node = node; at.parent; at = at.parent) {
    if (at.parent.name === 'Property' && kValues.has(at.name)) path.unshift(name(state, at.parent));
    else if (at.parent.name === 'Array' && kValues.has(at.name))
      path.unshift(String(children(at.parent).filter((child) => kValues.has(child.name) && child.to <= at.from).length));
  }
  return path;
}

export function member(state: EditorState, object: Node, wanted: string): Node | null {
  const property = object.getChildren('Property').find((child) => name(state, child) === wanted);
  return property ? (children(property).find((child) => kValues.has(child.name)) ?? null) : null;
}

export function names(state: EditorState, object: Node): string[] {
  return object.getChildren('Property').map((property) => name(state, property));
}

// The value `path` leads to; as far as it goes when the rest is missing.
export function nodeAt(state: EditorState, path: string[], exact = true): Node | null {
  let node = syntaxTree(state).topNode.firstChild;
  for (const step of path) {
    if (!node) return null;
    const next: Node | null = node.name === 'Array' ? (children(node).filter((child) => kValues.has(child.name))[Number(step)] ?? null) : member(state, node, step);
    if (!next) return exact ? null : node;
    node = next;
  }
  return node;
}

// The text a problem is about: the key when the value is large, else the value.
export function rangeOf(state: EditorState, pointer: string): {from: number; to: number} {
  const path = pointer.split('/').slice(1).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const node = nodeAt(state, path, false);
  if (!node) return {from: 0, to: Math.min(1, state.doc.length)};
  if (node.name === 'Object' || node.name === 'Array') {
    const key = node.parent?.name === 'Property' ? node.parent.getChild('PropertyName') : null;
    return key ? {from: key.from, to: key.to} : {from: node.from, to: node.from + 1};
  }
  return {from: node.from, to: node.to};
}

export function text(state: EditorState, node: Node | null): string {
  if (!node) return '';
  try {
    return String(JSON.parse(state.sliceDoc(node.from, node.to)));
  } catch {
    return '';
  }
}

export type {Node};
