// Ops as the scripts and the accuracy tests run them: in a module, by their `eval`, or by simulated instructions.
import { standardOps } from '@cotangent/ops';
import type { Op } from '@cotangent/graph';
import type { Floats } from '../src/functions/simulate.ts';
import { kernelOf } from '../test/kernel.ts';
import type { Expression, Kernel } from '../test/kernel.ts';
import type { Measured } from './domains.ts';
import type { Lane } from './true-values.ts';

/** Applies an op to every element, in lanes of the given width. */
export type Evaluate = (what: Measured, lane: Lane, inputs: readonly Floats[]) => Floats;

export function opOf({ name, op = name }: Measured): Op {
  const found = standardOps.find((record) => record.name === op);
  if (found?.elementwise === undefined) throw new Error(`no elementwise op is named ${op}`);
  return found;
}

/** A module that runs the op's lowering in a vector loop. */
export function kernelFor(what: Measured, lane: Lane, arity: number, length: number): Kernel {
  const lower = opOf(what).elementwise?.lower;
  const expression: Expression = (xs, type) => {
    const value = lower?.(xs, type, what.attrs ?? {});
    if (value === undefined) throw new Error(`${what.name} has no lowering`);
    return value;
  };
  return kernelOf(expression, lane, arity, length);
}

/** By its lowering, in a module. */
export const inModule: Evaluate = (what, lane, inputs) => {
  const kernel = kernelFor(what, lane, inputs.length, inputs[0]?.length ?? 0);
  inputs.forEach((xs, k) => kernel.inputs[k]?.set(xs));
  kernel.run();
  return kernel.out;
};

/** By its `eval`, in doubles, rounded to the lane. */
export const byEval: Evaluate = (what, lane, inputs) => {
  const dtype = lane === 64 ? 'float64' : 'float32';
  const scalar = opOf(what).elementwise?.scalar(what.attrs ?? {}, dtype);
  if (scalar === undefined) throw new Error(`${what.name} is not elementwise`);
  const out = inputs[0]!.slice();
  for (let i = 0; i < out.length; i++) out[i] = scalar(...inputs.map((xs) => xs[i]!));
  return out;
};
