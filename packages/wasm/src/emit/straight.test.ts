import { describe, expect, it } from '@jest/globals';
import {
  accumulate,
  binary,
  buffer,
  compare,
  constantOf,
  convert,
  forLoop,
  i32,
  index,
  letIn,
  load,
  local,
  select,
  store,
  unary,
} from '@cotangent/loops';
import type { Buffer, Local, Procedure, Statement, Value } from '@cotangent/loops';
import loadWabt from 'wabt';
import { arenaOf, execute } from '../../test/execute.ts';
import { Random } from '../../test/random.ts';
import { elementaryFunctions } from '../functions/elementary.ts';
import { Helpers } from '../kernels/helpers.ts';
import { emitModule } from './module.ts';
import { emitStraight } from './straight.ts';

type Float = 'float64' | 'float32';
interface Program {
  readonly procedure: Procedure;
  readonly contents: ReadonlyMap<Buffer, readonly number[]>;
}

const length = 24;
const i = index('i');

/** Statements on one float type: in a loop, at its own index or at fixed positions, or on numbers. */
class Generator {
  readonly #random: Random;
  readonly #type: 'f64' | 'f32';
  readonly #inputs: readonly Buffer[];
  readonly #outputs: readonly Buffer[];
  readonly #locals: Local[] = [];

  constructor(seed: number) {
    this.#random = new Random(seed);
    const dtype: Float = this.#random.pick(['float64', 'float32']);
    this.#type = dtype === 'float64' ? 'f64' : 'f32';
    this.#inputs = ['a', 'b', 'c'].map((name) => buffer(name, dtype));
    this.#outputs = ['x', 'y', 'z'].map((name) => buffer(name, dtype));
  }

  program(): Program {
    const buffers = [...this.#inputs, ...this.#outputs];
    const body = this.#random.below(3) === 0 ? this.#numbers() : this.#loop();
    const special = [NaN, Infinity, -Infinity, -0, 0, 1, 1e-300, 1e6];
    const content = (): number =>
      this.#random.below(8) === 0
        ? this.#random.pick(special)
        : (this.#random.below(4000) - 2000) / 512;
    const contents = new Map(buffers.map((b) => [b, Array.from({ length }, content)] as const));
    return { procedure: { name: 'run', buffers, body }, contents };
  }

  #numbers(): readonly Statement[] {
    return this.#statements(() => i32(this.#random.below(length)), true);
  }

  #loop(): readonly Statement[] {
    const random = this.#random;
    const shift = random.below(4);
    const at = (): Value =>
      random.below(4) === 0
        ? i32(random.below(length))
        : shift === 0
          ? i
          : binary('add', i, i32(shift));
    const body = [...this.#statements(at, false)];
    const sums = Array.from({ length: random.below(3) }, (_, k) => ({
      sum: local(`s${k}`, this.#type),
      op: random.pick(['add', 'mul', 'min', 'max'] as const),
    }));
    for (const { sum, op } of sums) body.push(accumulate(sum, op, this.#value(at, false, 2)));
    const [out] = this.#outputs;
    return [
      ...sums.map(({ sum }) => letIn(sum, constantOf(this.#type, random.below(3)))),
      forLoop(i, i32(0), i32(random.below(19)), body, { vector: true }),
      ...sums.map(({ sum }, k) => store(out!, i32(20 + k), sum)),
    ];
  }

  #statements(at: () => Value, isScalar: boolean): readonly Statement[] {
    const body: Statement[] = [];
    for (let k = 0; k < 10; k++) {
      const x = local(`v${k}`, this.#type);
      body.push(letIn(x, this.#value(at, isScalar, 3)));
      this.#locals.push(x);
    }
    for (const out of this.#outputs) {
      const to = isScalar ? i32(this.#random.below(length)) : i;
      body.push(store(out, to, this.#value(at, isScalar, 1)));
    }
    return body;
  }

  #value(at: () => Value, isScalar: boolean, depth: number): Value {
    const random = this.#random;
    const inner = (): Value => this.#value(at, isScalar, depth - 1);
    if (depth === 0) {
      if (this.#locals.length > 0 && random.below(2) === 0) return random.pick(this.#locals);
      if (random.below(4) === 0) return constantOf(this.#type, random.pick([0, -0, 1, 0.1, -2]));
      return load(random.pick(this.#inputs), at());
    }
    switch (random.below(8)) {
      case 0:
        return unary(random.pick(['neg', 'abs', 'floor', 'sqrt', 'round'] as const), inner());
      case 1:
        return unary(random.pick(['sin', 'cos', 'exp', 'tanh', 'log1p'] as const), inner());
      case 2:
        return binary(random.pick(['pow', 'atan2'] as const), inner(), inner());
      case 3: {
        const is = compare(random.pick(['lt', 'ge', 'ne'] as const), inner(), inner());
        const both = random.below(2) ? is : binary('and', is, compare('eq', inner(), inner()));
        return select(both, inner(), inner());
      }
      case 4: {
        const other = this.#type === 'f64' ? 'f32' : 'f64';
        return isScalar ? convert(this.#type, convert(other, inner())) : inner();
      }
      default: {
        const x = inner();
        const ops = ['add', 'sub', 'mul', 'div', 'min', 'max'] as const;
        return binary(random.pick(ops), x, random.below(4) === 0 ? x : inner());
      }
    }
  }
}

/** What a program leaves in its buffers. */
function resultsOf({ procedure, contents }: Program, straightFrom: number): readonly number[][] {
  const arena = arenaOf(contents);
  execute([procedure], arena, 'constants', { straightFrom });
  return [...arena.elements.values()].map((elements) => [...elements]);
}

function straightCode({ procedure, contents }: Program): Uint8Array | undefined {
  const context = { helpers: new Helpers(1), functions: elementaryFunctions };
  const { addresses } = arenaOf(contents);
  return emitStraight(procedure.body, { context, addresses, least: 1 });
}

describe('emitStraight', () => {
  it('leaves the same bits as the builder, for random procedures', () => {
    let count = 0;
    for (let seed = 1; seed <= 80; seed++) {
      const program = new Generator(seed).program();
      if (straightCode(program) !== undefined) count++;
      expect([seed, resultsOf(program, 1)]).toEqual([seed, resultsOf(program, Infinity)]);
    }
    expect(count).toBeGreaterThan(50);
  });

  it('writes modules that an independent tool finds valid, and always the same', async () => {
    const wabt = await loadWabt();
    for (let seed = 81; seed <= 90; seed++) {
      const { procedure, contents } = new Generator(seed).program();
      const options = { addresses: arenaOf(contents).addresses, straightFrom: 1 };
      const bytes = emitModule([procedure], options);
      const module = wabt.readWasm(bytes, { readDebugNames: false });
      module.validate();
      module.destroy();
      expect(emitModule([procedure], options)).toEqual(bytes);
    }
  });

  it('leaves to the builder what reads where it writes, and what has branches', () => {
    const [a, b] = [buffer('a', 'float64'), buffer('b', 'float64')];
    const contents = new Map([a, b].map((each) => [each, [1, 2, 3, 4]] as const));
    const of = (body: readonly Statement[]): Uint8Array | undefined =>
      straightCode({ procedure: { name: 'run', buffers: [a, b], body }, contents });
    const shifted = store(a, i32(1), load(a, i32(0)));
    expect(of([shifted, store(b, i32(0), load(a, i32(1)))])).toBeUndefined();
    expect(of([store(b, i32(0), load(a, load(a, i32(0))))])).toBeUndefined();
    const nested = forLoop(index('k'), i32(0), i32(2), [store(b, i, load(a, i))]);
    expect(of([forLoop(i, i32(0), i32(4), [nested], { vector: true })])).toBeUndefined();
    expect(of([store(b, i32(0), load(a, i32(1)))])).toBeDefined();
  });

  it('takes few locals for a long chain', () => {
    const [a, b] = [buffer('a', 'float64'), buffer('b', 'float64')];
    const locals = Array.from({ length: 2000 }, (_, k) => local(`v${k}`, 'f64'));
    const body = [
      ...locals.map((x, k) => letIn(x, unary('sin', locals[k - 1] ?? load(a, i32(0))))),
      store(b, i32(0), locals.at(-1)!),
    ];
    const contents = new Map([a, b].map((each) => [each, [0.5]] as const));
    const program = { procedure: { name: 'run', buffers: [a, b], body }, contents };
    let expected = 0.5;
    for (let k = 0; k < 2000; k++) expected = Math.sin(expected);
    expect(resultsOf(program, 1)[1]![0]).toBeCloseTo(expected, 12);
    // One run of locals, of one f64.
    expect(straightCode(program)!.subarray(0, 3)).toEqual(Uint8Array.of(1, 1, 0x7c));
  });
});
