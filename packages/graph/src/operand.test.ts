import {
  ArgumentTypeError,
  DTypeError,
  ShapeError,
  ValueError,
  tensorFrom,
} from '@cotangent/tensor';
import { describe, expect, it } from '@jest/globals';
import { caught } from '../test/caught.ts';
import { add, less, mul, select } from '../test/ops.ts';
import { disconnected } from './absence.ts';
import { scalar, vector } from './inputs.ts';
import { asPromotedVariables, asVariable, constant } from './operand.ts';
import type { Operand } from './operand.ts';
import { formatType } from './types.ts';
import type { Variable } from './variable.ts';

const typeOf = (x: Variable): string => `${x.type.weak ? 'weak ' : ''}${formatType(x.type)}`;

describe('constant', () => {
  it('copies its value', () => {
    const data = new Float64Array([1, 2]);
    const c = constant(data);
    data[0] = 9;
    expect(c.value.toArray()).toEqual([1, 2]);
  });

  it('keeps the dtype of tensors and typed arrays; numbers are float64, booleans bool', () => {
    const made = [
      constant(new Float32Array(2)),
      constant(tensorFrom([1], { dtype: 'uint8' })),
      constant([[1], [2]]),
      constant([true]),
      constant(3, { dtype: 'int32' }),
    ];
    expect(made.map(typeOf)).toEqual([
      'float32[2]',
      'uint8[1]',
      'float64[2,1]',
      'bool[1]',
      'int32[]',
    ]);
  });

  it('takes an ndarray-like view by its strides', () => {
    const view = { data: new Float64Array([1, 2, 3, 4]), shape: [2], stride: [-2], offset: 3 };
    expect(constant(view).value.toArray()).toEqual([4, 2]);
  });

  it('refuses to lose digits to an integer dtype', () => {
    expect(caught(() => constant([0.5], { dtype: 'int32' }))).toBeInstanceOf(ValueError);
    expect(caught(() => constant(300, { dtype: 'uint8' }))).toMatchObject({
      code: 'NOT_REPRESENTABLE',
    });
  });

  it('refuses ragged arrays', () => {
    expect(caught(() => constant([[1], [1, 2]]))).toBeInstanceOf(ShapeError);
  });
});

describe('asVariable', () => {
  it('returns a variable as it is', () => {
    const x = scalar('x');
    expect(asVariable(x)).toBe(x);
  });

  it('makes weak constants of literals, strong ones of arrays', () => {
    const made = [2, 0.5, true, [2]].map((operand) => typeOf(asVariable(operand)));
    expect(made).toEqual(['weak int32[]', 'weak float64[]', 'weak bool[]', 'float64[1]']);
  });

  it.each([
    ['a string', 'x', 'the string "x"'],
    ['null', null, 'null'],
    ['undefined', undefined, 'undefined'],
    ['a function', Math.sin, 'the function sin'],
    ['an object', new Map(), 'of type Map'],
  ])('refuses %s', (_, value, description) => {
    const error = caught(() => asVariable(value as unknown as Operand, 'mul', 1));
    expect(error).toBeInstanceOf(ArgumentTypeError);
    expect(error).toMatchObject({
      code: 'GRAPH_NOT_A_VARIABLE',
      data: { op: 'mul', position: 1 },
    });
    expect(String(error)).toContain(`mul: input 1 is ${description}`);
  });

  it('refuses the absence of a derivative by name', () => {
    const error = caught(() => asVariable(disconnected as unknown as Operand, 'mul', 0));
    expect(error).toBeInstanceOf(DTypeError);
    expect(error).toMatchObject({ code: 'GRAPH_ABSENT_OPERAND' });
  });
});

describe('asPromotedVariables', () => {
  const typesOf = (...operands: Operand[]): readonly string[] =>
    asPromotedVariables(operands, 'op').map(typeOf);

  it('gives a literal the dtype of the tensors it meets', () => {
    expect(typesOf(vector('x', { dtype: 'float32' }), 0.5)).toEqual(['float32[?]', 'float32[]']);
    expect(typesOf(2, vector('x', { dtype: 'uint8' }))).toEqual(['uint8[]', 'uint8[?]']);
    expect(typesOf(true, vector('x'))).toEqual(['float64[]', 'float64[?]']);
  });

  it('widens where the kind of the literal asks for it', () => {
    expect(typesOf(scalar('i', { dtype: 'int32' }), 0.5)).toEqual(['int32[]', 'float64[]']);
    expect(typesOf(scalar('b', { dtype: 'bool' }), 2)).toEqual(['bool[]', 'int32[]']);
  });

  it('keeps literals among themselves weak, of the widest kind', () => {
    expect(typesOf(1, true)).toEqual(['weak int32[]', 'weak int32[]']);
    expect(typesOf(1, 0.5)).toEqual(['weak float64[]', 'weak float64[]']);
  });

  it('takes whole numbers beyond int32 for floats, and both ends of int32 for integers', () => {
    const i = scalar('i', { dtype: 'int32' });
    expect(typesOf(i, 2147483648)).toEqual(['int32[]', 'float64[]']);
    expect(typesOf(i, -2147483648)).toEqual(['int32[]', 'int32[]']);
    expect(typesOf(i, 2147483647)).toEqual(['int32[]', 'int32[]']);
  });

  it('refuses a literal that the integer dtype cannot hold', () => {
    const error = caught(() => typesOf(vector('x', { dtype: 'uint8' }), 256));
    expect(error).toBeInstanceOf(ValueError);
    expect(error).toMatchObject({ code: 'LITERAL_OUT_OF_RANGE' });
  });

  it('keeps the sign of zero in a float literal', () => {
    const [, zeroLiteral] = asPromotedVariables([scalar('x'), -0], 'op');
    expect(zeroLiteral?.kind === 'constant' && zeroLiteral.value.item()).toBe(-0);
  });
});

describe('promotion in elementwise calls', () => {
  it('promotes tensors by dtype only', () => {
    const f32 = scalar('a', { dtype: 'float32' });
    const i32 = vector('b', { dtype: 'int32' });
    expect(typeOf(add(f32, i32))).toBe('float64[?]');
    expect(typeOf(add(f32, constant([1, 2])))).toBe('float64[2]');
  });

  it('keeps a result of literals weak, so that it adapts later', () => {
    const two = mul(1, 2);
    expect(typeOf(two)).toBe('weak int32[]');
    expect(typeOf(mul(two, vector('x', { dtype: 'float32' })))).toBe('float32[?]');
  });

  it('leaves operands out that do not take part', () => {
    const condition = less(scalar('a'), 0);
    expect(typeOf(condition)).toBe('bool[]');
    expect(typeOf(select(condition, scalar('x', { dtype: 'float32' }), 1))).toBe('float32[]');
    expect(typeOf(select(true, 1, 2))).toBe('weak int32[]');
  });
});
