// One uPlot chart in the page's colours. The canvas is for the eye; the words beside it say the same, and where the pointer
// is they give the numbers.
import {useSignal} from '@preact/signals';
import {useEffect, useRef} from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import {count, duration} from '../format';
import {language} from '../i18n';
import {themeTurns} from '../theme';

export interface Series {
  label: string;
  colour: string; // name of a custom property
  values: (number | null)[];
  bars?: boolean;
}

const kHeight = 210;
const kDay = 86_400;
const kPointsMax = 40; // More of them only hide the line.

function colour(element: Element, name: string): string {
  // Custom properties keep light-dark() as written; a real property has it resolved.
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  element.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}

// Each bar stands on the ones before it: draw sums, the tallest first.
function stacked(series: Series[]): (number | null)[][] {
  const sums: (number | null)[][] = [];
  for (const [index, {values}] of series.entries()) sums.push(index === 0 ? values : values.map((value, at) => (value ?? 0) + (sums[index - 1][at] ?? 0)));
  return sums;
}

// "14:30"; where more than a day is shown midnight is the date.
function clockOf(at: number[]): (time: number) => string {
  const clock = new Intl.DateTimeFormat(language.value, {hour: '2-digit', minute: '2-digit', hourCycle: 'h23'});
  const day = new Intl.DateTimeFormat(language.value, {day: 'numeric', month: 'short'});
  const days = at[at.length - 1] - at[0] >= kDay;
  return (time) => {
    const text = clock.format(time * 1000);
    return days && text === '00:00' ? day.format(time * 1000) : text;
  };
}

interface Props {
  title: string;
  at: number[]; // begin of each bucket, seconds since the epoch
  series: Series[];
  stack?: boolean;
  whole?: boolean; // counts, not seconds
}

export function Chart({title, at, series, stack = false, whole = false}: Props) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const pointed = useSignal<number | null>(null);
  // The last one first: what the first says is never hidden.
  const values = (stack ? stacked(series) : series.map((one) => one.values)).reverse();
  const drawn = [...series].reverse();
  const data = [at, ...values] as uPlot.AlignedData;
  const few = series.map(({values}) => values.filter((value) => value !== null).length <= kPointsMax).join();
  useEffect(() => {
    const element = place.current!;
    const [line, text] = [colour(element, '--line'), colour(element, '--muted')];
    const axis = {stroke: text, grid: {stroke: line, width: 1}, ticks: {stroke: line, width: 1}};
    const clock = clockOf(at);
    const half = (at[1] - at[0]) / 2;
    plot.current = new uPlot(
      {
        width: element.clientWidth,
        height: kHeight,
        legend: {show: false},
        cursor: {y: false, points: {show: false}, drag: {x: false, y: false}},
        scales: {x: {range: (_, from, to) => [from - half, to + half]}, y: {range: (_, __, most) => [0, Math.max(most * 1.1, whole ? 1 : 0.001)]}},
        axes: [
          {...axis, size: 32, values: (_, times) => times.map(clock)},
          {...axis, size: 60, incrs: whole ? kWholeSteps : undefined, values: (_, steps) => steps.map((step) => (whole ? count(step) : duration(step)))},
        ],
        hooks: {setCursor: [({cursor}) => (pointed.value = cursor.left! < 0 ? null : (cursor.idx ?? null))]},
        series: [
          {},
          ...drawn.map((one) => ({
            label: one.label,
            stroke: colour(element, one.colour),
            fill: one.bars ? colour(element, one.colour) : undefined,
            width: one.bars ? 0 : 1.6,
            spanGaps: !one.bars,
            paths: one.bars ? uPlot.paths.bars!({size: [0.8, 40]}) : undefined,
            points: {show: !one.bars && one.values.filter((value) => value !== null).length <= kPointsMax, size: 4},
          })),
        ],
      },
      data,
      element,
    );
    const sizes = new ResizeObserver(() => plot.current?.setSize({width: element.clientWidth, height: kHeight}));
    sizes.observe(element);
    return () => {
      sizes.disconnect();
      plot.current?.destroy();
    };
  }, [themeTurns.value, language.value, at.length, at[1] - at[0], few]);
  useEffect(() => plot.current?.setData(data), [data]);
  const index = pointed.value !== null && pointed.value < at.length ? pointed.value : null;
  const shown = (value: number | null) => (whole ? count(value ?? 0) : duration(value));
  return (
    <figure class="card chart">
      <figcaption>
        <h2>{title}</h2>
        <ul class="legend">
          {index !== null && <li class="moment">{moment(at[index])}</li>}
          {series.map((one) => (
            <li key={one.label} class={`key${one.colour}`}>
              {one.label}
              {index !== null && <b> {shown(one.values[index])}</b>}
            </li>
          ))}
        </ul>
      </figcaption>
      <div ref={place} aria-hidden="true" />
    </figure>
  );
}

// A count has no halves.
const kWholeSteps = Array.from({length: 9}, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();

const moment = (time: number) => new Date(time * 1000).toLocaleString(language.value, {day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23'});
