// Accuracy of the elementary functions against 50-digit values (references.py, mpmath):
//   node --import ./packages/tools/ts-hook.mjs --conditions=@cotangent/source packages/wasm/scripts/ulp.ts
// Options: names of functions; --count N points a row; --python PATH; --keep FOLDER for the true values;
// --evaluator MODULE, which exports `evaluate(name, lane, inputs)`: by default the simulated instructions.
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { type ElementaryName, elementary } from '../src/functions/elementary.ts';
import { type Floats, simulate } from '../src/functions/simulate.ts';
import { trace } from '../src/functions/trace.ts';
import { type Domain, domains, sample } from './domains.ts';
import { type Lane, kept, trueValues } from './true-values.ts';

/** Apply a function to every element, in lanes of the given width. */
export type Evaluate = (name: ElementaryName, lane: Lane, inputs: readonly Floats[]) => Floats;

interface Row {
  readonly worst: number;
  readonly mean: number;
  /** Where the worst error is. */
  readonly at: string;
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '200000' },
    python: { type: 'string', default: 'python3' },
    keep: { type: 'string' },
    evaluator: { type: 'string' },
  },
});

const simulated: Evaluate = (name, lane, inputs) =>
  simulate(trace(elementary[name].evaluate, lane, inputs.length), ...inputs);

/** Worst and mean error, in units in the last place of the true value. */
function compare(results: Floats, truth: Float64Array, inputs: readonly Floats[]): Row {
  let [worst, sum, at] = [0, 0, ''];
  for (let i = 0; i < results.length; i++) {
    const [nearest, unit, rest] = [truth[3 * i]!, truth[3 * i + 1]!, truth[3 * i + 2]!];
    const same = Object.is(results[i], nearest) || results[i] === nearest;
    const error = same ? Math.abs(rest) : Math.abs((results[i]! - nearest) / unit - rest);
    const counted = Number.isNaN(error) ? Infinity : error;
    sum += counted;
    if (counted > worst) [worst, at] = [counted, inputs.map((xs) => xs[i]).join(', ')];
  }
  return { worst, mean: sum / results.length, at };
}

function measure(evaluate: Evaluate, name: ElementaryName, lane: Lane, domain: Domain): Row {
  const inputs = sample(domain, lane, Number(options.count));
  const compute = () => trueValues(options.python, name, lane, inputs);
  const file = `${name}-${lane}-${domain.title.replaceAll(/[^\w.+-]+/g, '_')}-${options.count}.bin`;
  const truth = options.keep === undefined ? compute() : kept(options.keep, file, compute);
  return compare(evaluate(name, lane, inputs), truth, inputs);
}

async function main(): Promise<void> {
  let evaluate = simulated;
  if (options.evaluator !== undefined) {
    const loaded: { evaluate: Evaluate } = await import(pathToFileURL(options.evaluator).href);
    evaluate = loaded.evaluate;
  }
  console.log(
    '| function | domain | float64 max | mean | float32 max | mean | worst float64, float32 |',
  );
  console.log('|---|---|---|---|---|---|---|');
  for (const { name, list } of domains) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    for (const domain of list) {
      const cells = [64, 32] as const;
      const rows = cells.map((lane) => measure(evaluate, name, lane, domain));
      const shown = rows.map(({ worst, mean }) => `${worst.toFixed(3)} | ${mean.toFixed(3)}`);
      console.log(
        `| ${name} | ${domain.title} | ${shown.join(' | ')} | ${rows.map((r) => r.at).join('; ')} |`,
      );
    }
  }
}

await main();
