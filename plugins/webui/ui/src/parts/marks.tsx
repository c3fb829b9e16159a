// Small things that appear everywhere: a state, a moment, an id to copy.
import {useState} from 'preact/hooks';
import {absolute, now, relative, shortId} from '../format';
import {t, word} from '../i18n';

// Colour helps, the word says it.
export function State({name, group = 'state'}: {name: string; group?: 'state' | 'status' | 'ext.state'}) {
  return <span class={`state is-${group === 'ext.state' && name === 'running' ? 'active' : name}`}>{word(group, name)}</span>;
}

export function Moment({at}: {at: string | null}) {
  return at ? (
    <time dateTime={at} title={absolute(at)}>
      {relative(at, now.value)}
    </time>
  ) : (
    <span class="muted">–</span>
  );
}

export function Id({value, whole = false}: {value: string; whole?: boolean}) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(value).catch(() => undefined);
    setCopied(true);
  };
  return (
    <span class="id">
      <code title={value}>{whole ? value : shortId(value)}</code>
      <button class="quiet tiny" onClick={copy} onBlur={() => setCopied(false)} aria-label={`${t('do.copy')} ${value}`}>
        {t(copied ? 'do.copied' : 'do.copy')}
      </button>
    </span>
  );
}
