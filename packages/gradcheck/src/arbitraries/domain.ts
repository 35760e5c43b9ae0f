import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { ValueError, sizeOf } from '@cotangent/tensor';
import type { DType } from '@cotangent/tensor';

/** Values in row-major order. */
export type Values = Float64Array;

/** A set of arrays, with random members of it that shrink within it. */
export interface Domain {
  /** As it is written: `awayFrom(0)`. */
  readonly name: string;
  /** Members of a shape. @throws ValueError `ARBITRARY_SHAPE` if there is none of that shape. */
  readonly values: (shape: readonly number[]) => Arbitrary<Values>;
  /** Whether the elements of an array of a shape are a member. */
  readonly includes: (values: ArrayLike<number>, shape: readonly number[]) => boolean;
  /** The dtype of its arrays where that is not up to the caller: int32 for indices. */
  readonly dtype?: DType;
}

/** A domain in which each element is by itself. */
export interface ElementDomain extends Domain {
  readonly element: Arbitrary<number>;
  readonly includesElement: (x: number) => boolean;
}

/** Arrays of any shape with every element in a set of numbers. */
export function elementDomain(
  name: string,
  element: Arbitrary<number>,
  includesElement: (x: number) => boolean,
): ElementDomain {
  return {
    name,
    element,
    includesElement,
    values: (shape) => listOf(element, sizeOf(shape)).map((list) => Float64Array.from(list)),
    includes: (values) => Array.from(values).every(includesElement),
  };
}

/** Exactly `length` of something. */
export function listOf<T>(item: Arbitrary<T>, length: number): Arbitrary<T[]> {
  return fc.array(item, { minLength: length, maxLength: length, size: 'max' });
}

/** Square matrices: the last two axes, all others being a batch. @throws ValueError `ARBITRARY_SHAPE`. */
export function matrixDomain(
  name: string,
  matrix: (n: number) => Arbitrary<Values>,
  includesMatrix: (a: Values, n: number) => boolean,
): Domain {
  return {
    name,
    values: (shape) => {
      const n = squareSize(name, shape);
      return listOf(matrix(n), sizeOf(shape.slice(0, -2))).map((matrices) =>
        Float64Array.from(matrices.flatMap((a) => Array.from(a))),
      );
    },
    includes: (values, shape) => {
      const n = squareSize(name, shape);
      const all = Float64Array.from(values);
      const starts = Array.from({ length: sizeOf(shape.slice(0, -2)) }, (_, k) => k * n * n);
      return starts.every((start) => includesMatrix(all.slice(start, start + n * n), n));
    },
  };
}

function squareSize(name: string, shape: readonly number[]): number {
  const [rows, columns] = [shape.at(-2), shape.at(-1)];
  if (rows !== undefined && rows === columns) return rows;
  throw shapeError(name, shape, 'give a shape whose last two sizes are equal: [3, 3]');
}

/** There is no member of this shape. */
export function shapeError(name: string, shape: readonly number[], hint: string): ValueError {
  return new ValueError(`${name}: there is no such array of shape [${shape.join()}]`, {
    code: 'ARBITRARY_SHAPE',
    hint,
    data: { domain: name, shape },
  });
}

/** @throws ValueError `ARBITRARY_OPTION` unless `isValid`. */
export function checkDomainOption(
  name: string,
  option: string,
  value: unknown,
  isValid: boolean,
  allowed: string,
): void {
  if (isValid) return;
  throw new ValueError(`${name}: ${option} is ${String(value)}`, {
    code: 'ARBITRARY_OPTION',
    hint: `it must be ${allowed}`,
    data: { domain: name, option, value },
  });
}
