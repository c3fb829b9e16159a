// What a run logs, as it logs it: only lines that are not here yet are asked for.
import {useSignal} from '@preact/signals';
import {useEffect, useLayoutEffect, useRef} from 'preact/hooks';
import {get} from '../api';
import type {RunLogLine} from '../data/types';
import {absolute, clock, count} from '../format';
import {t} from '../i18n';

const kPage = 1000;
const kKept = 5000; // Older lines leave the page, not the server.
const kLookMs = 1000;

interface Lines {
  lines: RunLogLine[];
  next: number; // Position after the last one.
}

const kNothing: Lines = {lines: [], next: 0};

async function more(id: string, known: Lines, signal: AbortSignal): Promise<Lines> {
  for (;;) {
    const page = await get<{items: RunLogLine[]; next_after: number}>(`/runs/${id}/logs?after=${known.next}&limit=${kPage}`, signal);
    if (page.items.length > 0) known = {lines: [...known.lines, ...page.items].slice(-kKept), next: page.next_after};
    if (page.items.length < kPage) return known;
  }
}

// `state`: a change of it is worth a look, too: the last lines come with the end.
function useLog(id: string, state: string, live: boolean): Lines {
  const known = useSignal(kNothing);
  useEffect(() => {
    known.value = kNothing;
  }, [id]);
  useEffect(() => {
    const stopped = new AbortController();
    let timer = 0;
    const look = async () => {
      if (!document.hidden)
        try {
          known.value = await more(id, known.value, stopped.signal);
        } catch {
          // The page says by itself that the server is not reached; the next look may work.
        }
      if (live && !stopped.signal.aborted) timer = window.setTimeout(look, kLookMs);
    };
    void look();
    return () => {
      stopped.abort();
      clearTimeout(timer);
    };
  }, [id, state]);
  return known.value;
}

export function RunLog({id, state, live}: {id: string; state: string; live: boolean}) {
  const {lines, next} = useLog(id, state, live);
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  // It stays at the end, unless one has scrolled up to read.
  useLayoutEffect(() => {
    if (box.current && atEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [next]);
  const scrolled = () => {
    const {scrollTop, scrollHeight, clientHeight} = box.current!;
    atEnd.current = scrollHeight - scrollTop - clientHeight < 20;
  };
  return (
    <section aria-labelledby="log">
      <h2 id="log">{t('run.logs')}</h2>
      {next > lines.length && <p class="muted small">{t('run.logpart', {n: count(lines.length), all: count(next)})}</p>}
      {lines.length === 0 ? (
        <p class="muted">{t('run.nologs')}</p>
      ) : (
        <div class="log" role="log" tabIndex={0} aria-labelledby="log" ref={box} onScroll={scrolled}>
          <ol>
            {lines.map((line, index) => (
              <li key={next - lines.length + index} class={`level-${line.level}`}>
                <time dateTime={line.at} title={absolute(line.at)}>
                  {clock(line.at)}
                </time>
                <span class="level">{line.level}</span>
                {line.step_id && <span class="muted">{line.step_id}</span>}
                <span class="message">{line.message}</span>
                {hasFields(line.fields) && <code>{JSON.stringify(line.fields)}</code>}
              </li>
            ))}
          </ol>
        </div>
      )}
    </section>
  );
}

const hasFields = (fields: unknown) => typeof fields === 'object' && fields !== null && Object.keys(fields).length > 0;
