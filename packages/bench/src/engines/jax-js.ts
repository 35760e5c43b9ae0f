import type { Array as JaxArray } from '@jax-js/jax';
import type { Value } from '../values.ts';
import type { JaxJs, Prepared } from '../workload.ts';

/** A function of jax-js arrays that owns its arguments, as all of its library do. */
export type JaxFunction = (...args: JaxArray[]) => JaxArray | readonly JaxArray[];

/** `f` under `jit`, called with arrays that stay on the device. A call is over when all results are there. */
export function jitted(jax: JaxJs, f: JaxFunction, values: readonly Value[]): Prepared {
  return called(jax, jax.jit(listing(f)), values);
}

/** The same op by op, for a function that `jit` cannot take. */
export function immediate(jax: JaxJs, f: JaxFunction, values: readonly Value[]): Prepared {
  return called(jax, listing(f), values);
}

type Listing = (...args: JaxArray[]) => JaxArray[];

const listing =
  (f: JaxFunction): Listing =>
  (...args) =>
    [f(...args)].flat();

function called(jax: JaxJs, f: Listing, values: readonly Value[]): Prepared {
  const args = values.map(({ data, shape }) => jax.numpy.array(toOwned(data)).reshape([...shape]));
  let latest: readonly JaxArray[] = [];
  const run = async (): Promise<void> => {
    for (const y of latest) y.dispose();
    const results = f(...args.map((x) => x.ref));
    await jax.blockUntilReady(results);
    latest = results;
  };
  return { run, outputs: () => latest.map((y) => y.ref.dataSync()) };
}

/** Value of `f` and its gradients by the first `count` arguments, as one list. */
export function valueAndGrads(
  jax: JaxJs,
  f: (...args: JaxArray[]) => JaxArray,
  count: number,
): JaxFunction {
  const both = jax.valueAndGrad(f, { argnums: Array.from({ length: count }, (_, i) => i) });
  return (...args) => {
    const [value, grads] = both(...args);
    return [value, ...[grads].flat()];
  };
}

/** jax-js types its data as held by an `ArrayBuffer`; ours always is. */
function toOwned(data: Value['data']): Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> {
  return data instanceof Float64Array ? new Float64Array(data) : new Float32Array(data);
}
