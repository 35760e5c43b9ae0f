import type { Algebra } from '../functions/algebra.ts';
import type { ElementaryName, ElementaryTable } from '../functions/elementary.ts';
import type { VectorFunction } from '../functions/trace.ts';
import { f32x4, f64x2, machineAlgebra } from './algebra.ts';
import type { Helpers } from '../kernels/helpers.ts';
import type { Builder } from './builder.ts';
import { EmitError } from './errors.ts';
import type { Node } from './node.ts';

/** Which vector function expands each operation that is not an instruction. */
export type FunctionTable = Partial<ElementaryTable>;

/** What elementary functions need of the module. */
export interface ElementaryContext {
  readonly functions: FunctionTable;
  readonly helpers: Helpers;
}

/**
 * Elementary functions in a function under construction: expanded in place, where equal applications are
 * one and related ones share their parts; or called, where code is to be small.
 */
export class Elementary {
  /** New applications are calls. */
  isCalling: boolean;
  private readonly builder: Builder;
  private readonly context: ElementaryContext;
  private readonly algebras: { readonly [Lane in 64 | 32]: Algebra<Node> };
  private readonly applied = new Map<string, Node>();
  /** Results of functions of one scalar: their other lanes may be anything. */
  private readonly firstLanes = new Map<Node, Node>();

  constructor(builder: Builder, context: ElementaryContext, isCalling = false) {
    this.builder = builder;
    this.context = context;
    this.isCalling = isCalling;
    this.algebras = { 64: machineAlgebra(builder, 64), 32: machineAlgebra(builder, 32) };
  }

  /** Runs `build` with calls in place of expansions. */
  calling(build: () => void): void {
    const before = this.isCalling;
    this.isCalling = true;
    build();
    this.isCalling = before;
  }

  vector(op: ElementaryName, lane: 64 | 32, ...xs: readonly Node[]): Node {
    if (this.isCalling) {
      return this.builder.call(functionOf(this.context, op, lane, xs.length), xs);
    }
    const key = `${op} ${lane} ${xs.map((x) => x.id).join(' ')}`;
    const known = this.applied.get(key);
    if (known && this.builder.reaches(known.earliest)) return known;
    const expand: VectorFunction | undefined = this.context.functions[op];
    if (expand === undefined)
      throw new EmitError(`emitModule: no function for '${op}'`, 'pass it in options.functions');
    const result = expand(this.algebras[lane], ...xs);
    this.applied.set(key, result);
    return result;
  }

  /** The same function of numbers: lane 0 of the vector function, so the bits are the same. */
  scalar(op: ElementaryName, ...xs: readonly Node[]): Node {
    const b = this.builder;
    const isDouble = xs[0]?.type === 'f64';
    const vectors = xs.map((x) => this.firstLanes.get(x) ?? splat(b, x));
    const result = this.vector(op, isDouble ? 64 : 32, ...vectors);
    const first = b.op(isDouble ? 'f64x2.extract_lane' : 'f32x4.extract_lane', [result], {
      lane: 0,
    });
    this.firstLanes.set(first, result);
    return first;
  }
}

/** The number of the function of the module that computes an operation of `count` vectors. */
export function functionOf(
  context: ElementaryContext,
  op: ElementaryName,
  lane: 64 | 32,
  count: number,
): number {
  const build = (b: Builder, xs: readonly Node[]): void => {
    const value = new Elementary(b, context).vector(op, lane, ...xs);
    b.statement({ kind: 'return', values: [value] });
  };
  const parameters = Array.from({ length: count }, () => 'v128' as const);
  return context.helpers.find(`${op} of ${lane} bits`, parameters, build, ['v128']);
}

/** A scalar in every lane. */
export function splat(b: Builder, x: Node): Node {
  const { value = 0 } = x.immediate;
  if (x.op === 'f64.const') return f64x2(b, value);
  if (x.op === 'f32.const') return f32x4(b, value);
  return b.op(x.type === 'f64' ? 'f64x2.splat' : x.type === 'f32' ? 'f32x4.splat' : 'i32x4.splat', [
    x,
  ]);
}
