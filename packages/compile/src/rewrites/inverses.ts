import {
  abs,
  add,
  exp,
  expm1,
  ge,
  log,
  log1p,
  logSigmoid,
  logit,
  sigmoid,
  softplus,
  sqrt,
  square,
  sub,
  where,
} from '@cotangent/ops';
import type { NodeRewrite } from '../rewrite.ts';
import { signOf } from './facts.ts';
import { rewrite } from './pattern.ts';

/** C-8, C-9, C-11: a function and its inverse. Where the inner one has no value, the result is NaN as before. */
export function inverseRewrites(): readonly NodeRewrite[] {
  return [
    rewrite('log-of-exp', {
      forAll: ['x'],
      from: ({ x }) => log(exp(x)),
      to: ({ x }) => x,
      soundness: 'widens-domain',
    }),
    rewrite('log1p-of-expm1', {
      forAll: ['x'],
      from: ({ x }) => log1p(expm1(x)),
      to: ({ x }) => x,
      soundness: 'widens-domain',
    }),
    rewrite('exp-of-softplus', {
      forAll: ['x'],
      from: ({ x }) => exp(softplus(x)),
      to: ({ x }) => add(1, exp(x)),
      soundness: 'rounding',
    }),
    rewrite('expm1-of-softplus', {
      forAll: ['x'],
      from: ({ x }) => expm1(softplus(x)),
      to: ({ x }) => exp(x),
      soundness: 'rounding',
    }),
    rewrite('exp-of-log-sigmoid', {
      forAll: ['x'],
      from: ({ x }) => exp(logSigmoid(x)),
      to: ({ x }) => sigmoid(x),
      soundness: 'rounding',
    }),
    rewrite('logit-of-sigmoid', {
      forAll: ['x'],
      from: ({ x }) => logit(sigmoid(x)),
      to: ({ x }) => x,
      soundness: 'widens-domain',
    }),
    rewrite('exp-of-log', {
      forAll: ['x'],
      from: ({ x }) => exp(log(x)),
      to: ({ x }) => where(ge(x, 0), x, NaN),
      soundness: 'rounding',
    }),
    rewrite('exp-of-log1p', {
      forAll: ['x'],
      from: ({ x }) => exp(log1p(x)),
      to: ({ x }) => where(ge(x, -1), add(1, x), NaN),
      soundness: 'rounding',
    }),
    rewrite('expm1-of-log', {
      forAll: ['x'],
      from: ({ x }) => expm1(log(x)),
      to: ({ x }) => where(ge(x, 0), sub(x, 1), NaN),
      soundness: 'rounding',
    }),
    rewrite('expm1-of-log1p', {
      forAll: ['x'],
      from: ({ x }) => expm1(log1p(x)),
      to: ({ x }) => where(ge(x, -1), x, NaN),
      soundness: 'rounding',
    }),
    rewrite('sqrt-of-square', {
      forAll: ['x'],
      from: ({ x }) => sqrt(square(x)),
      to: ({ x }) => abs(x),
      soundness: 'widens-domain',
    }),
    rewrite('square-of-sqrt', {
      forAll: ['x'],
      from: ({ x }) => square(sqrt(x)),
      to: ({ x }) => where(ge(x, 0), x, NaN),
      soundness: 'rounding',
    }),
    magnitudeOfNonnegative(),
  ];
}

/** C-6: |x| = x where x is ≥ 0 by what it is computed from. */
function magnitudeOfNonnegative(): NodeRewrite {
  return {
    name: 'magnitude-of-nonnegative',
    soundness: 'exact',
    ops: [abs.op],
    apply: ({ inputs: [x] }) => (signOf(x!) === undefined ? undefined : [x!]),
  };
}
