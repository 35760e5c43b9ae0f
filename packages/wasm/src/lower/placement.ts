import { fold, operandsOf, unary } from '@cotangent/loops';
import type { Buffer, Statement, Value } from '@cotangent/loops';
import { computedAgain } from './again.ts';
import { Group, loopsOver, pointOf, positionIn } from './group.ts';
import type { Reduction, Root, Update } from './group.ts';
import type { Lazy } from './lazy.ts';
import { withOperands } from './relocate.ts';
import type { Step } from './steps.ts';
import { buffersIn } from './buffers.ts';

/** Where the values of a buffer come from. */
interface Origin {
  readonly step: number;
  /** The root of a loop nest, if the step is one. */
  readonly root: Root | undefined;
}

/** Values of one nest; more of them begin another, with a function of its own. */
const mostRoots = 512;

/**
 * Decides in which loop nest each value is computed: the first one over the same domain that comes after
 * everything the value needs, so that cost and gradients share loops.
 */
export class Placement {
  readonly steps: Step[] = [];
  readonly #origins = new Map<Buffer, Origin>();
  /** Values that later nests compute again. */
  readonly #expanded = new Map<Root, Value>();
  /** Steps that are nests which values can be added to, by their loops; ascending. */
  readonly #open = new Map<string, number[]>();
  readonly #domains = new Map<string, Domain>();
  /** The same by the arrays that types share. */
  readonly #domainOfShape = new Map<readonly number[], Domain>();

  /** Appends a step that is no loop nest. */
  push(step: Step, outputs: readonly Buffer[]): void {
    const index = this.steps.push(step) - 1;
    for (const out of outputs) this.#origins.set(out, { step: index, root: undefined });
  }

  /** The values of a buffer are read outside of the nest that computes them. */
  keep(buffer: Buffer): void {
    const root = this.#origins.get(buffer)?.root;
    if (root !== undefined) root.isStored = true;
  }

  /**
   * Lets the product in `out` begin with the values of `from` in place of 0.
   *
   * @returns whether it can: those values are known before it, and it is a product that nothing was added to.
   */
  accumulate(out: Buffer, from: Buffer, elements: number): boolean {
    const at = this.#origins.get(out)?.step;
    const step = at === undefined ? undefined : this.steps[at];
    if (at === undefined || step?.kind !== 'statements' || step.name !== 'matmul') return false;
    const known = this.#origins.get(from);
    if (step.base !== undefined || (known !== undefined && known.step >= at)) return false;
    this.keep(from);
    const statements = accumulating(step.statements);
    this.steps[at] = { ...step, statements, base: { from, to: out, elements } };
    return true;
  }

  makes(buffer: Buffer): boolean {
    return this.#origins.has(buffer);
  }

  /**
   * Whether a result can lie where an input lies: nothing reads the input after the result is written. In
   * the loops that compute the result the input may be read at the same point, if the two are the same
   * memory element upon element; the result is then stored behind all reads.
   */
  mayOverlay(result: Buffer, input: Buffer, isSame: boolean): boolean {
    const origin = this.#origins.get(result);
    if (origin === undefined) return false;
    const readsLater = this.steps.slice(origin.step + 1).some((step) => reads(step, input));
    if (readsLater) return false;
    const { step: at, root } = origin;
    const step = this.steps[at]!;
    if (!reads(step, input)) return true;
    if (isSame && step.kind === 'statements' && step.base?.from === input) {
      if (buffersIn(step.statements).includes(input)) return false;
      step.base = undefined;
      return true;
    }
    if (!isSame || step.kind !== 'loops' || root === undefined || !isWhole(root)) return false;
    const { group } = step;
    const here = positionIn(group.loops);
    const loads = loadsIn(group.roots.map(({ value }) => value));
    if (loads.some((x) => x.buffer === input && !sameValue(x.at, here))) return false;
    root.isStoredLast = true;
    return true;
  }

  /** Computes every element of `x` into `out`, or their reduction over some axes. */
  compute(x: Lazy, out: Buffer, reduction?: Reduction): void {
    const axes = reduction?.axes.filter((axis) => x.shape[axis] !== 1) ?? [];
    const loopOf = (axis: number): number => loopsOver(x.shape.slice(0, axis)).length;
    const more =
      reduction && axes.length > 0 ? { reduction: { ...reduction, axes: axes.map(loopOf) } } : {};
    this.#place(x, out, 0, more);
  }

  /**
   * Changes the elements of `out` at some positions by those of `x`. Two updates of a buffer never share a
   * loop: the loads of one would wait for the stores of the other, which they half overlap.
   */
  update(x: Lazy, out: Buffer, update: Update): void {
    const known = this.#origins.get(out);
    this.#place(x, out, known === undefined ? 0 : known.step + 1, { update });
  }

  #place(
    x: Lazy,
    out: Buffer,
    least: number,
    more: Partial<Pick<Root, 'reduction' | 'update'>>,
  ): void {
    const domain = this.#domain(x.shape);
    const value = x.at(domain.point);
    const index = this.#stepFor(domain, loadsIn([value]), least);
    const step = this.steps[index];
    if (step?.kind !== 'loops') throw new Error('wasm: a loop nest was expected');
    const root = step.group.add(this.#inRegisters(value, index, domain.here), out, more);
    this.#origins.set(out, { step: index, root });
    // A nest that has become large is closed: its code is compiled in one piece.
    if (step.group.roots.length >= mostRoots) domain.open.splice(domain.open.indexOf(index), 1);
  }

  #domain(shape: readonly number[]): Domain {
    const known = this.#domainOfShape.get(shape);
    if (known !== undefined) return known;
    const key = shape.join();
    const domain = this.#domains.get(key) ?? this.#newDomain(shape);
    this.#domains.set(key, domain);
    this.#domainOfShape.set(shape, domain);
    return domain;
  }

  #newDomain(shape: readonly number[]): Domain {
    const loops = loopsOver(shape);
    const key = loops.join();
    const open = this.#open.get(key) ?? [];
    this.#open.set(key, open);
    return { loops, open, point: pointOf(shape), here: positionIn(loops) };
  }

  /** The first loop nest over these loops that comes after all that is loaded; a new one if there is none. */
  #stepFor({ loops, here, open }: Domain, loads: readonly Load[], least: number): number {
    let earliest = least;
    for (const { buffer, at } of loads) {
      const origin = this.#origins.get(buffer);
      if (origin === undefined) continue;
      const step = this.steps[origin.step];
      const sharesLoop =
        step?.kind === 'loops' &&
        fits(step.group, loops) &&
        origin.root !== undefined &&
        isWhole(origin.root) &&
        sameValue(at, here);
      earliest = Math.max(earliest, sharesLoop ? origin.step : origin.step + 1);
    }
    const found = firstFrom(open, earliest);
    if (found !== undefined) return found;
    const made = this.steps.push({ kind: 'loops', group: new Group(loops) }) - 1;
    open.push(made);
    return made;
  }

  /** What an earlier nest over the same loops computes at this point, if it costs less than to load it. */
  #again(x: Load, { root, step }: Origin, index: number, here: Value): Value | undefined {
    if (root === undefined || step === index || !isWhole(root) || !sameValue(x.at, here)) return;
    const known = this.#expanded.get(root);
    if (known !== undefined) return known;
    const [from, to] = [this.steps[step]!, this.steps[index]!];
    if (from.kind !== 'loops' || to.kind !== 'loops' || !fits(from.group, to.group.loops)) return;
    const isSteady = (buffer: Buffer): boolean => {
      const origin = this.#origins.get(buffer);
      return origin?.root?.update === undefined;
    };
    const made = computedAgain(root, from.group, here, isSteady);
    if (made !== undefined) this.#expanded.set(root, made);
    return made;
  }

  /** `value` with loads of the nest's own results replaced by registers; other results must be stored. */
  #inRegisters(value: Value, index: number, here: Value): Value {
    return rewriteLoads(value, (x) => {
      const origin = this.#origins.get(x.buffer);
      if (origin?.root === undefined) return x;
      const isOwn = origin.step === index && isWhole(origin.root);
      if (isOwn && sameValue(x.at, here)) return origin.root.local;
      const again = this.#again(x, origin, index, here);
      if (again !== undefined) return again;
      origin.root.isStored = true;
      return x;
    });
  }
}

/** What nests over one shape have in common. */
interface Domain {
  readonly loops: readonly number[];
  /** The indices that the innermost statements are at, and the row-major position of these. */
  readonly point: readonly Value[];
  readonly here: Value;
  /** Steps that values can be added to; shared by shapes with the same loops. */
  readonly open: number[];
}

/** The first of some ascending numbers that is `least` or more. */
function firstFrom(numbers: readonly number[], least: number): number | undefined {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return numbers[low];
}

type Load = Extract<Value, { kind: 'load' }>;

/** Whether each point of the nest has its own value of this root. */
function isWhole({ reduction, update }: Root): boolean {
  return reduction === undefined && update === undefined;
}

function fits(group: Group, loops: readonly number[]): boolean {
  if (group.loops === loops) return true;
  return (
    group.loops.length === loops.length && group.loops.every((size, axis) => size === loops[axis])
  );
}

/** Products, alone or in loops, that add to what is there. */
function accumulating(statements: readonly Statement[]): readonly Statement[] {
  return statements.map((s) => {
    if (s.kind === 'for') return { ...s, body: accumulating(s.body) };
    return s.kind === 'matrixProduct' ? { ...s, accumulate: true } : s;
  });
}

function reads(step: Step, buffer: Buffer): boolean {
  if (step.kind === 'host') return step.inputs.some(({ view }) => view?.buffer === buffer);
  if (step.kind === 'statements')
    return step.base?.from === buffer || buffersIn(step.statements).includes(buffer);
  return loadsIn(step.group.roots.map(({ value }) => value)).some((x) => x.buffer === buffer);
}

/** Every load in some values, also inside of addresses. */
export function loadsIn(values: readonly Value[]): readonly Load[] {
  let seen: Set<Value> | undefined;
  let visits = 0;
  const stack = [...values];
  const loads: Load[] = [];
  for (let x = stack.pop(); x !== undefined; x = stack.pop()) {
    // Of an expression of a few operations, what is shared is soon looked at twice.
    if (++visits > 32) {
      seen ??= new Set();
      if (seen.has(x)) continue;
      seen.add(x);
    }
    if (x.kind === 'load') loads.push(x);
    for (const operand of operandsOf(x)) stack.push(operand);
  }
  return loads;
}

/** The same expression with each load replaced; shared parts stay shared. */
function rewriteLoads(value: Value, replace: (x: Load) => Value): Value {
  const plain = rewritePlain(value, replace);
  if (plain !== undefined) return plain;
  if (value.kind === 'unary') {
    const x = rewritePlain(value.x, replace);
    if (x !== undefined) return unary(value.op, x);
  }
  return fold<Value>(value, (x, operands) => {
    const made = withOperands(x, operands);
    return made.kind === 'load' ? replace(made) : made;
  });
}

/** The same of a leaf, or of a load from a position that loads nothing itself. */
function rewritePlain(x: Value, replace: (x: Load) => Value): Value | undefined {
  if (x.kind === 'const' || x.kind === 'local' || x.kind === 'index') return x;
  if (x.kind !== 'load' || (x.at.kind !== 'const' && x.at.kind !== 'index')) return undefined;
  return replace(x);
}

/** Whether two address expressions are the same. */
function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  if (a.kind === 'const' && b.kind === 'const') return a.type === b.type && a.value === b.value;
  if (a.kind === 'binary' && b.kind === 'binary') {
    return a.op === b.op && sameValue(a.x, b.x) && sameValue(a.y, b.y);
  }
  return false;
}
