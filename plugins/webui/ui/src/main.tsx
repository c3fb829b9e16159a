import {render} from 'preact';
import {App} from './app';
import {firstLanguage, setLanguage} from './i18n';
import {takeLoginLink} from './pages/login';
import {applyTheme} from './theme';
import './styles/base.css';
import './styles/table.css';
import './styles/detail.css';
import './styles/edit.css';

applyTheme();
takeLoginLink();
void setLanguage(firstLanguage()).then(() => render(<App />, document.getElementById('app')!));
