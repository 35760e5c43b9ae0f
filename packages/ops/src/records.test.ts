import { describe, expect, it } from '@jest/globals';
import { Input, applyOp, constant, fromJSON, toJSON } from '@cotangent/graph';
import type { Op, SampleInput, Variable } from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import * as ops from './index.ts';
import { standardOps } from './index.ts';

/** Everything public that builds an op. */
const carriers = Object.values<unknown>(ops).filter(
  (value): value is { readonly op: Op } =>
    typeof value === 'function' && 'op' in value && typeof value.op === 'object',
);

/** One node of every kind that the samples have, their float inputs left open. */
const nodes = standardOps.flatMap((op) =>
  (op.samples ?? []).map(({ inputs, attrs }) => applyOp(op, inputs.map(sampleVariable), attrs)),
);

function sampleVariable(input: SampleInput): Variable {
  const isTyped = typeof input === 'object' && 'dtype' in input;
  const value = tensorFrom(isTyped ? input.value : input, isTyped ? { dtype: input.dtype } : {});
  return value.dtype === 'float64'
    ? new Input({ kind: 'tensor', dtype: value.dtype, shape: value.shape })
    : constant(value);
}

describe('standardOps', () => {
  it('names every record once', () => {
    const names = standardOps.map(({ name }) => name);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it('has the record of every public function', () => {
    expect(carriers.length).toBeGreaterThan(100);
    const missing = carriers.filter(({ op }) => !standardOps.includes(op));
    expect(missing.map(({ op }) => op.name)).toEqual([]);
  });

  it('has the ops that derivatives are made of', () => {
    const names = standardOps.map(({ name }) => name);
    const internal = ['dimensions', 'divOrZero', 'placeDiagonal', 'shift', 'triangle'];
    expect(names).toEqual(expect.arrayContaining(internal));
  });

  it('has samples for every record', () => {
    expect(standardOps.filter(({ samples = [] }) => samples.length === 0)).toEqual([]);
  });

  it('reads back a graph with every op', () => {
    const outputs = nodes.flatMap((node) => node.outputs);
    const text = JSON.stringify(toJSON(outputs));
    const loaded = fromJSON(JSON.parse(text), standardOps);
    expect(loaded.outputs.map(({ type }) => type)).toEqual(outputs.map(({ type }) => type));
    expect(JSON.stringify(toJSON(loaded.outputs, { inputs: loaded.inputs }))).toBe(text);
  });
});
