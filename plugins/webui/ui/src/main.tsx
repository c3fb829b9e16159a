import {render} from 'preact';
import {App} from './app';
import {firstLanguage, setLanguage} from './i18n';
import {takeLoginLink} from './pages/login';
import {resume} from './session';
import {applyTheme} from './theme';
import './styles/base.css';
import './styles/header.css';
import './styles/table.css';
import './styles/detail.css';
import './styles/edit.css';

const kAgainMs = 2000;

// Whose session the browser has, asked until the server answers.
async function identify(): Promise<void> {
  for (;;)
    try {
      if (!(await takeLoginLink())) await resume();
      return;
    } catch {
      await new Promise((done) => setTimeout(done, kAgainMs));
    }
}

applyTheme();
// A link that is opened in a tab the page is in already changes no more than the fragment.
addEventListener('hashchange', () => void takeLoginLink());
void Promise.all([identify(), setLanguage(firstLanguage())]).then(() => render(<App />, document.getElementById('app')!));
