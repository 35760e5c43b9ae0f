import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface BenchOptions {
  /** Only workloads whose name contains this. */
  readonly filter: string;
  /** Small sizes and few repeats: to see that everything runs. */
  readonly quick: boolean;
  /** Where to write the rows as JSON. */
  readonly json: string | undefined;
  readonly repeats: number;
  /** The Python that has the peers. */
  readonly python: string;
}

export const usage = `Usage: npm run bench -- [options]

  --filter TEXT   only workloads whose name contains TEXT
  --quick         small sizes, few repeats
  --repeats N     timed runs of each workload (default 5, with --quick 3)
  --python FILE   a Python with jax and casadi, to run the peers (default: $COTANGENT_PYTHON or python3)
  --json FILE     also write the rows to FILE
  --help          this text
`;

/**
 * Reads the command line.
 *
 * @returns the options, or `undefined` if help is asked for.
 * @throws Error naming an unknown flag or a value out of range.
 */
export function readOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      filter: { type: 'string', default: '' },
      quick: { type: 'boolean', default: false },
      repeats: { type: 'string' },
      json: { type: 'string' },
      python: { type: 'string', default: process.env['COTANGENT_PYTHON'] ?? 'python3' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const repeats = Number(values.repeats ?? (values.quick ? 3 : 5));
  if (!(Number.isInteger(repeats) && repeats >= 1)) {
    throw new Error(`--repeats must be a whole number ≥ 1, got ${values.repeats ?? ''}`);
  }
  const { filter, quick, json, python } = values;
  return { filter, quick, json, repeats, python };
}
