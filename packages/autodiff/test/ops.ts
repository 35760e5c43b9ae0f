import { defineOp, isVariable, topologicalNodes } from '@cotangent/graph';
import type { OpFunction, OpSpec, Variable } from '@cotangent/graph';
import { cos, mul, sin, undefinedGrad } from '@cotangent/ops';

/** How often an op was asked for what. */
export interface Counts {
  pullback: number;
  pushforward: number;
  pattern: number;
}

export function noCounts(): Counts {
  return { pullback: 0, pushforward: 0, pattern: 0 };
}

type TestSpec = Partial<OpSpec<number, number, object>> & { readonly outputs?: number };

/**
 * An op for tests of the engine: any number of inputs; each output has the type and value of the first.
 */
export function testOp(
  name: string,
  { outputs = 1, ...spec }: TestSpec,
): OpFunction<number, number> {
  const repeat = <T>(x: T): T[] => Array.from({ length: outputs }, () => x);
  return defineOp<number, number>(
    name,
    { inputs: 'variadic', outputs: 'variadic' },
    { infer: ([type]) => repeat(type!), eval: ([x]) => repeat(x!), ...spec },
  );
}

/** sin, counting how often its rules and its pattern are asked for. */
export function countedSine(
  counts: Counts,
  only?: 'pullback' | 'pushforward',
): (x: Variable) => Variable {
  const op = testOp('counted', {
    connectionPattern: () => {
      counts.pattern++;
      return [[true]];
    },
    eval: (xs, attrs, types) => sin.op.eval(xs, attrs, types),
    ...(only !== 'pushforward' && {
      pullback: ([yBar], { inputs: [x] }) => {
        counts.pullback++;
        return [mul(yBar!, cos(x!))];
      },
    }),
    ...(only !== 'pullback' && {
      pushforward: ([xDot], { inputs: [x] }) => {
        counts.pushforward++;
        return [mul(xDot!, cos(x!))];
      },
    }),
  });
  return (x) => op([x])[0]!;
}

/** An identity whose derivative does not exist. */
export function breakOp(x: Variable): Variable {
  return undefinedGrad(x);
}

/** The number of nodes that variables among `results` need beyond those of `inputs`. */
export function countNodes(results: readonly unknown[], beyond: readonly Variable[] = []): number {
  const known = new Set(topologicalNodes(beyond));
  return topologicalNodes(results.filter(isVariable)).filter((node) => !known.has(node)).length;
}
