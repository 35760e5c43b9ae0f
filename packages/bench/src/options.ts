import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface BenchOptions {
  /** Only workloads whose name matches. */
  readonly filter: RegExp;
  /** Only these engines; empty for all. Cotangent always runs. */
  readonly engines: readonly string[];
  /** Few and short samples, one thread: to see that everything runs. */
  readonly quick: boolean;
  /** Samples of each engine. */
  readonly repeats: number;
  /** The Python that has the peers; `undefined` to look for one. */
  readonly python: string | undefined;
  /** Where to write the rows as JSON. */
  readonly json: string | undefined;
  /** Where to draw the chart. */
  readonly chart: string | undefined;
  /** Whether to write RESULTS.md and results.svg. */
  readonly results: boolean;
}

export const usage = `Usage: npm run bench -- [options]

Runs the workloads on Cotangent and, beside it, on every peer that is installed: tfjs, jax-js, and by Python
JAX, PyTorch (with MKL), CasADi, autograd, NumPy. All results are checked before anything is timed.

  --filter REGEXP   only workloads whose name matches
  --engines LIST    only these peers, e.g. jax,torch,jax-js,tfjs-wasm (none: only Cotangent)
  --quick           few and short samples, one thread
  --repeats N       samples of each engine (default 11, with --quick 3)
  --python FILE     a Python with the peers (default: $COTANGENT_PYTHON, else .venv/bin/python, python3)
  --json FILE       also write the rows to FILE
  --chart FILE      also draw them, as SVG
  --results         also write packages/bench/RESULTS.md and results.svg
  --help            this text

Ctrl-C ends the run and prints what is done.
`;

/**
 * Reads the command line.
 *
 * @returns the options, or `undefined` if help is asked for.
 * @throws Error naming an unknown flag, a value out of range or an expression that is none.
 */
export function readOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      filter: { type: 'string', default: '' },
      engines: { type: 'string', default: '' },
      quick: { type: 'boolean', default: false },
      repeats: { type: 'string' },
      python: { type: 'string' },
      json: { type: 'string' },
      chart: { type: 'string' },
      results: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const { quick, json, chart, results } = values;
  return {
    filter: readFilter(values.filter),
    engines: values.engines.split(',').filter((name) => name !== ''),
    quick,
    repeats: readRepeats(values.repeats ?? (quick ? '3' : '11')),
    python: values.python ?? process.env['COTANGENT_PYTHON'],
    json,
    chart,
    results,
  };
}

function readFilter(text: string): RegExp {
  try {
    return new RegExp(text, 'i');
  } catch (error) {
    throw new Error(`--filter ${text} is no regular expression`, { cause: error });
  }
}

function readRepeats(text: string): number {
  const repeats = Number(text);
  if (Number.isInteger(repeats) && repeats >= 1) return repeats;
  throw new Error(`--repeats must be a whole number ≥ 1, got ${text}`);
}
