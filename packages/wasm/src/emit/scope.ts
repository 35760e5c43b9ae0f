import { bytesOf, registerType } from '@cotangent/loops';
import type { Buffer, Index, Local, Value } from '@cotangent/loops';
import type { Base, Builder } from './builder.ts';
import type { Elementary } from './elementary.ts';
import { EmitError } from './errors.ts';
import { evaluate, Memo } from './evaluate.ts';
import type { Node, Register } from './node.ts';
import {
  isNonZero,
  isExactBinary,
  scalarBinary,
  scalarCompare,
  scalarConvert,
  scalarFunction,
  scalarLoads,
  scalarStores,
  scalarUnary,
} from './scalar.ts';

/** What the names of a procedure stand for at a point of it, and the scalar code of values there. */
export class Scope {
  readonly builder: Builder;
  readonly functions: Elementary;
  readonly bases: ReadonlyMap<Buffer, Base>;
  /** Buffers that the procedure stores to: their elements may change. */
  readonly stored: ReadonlySet<Buffer>;
  /** Locals that are assigned or accumulated to. */
  readonly registers: ReadonlyMap<Local, Register>;
  private readonly bound = new Map<Index | Local, Node>();
  private readonly memo = new Memo<Node>();
  private readonly forget = (isRegionEnd: boolean): void => this.memo.forget(isRegionEnd);

  constructor(
    builder: Builder,
    functions: Elementary,
    bases: ReadonlyMap<Buffer, Base>,
    stored: ReadonlySet<Buffer>,
    registers: ReadonlyMap<Local, Register>,
  ) {
    this.builder = builder;
    this.functions = functions;
    this.bases = bases;
    this.stored = stored;
    this.registers = registers;
    builder.onWrite.add(this.forget);
  }

  /** Nothing is built in this scope any more. */
  close(): void {
    this.builder.onWrite.delete(this.forget);
  }

  bind(name: Index | Local, to: Node): void {
    this.bound.set(name, to);
    this.memo.forget(true);
  }

  baseOf(buffer: Buffer): Base {
    const base = this.bases.get(buffer);
    if (base) return base;
    throw new EmitError(`emitModule: buffer '${buffer.name}' has no address`, 'list it in buffers');
  }

  /** The scalar code of a value. */
  scalar(x: Value): Node {
    return evaluate(
      x,
      this.memo,
      (y, operands) => this.operation(y, operands),
      (n) => n.isVolatile,
    );
  }

  /** The scalar code of one operation on operands that are known. */
  operation(x: Value, operands: readonly Node[]): Node {
    const b = this.builder;
    const [p, q, r] = operands;
    switch (x.kind) {
      case 'index':
      case 'local':
        return this.named(x);
      case 'const':
        return x.type === 'f64'
          ? b.f64(x.value)
          : x.type === 'f32'
            ? b.f32(x.value)
            : b.i32(x.value);
      case 'load':
        return this.load(x.buffer, p!);
      case 'unary':
        return scalarUnary(b, this.functions, x.op, p!);
      case 'binary':
        return isExactBinary(x.op)
          ? scalarBinary(b, x.op, p!, q!)
          : scalarFunction(this.functions, x.op, p!, q!);
      case 'compare':
        return scalarCompare(b, x.op, p!, q!);
      case 'select':
        return b.op('select', [q!, r!, p!]);
      case 'convert':
        return scalarConvert(b, x.to, p!);
      default:
        return x satisfies never;
    }
  }

  private named(x: Index | Local): Node {
    const register = x.kind === 'local' ? this.registers.get(x) : undefined;
    const node = register ? this.builder.get(register) : this.bound.get(x);
    if (node) return node;
    throw new EmitError(`emitModule: '${x.name}' is not bound here`, 'bind it by let or a loop');
  }

  load(buffer: Buffer, at: Node): Node {
    const { address, offset } = this.builder.address(
      this.baseOf(buffer),
      at,
      bytesOf[buffer.dtype],
    );
    return this.builder.load(
      scalarLoads[buffer.dtype],
      buffer,
      address,
      offset,
      this.stored.has(buffer),
    );
  }

  store(buffer: Buffer, at: Node, value: Node): void {
    const b = this.builder;
    const { dtype } = buffer;
    const { address, offset } = b.address(this.baseOf(buffer), at, bytesOf[dtype]);
    const fitting =
      dtype === 'bool' ? isNonZero(b, value) : scalarConvert(b, registerType[dtype], value);
    b.store(scalarStores[dtype], buffer, address, offset, fitting);
  }
}
