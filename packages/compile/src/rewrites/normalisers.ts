import { provablySameShape, rebuild } from '@cotangent/graph';
import type { Apply, Variable } from '@cotangent/graph';
import {
  div,
  exp,
  log,
  logSoftmax,
  logSumExp,
  mul,
  neg,
  oneHot,
  pickLabel,
  prod,
  reshape,
  slice,
  softmax,
  sparseSoftmaxCrossEntropy,
  sub,
  sum,
  transpose,
} from '@cotangent/ops';
import type { NodeRewrite } from '../rewrite.ts';
import { axesOf, filledWith, keepsDims, nodeOf, reductionBack, setOf, signOf } from './facts.ts';

/** S-12 to S-14, S-20: softmax, log Σ exp and log Π without overflow. */
export function normaliserRewrites(): readonly NodeRewrite[] {
  return [
    logOfSoftmax(),
    minusLogSumExp(),
    expOfLogSoftmax(),
    logOfSum(),
    logOfProd(),
    oneHotSum(),
  ];
}

/** S-12: log(softmax x) = logSoftmax x, also of a part, or with axes in another order. */
function logOfSoftmax(): NodeRewrite {
  const views = setOf(transpose, slice, reshape, pickLabel);
  return {
    name: 'log-of-softmax',
    soundness: 'widens-domain',
    ops: [log.op],
    apply: ({ inputs: [y] }) => {
      const above: Apply[] = [];
      let x = y!;
      while (x.kind === 'result' && views.has(x.owner.op)) {
        above.push(x.owner);
        x = x.owner.inputs[0]!;
      }
      const node = nodeOf(x, softmax);
      if (node === undefined) return undefined;
      const log = logSoftmax(node.inputs[0]!, { axis: axesOf(node) });
      return [
        above.reduceRight<Variable>(
          (value, view) => rebuild(view, view.inputs.with(0, value)).outputs[0]!,
          log,
        ),
      ];
    },
  };
}

/** S-12: x − log Σ exp x = logSoftmax x. */
function minusLogSumExp(): NodeRewrite {
  return {
    name: 'minus-log-sum-exp',
    soundness: 'rounding',
    ops: [sub.op],
    apply: ({ inputs: [x, s] }) => {
      const found = reductionBack(s!, logSumExp, x!.rank);
      return found?.node.inputs[0] === x ? [logSoftmax(x!, { axis: found!.axes })] : undefined;
    },
  };
}

/** S-12: exp(logSoftmax x) = softmax x. */
function expOfLogSoftmax(): NodeRewrite {
  return {
    name: 'exp-of-log-softmax',
    soundness: 'rounding',
    ops: [exp.op],
    apply: ({ inputs: [y] }) => {
      const node = nodeOf(y, logSoftmax);
      return node && [softmax(node.inputs[0]!, { axis: axesOf(node) })];
    },
  };
}

/** S-14: log Σ exp x = logSumExp x, and log(Σ exp x / c) = logSumExp x − log c for a constant c > 0. */
function logOfSum(): NodeRewrite {
  return {
    name: 'log-of-sum-of-exp',
    soundness: 'widens-domain',
    ops: [log.op],
    apply: ({ inputs: [y] }) => {
      const quotient = nodeOf(y, div);
      const count = quotient && filledWith(quotient.inputs[1]!);
      const node = nodeOf(quotient === undefined ? y : quotient.inputs[0], sum);
      const x = nodeOf(node?.inputs[0], exp)?.inputs[0];
      if (node === undefined || x === undefined) return undefined;
      const total = logSumExp(x, { axis: axesOf(node), keepDims: keepsDims(node) });
      if (quotient === undefined) return [total];
      return count !== undefined && count > 0 ? [sub(total, Math.log(count))] : undefined;
    },
  };
}

/** S-20: log Π x = Σ log x where no x is negative. */
function logOfProd(): NodeRewrite {
  return {
    name: 'log-of-prod',
    soundness: 'widens-domain',
    ops: [log.op],
    apply: ({ inputs: [y] }) => {
      const node = nodeOf(y, prod);
      const x = node?.inputs[0];
      if (node === undefined || x === undefined || signOf(x) === undefined) return undefined;
      return [sum(log(x), { axis: axesOf(node), keepDims: keepsDims(node) })];
    },
  };
}

/** S-13: Σ oneHot(label) · logSoftmax x = −sparseSoftmaxCrossEntropy(x, label), over the last axis. */
function oneHotSum(): NodeRewrite {
  return {
    name: 'one-hot-cross-entropy',
    soundness: 'widens-domain', // a weight of 0 meets no −∞
    ops: [sum.op],
    apply: (node) => {
      const product = nodeOf(node.inputs[0], mul);
      const last = (product?.outputs[0]?.rank ?? 0) - 1;
      if (product === undefined || keepsDims(node) || axesOf(node).join() !== `${last}`)
        return undefined;
      const [a, b] = [product.inputs[0]!, product.inputs[1]!];
      const picked = crossEntropy(a, b) ?? crossEntropy(b, a);
      return picked && [neg(picked)];
    },
  };
}

function crossEntropy(weights: Variable, logs: Variable): Variable | undefined {
  const [hot, log] = [nodeOf(weights, oneHot), nodeOf(logs, logSoftmax)];
  if (hot === undefined || log === undefined || !provablySameShape(weights, logs)) return undefined;
  const labels = hot.inputs[0]!;
  const x = log.inputs[0]!;
  const isOverLast = axesOf(log).join() === `${x.rank - 1}`;
  const fits = labels.rank === x.rank - 1 && (labels.dtype === 'int32' || labels.dtype === 'uint8');
  return isOverLast && fits ? sparseSoftmaxCrossEntropy(x, labels) : undefined;
}
