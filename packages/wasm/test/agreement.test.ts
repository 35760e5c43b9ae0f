import { describe, expect, it } from '@jest/globals';
import { Lop } from '@cotangent/autodiff';
import { Input, applyOp, isVariable, tensorType } from '@cotangent/graph';
import type { Op, OpSample, SampleInput, Variable } from '@cotangent/graph';
import { standardOps } from '@cotangent/ops';
import { astype, isFloat, tensorFrom } from '@cotangent/tensor';
import type { FloatDType, Tensor } from '@cotangent/tensor';
import { bothWays, distance } from './compare.ts';

// Elementary functions differ from Math's by a few ulp, sums by their order; both are far below this.
const roundings = 64;

function valueOf(input: SampleInput, float: FloatDType): Tensor {
  const isTyped = typeof input === 'object' && !Array.isArray(input) && 'value' in input;
  const tensor = isTyped
    ? tensorFrom(input.value, { dtype: input.dtype })
    : tensorFrom(input as []);
  return isFloat(tensor.dtype) ? astype(tensor, float) : tensor;
}

function caseOf(op: Op, sample: OpSample, float: FloatDType) {
  const args = sample.inputs.map((input) => valueOf(input, float));
  const inputs = args.map(
    (x, i) =>
      new Input(
        tensorType(
          x.dtype,
          x.shape.map(() => null),
        ),
        `x${i}`,
      ),
  );
  return { args, inputs, outputs: build(op, sample, inputs, args) };
}

/** Sizes of a shape vector must be known, so integer vectors are constants of the graph's type. */
function build(
  op: Op,
  sample: OpSample,
  inputs: readonly Input[],
  args: readonly Tensor[],
): readonly Variable[] | undefined {
  try {
    return applyOp(op, inputs, sample.attrs ?? {}).outputs;
  } catch {
    const typed = args.map((x, i) => new Input(tensorType(x.dtype, x.shape), `x${i}`));
    inputs.forEach((_, i) => Object.assign(inputs, { [i]: typed[i] }));
    return applyOp(op, inputs, sample.attrs ?? {}).outputs;
  }
}

/** The values themselves serve as cotangents: with ones, the gradient of a softmax is only rounding. */
function gradientsOf(outputs: readonly Variable[], inputs: readonly Input[]): readonly Variable[] {
  const floats = outputs.filter((y) => isFloat(y.dtype));
  const wrt = inputs.filter((x) => isFloat(x.dtype));
  if (floats.length === 0 || wrt.length === 0) return [];
  const terms: readonly unknown[] = Lop(floats, wrt, floats, {
    disconnectedInputs: 'ignore',
    nullGradients: 'return',
  });
  return terms.filter(isVariable);
}

describe('the module and the reference executor', () => {
  for (const op of standardOps) {
    it(`agree on ${op.name} and its gradient`, () => {
      for (const sample of op.samples ?? []) {
        for (const float of ['float64', 'float32'] as const) {
          const { args, inputs, outputs } = caseOf(op, sample, float);
          const all = [...(outputs ?? []), ...gradientsOf(outputs ?? [], inputs)];
          for (const [fast, reference] of bothWays(inputs, all, args)) {
            const far = distance(fast, reference);
            const label = `${sample.name ?? 'sample'} ${float}`;
            expect(
              `${label}: ${far <= roundings ? 'agree' : `${String(fast)} for ${String(reference)}`}`,
            ).toBe(`${label}: agree`);
          }
        }
      }
    });
  }
});
