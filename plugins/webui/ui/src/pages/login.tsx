// Logging in: by agent and secret, by a pasted token, or by the one-time link the server prints at its first start.
import {signal} from '@preact/signals';
import {useState} from 'preact/hooks';
import {t} from '../i18n';
import {sessionEnded} from '../me';
import {Failure} from '../parts/failure';
import {go} from '../router';
import {loginByLink, loginBySecret, loginByToken} from '../session';

const linkFailed = signal(false);

// #login=TOKEN leaves the address (and the history) before anything else happens. False: there was none, or it did not
// work.
export async function takeLoginLink(): Promise<boolean> {
  const token = /^#login=(.+)$/.exec(location.hash)?.[1];
  if (!token) return false;
  go(location.pathname + location.search, true);
  linkFailed.value = false;
  try {
    await loginByLink(decodeURIComponent(token));
    return true;
  } catch {
    linkFailed.value = true;
    return false;
  }
}

export function LoginPage() {
  const [by, setBy] = useState<'secret' | 'token'>('secret');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const field = (name: string) => String(form.get(name) ?? '').trim();
    setBusy(true);
    setError(null);
    try {
      await (by === 'secret' ? loginBySecret(field('agent'), field('secret')) : loginByToken(field('token')));
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="login card" onSubmit={submit}>
      <h1>{t('login.title')}</h1>
      {sessionEnded.value && <p class="notice">{t('login.ended')}</p>}
      {linkFailed.value && (
        <p class="notice bad" role="alert">
          {t('login.link.failed')}
        </p>
      )}
      <div class="segments" role="group" aria-label={t('login.title')}>
        {(['secret', 'token'] as const).map((way) => (
          <button key={way} type="button" aria-pressed={by === way} onClick={() => setBy(way)}>
            {t(`login.by.${way}`)}
          </button>
        ))}
      </div>
      {by === 'secret' ? (
        <>
          <label>
            {t('login.agent')}
            <input name="agent" required autocomplete="username" spellcheck={false} />
          </label>
          <label>
            {t('login.secret')}
            <input name="secret" type="password" required autocomplete="current-password" />
          </label>
        </>
      ) : (
        <label>
          {t('login.token')}
          <input name="token" type="password" required autocomplete="off" />
        </label>
      )}
      <Failure error={error} />
      <button class="primary" disabled={busy}>
        {t('login.go')}
      </button>
      <p class="muted small">{t('login.intro')}</p>
    </form>
  );
}
