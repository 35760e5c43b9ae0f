import {
  add,
  erf,
  erfc,
  erfcx,
  gt,
  log,
  maximum,
  minimum,
  neg,
  square,
  sub,
  where,
} from '@cotangent/ops';
import type { NodeRewrite } from '../rewrite.ts';
import { nodeOf } from './facts.ts';
import { rewrite } from './pattern.ts';

/** S-16, S-17: the error function without cancellation, and its logarithm without underflow. */
export function specialRewrites(): readonly NodeRewrite[] {
  return [
    rewrite('one-plus-erf', {
      forAll: ['x'],
      from: ({ x }) => add(1, erf(x)),
      to: ({ x }) => erfc(neg(x)),
      soundness: 'rounding',
    }),
    rewrite('one-minus-erf', {
      forAll: ['x'],
      from: ({ x }) => sub(1, erf(x)),
      to: ({ x }) => erfc(x),
      soundness: 'rounding',
    }),
    rewrite('erf-minus-one', {
      forAll: ['x'],
      from: ({ x }) => sub(erf(x), 1),
      to: ({ x }) => neg(erfc(x)),
      soundness: 'rounding',
    }),
    rewrite('one-minus-erfc', {
      forAll: ['x'],
      from: ({ x }) => sub(1, erfc(x)),
      to: ({ x }) => erf(x),
      soundness: 'rounding',
    }),
    rewrite('erfc-minus-one', {
      forAll: ['x'],
      from: ({ x }) => sub(erfc(x), 1),
      to: ({ x }) => neg(erf(x)),
      soundness: 'rounding',
    }),
    // Each branch gets an argument for which it is finite.
    rewrite('log-of-erfc', {
      forAll: ['x'],
      from: ({ x }) => log(erfc(x)),
      to: ({ x }) =>
        where(gt(x, 0), sub(log(erfcx(maximum(x, 0))), square(x)), log(erfc(minimum(x, 0)))),
      soundness: 'widens-domain',
      when: ({ x }) => nodeOf(x, minimum) === undefined,
    }),
  ];
}
