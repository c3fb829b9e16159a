// A JSON value to unfold. Long arrays and texts are shown in parts, so that a megabyte opens at once.
import {useState} from 'preact/hooks';
import {t} from '../i18n';

const kItems = 100;
const kText = 500;

export function JsonTree({value, name, open = true}: {value: unknown; name?: string; open?: boolean}) {
  if (value === null || typeof value !== 'object') return <Leaf name={name} value={value} />;
  return <Branch name={name} value={value} open={open} />;
}

function Name({name}: {name?: string}) {
  return name === undefined ? null : <span class="json-name">{name}: </span>;
}

function Leaf({name, value}: {name?: string; value: unknown}) {
  const [whole, setWhole] = useState(false);
  const text = JSON.stringify(value) ?? 'null';
  const cut = text.length > kText && !whole;
  return (
    <div class="json-leaf">
      <Name name={name} />
      <span class={`json-${value === null ? 'null' : typeof value}`}>{cut ? `${text.slice(0, kText)}…` : text}</span>
      {cut && (
        <button class="quiet tiny" onClick={() => setWhole(true)}>
          {t('json.more', {n: text.length - kText})}
        </button>
      )}
    </div>
  );
}

function Branch({name, value, open}: {name?: string; value: object; open: boolean}) {
  const [opened, setOpened] = useState(open);
  const [shown, setShown] = useState(kItems);
  const list = Array.isArray(value);
  const entries = Object.entries(value);
  const brief = list ? `[${entries.length}]` : `{${entries.length}}`;
  if (entries.length === 0)
    return (
      <div class="json-leaf">
        <Name name={name} />
        <span class="muted">{list ? '[]' : '{}'}</span>
      </div>
    );
  return (
    <details class="json" open={opened} onToggle={(event) => setOpened(event.currentTarget.open)}>
      <summary>
        <Name name={name} />
        <span class="muted">{brief}</span>
      </summary>
      {opened && (
        <div class="json-inner">
          {entries.slice(0, shown).map(([key, inner]) => (
            <JsonTree key={key} name={key} value={inner} open={entries.length <= 20} />
          ))}
          {entries.length > shown && (
            <button class="quiet tiny" onClick={() => setShown(shown + kItems)}>
              {t('json.more', {n: entries.length - shown})}
            </button>
          )}
        </div>
      )}
    </details>
  );
}
