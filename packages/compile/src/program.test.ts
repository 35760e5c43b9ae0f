import { describe, expect, it } from '@jest/globals';
import { tensorFrom } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { add, mul } from '@cotangent/ops';
import { constant, defineOp, scalar, vector, withConstructionSites } from '@cotangent/graph';
import { caught } from '../test/caught.ts';
import { compile, referenceBackend } from './index.ts';
import { buildProgram, withOutputs } from './program.ts';

const x = scalar('x');
const y = scalar('y');

/** Two outputs, of which the second is the first input. */
const pair = defineOp<2, 2>(
  'pair',
  { inputs: 2, outputs: 2 },
  {
    infer: ([a, b]) => [b, a],
    eval: ([a, b]) => [b, a],
  },
);

describe('buildProgram', () => {
  it('gives inputs the first slots, and every variable one', () => {
    const c = constant(3);
    const sum = add(x, c);
    const program = buildProgram([x, y], [mul(sum, y), sum]);
    expect(program.slotCount).toBe(5);
    expect(program.variables.slice(0, 3)).toEqual([x, y, c]);
    expect(program.constants).toEqual([{ slot: 2, value: c.value }]);
    expect(program.nodes.map(({ inputs, outputs }) => [inputs, outputs])).toEqual([
      [[0, 2], [3]],
      [[3, 1], [4]],
    ]);
    expect(program.outputs).toEqual([4, 3]);
  });

  it('says after which node a slot is no longer needed', () => {
    const sum = add(x, x);
    const [second] = pair(sum, y);
    const program = buildProgram([x, y], [mul(second, 2)]);
    // x, y, the constant 2, the sum, both outputs of pair, the product
    expect([...program.lastUse]).toEqual([0, 1, 2, 1, 2, 1, 3]);
    expect(program.nodes.map(({ released }) => released)).toEqual([[0], [1, 3, 5], [2, 4]]);
    const all = withOutputs(program, [3, 6]);
    expect([...all.lastUse]).toEqual([0, 1, 2, 3, 2, 1, 3]);
    expect(all.nodes.map(({ released }) => released)).toEqual([[0], [1, 5], [2, 4]]);
  });
});

describe('referenceBackend', () => {
  it('runs ops with several outputs', () => {
    const f = compile([x, y], pair(x, y));
    expect(f(1, 2).map((t) => t.item())).toEqual([2, 1]);
  });

  it('runs a program as often as asked', () => {
    const executable = referenceBackend.prepare(buildProgram([x], [add(x, 1)]));
    const results = [1, 2].map((value) => executable.run([tensorFrom(value)])[0]?.item());
    expect(results).toEqual([2, 3]);
  });

  it('drops values after their last use', () => {
    const alive = new Set<Tensor>();
    const probe = defineOp<1, 1>(
      'probe',
      { inputs: 1, outputs: 1 },
      {
        infer: ([a]) => [a],
        eval: ([a]) => {
          const result = tensorFrom(a.item() + 1);
          alive.add(result);
          return [result];
        },
      },
    );
    const program = buildProgram([x], [probe(probe(probe(x)))]);
    expect(program.nodes.map(({ released }) => released.length)).toEqual([1, 1, 1]);
    referenceBackend.prepare(program).run([tensorFrom(0)]);
    expect(alive.size).toBe(3);
  });

  const returning = (result: unknown): unknown => {
    const op = defineOp<1, 1>(
      'odd',
      { inputs: 1, outputs: 1 },
      {
        infer: ([a]) => [a],
        // @ts-expect-error not what eval must return
        eval: () => result,
      },
    );
    const v = vector('v', { shape: [2] });
    return caught(() => compile([v], op(v))([1, 2]));
  };

  it('refuses results that are not of the inferred type, naming the op', () => {
    expect(returning([tensorFrom([1, 2], { dtype: 'float32' })])).toMatchObject({
      name: 'DTypeError',
      code: 'COMPILE_RESULT_DTYPE',
    });
    expect(returning([tensorFrom([1, 2, 3])])).toMatchObject({
      name: 'ShapeError',
      code: 'COMPILE_RESULT_SHAPE',
    });
    expect(returning([tensorFrom(1)])).toMatchObject({ code: 'COMPILE_RESULT_SHAPE' });
    expect(returning([[1, 2]])).toMatchObject({ code: 'COMPILE_RESULT_KIND' });
    expect(returning([])).toMatchObject({ code: 'COMPILE_RESULT_COUNT' });
    expect(returning(tensorFrom([1, 2]))).toMatchObject({ code: 'COMPILE_RESULT_COUNT' });
    expect(String(returning([tensorFrom(1)]))).toContain('odd(float64[2])');
  });

  it('says where a failing op was built', () => {
    const failing = defineOp<1, 1>(
      'failing',
      { inputs: 1, outputs: 1 },
      {
        infer: ([a]) => [a],
        eval: () => {
          throw new RangeError('too far');
        },
      },
    );
    const f = compile(
      [x],
      withConstructionSites(() => failing(x)),
    );
    const error = caught(() => f(1));
    expect(error).toBeInstanceOf(RangeError);
    expect(String(error)).toMatch(
      /too far\nIn: failing\(float64\[\]\)\nBuilt at: .*program\.test\.ts/,
    );
    expect((error as Error).stack).toContain('In: failing');
  });

  it('makes an error of what is none', () => {
    const failing = defineOp<1, 1>(
      'failing',
      { inputs: 1, outputs: 1 },
      {
        infer: ([a]) => [a],
        eval: () => {
          throw 'text'; // oxlint-disable-line no-throw-literal
        },
      },
    );
    expect(caught(() => compile([x], failing(x))(1))).toMatchObject({
      name: 'CotangentError',
      code: 'COMPILE_EVALUATION_FAILED',
      cause: 'text',
    });
  });
});
