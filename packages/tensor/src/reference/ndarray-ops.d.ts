/** The part of `ndarray-ops` that the reference kernels use; the package ships no types. */
declare module 'ndarray-ops' {
  /** Whatever has the fields of an ndarray. */
  interface Operand {
    readonly data: ArrayLike<number>;
    readonly shape: readonly number[];
    readonly stride: readonly number[];
    readonly offset: number;
    readonly dtype?: string;
  }
  /** Writes into the first argument and returns it. */
  type Unary = <T extends Operand>(target: T, a: Operand) => T;
  type Binary = <T extends Operand>(target: T, a: Operand, b: Operand) => T;
  type Fold = (a: Operand) => number;
  type Test = (a: Operand) => boolean;

  type UnaryName =
    | 'neg'
    | 'recip'
    | 'not'
    | 'abs'
    | 'acos'
    | 'asin'
    | 'atan'
    | 'ceil'
    | 'cos'
    | 'exp'
    | 'floor'
    | 'log'
    | 'sin'
    | 'sqrt'
    | 'tan'
    | 'assign';
  type BinaryName =
    | 'add'
    | 'sub'
    | 'mul'
    | 'div'
    | 'mod'
    | 'pow'
    | 'max'
    | 'min'
    | 'atan2'
    | 'eq'
    | 'neq'
    | 'lt'
    | 'gt'
    | 'leq'
    | 'geq'
    | 'and'
    | 'or';

  const ops: { readonly [name in UnaryName]: Unary } & {
    readonly [name in BinaryName]: Binary;
  } & {
    readonly sum: Fold;
    readonly prod: Fold;
    readonly sup: Fold;
    readonly inf: Fold;
    readonly any: Test;
    readonly all: Test;
    /** a += s */
    readonly addseq: (target: Operand, scalar: number) => void;
    /** a = b · s */
    readonly muls: (target: Operand, a: Operand, scalar: number) => void;
    readonly equals: (a: Operand, b: Operand) => boolean;
  };
  export default ops;
}
