import { constant, mul, pow, standardOps, tensorFrom } from 'cotangent';
import type { DType, Input, Op, OpSample, Tensor, Variable } from 'cotangent';
import { DTypeError, applyOp, tensor } from '@cotangent/graph';
import type { SampleInput } from '@cotangent/graph';
import { astype, isFloat } from '@cotangent/tensor';
import { inputsFor, results, withGradients } from './case.ts';
import type { Case } from './case.ts';
import { argumentsOf } from './points.ts';

const floats: readonly DType[] = ['float64', 'float32'];
const dtypes: readonly DType[] = ['float64', 'float32', 'int32', 'uint8', 'bool'];

/** Every op of the library: elementwise ones over edge values and dense points in each dtype, all at their samples. */
export function opCases(): readonly Case[] {
  return standardOps.flatMap((op) => [
    ...(op.elementwise === undefined ? [] : elementwiseCases(op)),
    ...((op.samples ?? []).length === 0 ? [] : [sampleCase(op)]),
  ]);
}

function elementwiseCases(op: Op): readonly Case[] {
  const attrs = op.samples?.[0]?.attrs ?? {};
  return dtypes
    .filter((dtype) => takes(op, dtype, attrs))
    .map((dtype) => ({
      name: `${op.name} ${dtype}`,
      run: () => {
        const values = argumentsOf(op.inputCount ?? 1, dtype);
        const inputs = inputsFor(values);
        return results(inputs, withGradients(applyOp(op, inputs, attrs).outputs, inputs), values);
      },
    }));
}

function takes(op: Op, dtype: DType, attrs: object): boolean {
  // Refuses negative exponents of integers, which are among the values.
  if (op === pow.op && dtype === 'int32') return false;
  const inputs = Array.from({ length: op.inputCount ?? 1 }, () =>
    tensor('x', { dtype, shape: [1] }),
  );
  try {
    applyOp(op, inputs, attrs);
    return true;
  } catch (error) {
    if (error instanceof DTypeError) return false;
    throw error;
  }
}

/** Values and gradients at all points of the op's contract, with inputs and with constants, in one function. */
function sampleCase(op: Op): Case {
  return {
    name: `${op.name} at its samples`,
    run: () => {
      const one = tensorFrom(1);
      const [factor] = inputsFor([one]);
      const parts = (op.samples ?? []).flatMap((sample) =>
        floats.map((float) => sampleGraph(op, sample, float)),
      );
      const ofConstants = parts.flatMap(({ constants }) => constants.map((y) => mul(y, factor!)));
      return results(
        [...parts.flatMap(({ inputs }) => inputs), factor!],
        [...parts.flatMap(({ outputs }) => outputs), ...ofConstants],
        [...parts.flatMap(({ values }) => values), one],
      );
    },
  };
}

interface SampleGraph {
  readonly values: readonly Tensor[];
  readonly inputs: readonly Input[];
  readonly outputs: readonly Variable[];
  /** The same op of constants: what the compiler computes beforehand is to have the same bits too. */
  readonly constants: readonly Variable[];
}

function sampleGraph(op: Op, sample: OpSample, float: DType): SampleGraph {
  const values = sample.inputs.map((x) => valueOf(x, float));
  const inputs = inputsFor(values);
  const attrs = sample.attrs ?? {};
  const constants = applyOp(
    op,
    values.map((x) => constant(x)),
    attrs,
  ).outputs.filter((y) => isFloat(y.dtype));
  const outputs = withGradients(applyOp(op, inputs, attrs).outputs, inputs);
  return { values, inputs, outputs, constants };
}

function valueOf(input: SampleInput, float: DType): Tensor {
  const isTyped = typeof input === 'object' && !Array.isArray(input) && 'value' in input;
  if (isTyped) {
    const value = tensorFrom(input.value, { dtype: input.dtype });
    return isFloat(value.dtype) ? astype(value, float) : value;
  }
  // Neither typed nor a number or truth value: nested arrays of those.
  const value = tensorFrom(input as []);
  return isFloat(value.dtype) ? astype(value, float) : value;
}
