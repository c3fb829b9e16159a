// The row above a table. What is chosen here is in the address.
import type {ComponentChildren} from 'preact';
import {useEffect, useState} from 'preact/hooks';
import {count} from '../format';
import {t} from '../i18n';
import {route, setQuery} from '../router';

export const chosen = (name: string) => route.value.query.get(name) ?? '';

const kTypingMs = 250;

// `value` as it was when nobody typed for a moment.
export function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), kTypingMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

export function Search({label}: {label: string}) {
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={label}
      value={chosen('q')}
      spellcheck={false}
      onInput={(event) => setQuery({q: event.currentTarget.value.trim()})}
    />
  );
}

export function Choice({name, label, values}: {name: string; label: string; values: [string, string][]}) {
  return (
    <label class="inline">
      {label}
      <select value={chosen(name)} onChange={(event) => setQuery({[name]: event.currentTarget.value})}>
        <option value="">{t('filter.any')}</option>
        {values.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

export function Filters({names, shown, total, children, action}: {names: string[]; shown: number; total: number; children: ComponentChildren; action?: ComponentChildren}) {
  const any = names.some((name) => chosen(name) !== '');
  return (
    <div class="filters">
      {children}
      {any && (
        <button type="button" class="quiet" onClick={() => setQuery(Object.fromEntries(names.map((name) => [name, ''])))}>
          {t('filter.clear')}
        </button>
      )}
      <span class="muted shown" role="status">
        {t('list.shown', {shown: count(shown), total: count(total)})}
      </span>
      {action}
    </div>
  );
}
