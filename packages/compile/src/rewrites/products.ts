import type { Tensor } from '@cotangent/tensor';
import { constant, isKnownShape, provablySameShape, rebuild } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import {
  abs,
  det,
  div,
  erfc,
  erfcx,
  exp,
  mul,
  neg,
  pickLabel,
  placeLabel,
  reciprocal,
  shape,
  sigmoid,
  sign,
  softmax,
  square,
  sub,
  sum,
  transpose,
} from '@cotangent/ops';
import type { NodeRewrite } from '../rewrite.ts';
import { replaceFactor } from './factors.ts';
import type { Meeting } from './factors.ts';
import { cancels, nodeOf, reductionBack, shapedAs } from './facts.ts';

/** S-9, S-11, S-18 and the products that differentiating the left sides of the other rewrites makes. */
export function productRewrites(): readonly NodeRewrite[] {
  return [
    meeting('exp-times-sigmoid', (a) => meetsExp(a) ?? meetsSigmoid(a)),
    quotientTimesFactor(),
    gaussianQuotient(),
    expOverSum(),
    expTimesQuotient(),
    cancelInDifference(),
  ];
}

/** a · (… f …) = (… f' …): one operand goes, and a factor of the other changes. */
function meeting(name: string, of: (a: Variable) => Meeting | undefined): NodeRewrite {
  return {
    name,
    soundness: 'widens-domain',
    ops: [mul.op],
    apply: ({ inputs: [a, b], outputs: [y] }) => {
      const found = replaceFactor(b!, of(a!)) ?? replaceFactor(a!, of(b!));
      return replacing(found, y);
    },
  };
}

/** (h/d) · (… f …) = h · (… f' …). */
function quotientTimesFactor(): NodeRewrite {
  const of = (d: Variable): Meeting | undefined => timesDenominator(d) ?? gaussianOverErfc(d);
  return {
    name: 'quotient-times-factor',
    soundness: 'widens-domain',
    ops: [mul.op],
    apply: ({ inputs: [a, b], outputs: [y] }) =>
      replacing(overDenominator(a!, b!, of) ?? overDenominator(b!, a!, of), y),
  };
}

/** The quotient may itself be a factor of `a`. */
function overDenominator(
  a: Variable,
  b: Variable,
  of: (denominator: Variable) => Meeting | undefined,
): Variable | 'one' | undefined {
  let changed: Variable | 'one' | undefined;
  const numerators = replaceFactor(a, (factor) => {
    const quotient = quotientOf(factor);
    const meet = quotient && of(quotient.below);
    changed = meet && replaceFactor(b, meet);
    return changed && quotient?.above;
  });
  if (numerators === undefined || changed === undefined) return undefined;
  return product(numerators, changed);
}

/** Numerator and denominator. */
function quotientOf(
  x: Variable | undefined,
): { readonly above: Variable | 'one'; readonly below: Variable } | undefined {
  const node = nodeOf(x, div);
  if (node !== undefined) return { above: node.inputs[0]!, below: node.inputs[1]! };
  const inverse = nodeOf(x, reciprocal);
  return inverse && { above: 'one', below: inverse.inputs[0]! };
}

/** S-9: exp(u) meets σ(−u), which becomes σ(u). */
function meetsExp(a: Variable): Meeting | undefined {
  const u = nodeOf(a, exp)?.inputs[0];
  if (u === undefined) return undefined;
  return (factor) => {
    const v = nodeOf(factor, sigmoid)?.inputs[0];
    return v !== undefined && areOpposite(u, v) ? sigmoid(u) : undefined;
  };
}

/** S-9: σ(−u) meets exp(u), which becomes σ(u). */
function meetsSigmoid(a: Variable): Meeting | undefined {
  const v = nodeOf(a, sigmoid)?.inputs[0];
  if (v === undefined) return undefined;
  return (factor) => {
    const u = nodeOf(factor, exp)?.inputs[0];
    return u !== undefined && areOpposite(u, v) ? sigmoid(u) : undefined;
  };
}

function areOpposite(u: Variable, v: Variable): boolean {
  return nodeOf(u, neg)?.inputs[0] === v || nodeOf(v, neg)?.inputs[0] === u;
}

/** (h/p) p = h where p is 0 or ∞ only by rounding: what log(p) leaves in a gradient. Of |p| sign p, p is left. */
function timesDenominator(p: Variable): Meeting | undefined {
  if (cancels(p)) return (factor) => (factor === p ? 'one' : undefined);
  const inner = nodeOf(p, abs)?.inputs[0];
  if (inner === undefined || nodeOf(inner, det) === undefined) return undefined;
  return (factor) => {
    const node = nodeOf(factor, mul);
    const isMagnitude = node?.inputs.some((x, i) => {
      return x === inner && nodeOf(node.inputs[1 - i], sign)?.inputs[0] === inner;
    });
    return isMagnitude === true ? 'one' : undefined;
  };
}

/** S-18: e^(−x²) over erfc x is 1/erfcx x. */
function gaussianOverErfc(denominator: Variable): Meeting | undefined {
  const x = nodeOf(denominator, erfc)?.inputs[0];
  return x && ((factor) => (isGaussian(factor, x) ? reciprocal(erfcx(x)) : undefined));
}

/** S-18. */
function gaussianQuotient(): NodeRewrite {
  return {
    name: 'gaussian-over-erfc-alone',
    soundness: 'widens-domain',
    ops: [div.op],
    apply: ({ inputs: [a, d] }) => {
      const x = nodeOf(d, erfc)?.inputs[0];
      return x !== undefined && isGaussian(a!, x) ? [reciprocal(erfcx(x))] : undefined;
    },
  };
}

function isGaussian(y: Variable, x: Variable): boolean {
  const exponent = nodeOf(nodeOf(y, exp)?.inputs[0], neg)?.inputs[0];
  return nodeOf(exponent, square)?.inputs[0] === x;
}

/** S-11: exp x / Σ exp x = softmax x. */
function expOverSum(): NodeRewrite {
  return {
    name: 'exp-over-sum',
    soundness: 'widens-domain',
    ops: [div.op],
    apply: ({ inputs: [e, s] }) => {
      const weights = softmaxOf(e!, s!);
      return weights && [weights];
    },
  };
}

/** softmax x, if `e` is exp x and `s` sums it over some axes. */
function softmaxOf(e: Variable, s: Variable): Variable | undefined {
  const x = nodeOf(e, exp)?.inputs[0];
  if (x === undefined) return undefined;
  const found = reductionBack(s, sum, x.rank);
  return found?.node.inputs[0] === e ? softmax(x, { axis: found.axes }) : undefined;
}

/** (h / Σ exp x) exp x = h softmax x, h for each group: what log(Σ exp x) leaves in a gradient. */
function expTimesQuotient(): NodeRewrite {
  return {
    name: 'exp-times-quotient',
    soundness: 'widens-domain',
    ops: [mul.op],
    apply: ({ inputs: [a, b] }) => {
      const found = weighted(a!, b!) ?? weighted(b!, a!);
      return found && [found];
    },
  };
}

/** h softmax x, if `e` is exp x and `q` is h over its sum, brought back to its axes. */
function weighted(e: Variable, q: Variable): Variable | undefined {
  if (nodeOf(e, exp) === undefined) return undefined;
  const restored = nodeOf(q, transpose);
  const quotient = quotientOf(restored === undefined ? q : restored.inputs[0]);
  if (quotient === undefined) return undefined;
  const { above: h, below: s } = quotient;
  const back = (x: Variable): Variable => (restored ? rebuild(restored, [x]).outputs[0]! : x);
  const weights = softmaxOf(e, back(s));
  if (weights === undefined || h === 'one') return weights;
  if (h.rank === 0) return mul(h, weights);
  return h.rank === s.rank ? mul(back(h), weights) : undefined;
}

/**
 * p (q − s) = h − p s where p q = h exactly but for rounding: the gradient of log(softmax x), through an index too.
 */
function cancelInDifference(): NodeRewrite {
  return {
    name: 'cancel-in-difference',
    soundness: 'widens-domain',
    ops: [mul.op],
    apply: ({ inputs: [a, b] }) => {
      // What is left has the shape of p, and of everything but p that was there.
      const found = distributed(a!, b!) ?? distributed(b!, a!) ?? picked(a!, b!) ?? picked(b!, a!);
      return found && [found];
    },
  };
}

function distributed(p: Variable, difference: Variable): Variable | undefined {
  const node = nodeOf(difference, sub);
  if (node === undefined || !cancels(p)) return undefined;
  const h = productWith(p, node.inputs[0]!);
  if (h === undefined) return undefined;
  const left = h === 'one' ? constant(1, { dtype: p.dtype }) : h;
  return sub(left, mul(p, node.inputs[1]!));
}

/** p q, where q has a factor 1/p. */
function productWith(p: Variable, q: Variable): Variable | 'one' | undefined {
  return (
    overDenominator(q, p, (d) =>
      d === p ? (factor) => (factor === p ? 'one' : undefined) : undefined,
    ) ?? picked(p, q)
  );
}

/** p · place(h / p[label], label) = place(h, label). */
function picked(p: Variable, q: Variable): Variable | undefined {
  const negated = nodeOf(q, neg);
  if (negated !== undefined) {
    const inner = picked(p, negated.inputs[0]!);
    return inner && neg(inner);
  }
  const place = nodeOf(q, placeLabel);
  if (place === undefined || !cancels(p) || !hasSizes(p, place.inputs[2]!)) return undefined;
  const [value, labels] = [place.inputs[0]!, place.inputs[1]!];
  const isPick: Meeting = (factor) => {
    const quotient = quotientOf(factor);
    const pick = nodeOf(quotient?.below, pickLabel);
    return pick?.inputs[0] === p && pick.inputs[1] === labels ? quotient?.above : undefined;
  };
  const h = replaceFactor(value, isPick);
  if (h === undefined) return undefined;
  const spread = shapedAs(h === 'one' ? constant(1, { dtype: value.dtype }) : h, value);
  return spread && rebuild(place, place.inputs.with(0, spread)).outputs[0]!;
}

/** Whether a vector of sizes is certainly the shape of `x`. */
function hasSizes(x: Variable, sizes: Variable): boolean {
  const owner = nodeOf(sizes, shape)?.inputs[0];
  if (owner !== undefined) return provablySameShape(owner, x);
  return (
    sizes.kind === 'constant' && isKnownShape(x.shape) && x.shape.join() === listOf(sizes.value)
  );
}

function listOf(vector: Tensor): string {
  return Array.from({ length: vector.size }, (_, k) => vector.get(k)).join();
}

function product(a: Variable | 'one', b: Variable | 'one'): Variable | 'one' {
  if (a === 'one') return b;
  return b === 'one' ? a : mul(a, b);
}

/** `found` in the place of `y`: a product without a factor may have lost axes. */
function replacing(
  found: Variable | 'one' | undefined,
  y: Variable | undefined,
): readonly Variable[] | undefined {
  if (found === undefined || y === undefined) return undefined;
  const value = found === 'one' ? constant(1, { dtype: y.dtype }) : found;
  const shaped = shapedAs(value, y);
  return shaped && [shaped];
}
