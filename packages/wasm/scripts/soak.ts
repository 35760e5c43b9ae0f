// Calls compiled functions a million times with a thousand shapes and fails unless memory stays flat.
// `npm run soak -- --calls 1000000 --shapes 1000`; needs `--expose-gc`, which the npm script gives.
import { parseArgs } from 'node:util';
import { compile, shared } from '@cotangent/compile';
import { matrix, vector } from '@cotangent/graph';
import { matmul, mean, mul, square, sub, sum, tanh } from '@cotangent/ops';
import { zerosTensor } from '@cotangent/tensor';
import { wasmBackend } from '../src/index.ts';

/** Memory after a collection, in bytes. */
interface Sample {
  readonly calls: number;
  readonly resident: number;
  readonly heap: number;
  readonly outside: number;
}

const columns = 4;
const samples = 20;
/** What the means of the second and of the last quarter may differ by: noise of allocators. */
const allowed = { relative: 0.03, bytes: 4 * 2 ** 20 };

/** Visits of shapes, each with this many calls: more visits make more modules, and take longer. */
const callsPerVisit = 250;

function workload(): (rows: number, calls: number) => void {
  const [x, y] = [matrix('x'), vector('y')];
  const w = shared(new Float64Array(columns));
  const error = sub(tanh(matmul(x, w)), y);
  const cost = mean(square(error));
  const options = { backend: wasmBackend() };
  const step = compile([x, y], cost, {
    ...options,
    updates: [[w, sub(w, mul(0.01, matmul(error, x)))]],
  });
  const measure = compile([x, y], [cost, sum(x)], options);
  return (rows, calls) => {
    const xs = zerosTensor([rows, columns], 'float64');
    const ys = zerosTensor([rows], 'float64');
    const [placed] = step.place(xs, { shape: [rows] });
    const outs = [zerosTensor([], 'float64'), zerosTensor([], 'float64')] as const;
    for (let k = 0; k < calls; k += 4) {
      step(xs, ys);
      step(placed, ys);
      measure(xs, ys);
      measure.callInto([xs, ys], outs);
    }
    if (rows % 100 === 0) step.release();
  };
}

/** Twice, with a pause in between, in which finalizers and the threads of the engine come to rest. */
async function sampleAfter(calls: number): Promise<Sample> {
  for (let k = 0; k < 2; k++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { calls, resident: rss, heap: heapUsed, outside: external };
}

function report({ calls, resident, heap, outside }: Sample): void {
  const mebibytes = [resident, heap, outside].map((n) => (n / 2 ** 20).toFixed(1).padStart(8));
  process.stdout.write(`${String(calls).padStart(9)} calls${mebibytes.join('')} MiB\n`);
}

/** How the mean over the last quarter of the samples exceeds that over the second one. */
function growths(all: readonly Sample[]): readonly string[] {
  const quarter = Math.floor(all.length / 4);
  return (['resident', 'heap', 'outside'] as const).flatMap((kind) => {
    const mean = (part: readonly Sample[]): number =>
      part.reduce((total, sample) => total + sample[kind], 0) / part.length;
    const before = mean(all.slice(quarter, 2 * quarter));
    const after = mean(all.slice(-quarter));
    const limit = before * (1 + allowed.relative) + allowed.bytes;
    return after <= limit ? [] : [`${kind} memory grew from ${before} to ${after} bytes`];
  });
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      calls: { type: 'string', default: '1000000' },
      shapes: { type: 'string', default: '1000' },
    },
  });
  const [calls, shapes] = [Number(values.calls), Number(values.shapes)];
  if (globalThis.gc === undefined) throw new Error('start node with --expose-gc');
  if (!(calls >= samples * callsPerVisit && shapes >= 1))
    throw new Error('too few calls or shapes');
  const visit = workload();
  const taken: Sample[] = [];
  process.stdout.write('              resident    heap outside\n');
  for (let done = 0, visits = 0; done < calls; visits++) {
    visit(1 + (visits % shapes), callsPerVisit);
    done += callsPerVisit;
    if (done < ((taken.length + 1) * calls) / samples) continue;
    taken.push(await sampleAfter(done));
    report(taken.at(-1)!);
  }
  const problems = growths(taken);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.stdout.write(problems.length === 0 ? 'soak: memory is flat\n' : 'soak: failed\n');
  return problems.length === 0 ? 0 : 1;
}

process.exitCode = await main();
