// The pipeline's editor with what the server thinks of it, and the dry run.
import {useSignal, type Signal} from '@preact/signals';
import {useEffect, useRef} from 'preact/hooks';
import {ApiError, get, post, type Problem} from '../api';
import type {Draft} from '../data/draft';
import type {Payload, Tool} from '../data/types';
import {PipelineEditor} from '../editor/editor';
import {t} from '../i18n';
import {Failure} from './failure';
import {JsonTree} from './json_tree';
import {State} from './marks';

const kTypingMs = 350;

interface Report {
  errors: Problem[];
  warnings: Problem[];
  valid: boolean;
}

interface Rendered {
  id: string;
  uses: string;
  runs: boolean | null;
  input: unknown;
  problems: (Problem | string)[];
}

const kUnknown: Report = {errors: [], warnings: [], valid: false};

function parse(text: string): {payload: Payload | null; reason: string} {
  try {
    return {payload: JSON.parse(text) as Payload, reason: ''};
  } catch (error) {
    return {payload: null, reason: (error as Error).message};
  }
}

async function check(text: string, signal: AbortSignal): Promise<Report> {
  const {payload, reason} = parse(text);
  if (!payload) return {errors: [{pointer: '', message: t('edit.notjson', {reason})}], warnings: [], valid: false};
  try {
    return await post<Report>('/pipelines/validate', {payload}, signal);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return {errors: error.problems.length > 0 ? error.problems : [{pointer: '', message: error.message}], warnings: [], valid: false};
  }
}

// The document is the payload, the server's pointers begin at the body.
const inside = (pointer: string) => pointer.replace(/^\/payload/, '');

export function PipelineForm({draft, problems}: {draft: Signal<Draft>; problems: Problem[]}) {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<PipelineEditor | null>(null);
  const tools = useSignal<Tool[]>([]);
  const report = useSignal<Report>(kUnknown);
  const text = draft.value.payload;
  useEffect(() => {
    get<{items: Tool[]}>('/tools').then(
      ({items}) => (tools.value = items),
      () => undefined,
    );
    editor.current = new PipelineEditor(place.current!, draft.value.payload, t('edit.pipeline'), () => tools.value, (payload) => (draft.value = {...draft.value, payload}));
    return () => editor.current?.close();
  }, []);
  useEffect(() => {
    const stopped = new AbortController();
    const timer = setTimeout(() => check(text, stopped.signal).then((found) => (report.value = found), () => undefined), kTypingMs);
    return () => {
      clearTimeout(timer);
      stopped.abort();
    };
  }, [text]);
  const errors = report.value.errors.length > 0 ? report.value.errors : problems.filter(({pointer}) => pointer.startsWith('/payload'));
  const {warnings} = report.value;
  useEffect(() => {
    editor.current?.mark([
      ...errors.map(({pointer, message}) => ({pointer: inside(pointer), message, severity: 'error' as const})),
      ...warnings.map(({pointer, message}) => ({pointer: inside(pointer), message, severity: 'warning' as const})),
    ]);
  }, [report.value, problems]);
  return (
    <>
      <div class="editor-bar">
        <select
          aria-label={t('edit.addstep')}
          value=""
          onChange={(event) => {
            const tool = tools.value.find(({name}) => name === event.currentTarget.value);
            if (tool) editor.current?.addStep(tool);
            event.currentTarget.value = '';
          }}
        >
          <option value="">{t('edit.addstep')}…</option>
          {tools.value.map((tool) => (
            <option key={tool.name} value={tool.name} title={tool.description}>
              {tool.name}
            </option>
          ))}
        </select>
        <span class="small muted">{t('edit.pipeline.hint')}</span>
      </div>
      <div class="editor" ref={place} />
      <div role="status" class="report">
        {report.value.valid && errors.length === 0 && <p class="small good-text">{t('edit.valid')}</p>}
        <Problems title={t('edit.problems')} problems={errors} bad onShow={(pointer) => editor.current?.show(inside(pointer))} />
        <Problems title={t('edit.warnings')} problems={warnings} onShow={(pointer) => editor.current?.show(inside(pointer))} />
      </div>
      <DryRun text={text} />
    </>
  );
}

function Problems({title, problems, bad, onShow}: {title: string; problems: Problem[]; bad?: boolean; onShow(pointer: string): void}) {
  if (problems.length === 0) return null;
  return (
    <div class={`notice ${bad ? 'bad' : 'warn'}`}>
      <p>{title}</p>
      <ul>
        {problems.map((problem) => (
          <li key={problem.pointer + problem.message}>
            {problem.pointer && (
              <button type="button" class="quiet tiny mono" onClick={() => onShow(problem.pointer)}>
                {inside(problem.pointer)}
              </button>
            )}{' '}
            {problem.message}
          </li>
        ))}
      </ul>
    </div>
  );
}

function DryRun({text}: {text: string}) {
  const steps = useSignal<Rendered[] | null>(null);
  const failure = useSignal<unknown>(null);
  useEffect(() => {
    steps.value = null;
    failure.value = null;
  }, [text]);
  const {payload} = parse(text);
  const render = async () => {
    try {
      failure.value = null;
      steps.value = (await post<{steps: Rendered[]}>('/pipelines/render', {payload})).steps;
    } catch (error) {
      steps.value = null;
      failure.value = error;
    }
  };
  return (
    <div class="dry-run">
      <div class="editor-bar">
        <button type="button" disabled={!payload} onClick={render}>
          {t('edit.dryrun')}
        </button>
        <span class="small muted">{t('edit.dryrun.hint')}</span>
      </div>
      <Failure error={failure.value} />
      {steps.value && (
        <ol class="steps" aria-label={t('edit.dryrun')}>
          {steps.value.map((step) => (
            <li key={step.id}>
              <strong>{step.id}</strong> <code>{step.uses}</code> {step.runs === false && <State name="skipped" />}
              {step.runs === null && <span class="muted small"> {t('edit.dryrun.unknown')}</span>}
              {step.problems.map((problem) => {
                const message = typeof problem === 'string' ? problem : problem.message;
                return (
                  <p key={message} class="complaint">
                    {message}
                  </p>
                );
              })}
              {step.input !== undefined && step.input !== null && <JsonTree name={t('run.input')} value={step.input} />}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
