import { copy } from '@cotangent/tensor';
import type { TensorLike } from '@cotangent/tensor';
import { compile, tensor, tensorFrom } from 'cotangent';
import type { Input, Tensor, Variable } from 'cotangent';
import { valueOf, withPrecision } from '../values.ts';
import type { Value, Values } from '../values.ts';
import type { CotangentContext, Prepared } from '../workload.ts';

/** A graph to be compiled and called. */
export interface Call {
  readonly inputs: readonly Input[];
  readonly outputs: readonly Variable[];
  readonly values: readonly Value[];
  /**
   * - `into`: arguments are copied in, results are written into tensors that are there.
   * - `fresh`: arguments are copied in, every call returns new tensors.
   * - `resident`: data and results stay in the memory of the module, as those of the peers stay on their device.
   */
  readonly how: 'into' | 'fresh' | 'resident';
}

/** An input with dtype and shape of the value of the same name. */
export function inputOf(values: Values, name: string, { dtype }: CotangentContext): Input {
  return tensor(name, { dtype, shape: valueOf(values, name).shape });
}

/** Compiles a graph and tells how it is called. */
export function prepareCall(call: Call, { mode, dtype }: CotangentContext): Prepared {
  const how = mode === 'reference' ? 'fresh' : call.how;
  const f = compile(call.inputs, call.outputs, { mode, borrow: how === 'resident' });
  const given = call.values.map((value) => toTensor(withPrecision(value, dtype)));
  const args = how === 'resident' ? placed(f, given) : given;
  let latest: readonly Tensor[] = [];
  const renew = (): void => {
    latest = f(...args);
  };
  const reuse = (): void => {
    if (latest.length === 0) renew();
    else f.callInto(args, latest);
  };
  return {
    run: how === 'into' ? reuse : renew,
    outputs: () => latest.map((y) => copy(y).data),
  };
}

function toTensor({ data, shape }: Value): Tensor {
  return tensorFrom(data, { shape });
}

interface Placing {
  readonly place: (...args: readonly TensorLike[]) => readonly TensorLike[];
}

/** Arguments in the memory of the module, where the function can place them. */
function placed(f: object, args: readonly Tensor[]): readonly TensorLike[] {
  return isPlacing(f) ? f.place(...args) : args;
}

function isPlacing(f: object): f is Placing {
  return 'place' in f && typeof f.place === 'function';
}
