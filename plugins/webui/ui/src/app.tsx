// The frame: header, navigation, and the page the address names.
import {useSignal} from '@preact/signals';
import {useEffect, useRef, useState} from 'preact/hooks';
import type {ComponentType} from 'preact';
import {kLanguages, language, setLanguage, t, type Key, type Language} from './i18n';
import {queue, start, stop} from './live';
import {me} from './me';
import {ExtensionsPage} from './pages/extensions';
import {LoginPage} from './pages/login';
import {RunPage} from './pages/run';
import {RunsPage} from './pages/runs';
import {TaskPage} from './pages/task';
import {TasksPage} from './pages/tasks';
import {ConnectionState, Glance, QueueSwitch} from './parts/glance';
import {href, route} from './router';
import {logOut} from './session';
import {kThemes, setTheme, theme, type Theme} from './theme';

const kPlaces: Key[] = ['nav.tasks', 'nav.runs', 'nav.charts', 'nav.extensions'];

const EditPage = later(async () => (await import('./pages/edit')).EditPage);
const ChartsPage = later(async () => (await import('./pages/charts')).ChartsPage);

function Page() {
  const [place = 'tasks', id, more] = route.value.path;
  if (place === 'tasks' && id === 'new') return <EditPage />;
  if (place === 'tasks' && id && more === 'edit') return <EditPage key={id} id={id} />;
  if (place === 'tasks' && id) return <TaskPage key={id} id={id} />;
  if (place === 'runs') return id ? <RunPage key={id} id={id} /> : <RunsPage />;
  if (place === 'charts') return <ChartsPage />;
  if (place === 'extensions') return <ExtensionsPage />;
  return <TasksPage />;
}

// A page of its own file, fetched when first opened.
function later(load: () => Promise<ComponentType<{id: string}>>) {
  return function Later({id = ''}: {id?: string}) {
    const [Loaded, setLoaded] = useState<ComponentType<{id: string}> | null>(null);
    useEffect(() => void load().then((component) => setLoaded(() => component)), []);
    return Loaded ? <Loaded id={id} /> : <p class="muted">{t('list.loading')}</p>;
  };
}

function Preferences() {
  return (
    <div class="preferences">
      <select aria-label={t('nav.language')} value={language.value} onChange={(event) => void setLanguage(event.currentTarget.value as Language)}>
        {Object.entries(kLanguages).map(([code, name]) => (
          <option key={code} value={code} lang={code}>
            {name}
          </option>
        ))}
      </select>
      <select aria-label={t('nav.theme')} value={theme.value} onChange={(event) => setTheme(event.currentTarget.value as Theme)}>
        {kThemes.map((name) => (
          <option key={name} value={name}>
            {t(`theme.${name}`)}
          </option>
        ))}
      </select>
      {me.value?.session && (
        <button class="quiet" title={me.value.name} onClick={() => void logOut().catch(() => undefined)}>
          {t('nav.logout')}
        </button>
      )}
    </div>
  );
}

// What is set seldom. Where there is little room it waits behind a button.
function Settings() {
  const open = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  const {path} = route.value;
  const shut = () => {
    open.value = false;
    button.current!.focus();
  };
  useEffect(() => {
    open.value = false;
  }, [path.join('/')]);
  return (
    <div class="settings" onKeyDown={(event) => event.key === 'Escape' && open.value && shut()}>
      <button ref={button} class="menu-button" aria-expanded={open.value} aria-controls="menu" aria-label={t('nav.menu')} onClick={() => (open.value = !open.value)}>
        <span aria-hidden="true">☰</span>
      </button>
      <div id="menu" class={open.value ? 'menu open' : 'menu'}>
        {me.value !== null && <QueueSwitch />}
        <Preferences />
      </div>
    </div>
  );
}

export function App() {
  const loggedIn = me.value !== null;
  useEffect(() => {
    if (!loggedIn) return;
    start();
    return stop;
  }, [loggedIn]);
  const here = route.value.path[0] ?? 'tasks';
  return (
    <>
      <a class="skip" href="#content" onClick={(event) => (event.preventDefault(), document.getElementById('content')?.focus())}>
        {t('nav.skip')}
      </a>
      <header>
        <a class="brand" href={href('tasks')}>
          <img src="./icon.svg" alt="" width="22" height="22" />
          <span>Ordinaut</span>
        </a>
        {loggedIn && (
          <nav aria-label={t('nav.main')}>
            {kPlaces.map((key) => {
              const place = key.slice(4);
              return (
                <a key={key} href={href(place)} aria-current={here === place ? 'page' : undefined}>
                  {t(key)}
                </a>
              );
            })}
          </nav>
        )}
        {loggedIn ? <Glance /> : <span class="space" />}
        {loggedIn && <ConnectionState />}
        <Settings />
      </header>
      {loggedIn && queue.value?.paused && (
        <p class="banner" role="status">
          {t('queue.paused')}
        </p>
      )}
      <main id="content" tabIndex={-1}>
        {loggedIn ? <Page /> : <LoginPage />}
      </main>
    </>
  );
}

