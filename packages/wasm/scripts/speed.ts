// Time of the elementary functions alone, as compiled, beside a loop over Math's and, if asked for, beside JAX:
//   node --import ./packages/tools/ts-hook.mjs --conditions=@cotangent/source packages/wasm/scripts/speed.ts [names] [--jax PYTHON]
// Pin it to one core (`taskset -c 1`). Nanoseconds an element of 10⁶, the best of 25 calls.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import type { Measured } from './domains.ts';
import { kernelFor } from './evaluate.ts';
import type { Lane } from './true-values.ts';

const length = 1_000_000;
const calls = 25;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { jax: { type: 'string' } },
});

/** Where each function is timed. */
const ranges: { readonly [name: string]: readonly [low: number, high: number] } = {
  exp: [-10, 10],
  expm1: [-5, 5],
  log: [0.01, 100],
  log1p: [-0.9, 10],
  sin: [-10, 10],
  cos: [-10, 10],
  tan: [-1.5, 1.5],
  tanh: [-5, 5],
  sigmoid: [-10, 10],
  softplus: [-10, 10],
  erf: [-3, 3],
  erfc: [-3, 3],
  asin: [-1, 1],
  acos: [-1, 1],
  atan: [-5, 5],
  sinh: [-5, 5],
  cosh: [-5, 5],
  asinh: [-5, 5],
  acosh: [1, 10],
  atanh: [-0.99, 0.99],
  gammaln: [0.1, 20],
  digamma: [0.1, 20],
};

const ofMath: { readonly [name: string]: ((x: number) => number) | undefined } = {
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  tanh: Math.tanh,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
};

function best(run: () => void): number {
  let least = Infinity;
  for (let k = 0; k < calls; k++) {
    const start = performance.now();
    run();
    least = Math.min(least, performance.now() - start);
  }
  return (least * 1e6) / length;
}

function inModule(what: Measured, lane: Lane, [low, high]: readonly [number, number]): number {
  const { inputs, run } = kernelFor(what, lane, 1, length);
  const [xs] = inputs;
  for (let i = 0; i < length; i++) xs![i] = low + ((high - low) * i) / length;
  return best(run);
}

/** A loop of its own for each function, so that the engine can inline the call. */
function inJavaScript(name: string, [low, high]: readonly [number, number]): number {
  if (ofMath[name] === undefined) return NaN;
  const body = `for (let i = 0; i < xs.length; i++) out[i] = Math.${name}(xs[i]);`;
  // oxlint-disable-next-line typescript/no-implied-eval -- the names are those of the table above
  const loop = new Function('xs', 'out', body);
  const xs = Float64Array.from({ length }, (_, i) => low + ((high - low) * i) / length);
  const out = new Float64Array(length);
  return best(() => loop(xs, out));
}

function inJax(name: string, [low, high]: readonly [number, number]): readonly number[] {
  if (options.jax === undefined) return [NaN, NaN];
  const script = fileURLToPath(new URL('speed.py', import.meta.url));
  const args = [script, name, `${low}`, `${high}`, `${length}`];
  const { stdout } = spawnSync(options.jax, args, { encoding: 'utf8' });
  return stdout.trim().split('\n').map(Number);
}

const shown = (x: number | undefined): string =>
  x === undefined || Number.isNaN(x) ? '–' : x.toFixed(2);

console.log('| function | float64 | float32 | Math, float64 | JAX float64 | JAX float32 |');
console.log('|---|---|---|---|---|---|');
for (const [name, range] of Object.entries(ranges)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const what = { name, list: [] };
  const own = ([64, 32] as const).map((lane) => inModule(what, lane, range));
  const cells = [...own, inJavaScript(name, range), ...inJax(name, range)];
  console.log(`| ${name} | ${cells.map(shown).join(' | ')} |`);
}
