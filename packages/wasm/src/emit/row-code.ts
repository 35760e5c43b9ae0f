import type { FunctionBody } from '../encode/body.ts';
import { opcodes } from '../encode/opcodes.ts';
import type { MachineType, Opcode } from '../encode/opcodes.ts';
import { rowCode } from './rows.ts';
import type { Rows } from './rows.ts';

/** log₂ of the bytes that a load or store moves. */
const alignments: ReadonlyMap<number, number> = new Map<number, number>(
  (
    [
      ['v128.load', 4],
      ['v128.store', 4],
      ['f64.load', 3],
      ['f64.store', 3],
      ['f32.load', 2],
      ['f32.store', 2],
      ['i32.load', 2],
      ['i32.store', 2],
    ] satisfies [Opcode, number][]
  ).map(([op, alignment]) => [opcodes[op], alignment]),
);

const laneCodes: ReadonlySet<number> = new Set<number>([
  opcodes['f64x2.extract_lane'],
  opcodes['f32x4.extract_lane'],
]);

/** Writes rows as instructions: each is computed where it is first needed, and kept in a local while it is needed again. */
export class RowCode {
  readonly #body: FunctionBody;
  readonly #rows: Rows;
  /** Local with the byte position of the vectors of an iteration; without one the position is 0. */
  readonly #counter: number | undefined;
  readonly #locals: Int32Array;
  readonly #left: Uint32Array;
  /** Rows that are the same in all iterations. */
  readonly #isSame: Uint8Array;
  readonly #lane: 'f64' | 'f32';
  readonly #pending: number[] = [];
  readonly #next: number[] = [];

  constructor(body: FunctionBody, rows: Rows, lane: 'f64' | 'f32', counter?: number) {
    this.#body = body;
    this.#rows = rows;
    this.#lane = lane;
    this.#counter = counter;
    this.#locals = new Int32Array(rows.length).fill(-1);
    this.#left = usesOf(rows);
    this.#isSame = new Uint8Array(rows.length);
  }

  /** Before a loop: computes what is the same in all its iterations, if it is worth a local. */
  prepare(): void {
    const { codes, types, first, second, third } = this.#rows;
    const left = this.#left;
    const isSame = (row: number): boolean => row < 0 || this.#isSame[row] === 1;
    for (let row = 0; row < codes.length; row++) {
      const code = codes[row]!;
      if (code === opcodes['v128.load'] || code === rowCode.local) continue;
      if (!isSame(first[row]!) || !isSame(second[row]!) || !isSame(third[row]!)) continue;
      this.#isSame[row] = 1;
      const isWorthIt = code !== rowCode.constant || left[row]! > 1;
      if (types[row] === 'v128' && isWorthIt && left[row]! > 0) this.#hold(row);
    }
  }

  /** Computes a row into a local, if it is needed and worth it. */
  keep(row: number): void {
    if (this.#left[row] === 0 || this.#locals[row]! >= 0 || this.#isFree(row)) return;
    this.#hold(row);
  }

  /** buffer[offset + position] = row. */
  store(code: number, offset: number, row: number): void {
    this.#base(code);
    this.push(row);
    this.#body.access(code, alignments.get(code) ?? 0, offset);
  }

  /** Leaves the value of a row on the stack; one use of it. */
  push(row: number): void {
    const [pending, next, rows] = [this.#pending, this.#next, this.#rows];
    const bottom = pending.length;
    this.#begin(row);
    while (pending.length > bottom) {
      const top = pending.length - 1;
      const at = pending[top]!;
      const turn = next[top]!++;
      const operand =
        turn === 0
          ? rows.first[at]!
          : turn === 1
            ? rows.second[at]!
            : turn === 2
              ? rows.third[at]!
              : -1;
      if (operand >= 0) {
        this.#begin(operand);
        continue;
      }
      pending.pop();
      next.pop();
      this.#finish(at);
    }
  }

  /** Numbers are written out at each use, those of vectors not. */
  #isFree(row: number): boolean {
    const code = this.#rows.codes[row]!;
    return (
      code === rowCode.local || (code === rowCode.constant && this.#rows.types[row] !== 'v128')
    );
  }

  #begin(row: number): void {
    const local = this.#locals[row]!;
    if (local >= 0) {
      this.#body.get(local);
      this.#consume(row);
    } else if (this.#isFree(row)) this.#instruction(row);
    else {
      this.#pending.push(row);
      this.#next.push(0);
    }
  }

  #finish(row: number): void {
    this.#instruction(row);
    if (this.#left[row]! > 1) {
      const local = this.#body.acquire(this.#rows.types[row]!);
      this.#locals[row] = local;
      this.#body.tee(local);
    }
    this.#consume(row);
  }

  /** Computes a row into a local; all its uses are still to come. */
  #hold(row: number): void {
    const { first, second, third, types } = this.#rows;
    for (const operand of [first[row]!, second[row]!, third[row]!])
      if (operand >= 0) this.push(operand);
    this.#instruction(row);
    const local = this.#body.acquire(types[row]!);
    this.#locals[row] = local;
    this.#body.set(local);
  }

  #consume(row: number): void {
    const left = --this.#left[row]!;
    const local = this.#locals[row]!;
    // What was made before a loop is needed again in the next iteration.
    if (left > 0 || local < 0 || this.#isSame[row] === 1) return;
    this.#body.release(local, this.#rows.types[row]!);
    this.#locals[row] = -1;
  }

  #instruction(row: number): void {
    const code = this.#rows.codes[row]!;
    const immediate = this.#rows.immediates[row]!;
    const body = this.#body;
    if (code === rowCode.constant) return this.#constant(this.#rows.types[row]!, immediate);
    if (code === rowCode.call) return body.call(immediate);
    if (code === rowCode.local) return body.get(immediate);
    const alignment = alignments.get(code);
    if (alignment !== undefined) {
      this.#base(code);
      return body.access(code, alignment, immediate);
    }
    body.opcode(code);
    if (laneCodes.has(code)) body.immediate(immediate);
  }

  #base(code: number): void {
    const isVector = code === opcodes['v128.load'] || code === opcodes['v128.store'];
    if (isVector && this.#counter !== undefined) this.#body.get(this.#counter);
    else this.#body.i32(0);
  }

  #constant(type: MachineType, at: number): void {
    const value = this.#rows.numbers[at]!;
    if (type === 'i32') this.#body.i32(value);
    else if (type === 'f64') this.#body.f64(value);
    else if (type === 'f32') this.#body.f32(value);
    else this.#body.bytes('v128.const', repeated(value, this.#lane));
  }
}

/** How often statements, and rows that these need, use each row. */
function usesOf({ uses, first, second, third }: Rows): Uint32Array {
  const left = Uint32Array.from(uses);
  for (let row = left.length - 1; row >= 0; row--) {
    if (left[row] === 0) continue;
    if (first[row]! >= 0) left[first[row]!]!++;
    if (second[row]! >= 0) left[second[row]!]!++;
    if (third[row]! >= 0) left[third[row]!]!++;
  }
  return left;
}

function repeated(value: number, lane: 'f64' | 'f32'): Uint8Array {
  const view = new DataView(new ArrayBuffer(16));
  for (let at = 0; at < 16; at += lane === 'f64' ? 8 : 4)
    if (lane === 'f64') view.setFloat64(at, value, true);
    else view.setFloat32(at, value, true);
  return new Uint8Array(view.buffer);
}
