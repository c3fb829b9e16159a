// What went wrong, in the server's own words: they name the field and what would be right.
import {ApiError} from '../api';
import {t} from '../i18n';

export function Failure({error, problems = true}: {error: unknown; problems?: boolean}) {
  if (!error) return null;
  if (!(error instanceof ApiError))
    return (
      <p class="notice bad" role="alert">
        {t('conn.offline')}
      </p>
    );
  const single = error.problems.length <= 1;
  return (
    <div class="notice bad" role="alert">
      <p>{error.missingScope ? t('error.scope', {scope: error.missingScope}) : error.status === 404 ? t('error.notfound') : single || !problems ? error.message : error.kind}</p>
      {problems && !single && (
        <ul>
          {error.problems.map((problem) => (
            <li key={problem.pointer + problem.message}>
              <code>{problem.pointer}</code> {problem.message}
            </li>
          ))}
        </ul>
      )}
      {error.requestId && error.status >= 500 && <p class="small">{t('error.request', {id: error.requestId})}</p>}
    </div>
  );
}
