// A labelled input, with the server's complaints about it right below.
import type {ComponentChildren} from 'preact';
import type {Problem} from '../api';

export function Field({label, hint, problems = [], at, children}: {label: string; hint?: string; problems?: Problem[]; at?: string; children: ComponentChildren}) {
  const mine = problems.filter(({pointer}) => pointer === at);
  return (
    <div class="field">
      <label>
        <span>{label}</span>
        {children}
      </label>
      {hint && <p class="small muted hint">{hint}</p>}
      <Complaints problems={mine} />
    </div>
  );
}

export function Complaints({problems}: {problems: Problem[]}) {
  return (
    <>
      {problems.map((problem) => (
        <p key={problem.message} class="complaint" role="alert">
          {problem.message}
        </p>
      ))}
    </>
  );
}
