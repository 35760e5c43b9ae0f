import { pullback, pushforward } from '@cotangent/autodiff';
import { ValueError } from '@cotangent/graph';
import type { Input } from '@cotangent/graph';
import { jit } from './jit.ts';
import type { GraphArguments, TensorsLike, TraceOutput, ValueArguments } from './jit.ts';
import { compileTrace, fillOutputs, outputsOf, traced } from './trace.ts';
import type { TraceOptions } from './trace.ts';
import { structureOf, unflatten, visit } from './tree.ts';

/** A value and the tangent there, both in the structure that the function returns. */
export interface ValueAndTangent<R> {
  readonly value: TensorsLike<R>;
  readonly tangent: TensorsLike<R>;
}

/**
 * A function of values and tangents that gives the value of `fn` and its Jacobian times the tangents, from
 * a single compiled graph. Traced per dtype and shape like {@link jit}.
 *
 * @param fn - builds a variable, or an array or record of them, from variables or records of variables.
 * @returns a function of two arrays: the arguments, and for each of them a tangent of its structure and shapes.
 * @throws ValueError `TRACE_STRUCTURE` if the tangents are not structured like the arguments; ShapeError
 *   `GRAD_TANGENT_SHAPE` if one has another shape; and what {@link jit} throws.
 * @example
 * const f = jvp((x: Variable) => square(x));
 * f([[3, 4]], [[1, 0]]).tangent; // [6, 0]
 */
export function jvp<A extends GraphArguments, R extends TraceOutput>(
  fn: (...args: A) => R,
  options: TraceOptions = {},
): (args: ValueArguments<A>, tangents: ValueArguments<A>) => ValueAndTangent<R> {
  const name = options.name ?? (fn.name || 'jvp');
  const run = traced<readonly unknown[], ValueAndTangent<R>>(
    name,
    ({ inputs, trees }) => {
      const count = trees.length / 2;
      // The first half of the trees has the structure of the arguments, variables in place of values.
      const returned = fn(...(trees.slice(0, count) as unknown as A));
      const outputs = outputsOf(returned, name);
      const wrt = leavesOf(trees.slice(0, count));
      const tangents = leavesOf(trees.slice(count));
      const dots = pushforward(outputs, wrt, tangents, { disconnectedOutputs: 'ignore' });
      const call = compileTrace(name, inputs, [...outputs, ...dots]);
      return {
        run: (leaves) => {
          const values = call(leaves);
          const value = fillOutputs(returned, values.slice(0, outputs.length).values());
          const tangent = fillOutputs(returned, values.slice(outputs.length).values());
          const both: unknown = { value, tangent };
          return both as ValueAndTangent<R>; // filled in the structure of `returned`
        },
      };
    },
    options,
  );
  return (args, tangents) => {
    const [primals, directions]: readonly (readonly unknown[])[] = [args, tangents];
    checkStructure(name, 'tangents', structuresOf(primals!), structuresOf(directions!));
    return run(...primals!, ...directions!);
  };
}

/** A value, and the function that pulls cotangents of it back to the arguments. */
export interface ValueAndPullback<A extends readonly unknown[], R> {
  readonly value: TensorsLike<R>;
  /** One entry per argument, in its structure. */
  readonly pullback: (cotangents: unknown) => { readonly [K in keyof A]: TensorsLike<A[K]> };
}

/**
 * A function of values that gives the value of `fn` and a function that multiplies cotangents with its
 * Jacobian from the left. Traced per dtype and shape like {@link jit}.
 *
 * @param fn - builds a variable, or an array or record of them, from variables or records of variables.
 * @returns a function of the arguments that returns `{ value, pullback }`; `pullback` takes a cotangent in
 *   the structure of the value, and returns one entry per argument.
 * @throws ValueError `TRACE_STRUCTURE` if a cotangent is not structured like the value; ShapeError
 *   `GRAD_TANGENT_SHAPE` if it has another shape; and what {@link jit} throws.
 * @example
 * const { value, pullback } = vjp((x: Variable) => square(x))([3, 4]);
 * pullback([1, 10]); // [[6, 80]]
 */
export function vjp<A extends GraphArguments, R extends TraceOutput>(
  fn: (...args: A) => R,
  options: TraceOptions = {},
): (...args: ValueArguments<A>) => ValueAndPullback<A, R> {
  const name = options.name ?? (fn.name || 'vjp');
  const evaluate = jit(fn, { ...options, name });
  const pull = traced<readonly unknown[], readonly unknown[]>(
    name,
    ({ inputs, trees }) => {
      // All trees but the last have the structure of the arguments, variables in place of values.
      const outputs = outputsOf(fn(...(trees.slice(0, -1) as unknown as A)), name);
      const wrt = trees.slice(0, -1);
      const bars = pullback(outputs, leavesOf(wrt), leavesOf(trees.slice(-1)), {
        disconnectedInputs: 'ignore',
      });
      const call = compileTrace(name, inputs, bars);
      return {
        run: (leaves) => {
          const values = call(leaves).values();
          return wrt.map((tree) => unflatten(tree, values));
        },
      };
    },
    options,
  );
  return (...args) => {
    const value: unknown = evaluate(...args);
    const result: unknown = {
      value,
      pullback: (cotangents: unknown): readonly unknown[] => {
        const record = asRecord(cotangents, value);
        const expected = structureOf(asRecord(value, value));
        checkStructure(name, 'cotangents', expected, structureOf(record));
        return pull(...args, record);
      },
    };
    return result as ValueAndPullback<A, R>; // in the structures of the value and of the arguments
  };
}

function leavesOf(trees: readonly unknown[]): readonly Input[] {
  const leaves: Input[] = [];
  trees.forEach((tree) => visit(tree, '', (leaf) => leaves.push(leaf as Input))); // traced trees
  return leaves;
}

/** `x` with arrays where `like` has them as records, which a trace takes as structure. */
function asRecord(x: unknown, like: unknown): unknown {
  if (!Array.isArray(like) || !Array.isArray(x)) return x;
  return Object.fromEntries(x.map((part: unknown, i) => [String(i), asRecord(part, like[i])]));
}

function structuresOf(trees: readonly unknown[]): string {
  return trees.map(structureOf).join('; ');
}

function checkStructure(name: string, what: string, expected: string, got: string): void {
  if (expected === got) return;
  throw new ValueError(`${name}: the ${what} are not structured like what they belong to`, {
    code: 'TRACE_STRUCTURE',
    hint: `expected ${expected}, got ${got}; * stands for a value`,
    data: { expected, got },
  });
}
