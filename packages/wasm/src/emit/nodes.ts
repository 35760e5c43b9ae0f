import { isLoad, resultOf } from '../encode/opcodes.ts';
import type { MachineType, Opcode } from '../encode/opcodes.ts';
import { addScaled, linearOf } from './linear.ts';
import type { Immediate, Linear, Node, Region } from './node.ts';
import { NodeTable } from './table.ts';

/** A byte address: a node that is known while the code is made, or computed, plus a constant. */
export interface Base {
  readonly node: Node | undefined;
  readonly constant: number;
}

/** The state that a node reads: it exists only inside `region`. */
export interface Version {
  readonly id: number;
  readonly region: Region;
}

const none = {};

/** The hash-consed values of one function. */
export class Nodes {
  readonly root: Region = {
    id: 0,
    parent: undefined,
    depth: 0,
    kind: 'root',
    position: 0,
    statements: [],
  };
  readonly nodes: Node[] = [];
  /** The region that statements are added to. */
  protected region: Region = this.root;
  private readonly table = new NodeTable();

  protected make(
    op: Node['op'],
    type: MachineType,
    args: readonly Node[],
    immediate: Immediate,
    more: {
      readonly version?: Version;
      readonly isVolatile?: boolean;
      readonly isNatural?: boolean;
      readonly linear?: Linear;
    } = none,
  ): Node {
    const { version } = more;
    const isReading = isLoad(op);
    // Loads of other branches are not known here: they would have to move out of them.
    const isKnownHere = (n: Node): boolean => !isReading || this.reaches(this.conditional(n.home));
    const { nodes, table } = this;
    const found = table.find(nodes, op, args, immediate, version?.id ?? -1, isKnownHere);
    if (found) return found;
    let earliest = version?.region ?? this.root;
    let isVolatile = more.isVolatile ?? false;
    let readsMemory = isReading;
    for (const a of args) {
      if (a.earliest.depth > earliest.depth) earliest = a.earliest;
      isVolatile ||= a.isVolatile;
      readsMemory ||= a.readsMemory;
    }
    const node: Node = {
      id: nodes.length,
      op,
      type,
      args,
      immediate,
      version: version?.id ?? -1,
      home: this.region,
      earliest,
      isVolatile,
      readsMemory,
      isNatural: more.isNatural ?? false,
      linear: more.linear,
    };
    nodes.push(node);
    table.add(nodes);
    return node;
  }

  /** Whether a value that belongs to a region can be used at this point. */
  reaches(region: Region): boolean {
    let at: Region | undefined = this.region;
    while (at && at.depth > region.depth) at = at.parent;
    return at === region;
  }

  /** The innermost region around this one, or itself, that may not run. */
  private conditional(region: Region): Region {
    let at = region;
    while (at.kind === 'loop' && at.parent) at = at.parent;
    return at;
  }

  /** An instruction without effects. */
  op(op: Opcode, args: readonly Node[], immediate: Immediate = none): Node {
    const type = op === 'select' ? (args[0]?.type ?? 'i32') : resultOf(op);
    return this.make(op, type, args, immediate);
  }

  f64(value: number): Node {
    return this.make('f64.const', 'f64', [], { value });
  }

  f32(value: number): Node {
    return this.make('f32.const', 'f32', [], { value: Math.fround(value) });
  }

  i32(value: number): Node {
    return this.make('i32.const', 'i32', [], { value: value | 0 }, { isNatural: (value | 0) >= 0 });
  }

  v128(bytes: Uint8Array): Node {
    return this.make('v128.const', 'v128', [], { bytes });
  }

  add(x: Node, y: Node): Node {
    return this.sum(x, y, 1) ?? this.op('i32.add', [x, y]);
  }

  sub(x: Node, y: Node): Node {
    return this.sum(x, y, -1) ?? this.op('i32.sub', [x, y]);
  }

  mul(x: Node, y: Node): Node {
    const [variable, factor] = x.op === 'i32.const' ? [y, x] : [x, y];
    if (factor.op !== 'i32.const') return this.op('i32.mul', [x, y]);
    const zero = { terms: [], constant: 0 };
    const linear = addScaled(zero, linearOf(variable), factor.immediate.value ?? 0);
    return linear ? this.fromLinear(linear) : this.op('i32.mul', [x, y]);
  }

  private sum(x: Node, y: Node, scale: 1 | -1): Node | undefined {
    const linear = addScaled(linearOf(x), linearOf(y), scale);
    return linear && this.fromLinear(linear);
  }

  /** Adds the terms from the outermost to the innermost, so that the sum of the outer ones is invariant. */
  private fromLinear({ terms, constant }: Linear): Node {
    let total: Node | undefined;
    let partial: Linear = { terms: [], constant };
    const leadsWithConstant = constant !== 0 && (terms[0]?.[1] ?? 1) < 0;
    if (leadsWithConstant || terms.length === 0) total = this.i32(constant);
    else partial = { terms: [], constant: 0 };
    for (const [term, scale] of terms) {
      partial = { terms: [...partial.terms, [term, scale]], constant: partial.constant };
      const isNegative = scale < 0 && total !== undefined;
      const part = this.scaled(term, isNegative ? -scale | 0 : scale);
      total = total
        ? this.linearOp(isNegative ? 'i32.sub' : 'i32.add', [total, part], partial)
        : part;
    }
    if (total === undefined) return this.i32(constant);
    if (constant === 0 || leadsWithConstant || terms.length === 0) return total;
    return this.linearOp('i32.add', [total, this.i32(constant)], { terms, constant });
  }

  private linearOp(op: Opcode, args: readonly Node[], linear: Linear): Node {
    const isNatural = op !== 'i32.sub' && args.every((a) => a.isNatural);
    return this.make(op, 'i32', args, none, { linear, isNatural });
  }

  private scaled(term: Node, scale: number): Node {
    if (scale === 1) return term;
    const linear: Linear = { terms: [[term, scale]], constant: 0 };
    const isNatural = term.isNatural && scale > 0;
    const power = Math.log2(scale);
    const [op, by] = Number.isInteger(power)
      ? (['i32.shl', power] as const)
      : (['i32.mul', scale] as const);
    return this.make(op, 'i32', [term, this.i32(by)], none, { linear, isNatural });
  }

  /** The address of element `at` (of `bytes` bytes) beyond a base: what goes on the stack, and the constant part. */
  address(
    base: Base,
    at: Node,
    bytes: number,
  ): { readonly address: Node; readonly offset: number } {
    const linear = linearOf(at);
    const scaled = addScaled(
      base.node ? linearOf(base.node) : { terms: [], constant: 0 },
      { terms: linear.terms, constant: 0 },
      bytes,
    );
    if (scaled === undefined) {
      const address = this.op('i32.add', [
        base.node ?? this.i32(base.constant),
        this.mul(at, this.i32(bytes)),
      ]);
      const rest = base.node ? base.constant : 0;
      return rest === 0
        ? { address, offset: 0 }
        : { address: this.op('i32.add', [address, this.i32(rest)]), offset: 0 };
    }
    const offset = base.constant + scaled.constant + linear.constant * bytes;
    const isNatural = scaled.terms.every(([term, scale]) => term.isNatural && scale > 0);
    if (isNatural && offset >= 0 && offset < 2 ** 32)
      return { address: this.fromLinear({ terms: scaled.terms, constant: 0 }), offset };
    return { address: this.fromLinear({ terms: scaled.terms, constant: offset | 0 }), offset: 0 };
  }
}
