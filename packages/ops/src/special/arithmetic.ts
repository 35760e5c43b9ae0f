import { binary, compare, constantOf, convert, select, unary } from '@cotangent/loops';
import type { CompareOp, Value, ValueType } from '@cotangent/loops';

/**
 * What a special function is written in, once, for numbers (`eval`) and for expressions of the loop language (`lower`),
 * both in double precision. Truth values are 0 or 1; `select` computes both sides.
 */
export interface Arithmetic<V> {
  number(x: number): V;
  add(x: V, y: V): V;
  sub(x: V, y: V): V;
  mul(x: V, y: V): V;
  div(x: V, y: V): V;
  abs(x: V): V;
  trunc(x: V): V;
  round(x: V): V;
  exp(x: V): V;
  log(x: V): V;
  log1p(x: V): V;
  pow(x: V, y: V): V;
  sin(x: V): V;
  tan(x: V): V;
  lt(x: V, y: V): V;
  eq(x: V, y: V): V;
  and(p: V, q: V): V;
  select(condition: V, x: V, y: V): V;
}

/** On numbers. */
export const onNumbers: Arithmetic<number> = {
  number: (x) => x,
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
  abs: Math.abs,
  trunc: Math.trunc,
  round: Math.round,
  exp: Math.exp,
  log: Math.log,
  log1p: Math.log1p,
  pow: (x, y) => x ** y,
  sin: Math.sin,
  tan: Math.tan,
  lt: (x, y) => Number(x < y),
  eq: (x, y) => Number(x === y),
  and: (p, q) => p & q,
  select: (condition, x, y) => (condition !== 0 ? x : y),
};

const relation =
  (op: CompareOp) =>
  (x: Value, y: Value): Value =>
    compare(op, x, y);

/** On expressions of type `f64`. */
export const onValues: Arithmetic<Value> = {
  number: (x) => constantOf('f64', x),
  add: (x, y) => binary('add', x, y),
  sub: (x, y) => binary('sub', x, y),
  mul: (x, y) => binary('mul', x, y),
  div: (x, y) => binary('div', x, y),
  abs: (x) => unary('abs', x),
  trunc: (x) => unary('trunc', x),
  round: (x) => unary('round', x),
  exp: (x) => unary('exp', x),
  log: (x) => unary('log', x),
  log1p: (x) => unary('log1p', x),
  pow: (x, y) => binary('pow', x, y),
  sin: (x) => unary('sin', x),
  tan: (x) => unary('tan', x),
  lt: relation('lt'),
  eq: relation('eq'),
  and: (p, q) => binary('and', p, q),
  select,
};

/** The lowering of `f`: computed in double precision, for float32 too, and rounded once. */
export function lowered(
  f: (m: Arithmetic<Value>, ...xs: Value[]) => Value,
  xs: readonly Value[],
  type: ValueType,
): Value {
  return convert(type, f(onValues, ...xs.map((x) => convert('f64', x))));
}

/** Σ cᵢ xⁱ by Horner's rule. */
export function polynomial<V>(m: Arithmetic<V>, x: V, coefficients: readonly number[]): V {
  return coefficients.map((c) => m.number(c)).reduceRight((sum, c) => m.add(c, m.mul(sum, x)));
}
