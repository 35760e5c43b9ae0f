import { ValueError } from '@cotangent/tensor';
import type { DType, Tensor } from '@cotangent/tensor';
import type { Apply } from './apply.ts';
import { formatType, isKnownShape, sameShape } from './types.ts';
import type { Shape, TensorType } from './types.ts';

/** What the three kinds of variable share. A variable's identity is the object, never its structure. */
abstract class VariableBase {
  abstract readonly kind: 'input' | 'constant' | 'result';
  readonly type: TensorType;
  readonly name: string | undefined;

  constructor(type: TensorType, name?: string) {
    this.type = type;
    this.name = name;
  }

  get dtype(): DType {
    return this.type.dtype;
  }

  get shape(): Shape {
    return this.type.shape;
  }

  get rank(): number {
    return this.type.shape.length;
  }

  /** `x: float64[3,?]`, with the kind in place of a missing name. */
  toString(): string {
    return `${this.name ?? `<${this.kind}>`}: ${formatType(this.type)}`;
  }
}

/** A root of the graph whose value is given when a compiled function is called. */
export class Input extends VariableBase {
  readonly kind = 'input' as const;
}

/** A root of the graph that carries its value. The tensor must not be written to. */
export class Constant extends VariableBase {
  readonly kind = 'constant' as const;
  readonly value: Tensor;

  constructor(type: TensorType, value: Tensor, name?: string) {
    super(type, name);
    this.value = value;
  }
}

/** The `index`-th output of the apply node `owner`. */
export class Result extends VariableBase {
  readonly kind = 'result' as const;
  readonly owner: Apply;
  readonly index: number;
  /** The variable whose run-time shape this one is known to have; `undefined` if that is only itself. */
  readonly shapeSource: Variable | undefined;

  constructor(type: TensorType, owner: Apply, index: number, shapeSource: Variable | undefined) {
    super(type);
    this.owner = owner;
    this.index = index;
    this.shapeSource = shapeSource;
  }
}

/** A typed node of the graph: an input, a constant or the result of an op. */
export type Variable = Input | Constant | Result;

export function isVariable(value: unknown): value is Variable {
  return value instanceof VariableBase;
}

/** The variable that stands for the shape of `x`: two variables with one source have equal shapes. */
export function shapeSourceOf(x: Variable): Variable {
  return x.kind === 'result' ? (x.shapeSource ?? x) : x;
}

/** Whether `a` and `b` certainly have the same shape in every run. */
export function provablySameShape(a: Variable, b: Variable): boolean {
  if (shapeSourceOf(a) === shapeSourceOf(b)) return true;
  return isKnownShape(a.shape) && sameShape(a.shape, b.shape);
}

/**
 * Gives a variable that its caller has just built a name, unless it has one already. Names are for
 * people: nothing in the library reads them.
 */
export function nameIfUnnamed(variable: Variable, name: string): void {
  if (variable.name !== undefined) return;
  // The one place that writes a name after construction: rules build variables, engines name them.
  (variable as { name: string | undefined }).name = name;
}

/**
 * Gives a variable a name, for messages, printed graphs and the names of gradients, and returns it.
 *
 * @throws ValueError if it has another name already: whoever gave that one may count on it.
 * @example const cost = named(mean(square(x)), 'cost'); // grad(cost, x) is then named (dcost/dx)
 */
export function named<V extends Variable>(variable: V, name: string): V {
  if (variable.name !== undefined && variable.name !== name) {
    throw new ValueError(`named: ${variable.toString()} has a name already`, {
      code: 'GRAPH_NAMED_TWICE',
      hint: 'name it where it is made, or wrap it in identity to have another variable',
      data: { name: variable.name, other: name },
    });
  }
  nameIfUnnamed(variable, name);
  return variable;
}
