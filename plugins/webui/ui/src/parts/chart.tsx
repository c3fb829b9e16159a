// One uPlot chart in the page's colours. The canvas is for the eye; the words beside it say the same.
import {useEffect, useRef} from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import {language} from '../i18n';
import {themeTurns} from '../theme';

export interface Series {
  label: string;
  colour: string; // name of a custom property
  values: (number | null)[];
  bars?: boolean;
}

const kHeight = 210;

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

export function Chart({title, at, series, stack}: {title: string; at: number[]; series: Series[]; stack?: boolean}) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const values = stack ? stacked(series).reverse() : series.map((one) => one.values);
  const drawn = stack ? [...series].reverse() : series;
  const data = [at, ...values] as uPlot.AlignedData;
  useEffect(() => {
    const element = place.current!;
    const [line, text] = [colour(element, '--line'), colour(element, '--muted')];
    const axis = {stroke: text, grid: {stroke: line, width: 1}, ticks: {stroke: line, width: 1}};
    const clock = new Intl.DateTimeFormat(language.value, {hour: '2-digit', minute: '2-digit', hourCycle: 'h23'});
    plot.current = new uPlot(
      {
        width: element.clientWidth,
        height: kHeight,
        legend: {show: false},
        cursor: {y: false, points: {show: false}},
        scales: {x: {range: (_, from, to) => [from - (at[1] - at[0]) / 2, to + (at[1] - at[0]) / 2]}, y: {range: (_, __, most) => [0, Math.max(most * 1.1, 0.001)]}},
        axes: [{...axis, size: 32, values: (_, times) => times.map((time) => clock.format(time * 1000))}, {...axis, size: 56}],
        series: [
          {},
          ...drawn.map((one) => ({
            label: one.label,
            stroke: colour(element, one.colour),
            fill: one.bars ? colour(element, one.colour) : undefined,
            width: one.bars ? 0 : 1.6,
            spanGaps: !one.bars,
            paths: one.bars ? uPlot.paths.bars!({size: [0.8, 40]}) : undefined,
            points: {show: !one.bars, size: 4},
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
  }, [themeTurns.value, language.value, at.length]);
  useEffect(() => plot.current?.setData(data), [data]);
  return (
    <figure class="card chart">
      <figcaption>
        <h2>{title}</h2>
        <ul class="legend">
          {series.map((one) => (
            <li key={one.label} class={`key${one.colour}`}>
              {one.label}
            </li>
          ))}
        </ul>
      </figcaption>
      <div ref={place} aria-hidden="true" />
    </figure>
  );
}
