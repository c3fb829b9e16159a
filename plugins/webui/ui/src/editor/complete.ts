// What may be written here: keys of a step, tools, a tool's inputs as its schema has them, and names inside ${…}.
import {pickedCompletion, type Completion, type CompletionContext, type CompletionResult, type CompletionSource} from '@codemirror/autocomplete';
import {syntaxTree} from '@codemirror/language';
import type {EditorState} from '@codemirror/state';
import type {EditorView} from '@codemirror/view';
import type {Schema, Tool} from '../data/types';
import {member, names, nodeAt, pathOf, text, type Node} from './json_path';

const kRootKeys: Record<string, Schema> = {params: {type: 'object', description: 'Values for ${params.…}.'}, pipeline: {type: 'array', description: 'The steps, in order.'}};
const kStepKeys: Record<string, Schema> = {
  id: {type: 'string', description: 'Names the step; unique.'},
  uses: {type: 'string', description: 'The tool.'},
  with: {type: 'object', description: "The tool's input."},
  if: {type: 'string', description: 'JMESPath; the step is skipped when it does not hold.'},
  save_as: {type: 'string', description: 'The result is steps.<save_as>.'},
  timeout_seconds: {type: 'number'},
  max_retries: {type: 'integer'},
};

function schemaAt(state: EditorState, path: string[], tools: Tool[]): Schema | null {
  if (path.length === 0) return {properties: kRootKeys};
  if (path[0] !== 'pipeline') return null;
  if (path.length === 1) return {type: 'array'};
  if (path.length === 2) return {properties: kStepKeys};
  if (path[2] !== 'with') return kStepKeys[path[2]] ?? null;
  const step = nodeAt(state, path.slice(0, 2));
  const uses = step && text(state, member(state, step, 'uses'));
  let schema: Schema | undefined = tools.find((tool) => tool.name === uses)?.input_schema;
  for (const key of path.slice(3)) schema = /^\d+$/.test(key) ? schema?.items : schema?.properties?.[key];
  return schema ?? null;
}

export function describe(schema: Schema): string {
  const type = Array.isArray(schema.type) ? schema.type.join(' | ') : (schema.type ?? '');
  return [type, schema.enum?.map((value) => JSON.stringify(value)).join(' | ')].filter(Boolean).join(': ');
}

// What to put after a key, so that the text is JSON again.
export function emptyValue(schema: Schema): string {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (schema.enum) return JSON.stringify(schema.enum[0]);
  return {object: '{}', array: '[]', number: '0', integer: '0', boolean: 'false'}[type ?? ''] ?? '""';
}

// Puts `text` in the place of a word and the quotes around it; the cursor goes inside a value that is empty yet.
function quotedApply(text: string) {
  return (view: EditorView, completion: Completion, from: number, to: number) => {
    const {doc} = view.state;
    if (doc.sliceString(from - 1, from) === '"') --from;
    if (doc.sliceString(to, to + 1) === '"') ++to;
    const inside = /(""|\{\}|\[\])$/.test(text) ? 1 : 0;
    view.dispatch({
      changes: {from, to, insert: text},
      selection: {anchor: from + text.length - inside},
      userEvent: 'input.complete',
      annotations: pickedCompletion.of(completion),
    });
  };
}

// What is between the quotes of a text, finished or not.
function insideQuotes(state: EditorState, node: Node): {from: number; to: number} {
  const ended = node.to - node.from > 1 && state.sliceDoc(node.to - 1, node.to) === '"';
  return {from: node.from + 1, to: ended ? node.to - 1 : node.to};
}

function keys(state: EditorState, object: Node, tools: Tool[], from: number, to: number, followed: boolean): CompletionResult | null {
  const schema = schemaAt(state, pathOf(state, object), tools);
  if (!schema?.properties) return null;
  const taken = new Set(names(state, object));
  const options: Completion[] = Object.entries(schema.properties).map(([name, inner]) => ({
    label: name,
    detail: describe(inner),
    info: inner.description,
    type: 'property',
    boost: schema.required?.includes(name) ? 50 : taken.has(name) ? -50 : 0,
    apply: quotedApply(followed ? `"${name}"` : `"${name}": ${emptyValue(inner)}`),
  }));
  return {from, to, options};
}

function toolInfo(tool: Tool): string {
  const inputs = Object.entries(tool.input_schema.properties ?? {}).map(([name, schema]) => `${name}${tool.input_schema.required?.includes(name) ? '*' : ''} ${describe(schema)}`);
  return [tool.description, ...inputs].join('\n');
}

function insideTemplate(context: CompletionContext, state: EditorState, path: string[]): CompletionResult | null {
  const begun = context.matchBefore(/\$\{[^}"]*/);
  if (!begun) return null;
  const word = /[\w.]*$/.exec(begun.text)![0];
  const from = context.pos - word.length;
  const options: Completion[] = ['params', 'steps', 'event', 'task', 'run', 'now'].map((label) => ({label, type: 'variable'}));
  const params = nodeAt(state, ['params']);
  if (params?.name === 'Object') options.push(...names(state, params).map((name) => ({label: `params.${name}`, type: 'variable', boost: 10})));
  for (let index = 0; index < Number(path[1] ?? 0); ++index) {
    const step = nodeAt(state, ['pipeline', String(index)]);
    if (!step) break;
    const name = text(state, member(state, step, 'save_as')) || text(state, member(state, step, 'id'));
    if (name) options.push({label: `steps.${name}`, detail: text(state, member(state, step, 'uses')), type: 'variable', boost: 10});
  }
  return {from, options, validFor: /^[\w.]*$/};
}

function values(context: CompletionContext, node: Node, tools: Tool[]): CompletionResult | null {
  const {state} = context;
  const path = pathOf(state, node);
  const template = insideTemplate(context, state, path);
  if (template) return template;
  const quoted = (options: Completion[]) => ({...insideQuotes(state, node), options: options.map((option) => ({...option, apply: quotedApply(`"${option.label}"`)}))});
  if (path.length === 3 && path[0] === 'pipeline' && path[2] === 'uses')
    return quoted(tools.map((tool) => ({label: tool.name, detail: tool.effect, info: toolInfo(tool), type: 'function'})));
  const schema = schemaAt(state, path, tools);
  return schema?.enum ? quoted(schema.enum.filter((value) => typeof value === 'string').map((value) => ({label: value, type: 'enum'}))) : null;
}

export function completePipeline(tools: () => Tool[]): CompletionSource {
  return (context) => {
    const {state, pos} = context;
    const node = syntaxTree(state).resolveInner(pos, -1);
    if (node.name === 'String') return values(context, node, tools());
    if (node.name === 'PropertyName') {
      const object = node.parent?.parent;
      const followed = /^\s*:/.test(state.sliceDoc(node.to, node.to + 20));
      const {from, to} = insideQuotes(state, node);
      return object ? keys(state, object, tools(), from, to, followed) : null;
    }
    if (!context.explicit) return null;
    // Between the properties of an object, or on a quote that ends nothing yet.
    let at: Node | null = node;
    while (at && at.name !== 'Object') at = at.parent;
    const begun = context.matchBefore(/\w*$/);
    return at ? keys(state, at, tools(), begun?.from ?? pos, pos, false) : null;
  };
}
