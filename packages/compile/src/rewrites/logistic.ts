import {
  add,
  div,
  exp,
  expm1,
  log,
  log1mexp,
  log1p,
  logAddExp,
  logSigmoid,
  mul,
  neg,
  reciprocal,
  sigmoid,
  softplus,
  sqrt,
  sub,
} from '@cotangent/ops';
import type { Variable } from '@cotangent/graph';
import type { NodeRewrite } from '../rewrite.ts';
import { nodeOf } from './facts.ts';
import { rewrite } from './pattern.ts';

/** S-1 to S-10, S-14, S-22: logarithms, exponentials and the logistic function without cancellation and overflow. */
export function logisticRewrites(): readonly NodeRewrite[] {
  return [...logarithms(), ...exponentials(), ...sigmoids(), logOfExps()];
}

function logarithms(): readonly NodeRewrite[] {
  return [
    rewrite('log-of-one-plus', {
      forAll: ['x'],
      from: ({ x }) => log(add(1, x)),
      to: ({ x }) => log1p(x),
      soundness: 'rounding',
    }),
    rewrite('log-of-one-minus', {
      forAll: ['x'],
      from: ({ x }) => log(sub(1, x)),
      to: ({ x }) => log1p(neg(x)),
      soundness: 'rounding',
    }),
    rewrite('log1p-of-exp', {
      forAll: ['x'],
      from: ({ x }) => log1p(exp(x)),
      to: ({ x }) => softplus(x),
      soundness: 'widens-domain',
    }),
    rewrite('log1p-of-negated-exp', {
      forAll: ['x'],
      from: ({ x }) => log1p(neg(exp(x))),
      to: ({ x }) => log1mexp(x),
      soundness: 'widens-domain',
    }),
    rewrite('log-of-negated-expm1', {
      forAll: ['x'],
      from: ({ x }) => log(neg(expm1(x))),
      to: ({ x }) => log1mexp(x),
      soundness: 'widens-domain',
    }),
    rewrite('log-of-sqrt', {
      forAll: ['x'],
      from: ({ x }) => log(sqrt(x)),
      to: ({ x }) => mul(0.5, log(x)),
      soundness: 'rounding',
    }),
    rewrite('log-of-reciprocal', {
      forAll: ['x'],
      from: ({ x }) => log(reciprocal(x)),
      to: ({ x }) => neg(log(x)),
      soundness: 'widens-domain',
    }),
    rewrite('log-of-one-over', {
      forAll: ['x'],
      from: ({ x }) => log(div(1, x)),
      to: ({ x }) => neg(log(x)),
      soundness: 'widens-domain',
    }),
  ];
}

function exponentials(): readonly NodeRewrite[] {
  return [
    rewrite('exp-minus-one', {
      forAll: ['x'],
      from: ({ x }) => sub(exp(x), 1),
      to: ({ x }) => expm1(x),
      soundness: 'rounding',
    }),
    rewrite('one-minus-exp', {
      forAll: ['x'],
      from: ({ x }) => sub(1, exp(x)),
      to: ({ x }) => neg(expm1(x)),
      soundness: 'rounding',
    }),
    rewrite('over-one-plus-exp', {
      forAll: ['x', 'y'],
      from: ({ x, y }) => div(y, add(1, exp(x))),
      to: ({ x, y }) => mul(y, sigmoid(neg(x))),
      soundness: 'widens-domain',
    }),
    rewrite('reciprocal-of-one-plus-exp', {
      forAll: ['x'],
      from: ({ x }) => reciprocal(add(1, exp(x))),
      to: ({ x }) => sigmoid(neg(x)),
      soundness: 'rounding',
    }),
  ];
}

function sigmoids(): readonly NodeRewrite[] {
  return [
    rewrite('log-of-sigmoid', {
      forAll: ['x'],
      from: ({ x }) => log(sigmoid(x)),
      to: ({ x }) => logSigmoid(x),
      soundness: 'widens-domain',
    }),
    rewrite('log1p-of-negated-sigmoid', {
      forAll: ['x'],
      from: ({ x }) => log1p(neg(sigmoid(x))),
      to: ({ x }) => neg(softplus(x)),
      soundness: 'widens-domain',
    }),
    rewrite('log-sigmoid-of-negation', {
      forAll: ['x'],
      from: ({ x }) => logSigmoid(neg(x)),
      to: ({ x }) => neg(softplus(x)),
      soundness: 'exact',
    }),
    rewrite('one-minus-sigmoid', {
      forAll: ['x'],
      from: ({ x }) => sub(1, sigmoid(x)),
      to: ({ x }) => sigmoid(neg(x)),
      soundness: 'rounding',
    }),
    rewrite('sigmoid-minus-one', {
      forAll: ['x'],
      from: ({ x }) => sub(sigmoid(x), 1),
      to: ({ x }) => neg(sigmoid(neg(x))),
      soundness: 'rounding',
    }),
    rewrite('odds', {
      forAll: ['x'],
      from: ({ x }) => div(sigmoid(x), sigmoid(neg(x))),
      to: ({ x }) => exp(x),
      soundness: 'widens-domain',
    }),
    rewrite('inverse-odds', {
      forAll: ['x'],
      from: ({ x }) => div(sigmoid(neg(x)), sigmoid(x)),
      to: ({ x }) => exp(neg(x)),
      soundness: 'widens-domain',
    }),
  ];
}

// More terms are left as they are: each is a logAddExp.
const mostTerms = 16;

/** S-14: log(exp a + exp b + …) = logAddExp(a, b, …), if all terms are exponentials. */
function logOfExps(): NodeRewrite {
  return {
    name: 'log-of-exps',
    soundness: 'widens-domain',
    ops: [log.op],
    apply: ({ inputs: [x] }) => {
      const terms = termsOf(x!);
      const [a, b, ...more] = terms.map((term) => nodeOf(term, exp)?.inputs[0]);
      if (a === undefined || b === undefined || terms.length > mostTerms) return undefined;
      const rest = more.filter((exponent) => exponent !== undefined);
      return rest.length < more.length ? undefined : [logAddExp(a, b, ...rest)];
    },
  };
}

/** The terms of a sum of few, from the left. */
function termsOf(x: Variable): readonly Variable[] {
  const terms: Variable[] = [];
  const pending = [x];
  for (let y = pending.pop(); y !== undefined; y = pending.pop()) {
    const node = nodeOf(y, add);
    if (node === undefined) terms.push(y);
    else pending.push(node.inputs[1]!, node.inputs[0]!);
    if (terms.length + pending.length > mostTerms) return [];
  }
  return terms;
}
