// Beginning and ending a session. It is a cookie that no script can read: the page only asks the server whose it is.
import {errorOf, kFromPage} from './api';
import {me, sessionEnded, type Me} from './me';

const kAt = '/agents/auth/session';

function begin(who: Me): void {
  sessionEnded.value = false;
  me.value = who;
}

async function open(body: unknown): Promise<void> {
  const answer = await fetch(kAt, {method: 'POST', headers: {'Content-Type': 'application/json', ...kFromPage}, body: JSON.stringify(body)});
  if (!answer.ok) throw await errorOf(answer);
  begin((await answer.json()) as Me);
}

export const loginByLink = (link: string) => open({link});
export const loginBySecret = (agent_id: string, agent_secret: string) => open({agent_id, agent_secret});
export const loginByToken = (access_token: string) => open({access_token});

// Whether the browser has a session that is still good. Throws when the server cannot be asked.
export async function resume(): Promise<boolean> {
  const answer = await fetch('/agents/me', {headers: {Accept: 'application/json'}});
  if (answer.status === 401) return false;
  if (!answer.ok) throw await errorOf(answer);
  begin((await answer.json()) as Me);
  return true;
}

export async function logOut(): Promise<void> {
  const answer = await fetch(kAt, {method: 'DELETE', headers: kFromPage});
  if (!answer.ok) throw await errorOf(answer);
  me.value = null;
}
