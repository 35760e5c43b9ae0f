// Functions that take functions, applied to ones whose values generate.py knows.
import * as c from 'cotangent';
import type { Variable } from 'cotangent';

type Program = (x: Variable) => Variable;

const decay = (x?: Variable, s?: Variable): Variable => c.add(c.mul(0.9, s!), c.sin(x!));
const start = (x: Variable): Variable => c.zeros([x.shape[1]!]);
const sine = (x?: Variable): Variable => c.sin(x!);
const whole = c.matrix('x');

/** By name of the function; in place of the function itself. */
export const programs: { readonly [name: string]: Program } = {
  scan: (x) => c.scan(decay, { sequences: [x], initial: [start(x)] })[0]!,
  map: (x) => c.map((row) => c.sum(c.square(row!)), [x]),
  reduce: (x) => c.reduce(decay, [x], start(x)),
  foldl: (x) => c.foldl(decay, [x], start(x)),
  foldr: (x) => c.foldr(decay, [x], start(x)),
  whileLoop: (x) =>
    c.whileLoop(
      (s) => c.lt(c.max(s!), 1000),
      (s) => c.mul(2, s!),
      x,
    ),
  until: (x) =>
    c.scan((s) => [c.mul(2, s!), c.until(c.ge(c.max(s!), 500))], {
      initial: [x],
      nSteps: 99,
      keep: 'last',
    })[0]!,
  ifElse: (x) =>
    c.ifElse(
      c.gt(c.sum(x), 0),
      () => c.exp(x),
      () => c.cos(x),
    ),
  opFromGraph: (x) => c.opFromGraph([whole], [c.sin(whole)])(x)[0]!,
  checkpoint: c.checkpoint(sine),
  customGrad: c.customGrad(sine, { pullback: ([g]) => [g!] }),
  customPullback: c.customPullback(sine, ([g]) => [g!]),
  customPushforward: c.customPushforward(sine, ([xDot]) => [xDot!]),
  assert: (x) => c.assert(x, c.gt(1, 0)),
  checkAndThrow: (x) => c.checkAndThrow(x, [c.gt(1, 0)], { message: 'never', code: 'NEVER' }),
  constant: (x) => c.add(x, c.constant(0)),
};
