// The extensions: what each asks for, what it was given, how it fares.
import {useSignal} from '@preact/signals';
import {useEffect} from 'preact/hooks';
import {get, post} from '../api';
import {offers} from '../data/offers';
import {useOne} from '../data/one';
import type {Extension} from '../data/types';
import {absolute, clock} from '../format';
import {t, word} from '../i18n';
import {may} from '../me';
import {Act, refusal} from '../parts/act';
import {Failure} from '../parts/failure';
import {State} from '../parts/marks';

const kLines = 100;

// What this very page needs: taking it away is asked twice.
const self = (extension: Extension, verb: string) =>
  extension.id === 'webui' ? {question: t('ext.self'), yes: verb, no: t('do.close')} : undefined;

export function ExtensionsPage() {
  const {value, error} = useOne(
    (signal) => get<Extension[] | {items: Extension[]}>('/extensions', signal),
    () => true,
    [],
  );
  useEffect(() => {
    refusal.value = null;
  }, []);
  if (!value) return error ? <Failure error={error} /> : <p class="empty">{t('list.loading')}</p>;
  const extensions = Array.isArray(value) ? value : value.items;
  return (
    <section class="page detail" aria-labelledby="extensions-title">
      <div>
        <h1 id="extensions-title">{t('nav.extensions')}</h1>
        <p class="muted small intro">{t('ext.intro')}</p>
      </div>
      <Failure error={refusal.value} />
      <ul class="extensions">
        {extensions.map((extension) => (
          <Card key={extension.id} extension={extension} />
        ))}
      </ul>
    </section>
  );
}

function Card({extension}: {extension: Extension}) {
  return (
    <li class="card" data-id={extension.id}>
      <div class="title">
        <h2>
          {extension.name} <small class="muted">{[extension.id, extension.version].join(' ')}</small>
        </h2>
        <State name={extension.state} group="ext.state" />
        <Controls extension={extension} />
      </div>
      {extension.description && <p class="about">{extension.description}</p>}
      {extension.reason && <p class={`notice small ${extension.state === 'error' ? 'bad' : ''}`}>{extension.reason}</p>}
      {extension.warnings.map((warning) => (
        <p key={warning} class="notice warn small">
          {warning}
        </p>
      ))}
      <dl class="ext-facts">
        <div>
          <dt>{t('ext.asked')}</dt>
          <dd>
            <Capabilities extension={extension} />
          </dd>
        </div>
        {extension.granted_by && (
          <div>
            <dt>{t('ext.by')}</dt>
            <dd>{extension.granted_by}</dd>
          </div>
        )}
        <div>
          <dt>{t('ext.enforcement')}</dt>
          <dd>{word('ext.enforcement', extension.enforcement)}</dd>
        </div>
        <div>
          <dt>{t('ext.source')}</dt>
          <dd>{extension.source}</dd>
        </div>
        {extension.tools.length > 0 && (
          <div>
            <dt>{t('ext.tools')}</dt>
            <dd>
              {extension.tools.map((tool) => (
                <code key={tool} class="chip">
                  {tool}
                </code>
              ))}
            </dd>
          </div>
        )}
      </dl>
      {may('extensions:admin') && <More id={extension.id} />}
    </li>
  );
}

interface Told {
  health: {status: string; message: string} | null;
  lines: {number: number; at: string; level: string; message: string}[];
}

// What it says of itself and what it wrote last, asked when someone wants to know.
function More({id}: {id: string}) {
  const told = useSignal<Told | null>(null);
  const error = useSignal<unknown>(null);
  const look = async () => {
    try {
      const [about, log] = await Promise.all([get<{health?: Told['health']}>(`/extensions/${id}`), get<{items: Told['lines']}>(`/extensions/${id}/logs?limit=${kLines}`)]);
      told.value = {health: about.health ?? null, lines: log.items};
      error.value = null;
    } catch (failure) {
      error.value = failure;
    }
  };
  return (
    <details class="ext-more" onToggle={(event) => event.currentTarget.open && void look()}>
      <summary>{t('ext.more')}</summary>
      <Failure error={error.value} />
      {told.value?.health && (
        <p class="small">
          {t('ext.health')}: <strong>{told.value.health.status}</strong> {told.value.health.message}
        </p>
      )}
      {told.value && told.value.lines.length === 0 && <p class="muted small">{t('run.nologs')}</p>}
      {told.value && told.value.lines.length > 0 && (
        <div class="log" role="log" tabIndex={0} aria-label={t('run.logs')}>
          <ol>
            {told.value.lines.map((line) => (
              <li key={line.number} class={`level-${line.level}`}>
                <time dateTime={line.at} title={absolute(line.at)}>
                  {clock(line.at)}
                </time>
                <span class="level">{line.level}</span>
                <span class="message">{line.message}</span>
              </li>
            ))}
          </ol>
        </div>
      )}
    </details>
  );
}

function Capabilities({extension}: {extension: Extension}) {
  const at = `/extensions/${extension.id}`;
  const admin = may('extensions:admin');
  return (
    <ul class="capabilities">
      {extension.capabilities.map((name) => {
        const granted = extension.grants.includes(name);
        const verb = granted ? 'revoke' : 'grant';
        return (
          <li key={name}>
            <code>{name}</code> <span class={granted ? 'good-text' : 'bad-text'}>{t(granted ? 'ext.granted' : 'ext.denied')}</span>{' '}
            {admin && offers('post', `/extensions/{extension_id}/${verb}`) && (
              <Act label={t(`ext.${verb}`)} name={`${t(`ext.${verb}`)} ${name}`} quiet confirm={granted ? self(extension, t('ext.revoke')) : undefined} action={() => post(`${at}/${verb}`, {capabilities: [name]})} />
            )}
          </li>
        );
      })}
    </ul>
  );
}

// Which of the server's actions make sense in which state.
const kActions: ['load' | 'reload' | 'enable' | 'disable', (extension: Extension) => boolean][] = [
  ['load', ({state}) => state === 'discovered'],
  ['reload', ({state}) => state === 'running' || state === 'error'],
  ['enable', ({state}) => state === 'disabled'],
  ['disable', ({state}) => state !== 'disabled'],
];

function Controls({extension}: {extension: Extension}) {
  if (!may('extensions:admin')) return null;
  return (
    <div class="controls">
      {kActions
        .filter(([verb, applies]) => applies(extension) && offers('post', `/extensions/{extension_id}/${verb}`))
        .map(([verb]) => (
          <Act key={verb} label={t(`ext.${verb}`)} name={`${t(`ext.${verb}`)} ${extension.id}`} confirm={verb === 'disable' ? self(extension, t('ext.disable')) : undefined} action={() => post(`/extensions/${extension.id}/${verb}`)} />
        ))}
    </div>
  );
}
