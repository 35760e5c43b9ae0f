import type { Buffer, Index, Local, Value } from './values.ts';

/** How partial results combine; each is associative and commutative up to rounding. */
export type ReduceOp = 'add' | 'mul' | 'min' | 'max';

/** One step of a procedure. */
export type Statement =
  | For
  | Let
  | Assign
  | Accumulate
  | Store
  | If
  | While
  | Block
  | MatrixProduct
  | Refuse;

/** For index = from, from + 1, … while index < to. */
export interface For {
  readonly kind: 'for';
  readonly index: Index;
  readonly from: Value;
  readonly to: Value;
  /**
   * The iterations are independent but for `accumulate` and for updates b[at] = b[at] + value of different
   * elements, so an emitter may run several at once, each statement in turn. The order in which lanes are
   * combined is fixed by the emitter, never by the machine.
   */
  readonly vector: boolean;
  readonly body: readonly Statement[];
}

/** Binds a local. One that is changed later starts with this value. */
export interface Let {
  readonly kind: 'let';
  readonly local: Local;
  readonly value: Value;
}

/** Gives a local another value. Not allowed in a vector loop for a local bound outside it. */
export interface Assign {
  readonly kind: 'assign';
  readonly local: Local;
  readonly value: Value;
}

/** local = local ∘ value, in any order of the iterations. The local starts at the identity or any value. */
export interface Accumulate {
  readonly kind: 'accumulate';
  readonly local: Local;
  readonly op: ReduceOp;
  readonly value: Value;
}

/** buffer[at] = value, converted to the buffer's element type (int32 and uint8 wrap, bool is value ≠ 0). */
export interface Store {
  readonly kind: 'store';
  readonly buffer: Buffer;
  readonly at: Value;
  readonly value: Value;
}

export interface If {
  readonly kind: 'if';
  readonly condition: Value;
  readonly body: readonly Statement[];
  readonly otherwise: readonly Statement[];
}

export interface While {
  readonly kind: 'while';
  readonly condition: Value;
  readonly body: readonly Statement[];
}

/**
 * Statements that stand for themselves: they may read indices and locals of outside but change none, and
 * what they bind ends with them. In a loop, an emitter may make a function of each block, so that an
 * engine that replaces code only between calls runs the later iterations of a long loop in its best code.
 */
export interface Block {
  readonly kind: 'block';
  readonly body: readonly Statement[];
}

/** A strided matrix: element (i, j) is buffer[offset + i · rowStride + j · columnStride]. */
export interface MatrixView {
  readonly buffer: Buffer;
  readonly offset: Value;
  readonly rowStride: number;
  readonly columnStride: number;
}

/**
 * out = a · b, or out += a · b with `accumulate`; −a · b in place of a · b with `negate`. Float buffers of
 * one dtype; `out` overlaps neither operand. A statement of its own because every target has kernels for it.
 */
export interface MatrixProduct {
  readonly kind: 'matrixProduct';
  readonly out: MatrixView;
  readonly a: MatrixView;
  readonly b: MatrixView;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly accumulate: boolean;
  readonly negate?: boolean;
}

/**
 * Gives up: the inputs are none that the op accepts, such as an index out of range. The graph is then
 * evaluated op by op, which says what is wrong, or whose results stand. Nothing is lost but time.
 */
export interface Refuse {
  readonly kind: 'refuse';
}

/** A procedure: what an op's lowering makes, and what an emitter turns into code. */
export interface Procedure {
  readonly name: string;
  readonly buffers: readonly Buffer[];
  readonly body: readonly Statement[];
}

export function forLoop(
  index: Index,
  from: Value,
  to: Value,
  body: readonly Statement[],
  options: { readonly vector?: boolean } = {},
): For {
  return { kind: 'for', index, from, to, vector: options.vector ?? false, body };
}

export function letIn(local: Local, value: Value): Let {
  return { kind: 'let', local, value };
}

export function assign(local: Local, value: Value): Assign {
  return { kind: 'assign', local, value };
}

export function accumulate(local: Local, op: ReduceOp, value: Value): Accumulate {
  return { kind: 'accumulate', local, op, value };
}

export function store(buffer: Buffer, at: Value, value: Value): Store {
  return { kind: 'store', buffer, at, value };
}

export function ifThen(
  condition: Value,
  body: readonly Statement[],
  otherwise: readonly Statement[] = [],
): If {
  return { kind: 'if', condition, body, otherwise };
}

export function whileLoop(condition: Value, body: readonly Statement[]): While {
  return { kind: 'while', condition, body };
}

export function block(body: readonly Statement[]): Block {
  return { kind: 'block', body };
}

export function refuse(): Refuse {
  return { kind: 'refuse' };
}

export function matrixProduct(
  out: MatrixView,
  a: MatrixView,
  b: MatrixView,
  sizes: { readonly rows: number; readonly inner: number; readonly columns: number },
  options: { readonly accumulate?: boolean; readonly negate?: boolean } = {},
): MatrixProduct {
  const { accumulate: isAdded = false, negate = false } = options;
  return { kind: 'matrixProduct', out, a, b, ...sizes, accumulate: isAdded, negate };
}
