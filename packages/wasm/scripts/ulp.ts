// Accuracy of the elementary and special functions against 50-digit values (references.py, mpmath), of the code that runs:
//   npm run ulp -- [names] [--count N] [--keep FOLDER] [--python PATH] [--form module|eval]
// `--count`: points a row (a tenth for functions that are slow to 50 digits); `--keep`: where true values are kept between
// runs; `--form eval`: the ops' reference evaluation instead of a WebAssembly module.
import { parseArgs } from 'node:util';
import type { Floats } from '../src/functions/simulate.ts';
import { type Domain, type Measured, domains, sample } from './domains.ts';
import { byEval, inModule } from './evaluate.ts';
import { type Lane, kept, trueValues } from './true-values.ts';

interface Row {
  readonly worst: number;
  readonly mean: number;
  /** Where the worst error is. */
  readonly at: string;
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '20000' },
    python: { type: 'string', default: 'python3' },
    keep: { type: 'string' },
    form: { type: 'string', default: 'module' },
  },
});

/** Worst and mean error, in units in the last place of the true value, or of 1 if that is larger. */
function compare(
  results: Floats,
  truth: Float64Array,
  inputs: readonly Floats[],
  least: number,
): Row {
  let [worst, sum, at] = [0, 0, ''];
  for (let i = 0; i < results.length; i++) {
    const [nearest, unit, rest] = [truth[3 * i]!, truth[3 * i + 1]!, truth[3 * i + 2]!];
    const same = Object.is(results[i], nearest) || results[i] === nearest;
    const error = same ? Math.abs(rest) : Math.abs((results[i]! - nearest) / unit - rest);
    const counted = Number.isNaN(error) ? Infinity : error * Math.min(1, unit / least);
    sum += counted;
    if (counted > worst) [worst, at] = [counted, inputs.map((xs) => xs[i]).join(', ')];
  }
  return { worst, mean: sum / results.length, at };
}

function measure(what: Measured, lane: Lane, domain: Domain): Row {
  const count = Math.ceil(Number(options.count) / (what.costly ? 10 : 1));
  const inputs = sample(domain, lane, count);
  const compute = () => trueValues(options.python, what.name, lane, inputs);
  const file = `${what.name}-${lane}-${domain.title.replaceAll(/[^\w.+-]+/g, '_')}-${count}.bin`;
  const truth = options.keep === undefined ? compute() : kept(options.keep, file, compute);
  const evaluate = options.form === 'eval' ? byEval : inModule;
  const least = domain.besideOne ? 2 ** (lane === 64 ? -52 : -23) : 0;
  return compare(evaluate(what, lane, inputs), truth, inputs, least);
}

console.log(
  '| function | domain | float64 max | mean | float32 max | mean | worst float64; float32 |',
);
console.log('|---|---|---|---|---|---|---|');
for (const what of domains) {
  if (positionals.length > 0 && !positionals.includes(what.name)) continue;
  for (const domain of what.list) {
    const rows = ([64, 32] as const).map((lane) => measure(what, lane, domain));
    const shown = rows.map(({ worst, mean }) => `${worst.toFixed(3)} | ${mean.toFixed(3)}`);
    const where = rows.map((r) => r.at).join('; ');
    console.log(`| ${what.name} | ${domain.title} | ${shown.join(' | ')} | ${where} |`);
  }
}
