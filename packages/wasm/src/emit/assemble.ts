import { FunctionBody } from '../encode/body.ts';
import type { Opcode } from '../encode/opcodes.ts';
import { isFree } from './node.ts';
import type { Builder } from './builder.ts';
import type { MachineStatement, Node, Region, Register } from './node.ts';
import { place } from './place.ts';
import type { Placement } from './place.ts';

/** The code of a built function. */
export function assemble(builder: Builder): Uint8Array<ArrayBuffer> {
  const placement = place(builder.root, builder.nodes);
  const assembler = new Assembler(builder, placement);
  assembler.emitRegion(builder.root, undefined);
  return assembler.body.toBytes();
}

interface Frame {
  readonly node: Node;
  next: number;
}

class Assembler {
  readonly body: FunctionBody;
  private readonly placement: Placement;
  private readonly remaining: Uint32Array;
  private readonly locals = new Map<Node, number>();
  private readonly registers = new Map<Register, number>();
  /** Nodes whose last use lies in a region nested in theirs, by the outermost such region. */
  private readonly finished = new Map<Region, Node[]>();
  private region: Region;

  constructor(builder: Builder, placement: Placement) {
    this.body = new FunctionBody(builder.parameters.map((p) => p.type));
    for (const [k, register] of builder.parameters.entries()) this.registers.set(register, k);
    this.placement = placement;
    this.remaining = placement.uses.slice();
    this.region = builder.root;
  }

  emitRegion(region: Region, again: Node | undefined): void {
    const outer = this.region;
    this.region = region;
    const preludes = this.placement.preludes.get(region);
    const ends = this.placement.ends.get(region);
    for (const [position, statement] of region.statements.entries()) {
      this.materialise(preludes?.get(position) ?? []);
      this.emitStatement(statement);
      this.end(ends?.get(position) ?? []);
    }
    if (again) this.emit(again);
    this.end(ends?.get(region.statements.length) ?? []);
    this.region = outer;
    for (const node of this.finished.get(region) ?? []) this.release(node);
  }

  /** Computes nodes into locals, before a statement in whose regions they are used. */
  private materialise(nodes: readonly Node[]): void {
    for (const n of nodes.toSorted((a, b) => a.id - b.id)) {
      if (this.locals.has(n)) continue;
      this.compute(n);
      const local = this.body.acquire(n.type);
      this.locals.set(n, local);
      this.body.set(local);
    }
  }

  private end(registers: readonly Register[]): void {
    for (const register of registers) {
      const local = this.registers.get(register);
      if (local === undefined || register.parameter !== undefined) continue;
      this.registers.delete(register);
      this.body.release(local, register.type);
    }
  }

  private localOf(register: Register): number {
    const known = this.registers.get(register);
    if (known !== undefined) return known;
    const local = this.body.acquire(register.type);
    this.registers.set(register, local);
    return local;
  }

  private emitStatement(s: MachineStatement): void {
    const { body } = this;
    switch (s.kind) {
      case 'pin':
        return this.pin(s.value);
      case 'set':
        this.emit(s.value);
        return body.set(this.localOf(s.register));
      case 'store':
        this.emit(s.address);
        this.emit(s.value);
        return body.memory(s.op, s.offset, s.lane);
      case 'loop':
        return this.emitLoop(s.body, s.again, s.exits);
      case 'exitUnless':
        this.emit(s.condition);
        body.op('i32.eqz');
        return body.branchIf(1);
      case 'if':
        return this.emitIf(s.condition, s.first, s.second);
      case 'call':
        for (const n of s.args) this.emit(n);
        body.call(s.target);
        for (const r of s.results.toReversed()) body.set(this.localOf(r));
        return;
      case 'copy':
      case 'fill':
        for (const n of [s.to, s.from, s.bytes]) this.emit(n);
        return s.kind === 'copy' ? body.memoryCopy() : body.memoryFill();
      case 'unreachable':
        return body.unreachable();
      case 'return':
        for (const n of s.values) this.emit(n);
        return;
      default:
        return s satisfies never;
    }
  }

  private emitLoop(region: Region, again: Node, exits: boolean): void {
    if (exits) this.body.open('block');
    this.body.open('loop');
    this.emitRegion(region, again);
    this.body.branchIf(0);
    this.body.end();
    if (exits) this.body.end();
  }

  private emitIf(condition: Node, first: Region, second: Region | undefined): void {
    this.emit(condition);
    this.body.open('if');
    this.emitRegion(first, undefined);
    if (second) {
      this.body.otherwise();
      this.emitRegion(second, undefined);
    }
    this.body.end();
  }

  private pin(n: Node): void {
    if (this.remaining[n.id] === 0 || isFree(n)) return;
    this.materialise([n]);
    this.consume(n);
  }

  /** Leaves the value of `n` on the stack, and keeps it in a local if it is needed again. */
  private emit(n: Node): void {
    const stack: Frame[] = [];
    this.push(n, stack);
    for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
      const operand = frame.node.args[frame.next++];
      if (operand) {
        this.push(operand, stack);
        continue;
      }
      stack.pop();
      this.finish(frame.node);
    }
  }

  private push(n: Node, stack: Frame[]): void {
    const local = this.locals.get(n);
    if (isFree(n)) this.emitLeaf(n);
    else if (local === undefined) stack.push({ node: n, next: 0 });
    else {
      this.body.get(local);
      this.consume(n);
    }
  }

  private finish(n: Node): void {
    this.emitOp(n);
    if ((this.remaining[n.id] ?? 0) > 1) {
      const local = this.body.acquire(n.type);
      this.locals.set(n, local);
      this.body.tee(local);
    }
    this.consume(n);
  }

  /** Like `emit`, but of a node whose uses are all still to come. */
  private compute(n: Node): void {
    for (const operand of n.args) this.emit(operand);
    this.emitOp(n);
  }

  private emitLeaf(n: Node): void {
    const { register, value = 0 } = n.immediate;
    if (register) this.body.get(this.localOf(register));
    else if (n.op === 'global') this.body.global(n.immediate.target ?? 0);
    else if (n.op === 'f64.const') this.body.f64(value);
    else if (n.op === 'f32.const') this.body.f32(value);
    else this.body.i32(value);
  }

  private emitOp(n: Node): void {
    const { offset, lane, bytes, target = 0 } = n.immediate;
    if (n.op === 'copy' || n.op === 'get' || n.op === 'global') return;
    if (n.op === 'call') return this.body.call(target);
    const op: Opcode = n.op;
    if (bytes) this.body.bytes(op, bytes);
    else if (offset !== undefined) this.body.memory(op, offset, lane);
    else if (lane !== undefined) this.body.lane(op, lane);
    else this.body.op(op);
  }

  /** Counts one use; after the last, the local is free from the end of the statement of the node's region. */
  private consume(n: Node): void {
    const left = (this.remaining[n.id] ?? 1) - 1;
    this.remaining[n.id] = left;
    if (left > 0 || !this.locals.has(n)) return;
    const home = this.placement.regions[n.id];
    let at = this.region;
    if (at === home) return this.release(n);
    while (at.parent && at.parent !== home) at = at.parent;
    const waiting = this.finished.get(at) ?? [];
    this.finished.set(at, waiting);
    waiting.push(n);
  }

  private release(n: Node): void {
    const local = this.locals.get(n);
    if (local !== undefined) this.body.release(local, n.type);
    this.locals.delete(n);
  }
}
