import {
  assign,
  binary,
  block,
  addressIn,
  compare,
  constantOf,
  denseView,
  elementAt,
  forLoop,
  i32,
  index,
  letIn,
  load,
  local,
  registerType,
  store,
  subview,
  whileLoop,
} from '@cotangent/loops';
import type { LoweringContext, Statement, StridedView, Value } from '@cotangent/loops';
import { splitInputs, splitOutputs } from './scan-parts.ts';
import type { ScanAttrs } from './scan-parts.ts';

type Context = LoweringContext<ScanAttrs>;

/**
 * The loop as a loop: states are renewed in place, where their final values are wanted; the step is compiled
 * as any graph is.
 */
export function lowerScan(context: Context): readonly Statement[] | undefined {
  const { inputs, outputs, attrs } = context;
  if (attrs.until === true && attrs.reverse === true) return undefined; // no rule makes one
  const given = splitInputs(inputs, attrs);
  const { states, stacked, last } = splitOutputs(outputs, attrs);
  const length = elementAt(given.length, []);
  const steps = local('steps', 'i32');
  const most =
    given.limit === undefined ? length : binary('min', elementAt(given.limit, []), length);
  const loop = attrs.until === true ? untilLoop(context, steps) : countedLoop(context, steps);
  if (loop === undefined) return undefined;
  const isPartial = attrs.until === true || attrs.limited === true;
  return [
    ...given.states.map((x, m) => copied(x, states[m]!)),
    ...(isPartial ? stacked.map(zeroed) : []),
    letIn(steps, most),
    ...loop,
    ...(last === undefined || attrs.until !== true
      ? []
      : [store(last.buffer, addressIn(last, []), taken)]),
  ];
}

const taken = local('taken', 'i32');

function countedLoop(context: Context, steps: Value): readonly Statement[] | undefined {
  const k = index('step');
  const isReverse = context.attrs.reverse === true;
  const at = isReverse ? binary('sub', binary('sub', steps, i32(1)), k) : k;
  const made = stepAt(context, at, []);
  return made && [...made.before, forLoop(k, i32(0), steps, made.each)];
}

function untilLoop(context: Context, steps: Value): readonly Statement[] | undefined {
  const flag = context.scratch('bool', 1);
  const isDone = load(flag, i32(0));
  const made = stepAt(context, taken, [denseView(flag, [])]);
  return (
    made && [
      letIn(taken, i32(0)),
      store(flag, i32(0), i32(0)),
      ...made.before,
      whileLoop(binary('and', compare('eq', isDone, i32(0)), compare('lt', taken, steps)), [
        ...made.each,
        assign(taken, binary('add', taken, i32(1))),
      ]),
    ]
  );
}

/** The step whose elements are at position `at`. */
function stepAt(
  { inputs, outputs, attrs, inner }: Context,
  at: Value,
  condition: readonly StridedView[],
): ReturnType<Context['inner']> {
  const given = splitInputs(inputs, attrs);
  const { states, stacked } = splitOutputs(outputs, attrs);
  const elements = given.sequences.map((x) => subview(x, [at]));
  const constants = given.constants;
  return inner({
    graph: attrs.step,
    inputs: [...elements, ...states, ...constants],
    outputs: [...states, ...stacked.map((y) => subview(y, [at])), ...condition],
    invariant: [
      ...elements.map(() => false),
      ...states.map(() => false),
      ...constants.map(() => true),
    ],
  });
}

/** to = from, element by element. */
function copied(from: StridedView, to: StridedView): Statement {
  return overElements(to, (indices) =>
    store(to.buffer, addressIn(to, indices), elementAt(from, indices)),
  );
}

function zeroed(view: StridedView): Statement {
  const none = constantOf(registerType[view.buffer.dtype], 0);
  return overElements(view, (indices) => store(view.buffer, addressIn(view, indices), none));
}

function overElements(
  { shape }: StridedView,
  body: (indices: readonly Value[]) => Statement,
): Statement {
  const counters = shape.map((_, axis) => index(`k${axis}`));
  const innermost = shape.length - 1;
  return block([
    shape.reduceRight<Statement>(
      (inside, size, axis) =>
        forLoop(counters[axis]!, i32(0), i32(size), [inside], { vector: axis === innermost }),
      body(counters),
    ),
  ]);
}
