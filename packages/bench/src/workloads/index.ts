import type { Workload } from '../workload.ts';
import { chain } from './chain.ts';
import { convolution } from './convolution.ts';
import { elementary } from './elementary.ts';
import { fused } from './fused.ts';
import { gaussianProcess } from './gaussian-process.ts';
import { graphs } from './graphs.ts';
import { hmc } from './hmc.ts';
import { jacobianOfLayers } from './jacobian.ts';
import { logistic } from './logistic.ts';
import { matmul } from './matmul.ts';
import { mlp } from './mlp.ts';
import { rnn } from './rnn.ts';
import { rosenbrock } from './rosenbrock.ts';
import { secondOrder } from './second-order.ts';

/** Every workload, in the order of the report. */
export function allWorkloads(): readonly Workload[] {
  return [
    ...rosenbrock(),
    ...logistic(),
    ...mlp(),
    ...fused(),
    ...elementary(),
    ...secondOrder(),
    ...jacobianOfLayers(),
    ...chain(),
    ...rnn(),
    ...convolution(),
    ...gaussianProcess(),
    ...hmc(),
    ...graphs(),
    ...matmul(),
  ];
}
