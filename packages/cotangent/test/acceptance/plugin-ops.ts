import { defineOp } from 'cotangent';
import type { OpFunction, OpSpec } from '@cotangent/graph';

type Spec = Partial<OpSpec<number, number, object>> & { readonly outputs?: number };

/** An op of any number of inputs for tests: each output has the type and value of the first input. */
export function testOp(name: string, { outputs = 1, ...spec }: Spec): OpFunction<number, number> {
  const repeat = <T>(x: T): T[] => Array.from({ length: outputs }, () => x);
  return defineOp<number, number>(
    name,
    { inputs: 'variadic', outputs: 'variadic' },
    { infer: ([type]) => repeat(type!), eval: ([x]) => repeat(x!), ...spec },
  );
}
