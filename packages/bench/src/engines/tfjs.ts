import type { Tensor } from '@tensorflow/tfjs';
import type { Value } from '../values.ts';
import type { Prepared, Tfjs } from '../workload.ts';

export type TfjsFunction = (...args: Tensor[]) => Tensor[];

/** `f` called with tensors that stay in the backend. Its kernels run at once, so that a call that returned is over. */
export function eager(tf: Tfjs, f: TfjsFunction, values: readonly Value[]): Prepared {
  const args = values.map(({ data, shape }) =>
    tf.tensor(new Float32Array(data), [...shape], 'float32'),
  );
  let latest: readonly Tensor[] = [];
  const run = (): void => {
    for (const y of latest) y.dispose();
    latest = tf.tidy(() => f(...args));
  };
  return { run, outputs: () => latest.map((y) => Float64Array.from(y.dataSync())) };
}

/** Value of `f` and its gradients by the first `count` arguments, as one list. */
export function valueAndGrads(
  tf: Tfjs,
  f: (...args: Tensor[]) => Tensor,
  count: number,
): TfjsFunction {
  return (...args) => {
    const rest = args.slice(count);
    const both = tf.valueAndGrads((...wrt: Tensor[]) => f(...wrt, ...rest).asScalar());
    const { value, grads } = both(args.slice(0, count));
    return [value, ...grads];
  };
}
