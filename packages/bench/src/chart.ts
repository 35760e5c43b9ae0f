import type { Outcome } from './bench.ts';
import { ours } from './goals.ts';
import type { EngineName } from './row.ts';

/** Colours that are told apart by most eyes (Okabe & Ito 2008). */
const colours: { readonly [E in EngineName]: string } = {
  cotangent: '#000000',
  jax: '#0072b2',
  torch: '#d55e00',
  numpy: '#999999',
  casadi: '#009e73',
  'casadi-buffer': '#00664b',
  autograd: '#f0e442',
  'jax-js': '#56b4e9',
  'tfjs-wasm': '#e69f00',
  'tfjs-cpu': '#cc79a7',
};

const left = 330;
const plotWidth = 620;
const lineHeight = 22;
const top = 70;

/** A mark: an engine's time divided by ours. */
interface Mark {
  readonly engine: EngineName;
  readonly ratio: number;
}

/**
 * The one-thread rows as SVG: a line for each workload, a dot for each peer at its time divided by ours, on a logarithmic
 * axis. Right of the line at 1, Cotangent is faster.
 */
export function chartOf(outcomes: readonly Outcome[]): string {
  const lines = outcomes.map((outcome) => ({
    name: outcome.workload.name,
    marks: marksOf(outcome),
  }));
  const ratios = lines.flatMap(({ marks }) => marks.map(({ ratio }) => ratio));
  const low = Math.floor(Math.log10(Math.min(0.1, ...ratios)));
  const high = Math.ceil(Math.log10(Math.max(10, ...ratios)));
  const x = (ratio: number): number =>
    left + (plotWidth * (Math.log10(ratio) - low)) / (high - low);
  const height = top + lineHeight * lines.length + 20;
  const width = left + plotWidth + 40;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="12">`,
    '<title>Time of the peers divided by the time of Cotangent, one thread</title>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(
      left,
      18,
      'time of the peer / time of Cotangent, one thread (right of 1: Cotangent is faster)',
    ),
    ...legend(lines.flatMap(({ marks }) => marks.map(({ engine }) => engine))),
    ...axis(low, high, x, height),
    ...lines.flatMap(({ name, marks }, k) =>
      workloadLine(name, marks, top + lineHeight * (k + 0.5), x),
    ),
    '</svg>',
    '',
  ].join('\n');
}

function marksOf(outcome: Outcome): readonly Mark[] {
  const own = ours(outcome);
  if (own === undefined) return [];
  return outcome.rows
    .filter(({ engine, threads }) => engine !== 'cotangent' && threads === 1)
    .map(({ engine, medianUs }) => ({ engine, ratio: medianUs / own.medianUs }));
}

function axis(
  low: number,
  high: number,
  x: (ratio: number) => number,
  height: number,
): readonly string[] {
  return Array.from({ length: high - low + 1 }, (_, k) => low + k).flatMap((power) => {
    const at = x(10 ** power).toFixed(1);
    const colour = power === 0 ? '#000' : '#ddd';
    const label = power < 0 ? (10 ** power).toFixed(-power) : String(10 ** power);
    return [
      `<line x1="${at}" y1="${top}" x2="${at}" y2="${height - 20}" stroke="${colour}"/>`,
      text(Number(at), height - 6, `${label}×`, 'middle'),
    ];
  });
}

function workloadLine(
  name: string,
  marks: readonly Mark[],
  y: number,
  x: (ratio: number) => number,
): readonly string[] {
  const dots = marks.map(({ engine, ratio }) => {
    const title = `<title>${engine} ${ratio.toPrecision(3)}×</title>`;
    return `<circle cx="${x(ratio).toFixed(1)}" cy="${y}" r="5" fill="${colours[engine]}" fill-opacity="0.85">${title}</circle>`;
  });
  return [text(left - 12, y + 4, name, 'end'), ...dots];
}

function legend(shown: readonly EngineName[]): readonly string[] {
  return [...new Set(shown)].flatMap((engine, k) => {
    const at = left + k * 95;
    return [
      `<circle cx="${at}" cy="42" r="5" fill="${colours[engine]}"/>`,
      text(at + 9, 46, engine),
    ];
  });
}

function text(
  x: number,
  y: number,
  content: string,
  anchor: 'start' | 'middle' | 'end' = 'start',
): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${escaped}</text>`;
}
