import { ArgumentTypeError, DTypeError, ShapeError, ValueError } from '@cotangent/tensor';
import { describe, expect, it } from '@jest/globals';
import { caught } from '../test/caught.ts';
import { matrix, scalar, tensor, tensor3, tensor4, vector } from './inputs.ts';

describe('scalar, vector, matrix, tensor3, tensor4', () => {
  it('make float64 inputs of their rank with unknown sizes', () => {
    const made = [scalar('a'), vector('b'), matrix('c'), tensor3('d'), tensor4('e')];
    expect(made.map(String)).toEqual([
      'a: float64[]',
      'b: float64[?]',
      'c: float64[?,?]',
      'd: float64[?,?,?]',
      'e: float64[?,?,?,?]',
    ]);
  });

  it('take a dtype and a shape, and need no name', () => {
    expect(vector(undefined, { dtype: 'int32', shape: [3] }).toString()).toBe('<input>: int32[3]');
  });

  it('refuse a shape of another rank', () => {
    const error = caught(() => vector('x', { shape: [2, 2] }));
    expect(error).toBeInstanceOf(ShapeError);
    expect(error).toMatchObject({ code: 'GRAPH_INPUT_RANK', data: { maker: 'vector' } });
  });

  it('refuse a name that is not a string', () => {
    // @ts-expect-error a name is a string
    const error = caught(() => scalar(3));
    expect(error).toBeInstanceOf(ArgumentTypeError);
    expect(error).toMatchObject({ code: 'GRAPH_INPUT_NAME' });
  });

  it('refuse an unknown dtype and an invalid size', () => {
    // @ts-expect-error int64 is not a dtype
    expect(caught(() => scalar('x', { dtype: 'int64' }))).toBeInstanceOf(DTypeError);
    expect(caught(() => vector('x', { shape: [-1] }))).toBeInstanceOf(ValueError);
  });
});

describe('tensor', () => {
  it('takes its rank from the shape', () => {
    expect(tensor('t', { shape: [null, 28, 28], dtype: 'float32' }).toString()).toBe(
      't: float32[?,28,28]',
    );
  });

  it('refuses to guess a shape', () => {
    // @ts-expect-error the shape is missing
    const error = caught(() => tensor('t'));
    expect(error).toBeInstanceOf(ArgumentTypeError);
    expect(error).toMatchObject({ code: 'GRAPH_SHAPE_MISSING' });
  });
});
