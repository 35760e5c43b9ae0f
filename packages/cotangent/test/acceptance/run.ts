import { compile, replace, slice, undefinedGrad } from 'cotangent';
import { grad, pullback, pushforward } from '@cotangent/autodiff';
import type { Input, TensorLike, Variable } from 'cotangent';
import { expect } from '@jest/globals';
import { randomFrom } from '../random/uniform.ts';

export { randomFrom };

/** A value for each input. */
export type Givens = readonly (readonly [Input, TensorLike])[];

/** The values of variables, compiled. */
export function valuesOf(outputs: readonly Variable[], givens: Givens = []): unknown[] {
  const inputs = givens.map(([x]) => x);
  const f = compile(inputs, outputs, { onUnusedInput: 'ignore' });
  return f(...givens.map(([, value]) => value)).map((y) => y.toArray());
}

/** The value of one variable. */
export function valueOf(output: Variable, givens: Givens = []): unknown {
  return valuesOf([output], givens)[0];
}

/** Names of the ops that a compiled function runs. */
export function opsOf(inputs: readonly Input[], outputs: Variable | readonly Variable[]): string[] {
  const { program } = compile(inputs, outputs, { onUnusedInput: 'ignore' });
  return program.nodes.map((node) => node.apply.op.name);
}

/** What `run` throws. */
export function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

export function flat(value: unknown): number[] {
  return Array.isArray(value) ? value.flatMap(flat) : [Number(value)];
}

/** Equal up to rtol 1e-5, atol 1e-8, unless told otherwise. */
export function expectClose(actual: unknown, wanted: unknown, rtol = 1e-5, atol = 1e-8): void {
  const [a, w] = [flat(actual), flat(wanted)];
  expect(a).toHaveLength(w.length);
  const wrong = a.flatMap((value, i) => {
    const isNear = Math.abs(value - w[i]!) <= atol + rtol * Math.abs(w[i]!);
    return isNear ? [] : [`[${i}] ${value}, not ${w[i]}`];
  });
  expect(wrong).toEqual([]);
}

/** Nested arrays of uniform numbers in [0, 1). */
export function uniform(shape: readonly number[], random: () => number): TensorLike {
  const [first, ...rest] = shape;
  if (first === undefined) return random();
  return Array.from({ length: first }, () => uniform(rest, random)) as TensorLike;
}

/**
 * The full check of a vector expression `y` of `x`: both forward methods equal the
 * row-by-row Jacobian times the tangent, the pullback equals the cotangent times it, and a derivative
 * that does not exist raises.
 */
export function expectPullbackPushforward(
  y: Variable,
  x: Input,
  shape: readonly number[],
  seed = 1,
): void {
  const random = randomFrom(seed);
  const at: Givens = [[x, uniform(shape, random)]];
  const length = flat(valueOf(y, at)).length;
  const ignore = { disconnectedInputs: 'ignore' } as const;
  const rows = valuesOf(
    Array.from({ length }, (_, k) => grad(slice(y, [k]), x, ignore)),
    at,
  ).map(flat);
  const tangent = uniform(shape, random);
  const v = flat(tangent);
  const wanted = rows.map((row) => row.reduce((sum, entry, j) => sum + entry * v[j]!, 0));
  for (const useOpPushforward of [true, false]) {
    const t = pushforward(y, x, tangent as number[], { useOpPushforward });
    expectClose(valueOf(t, at), wanted, 1e-7, 1e-9);
    const broken = replace([y], new Map([[x, undefinedGrad(x)]]))[0]!;
    expect(
      caught(() => pushforward(broken, x, tangent as number[], { useOpPushforward })),
    ).toMatchObject({ code: 'GRAD_NULL' });
  }
  const u = flat(uniform([length], random));
  const columns = v.map((_, j) => rows.reduce((sum, row, k) => sum + u[k]! * row[j]!, 0));
  expectClose(valueOf(pullback(y, x, u), at), columns, 1e-7, 1e-9);
}
