import { bytesOf, operandsOf, registerType } from '@cotangent/loops';
import type { Buffer, Index, Local, Value, ValueType } from '@cotangent/loops';
import { opcodes } from '../encode/opcodes.ts';
import type { MachineType } from '../encode/opcodes.ts';
import type { ElementaryName, ExactBinary } from '../functions/elementary.ts';
import { functionOf } from './elementary.ts';
import type { ElementaryContext } from './elementary.ts';
import { Rows, rowCode } from './rows.ts';
import { exactUnary, isExact, isExactBinary, isFloatOp } from './scalar.ts';

/** Where the code of some rows runs. */
export interface RowSetting {
  readonly context: ElementaryContext;
  readonly addresses: ReadonlyMap<Buffer, number>;
  /** The type of all values in vectors; scalar code may have others too. */
  readonly float: 'f64' | 'f32';
  readonly isVector: boolean;
  /** The index of the loop around, and its value where it is a number. */
  readonly index: Index | undefined;
  readonly position: number | undefined;
}

const codes: Readonly<Record<string, number | undefined>> = opcodes;
const shapes = { f64: 'f64x2', f32: 'f32x4' } as const;
const unknown = -1;

/** Rows for values of the loop language; those that have no simple form make `isPossible` false. */
export class RowValues {
  readonly rows: Rows = new Rows();
  isPossible = true;
  /** Rows that compute something. */
  operations = 0;
  readonly loaded: Set<Buffer> = new Set();
  readonly #setting: RowSetting;
  readonly #known = new Map<Value, number>();
  readonly #masks = new Set<number>();
  readonly #codes = new Map<string, number>();
  readonly #targets = new Map<string, number>();

  constructor(setting: RowSetting) {
    this.#setting = setting;
  }

  bind(name: Local, row: number): void {
    this.#known.set(name, row);
  }

  /** Whether a row is a truth value in all bits of each lane, and no number. */
  isMask(row: number): boolean {
    return this.#masks.has(row);
  }

  /** The row of a value. */
  of(root: Value): number {
    const known = this.#known.get(root);
    if (known !== undefined) return known;
    const stack: Value[] = [root];
    for (let x = stack.at(-1); x !== undefined; x = stack.at(-1)) {
      if (this.#isWaiting(x, stack)) continue;
      stack.pop();
      if (!this.#known.has(x)) this.#known.set(x, this.#make(x));
      if (!this.isPossible) return 0;
    }
    return this.#known.get(root) ?? 0;
  }

  /** Byte offset of an element, if it is a number beyond the position of the iteration; else `undefined`. */
  offsetOf(buffer: Buffer, at: Value): { readonly offset: number; readonly isMoving: boolean } {
    const linear = this.#positionOf(at);
    const base = this.#setting.addresses.get(buffer);
    if (linear === undefined || base === undefined) this.isPossible = false;
    const { scale, constant } = linear ?? { scale: 0, constant: 0 };
    const offset = (base ?? 0) + constant * bytesOf[buffer.dtype];
    if (offset < 0 || offset >= 2 ** 32 || (scale !== 0 && scale !== 1)) this.isPossible = false;
    return { offset, isMoving: scale === 1 };
  }

  /** Puts operands that have no row yet on the stack. */
  #isWaiting(x: Value, stack: Value[]): boolean {
    if (x.kind === 'load' || this.#known.has(x)) return false;
    let isWaiting = false;
    for (const operand of operandsOf(x)) {
      if (this.#known.has(operand)) continue;
      stack.push(operand);
      isWaiting = true;
    }
    return isWaiting;
  }

  #fail(): number {
    this.isPossible = false;
    return 0;
  }

  #row(x: Value): number {
    return this.#known.get(x) ?? this.#fail();
  }

  #make(x: Value): number {
    switch (x.kind) {
      case 'index':
      case 'local': // bound ones are known
        return this.#fail();
      case 'const':
        return this.#constant(x.type, x.value);
      case 'load':
        return this.#load(x.buffer, x.at);
      case 'unary':
        if (!isExact(x.op)) return this.#call(x.op, [this.#row(x.x)]);
        return this.#operation(exactUnary[x.op], this.#row(x.x));
      case 'binary':
        return isExactBinary(x.op)
          ? this.#binary(x.op, this.#row(x.x), this.#row(x.y))
          : this.#call(x.op, [this.#row(x.x), this.#row(x.y)]);
      case 'compare':
        return this.#compare(x.op, this.#row(x.x), this.#row(x.y));
      case 'select':
        return this.#select(this.#row(x.condition), this.#row(x.x), this.#row(x.y));
      case 'convert':
        return this.#convert(x.to, this.#row(x.x));
      default:
        return x satisfies never;
    }
  }

  #constant(type: ValueType, value: number): number {
    const { isVector, float } = this.#setting;
    if (isVector && type !== float) return this.#fail();
    const rounded = type === 'f32' ? Math.fround(value) : type === 'i32' ? value | 0 : value;
    return this.rows.constant(isVector ? 'v128' : type, rounded);
  }

  #load(buffer: Buffer, at: Value): number {
    const { isVector, float } = this.#setting;
    const { dtype } = buffer;
    const type = registerType[dtype];
    if (bytesOf[dtype] === 1 || (isVector && type !== float)) return this.#fail();
    const { offset, isMoving } = this.offsetOf(buffer, at);
    this.loaded.add(buffer);
    if (isVector && isMoving) return this.rows.add(opcodes['v128.load'], 'v128', offset);
    const scalar = this.rows.add(this.#codeOf(type, 'load'), type, offset);
    return isVector ? this.#splat(scalar) : scalar;
  }

  #typeOf(row: number): MachineType {
    return this.rows.types[row] ?? 'i32';
  }

  /** The code of an operation on operands of a type; of vectors, on floats in their lanes. */
  #codeOf(type: MachineType, name: string): number {
    const shape = type === 'v128' ? shapes[this.#setting.float] : type;
    const key = `${shape}.${name}`;
    let code = this.#codes.get(key);
    if (code === undefined) this.#codes.set(key, (code = codes[key] ?? unknown));
    return code === unknown ? this.#fail() : code;
  }

  /** An operation whose result has the type of its operands. */
  #operation(name: string, x: number, y = -1): number {
    const type = this.#typeOf(x);
    const isMixed = y >= 0 && this.#typeOf(y) !== type;
    if (isMixed || this.#masks.has(x) || this.#masks.has(y)) return this.#fail();
    this.operations++;
    return this.rows.add(this.#codeOf(type, name), type, 0, x, y);
  }

  #binary(op: ExactBinary, x: number, y: number): number {
    const isBitwise = op === 'and' || op === 'or' || op === 'xor';
    if (isBitwise && this.#masks.has(x) && this.#masks.has(y)) {
      const row = this.rows.add(opcodes[`v128.${op}`], 'v128', 0, x, y);
      this.#masks.add(row);
      return row;
    }
    const isInteger = this.#typeOf(x) === 'i32';
    const isPlain = op === 'add' || op === 'sub' || op === 'mul';
    const fits = isInteger ? isBitwise || isPlain : isFloatOp(op);
    return fits ? this.#operation(op, x, y) : this.#fail();
  }

  #compare(op: string, x: number, y: number): number {
    const type = this.#typeOf(x);
    if (type !== this.#typeOf(y) || op === 'ltU') return this.#fail();
    const isSigned = type === 'i32' && op !== 'eq' && op !== 'ne';
    const code = this.#codeOf(type, isSigned ? `${op}_s` : op);
    this.operations++;
    const row = this.rows.add(code, type === 'v128' ? 'v128' : 'i32', 0, x, y);
    if (type === 'v128') this.#masks.add(row);
    return row;
  }

  #select(condition: number, x: number, y: number): number {
    const type = this.#typeOf(x);
    if (type !== this.#typeOf(y) || this.#masks.has(x) || this.#masks.has(y)) return this.#fail();
    this.operations++;
    if (type !== 'v128') return this.rows.add(opcodes.select, type, 0, x, y, condition);
    if (!this.#masks.has(condition)) return this.#fail();
    return this.rows.add(opcodes['v128.bitselect'], type, 0, x, y, condition);
  }

  #convert(to: ValueType, x: number): number {
    const type = this.#typeOf(x);
    if (type === to) return x;
    if (type === 'v128') return this.#fail();
    const name =
      to === 'i32'
        ? `trunc_sat_${type}_s`
        : type === 'i32'
          ? 'convert_i32_s'
          : type === 'f32'
            ? 'promote_f32'
            : 'demote_f64';
    this.operations++;
    return this.rows.add(this.#codeOf(to, name), to, 0, x);
  }

  /** A function of vectors; of numbers: of vectors of them, of which the first lane counts. */
  #call(op: ElementaryName, xs: readonly number[]): number {
    const type = this.#typeOf(xs[0]!);
    const isAlike = xs.every((x) => this.#typeOf(x) === type && !this.#masks.has(x));
    if (!isAlike || type === 'i32') return this.#fail();
    const float = type === 'v128' ? this.#setting.float : type;
    const vectors = type === 'v128' ? xs : xs.map((x) => this.#splat(x));
    const target = this.#targetOf(op, float === 'f64' ? 64 : 32, xs.length);
    this.operations++;
    const row = this.rows.add(rowCode.call, 'v128', target, vectors[0], vectors[1]);
    return type === 'v128' ? row : this.rows.add(extractCodes[type], type, 0, row);
  }

  #targetOf(op: ElementaryName, lane: 64 | 32, count: number): number {
    const key = lane === 64 ? op : `${op} of 32 bits`;
    let target = this.#targets.get(key);
    if (target === undefined)
      this.#targets.set(key, (target = functionOf(this.#setting.context, op, lane, count)));
    return target;
  }

  /** A number in every lane; the result of a function of numbers as it was, its other lanes may be anything. */
  #splat(x: number): number {
    const { rows } = this;
    const type = this.#typeOf(x);
    if (type !== 'f64' && type !== 'f32') return this.#fail();
    const isFirstLane = !this.#setting.isVector && rows.codes[x] === extractCodes[type];
    return isFirstLane ? rows.first[x]! : rows.add(splatCodes[type], 'v128', 0, x);
  }

  /** A position as scale · index + constant. */
  #positionOf(at: Value): { readonly scale: number; readonly constant: number } | undefined {
    const { index, position } = this.#setting;
    if (at.kind === 'const') return { scale: 0, constant: at.value };
    if (at === index) return position === undefined ? moving : { scale: 0, constant: position };
    if (at.kind !== 'binary') return undefined;
    const [x, y] = [this.#positionOf(at.x), this.#positionOf(at.y)];
    if (x === undefined || y === undefined) return undefined;
    if (at.op === 'add') return { scale: x.scale + y.scale, constant: x.constant + y.constant };
    if (at.op !== 'mul' || y.scale !== 0) return undefined;
    return { scale: x.scale * y.constant, constant: x.constant * y.constant };
  }
}

const moving = { scale: 1, constant: 0 };
const extractCodes = {
  f64: opcodes['f64x2.extract_lane'],
  f32: opcodes['f32x4.extract_lane'],
} as const;
const splatCodes = { f64: opcodes['f64x2.splat'], f32: opcodes['f32x4.splat'] } as const;
