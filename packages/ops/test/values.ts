import { constant, isAbsence, isVariable, shapesConflict, tensor } from '@cotangent/graph';
import type { Input, RuleContext, Tangent, Variable } from '@cotangent/graph';
import { Tensor, isTensor, tensorFrom, views, zerosTensor, assign } from '@cotangent/tensor';
import type { DType, Nested } from '@cotangent/tensor';
import { expect } from '@jest/globals';
import { evaluate } from './evaluate.ts';

type Build = (...xs: readonly Variable[]) => Variable;

/**
 * The value of a graph for these inputs, as nested arrays: found with all sizes known, with none known, and
 * with inputs of unusual strides, which must agree with each other and with the inferred type.
 */
export function valuesOf(build: Build, ...data: readonly (Nested | Tensor)[]): Nested {
  const tensors = data.map((value) => (isTensor(value) ? value : tensorFrom(value)));
  const known = tensors.map((t, i) => tensor(`x${i}`, { dtype: t.dtype, shape: t.shape }));
  const unknown = tensors.map((t, i) =>
    tensor(`x${i}`, { dtype: t.dtype, shape: t.shape.map(() => null) }),
  );
  const result = run(build, known, tensors);
  expect(run(build, unknown, tensors).toArray()).toEqual(result.toArray());
  expect(run(build, unknown, tensors.map(strided)).toArray()).toEqual(result.toArray());
  return result.toArray();
}

function run(build: Build, inputs: readonly Input[], tensors: readonly Tensor[]): Tensor {
  const y = build(...inputs);
  const value = evaluate(y, new Map(inputs.map((x, i) => [x, tensors[i]!])));
  expect(value.dtype).toBe(y.dtype);
  expect(shapesConflict(y.shape, value.shape)).toBe(false);
  return value;
}

/** The same values in every other place of a larger storage, the first axis backwards. */
export function strided(t: Tensor): Tensor {
  if (t.shape.length === 0) return t;
  const room = zerosTensor(
    t.shape.map((n) => 2 * n + 1),
    t.dtype,
  );
  const places = t.shape.map((n) => ({ start: 1, stop: 2 * n + 1, step: 2 }));
  const view = views.flip(views.slice(room, places), 0);
  assign(view, t);
  return view;
}

/** A constant of a dtype. */
export function typed(value: Nested, dtype: DType): Variable {
  return constant(value, { dtype });
}

/** What the pushforward of the one-input op that made `y` gives for the tangent of its input. */
export function pushedForward(y: Variable, xDots: readonly (Nested | Tensor)[]): Nested | string {
  const [term] = ruleValues(y, (context) => {
    const { pushforward } = context.node.op;
    const tangents = xDots.map((xDot) => constant(xDot, { dtype: 'float64' }));
    if (typeof pushforward === 'function') return pushforward(tangents, context);
    return pushforward === undefined ? [] : [pushforward[0]!(tangents[0]!, context)];
  });
  return term ?? 'none';
}

/** What the pullback of the op that made `y` gives for each input; the name of an absence in its place. */
export function pulledBack(y: Variable, yBar: Nested): readonly (Nested | string)[] {
  return ruleValues(
    y,
    (context) => context.node.op.pullback?.([constant(yBar, { dtype: y.dtype })], context) ?? [],
  );
}

/** The values of what a rule of the op that made `y` gives. */
function ruleValues(
  y: Variable,
  rule: (context: RuleContext) => readonly Tangent[],
): readonly (Nested | string)[] {
  if (y.kind !== 'result') throw new Error('y is not the result of an op');
  const { owner } = y;
  const terms = rule({
    node: owner,
    inputs: owner.inputs,
    outputs: owner.outputs,
    attrs: owner.attrs,
    needs: owner.inputs.map(() => true),
    engine: { pullback: unused, pushforward: unused },
  });
  return terms.map((term) => {
    if (isVariable(term)) return evaluate(term).toArray();
    return isAbsence(term) ? term.type.kind : 'unknown';
  });
}

function unused(): never {
  throw new Error('this op has no inner graph');
}

type ErrorClass = new (...args: never[]) => Error;

/** `fn` throws an error of this class with this code. */
export function expectError(fn: () => unknown, kind: ErrorClass, code: string): void {
  expect(fn).toThrow(kind);
  expect(fn).toThrow(expect.objectContaining({ code }));
}

/** Nested numbers equal to about 14 digits. */
export function expectClose(got: Nested, want: Nested): void {
  const [a, b] = [tensorFrom(got), tensorFrom(want)];
  expect(a.shape).toEqual(b.shape);
  const flat = (t: Tensor): Nested => views.reshapeCopy(t, [t.size]).toArray();
  const [xs, ys] = [flat(a), flat(b)];
  if (!Array.isArray(xs) || !Array.isArray(ys)) throw new Error('not arrays');
  xs.forEach((x, i) => {
    const y = Number(ys[i]);
    const near = Object.is(Number(x), y) || Math.abs(Number(x) - y) <= 1e-14 * (1 + Math.abs(y));
    expect(near ? y : x).toBe(ys[i]);
  });
}
