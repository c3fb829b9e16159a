// The JSON editor of a pipeline. It lives in a shadow root: there its styles are adopted style sheets, which a policy
// without inline styles allows.
import {autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap} from '@codemirror/autocomplete';
import {defaultKeymap, history, historyKeymap} from '@codemirror/commands';
import {json} from '@codemirror/lang-json';
import {bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting} from '@codemirror/language';
import {setDiagnostics, type Diagnostic} from '@codemirror/lint';
import {EditorState} from '@codemirror/state';
import {EditorView, keymap, lineNumbers} from '@codemirror/view';
import {tags} from '@lezer/highlight';
import type {Schema, Tool} from '../data/types';
import {completePipeline, emptyValue} from './complete';
import {nodeAt, rangeOf} from './json_path';

export interface Mark {
  pointer: string;
  message: string;
  severity: 'error' | 'warning';
}

const colours = HighlightStyle.define([
  {tag: tags.propertyName, color: 'var(--accent)'},
  {tag: tags.string, color: 'var(--good)'},
  {tag: [tags.number, tags.bool, tags.null], color: 'var(--busy)'},
]);

const look = EditorView.theme({
  '&': {backgroundColor: 'var(--card)', color: 'var(--text)', fontSize: '13px', border: '1px solid var(--line)', borderRadius: '6px'},
  '&.cm-focused': {outline: '2px solid var(--accent)'},
  '.cm-scroller': {fontFamily: 'var(--mono)', minHeight: '240px', maxHeight: '60vh', overflow: 'auto'},
  '.cm-content': {caretColor: 'var(--text)'},
  '.cm-cursor': {borderLeftColor: 'var(--text)'},
  '.cm-gutters': {backgroundColor: 'transparent', color: 'var(--muted)', border: 'none'},
  '.cm-tooltip': {backgroundColor: 'var(--card)', color: 'var(--text)', border: '1px solid var(--line)', borderRadius: '5px'},
  '.cm-tooltip-autocomplete ul li[aria-selected]': {backgroundColor: 'var(--accent-ground)', color: '#fff'},
  '.cm-tooltip.cm-completionInfo': {whiteSpace: 'pre-line', maxWidth: '420px', padding: '6px 10px'},
  '.cm-completionDetail': {color: 'inherit', opacity: 0.75, fontStyle: 'normal', marginLeft: '1em'},
  '.cm-diagnostic': {borderLeftWidth: '3px'},
  // The package's own waves are pictures in the style sheet; the policy has no pictures from there.
  '.cm-lintRange-error, .cm-lintRange-error.cm-lintRange-active': {backgroundImage: 'none', textDecoration: 'underline wavy var(--bad) 1px'},
  '.cm-lintRange-warning': {backgroundImage: 'none', textDecoration: 'underline wavy var(--wait) 1px'},
});

export class PipelineEditor {
  private readonly view: EditorView;

  constructor(place: HTMLElement, text: string, label: string, tools: () => Tool[], onChange: (text: string) => void) {
    const root = place.shadowRoot ?? place.attachShadow({mode: 'open'});
    this.view = new EditorView({
      parent: root,
      root,
      state: EditorState.create({
        doc: text,
        extensions: [
          lineNumbers(),
          history(),
          json(),
          indentOnInput(),
          bracketMatching(),
          closeBrackets(),
          autocompletion({override: [completePipeline(tools)], icons: false}),
          keymap.of([...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...historyKeymap]),
          syntaxHighlighting(colours),
          look,
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({'aria-label': label}),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  set text(text: string) {
    this.view.dispatch({changes: {from: 0, to: this.view.state.doc.length, insert: text}});
  }

  mark(marks: Mark[]): void {
    const {state} = this.view;
    const diagnostics: Diagnostic[] = marks.map(({pointer, message, severity}) => ({...rangeOf(state, pointer), message, severity}));
    this.view.dispatch(setDiagnostics(state, diagnostics));
  }

  // Puts the cursor on the place a problem is about.
  show(pointer: string): void {
    this.view.dispatch({selection: {anchor: rangeOf(this.view.state, pointer).from}, scrollIntoView: true});
    this.view.focus();
  }

  // A new last step with what its tool needs. False when there is no list of steps to put it in.
  addStep(tool: Tool): boolean {
    const {state} = this.view;
    const list = nodeAt(state, ['pipeline']);
    if (list?.name !== 'Array') return false;
    const steps = list.getChildren('Object').length;
    const step = JSON.stringify(stepFor(tool, `step${steps + 1}`), null, 2).replace(/^/gm, '    ');
    const last = list.lastChild!.prevSibling;
    const at = steps > 0 && last ? last.to : list.from + 1;
    const insert = `${steps > 0 ? ',' : ''}\n${step}${steps > 0 ? '' : '\n  '}`;
    this.view.dispatch({changes: {from: at, insert}, selection: {anchor: at + insert.length}, scrollIntoView: true});
    this.view.focus();
    return true;
  }


  close(): void {
    this.view.destroy();
  }
}

function stepFor(tool: Tool, id: string): object {
  const {properties = {}, required = []} = tool.input_schema as Schema;
  return {id, uses: tool.name, with: Object.fromEntries(required.map((name) => [name, JSON.parse(emptyValue(properties[name] ?? {}))]))};
}
