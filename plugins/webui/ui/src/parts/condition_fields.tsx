// What a condition looks at, how often, and which turn of it starts a run.
import type {Signal} from '@preact/signals';
import type {Problem} from '../api';
import type {ConditionDraft, Draft} from '../data/draft';
import {t} from '../i18n';
import {Field} from './field';

// What to begin with; the server says what each source takes.
const kSources = {
  http: '{"kind": "http", "url": "https://"}',
  queue: '{"kind": "queue"}',
  task: '{"kind": "task", "task_id": ""}',
  tool: '{"kind": "tool", "tool": "", "input": {}}',
};
const kSourceKinds = Object.keys(kSources) as (keyof typeof kSources)[];

function kindOf(source: string): keyof typeof kSources | '' {
  const kind = /"kind"\s*:\s*"(\w+)"/.exec(source)?.[1] ?? '';
  return kSourceKinds.find((name) => name === kind) ?? '';
}

const kEdges = ['rising', 'level', 'change'] as const;

export function ConditionFields({draft, problems}: {draft: Signal<Draft>; problems: Problem[]}) {
  const {condition} = draft.value;
  const set = (changes: Partial<ConditionDraft>) => (draft.value = {...draft.value, condition: {...condition, ...changes}});
  const seconds = (name: 'interval_seconds' | 'for_seconds' | 'cooldown_seconds', min: number) => (
    <Field label={t(`condition.${name}`)} problems={problems} at={`/condition/${name}`}>
      <input name={name} type="number" min={min} value={condition[name]} onInput={(event) => set({[name]: event.currentTarget.valueAsNumber})} />
    </Field>
  );
  const atSource = problems.filter(({pointer}) => pointer === '/condition' || pointer.startsWith('/condition/source')).map(({pointer, message}) => ({pointer: '/condition/source', message: pointer.startsWith('/condition/source/') ? `${pointer.slice(18)}: ${message}` : message}));
  const kind = kindOf(condition.source);
  return (
    <>
      <div class="segments" role="group" aria-label={t('condition.source')}>
        {kSourceKinds.map((name) => (
          <button key={name} type="button" aria-pressed={name === kind} onClick={() => name !== kind && set({source: kSources[name]})}>
            {t(`condition.${name}`)}
          </button>
        ))}
      </div>
      <Field label={t('condition.source.json')} hint={kind && t(`condition.${kind}.hint`)} problems={atSource} at="/condition/source">
        <textarea name="source" class="mono" rows={3} spellcheck={false} value={condition.source} onInput={(event) => set({source: event.currentTarget.value})} />
      </Field>
      <div class="more">
        {seconds('interval_seconds', 10)}
        <Field label={t('condition.edge')} problems={problems} at="/condition/edge">
          <select name="edge" value={condition.edge} onChange={(event) => set({edge: event.currentTarget.value})}>
            {kEdges.map((edge) => (
              <option key={edge} value={edge}>
                {t(`condition.edge.${edge}`)}
              </option>
            ))}
          </select>
        </Field>
        {seconds('for_seconds', 0)}
        {seconds('cooldown_seconds', 0)}
      </div>
    </>
  );
}
