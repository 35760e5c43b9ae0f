import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { checkOutputs } from '../check.ts';
import type { Workload } from '../workload.ts';
import { chain } from './chain.ts';
import { convolution } from './convolution.ts';
import { elementary } from './elementary.ts';
import { fused } from './fused.ts';
import { gaussianProcess } from './gaussian-process.ts';
import { graphs } from './graphs.ts';
import { hmc } from './hmc.ts';
import { allWorkloads } from './index.ts';
import { jacobianOfLayers } from './jacobian.ts';
import { logistic } from './logistic.ts';
import { matmul } from './matmul.ts';
import { mlp } from './mlp.ts';
import { rnn } from './rnn.ts';
import { rosenbrock } from './rosenbrock.ts';
import { secondOrder } from './second-order.ts';

/** Every kind of workload, small. */
const small: readonly Workload[] = [
  ...rosenbrock(5),
  ...logistic(20, 3),
  ...mlp(4, [6, 5, 4, 3]),
  ...fused(50),
  ...elementary(50),
  ...secondOrder(6, 40),
  ...jacobianOfLayers(2, 4),
  ...chain(30, 4),
  ...rnn(5, 2, 3),
  ...convolution({ batch: 2, size: 10, filters: [2, 3], kernel: 3, classes: 4 }),
  ...gaussianProcess(6),
  ...hmc(20, 8, 3),
  ...graphs([40]),
  ...matmul([5]),
];

async function outputsOf(
  workload: Workload,
  mode: 'fast' | 'reference',
  calls: number,
): Promise<readonly ArrayLike<number>[]> {
  const dtype = mode === 'fast' ? workload.dtype : 'float64';
  const prepared = workload.cotangent(workload.values(), { mode, dtype });
  for (let k = 0; k < calls; k++) await prepared.run();
  return prepared.outputs();
}

describe('the workloads', () => {
  it.each(small.map((workload) => [workload.name, workload] as const))(
    'give what is expected: %s',
    async (_, workload) => {
      const expected =
        workload.expected?.(workload.values()) ?? (await outputsOf(workload, 'reference', 1));
      const outputs = await outputsOf(workload, 'fast', 2); // the second call is of the kind that is timed
      const error = checkOutputs(outputs, expected, workload.roundings, workload.dtype);
      expect(error).toBeLessThan(1);
    },
  );

  it('agree in both modes where plain arithmetic says what is expected', async () => {
    for (const workload of small.filter(({ expected }) => expected !== undefined)) {
      const reference = await outputsOf(workload, 'reference', 1);
      const expected = workload.expected?.(workload.values()) ?? [];
      expect(checkOutputs(reference, expected, workload.roundings, workload.dtype)).toBeLessThan(1);
    }
  });

  it('have names of their own', () => {
    const names = allWorkloads().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('have a script with a function for each of their Python peers', () => {
    for (const { python } of allWorkloads()) {
      if (python === undefined) continue;
      const script = new URL(`../../peers/workloads/${python.module}.py`, import.meta.url);
      expect(existsSync(script)).toBe(true);
      const source = readFileSync(script, 'utf8');
      for (const engine of python.engines) {
        expect(source).toContain(`def ${engine.replace('-', '_')}(values, params):`);
      }
    }
  });

  it('are compared only with peers that they have', () => {
    const strangers = allWorkloads().flatMap(({ name, goals, python, jaxJs, tfjs }) => {
      const peers: readonly string[] = [
        ...(python?.engines ?? []),
        ...(jaxJs === undefined ? [] : ['jax-js']),
        ...(tfjs === undefined ? [] : ['tfjs-wasm', 'tfjs-cpu']),
      ];
      const named = goals.flatMap((goal) => (goal.kind === 'ratio' ? [goal.against] : []));
      return named.filter((peer) => !peers.includes(peer)).map((peer) => `${name}: ${peer}`);
    });
    expect(strangers).toEqual([]);
  });
});
