import { ByteWriter } from './bytes.ts';
import { control, opcodes, typeCodes } from './opcodes.ts';
import type { MachineType, Opcode } from './opcodes.ts';

/** log₂ of the bytes that an instruction moves: the natural alignment that its encoding states. */
function alignmentOf(op: Opcode): number {
  if (op === 'v128.load' || op === 'v128.store') return 4;
  const bits = /(?:load|store)(\d+)/.exec(op);
  if (bits) return Math.log2(Number(bits[1]) / 8);
  return op.startsWith('f64') ? 3 : 2;
}

/** The code of one function: instructions, and locals that are given back when no longer live. */
export class FunctionBody {
  private readonly code = new ByteWriter();
  private readonly locals: MachineType[] = [];
  private readonly free: { readonly [T in MachineType]: number[] } = {
    i32: [],
    f32: [],
    f64: [],
    v128: [],
  };
  private readonly parameters: readonly MachineType[];

  constructor(parameters: readonly MachineType[]) {
    this.parameters = parameters;
  }

  /** A local of a type: one that was released, or a new one. */
  acquire(type: MachineType): number {
    return this.free[type].pop() ?? this.parameters.length + this.locals.push(type) - 1;
  }

  release(local: number, type: MachineType): void {
    this.free[type].push(local);
  }

  /** A load or store by its code. */
  access(code: number, alignment: number, offset: number): void {
    this.opcode(code);
    this.code.unsigned(alignment);
    this.code.unsigned(offset);
  }

  /** The number of a lane, behind its instruction. */
  immediate(value: number): void {
    this.code.byte(value);
  }

  /** An instruction by its code, without immediates. */
  opcode(code: number): void {
    if (code > 0xff) {
      this.code.byte(code >> 8);
      this.code.unsigned(code & 0xff);
    } else this.code.byte(code);
  }

  op(op: Opcode): void {
    this.opcode(opcodes[op]);
  }

  /** A load or store at the address on the stack plus `offset` bytes. */
  memory(op: Opcode, offset: number, lane?: number): void {
    this.opcode(opcodes[op]);
    this.code.unsigned(alignmentOf(op));
    this.code.unsigned(offset);
    if (lane !== undefined) this.code.byte(lane);
  }

  lane(op: Opcode, lane: number): void {
    this.opcode(opcodes[op]);
    this.code.byte(lane);
  }

  /** `v128.const` or `i8x16.shuffle` with its 16 bytes. */
  bytes(op: Opcode, bytes: Uint8Array): void {
    this.opcode(opcodes[op]);
    this.code.raw(bytes);
  }

  i32(value: number): void {
    this.opcode(opcodes['i32.const']);
    this.code.signed(value);
  }

  f32(value: number): void {
    this.opcode(opcodes['f32.const']);
    this.code.float32(value);
  }

  f64(value: number): void {
    this.opcode(opcodes['f64.const']);
    this.code.float64(value);
  }

  get(local: number): void {
    this.code.byte(control.localGet);
    this.code.unsigned(local);
  }

  set(local: number): void {
    this.code.byte(control.localSet);
    this.code.unsigned(local);
  }

  tee(local: number): void {
    this.code.byte(control.localTee);
    this.code.unsigned(local);
  }

  global(k: number): void {
    this.code.byte(control.globalGet);
    this.code.unsigned(k);
  }

  /** Opens a block without results. */
  open(kind: 'block' | 'loop' | 'if'): void {
    this.code.byte(control[kind]);
    this.code.byte(control.empty);
  }

  unreachable(): void {
    this.code.byte(control.unreachable);
  }

  otherwise(): void {
    this.code.byte(control.else);
  }

  end(): void {
    this.code.byte(control.end);
  }

  branch(depth: number): void {
    this.code.byte(control.br);
    this.code.unsigned(depth);
  }

  branchIf(depth: number): void {
    this.code.byte(control.brIf);
    this.code.unsigned(depth);
  }

  call(target: number): void {
    this.code.byte(control.call);
    this.code.unsigned(target);
  }

  memoryCopy(): void {
    this.opcode(control.memoryCopy);
    this.code.byte(0);
    this.code.byte(0);
  }

  memoryFill(): void {
    this.opcode(control.memoryFill);
    this.code.byte(0);
  }

  /** The body as the code section stores it, without its length: runs of locals, code, end. */
  toBytes(): Uint8Array<ArrayBuffer> {
    const runs: [MachineType, number][] = [];
    for (const type of this.locals) {
      const last = runs.at(-1);
      if (last?.[0] === type) last[1]++;
      else runs.push([type, 1]);
    }
    const writer = new ByteWriter();
    writer.unsigned(runs.length);
    for (const [type, count] of runs) {
      writer.unsigned(count);
      writer.byte(typeCodes[type]);
    }
    writer.raw(this.code.toBytes());
    writer.byte(control.end);
    return writer.toBytes();
  }
}
