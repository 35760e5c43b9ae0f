import { disconnected, isNull, isVariable, zero } from '@cotangent/graph';
import type { Tangent, Variable } from '@cotangent/graph';
import type { EngineCall } from './call.ts';
import { dummyLike, transposed, withoutDummies } from './derived.ts';
import { pathBetween } from './path.ts';

/**
 * ẏ = J ẋ by pulling back twice: x̄ = Jᵀ ȳ for dummy cotangents ȳ, then ẋ through that linear map. Needs
 * no forward rule of any op.
 */
export function forwardThroughPullback(
  outputs: readonly Variable[],
  tangents: readonly (readonly [Variable, Tangent])[],
  constants: ReadonlySet<Variable>,
  call: EngineCall,
): readonly Tangent[] {
  const wrt = tangents.map(([x]) => x);
  const dummies = outputs.map(dummyLike);
  const seeds = outputs.map((y, j) => [y, dummies[j]!] as const);
  const xBars = call.reverse({ seeds, wrt, constants });
  const xDots = tangents.map(([, xDot]) => xDot);
  const path = pathBetween(wrt, outputs, constants);
  const yDots = transposed(xBars, xDots, dummies, call);
  const held = new Set<Variable>(outputs);
  const settled = withoutDummies('pushforward', yDots, dummies, outputs, held);
  return settled.map((yDot, j) => {
    if (!path.carries(outputs[j]!)) return disconnected;
    return isVariable(yDot) || isNull(yDot) ? yDot : zero;
  });
}
