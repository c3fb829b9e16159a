// The extensions: what each asks for, what it was given, how it fares.
import {useEffect} from 'preact/hooks';
import {get, post} from '../api';
import {offers} from '../data/offers';
import {useOne} from '../data/one';
import type {Extension} from '../data/types';
import {t, word} from '../i18n';
import {Act, refusal} from '../parts/act';
import {Failure} from '../parts/failure';
import {State} from '../parts/marks';
import {may} from '../session';

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
    </li>
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
              <Act label={t(`ext.${verb}`)} name={`${t(`ext.${verb}`)} ${name}`} quiet action={() => post(`${at}/${verb}`, {capabilities: [name]})} />
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
          <Act key={verb} label={t(`ext.${verb}`)} name={`${t(`ext.${verb}`)} ${extension.id}`} action={() => post(`/extensions/${extension.id}/${verb}`)} />
        ))}
    </div>
  );
}
