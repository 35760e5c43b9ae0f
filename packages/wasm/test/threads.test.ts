import { describe, expect, it } from '@jest/globals';
import { grad } from '@cotangent/autodiff';
import { compile } from '@cotangent/compile';
import type { Backend } from '@cotangent/compile';
import { matrix, tensor, vector } from '@cotangent/graph';
import type { Input, Variable } from '@cotangent/graph';
import {
  conv,
  div,
  exp,
  log,
  matmul,
  max,
  mean,
  mul,
  relu,
  sin,
  softmax,
  sub,
  sum,
  tanh,
  transpose,
} from '@cotangent/ops';
import { zerosTensor } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { wasmBackend } from '../src/index.ts';

/** Values that depend on the position alone, none twice in a row. */
function filled(shape: readonly number[], dtype: 'float32' | 'float64' = 'float64') {
  const out = zerosTensor(shape, dtype);
  for (let k = 0; k < out.size; k++) out.data[k] = Math.sin(1 + k * 0.7) + ((k * 7) % 11) / 8;
  return out;
}

/** The results as bits. */
function bitsOf(
  inputs: readonly Input[],
  outputs: readonly Variable[],
  args: readonly Tensor[],
  backend: Backend,
): { readonly bits: readonly Uint8Array[]; readonly isShared: boolean } {
  const f = compile(inputs, outputs, { backend });
  // Twice: at first the threads may not have started.
  f(...args);
  const bits = f(...args).map(({ data }) => new Uint8Array(data.slice().buffer));
  const isShared = /in \d+ parts/.test(f.explain());
  f.release();
  return { bits, isShared };
}

interface Case {
  readonly name: string;
  readonly inputs: readonly Input[];
  readonly outputs: readonly Variable[];
  readonly args: readonly Tensor[];
}

const x = vector('x');
const y = vector('y');
const a = matrix('a');
const b = matrix('b');
const stack = tensor('stack', { shape: [null, null, null] });
const other = tensor('other', { shape: [null, null, null] });
const single = (name: string) => matrix(name, { dtype: 'float32' });
const [p, q] = [single('p'), single('q')];
const long = filled([40_003]);
const wide = filled([301, 403]);

const cases: readonly Case[] = [
  { name: 'elementary functions', inputs: [x], outputs: [tanh(mul(x, sin(x)))], args: [long] },
  {
    name: 'a cost and its gradient in one loop',
    inputs: [x, y],
    outputs: [sum(exp(mul(x, y))), grad(sum(exp(mul(x, y))), x)],
    args: [long, long],
  },
  {
    name: 'a sum after a maximum',
    inputs: [x],
    outputs: [log(sum(exp(sub(x, max(x)))))],
    args: [long],
  },
  { name: 'sums of rows', inputs: [a], outputs: [sum(exp(a), { axis: 1 })], args: [wide] },
  { name: 'sums of columns', inputs: [a], outputs: [sum(exp(a), { axis: 0 })], args: [wide] },
  {
    name: 'a sum over a transposed operand',
    inputs: [a, b],
    outputs: [sum(exp(mul(a, transpose(b)))), mean(sin(div(transpose(b), 3)))],
    args: [wide, filled([403, 301])],
  },
  { name: 'softmax', inputs: [a], outputs: [softmax(a, { axis: -1 })], args: [wide] },
  {
    name: 'a product',
    inputs: [a, b],
    outputs: [matmul(a, b)],
    args: [filled([129, 130]), filled([130, 145])],
  },
  {
    name: 'products of transposed matrices',
    inputs: [p, q],
    outputs: [matmul(transpose(p), q), matmul(q, transpose(p)), matmul(transpose(q), p)],
    args: [filled([147, 147], 'float32'), filled([147, 147], 'float32')],
  },
  {
    name: 'a matrix times a vector',
    inputs: [a, x],
    outputs: [matmul(a, x), matmul(x, transpose(a))],
    args: [filled([1025, 801]), filled([801])],
  },
  {
    name: 'products of stacks',
    inputs: [stack, other],
    outputs: [matmul(stack, other)],
    args: [filled([9, 70, 65]), filled([9, 65, 66])],
  },
  network(),
  convolution(),
];

function network(): Case {
  const images = single('images');
  const [v, w] = [single('v'), single('w')];
  const hidden = relu(matmul(images, v));
  const scores = softmax(matmul(hidden, w), { axis: 1 });
  const cost = mean(mul(sub(scores, 0.1), sub(scores, 0.1)));
  return {
    name: 'the gradient of a network',
    inputs: [images, v, w],
    outputs: [cost, ...grad(cost, [v, w])],
    args: [filled([64, 200], 'float32'), filled([200, 96], 'float32'), filled([96, 10], 'float32')],
  };
}

function convolution(): Case {
  const shape = [null, null, null, null];
  const [images, kernels] = [tensor('images', { shape }), tensor('kernels', { shape })];
  const cost = sum(tanh(conv(images, kernels)));
  return {
    name: 'a convolution and its gradients',
    inputs: [images, kernels],
    outputs: [cost, ...grad(cost, [images, kernels])],
    args: [filled([7, 6, 20, 20]), filled([8, 6, 3, 3])],
  };
}

const backends = [1, 2, 3].map((threads) => wasmBackend({ threads }));

describe('threads', () => {
  for (const { name, inputs, outputs, args } of cases)
    it(`give the bits of one thread: ${name}`, () => {
      const [alone, ...more] = backends.map((backend) => bitsOf(inputs, outputs, args, backend));
      for (const { bits, isShared } of more) {
        expect(isShared).toBe(true);
        const isSame = bits.every((value, k) => Buffer.compare(value, alone!.bits[k]!) === 0);
        expect(isSame).toBe(true);
      }
    });
});
