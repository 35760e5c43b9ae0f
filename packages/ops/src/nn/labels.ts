import {
  addressIn,
  binary,
  compare,
  elementAt,
  forLoop,
  i32,
  ifThen,
  index,
  letIn,
  local,
  refuse,
  store,
} from '@cotangent/loops';
import type { LoweringContext, Statement, StridedView, Value } from '@cotangent/loops';
import {
  ShapeError,
  ValueError,
  allocate,
  denseData,
  denseTensor,
  unravel,
  zerosTensor,
} from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import {
  DTypeError,
  defineOp,
  disconnected,
  formatShape,
  formatType,
  shapesConflict,
} from '@cotangent/graph';
import type { OpFunction, TensorType } from '@cotangent/graph';
import { batchOf, batched } from '../batch.ts';
import { batchSizes, shapeVectorOf, sizesIn, staticSizes } from '../shape/shape.ts';
import { whole } from '../shape/whole.ts';
import { zeroed } from './columns.ts';

const labelSample = { value: [2, 0], dtype: 'int32' } as const;
const scores = [
  [1.5, -2, 3],
  [4, 5, -6.5],
];

/** y[…] = x[…, label].  Linear; adjoint of placeLabel.  Nothing flows to the labels. */
export const pickLabel: OpFunction<2, 1> = defineOp<2, 1>(
  'pickLabel',
  { inputs: 2, outputs: 1 },
  {
    infer: ([x, labels]) => [pickedType(x, labels)],
    connectionPattern: [[true], [false]],
    pushforward: [(xDot, { inputs: [, labels] }) => pickLabel(xDot, labels), () => disconnected],
    pullback: ([yBar], { inputs: [x, labels] }) => [
      placeLabel(yBar, labels, shapeVectorOf(x)),
      disconnected,
    ],
    batch: (entries) => {
      const [x, labels] = entries.map((entry) => whole(entry, batchOf(entries)));
      return [batched(pickLabel(x!, labels!))];
    },
    eval: ([x, labels]) => [picked(x, labels)],
    lower: lowerPick,
    samples: [
      { inputs: [scores, labelSample] },
      { name: 'rank 1', inputs: [[1.5, -2], { value: 1, dtype: 'uint8' }] },
    ],
  },
);

/** y[…, label] = x[…], 0 elsewhere.  Its third input is the shape of y.  Linear; adjoint of pickLabel. */
export const placeLabel: OpFunction<3, 1> = defineOp<3, 1>(
  'placeLabel',
  { inputs: 3, outputs: 1 },
  {
    infer: ([x], _, [, , sizes]) => [{ ...x, shape: staticSizes(sizes, 'placeLabel') }],
    connectionPattern: [[true], [false], [false]],
    pushforward: [
      (xDot, { inputs: [, labels, sizes] }) => placeLabel(xDot, labels, sizes),
      () => disconnected,
      () => disconnected,
    ],
    pullback: ([yBar], { inputs: [, labels] }) => [
      pickLabel(yBar, labels),
      disconnected,
      disconnected,
    ],
    batch: ([x, labels, sizes]) => {
      if (sizes.isBatched) return undefined;
      const [xs, all] = [x, labels].map((entry) => whole(entry, batchOf([x, labels])));
      return [batched(placeLabel(xs!, all!, batchSizes(xs!, sizes.value)))];
    },
    eval: ([x, labels, sizes]) => [placed(x, labels, sizesIn(sizes))],
    lower: lowerPlace,
    samples: [{ inputs: [[1.5, -2], labelSample, { value: [2, 3], dtype: 'int32' }] }],
  },
);

function pickedType(x: TensorType, labels: TensorType): TensorType {
  if (labels.dtype !== 'int32' && labels.dtype !== 'uint8') {
    throw new DTypeError(`pickLabel: the labels are ${formatType(labels)}`, {
      code: 'OP_DTYPE_REJECTED',
      hint: "labels are whole numbers: cast them to 'int32' first",
      data: { op: 'pickLabel', type: labels },
    });
  }
  const classes = x.shape.slice(0, -1);
  if (x.shape.length === labels.shape.length + 1 && !shapesConflict(classes, labels.shape)) {
    return { ...x, shape: classes.map((n, axis) => n ?? labels.shape[axis] ?? null) };
  }
  throw misfit(x.shape, labels.shape);
}

function misfit(x: TensorType['shape'], labels: TensorType['shape']): ShapeError {
  return new ShapeError(
    `pickLabel: labels of shape ${formatShape(labels)} for values of shape ${formatShape(x)}`,
    {
      code: 'OP_LABEL_SHAPE',
      hint: 'there is one label for each row: the shape of the values without their last axis, the classes',
      data: { op: 'pickLabel', shapes: [x, labels] },
    },
  );
}

function picked(x: Tensor, labels: Tensor): Tensor {
  const classes = x.shape.at(-1)!;
  if (x.size !== labels.size * classes) throw misfit(x.shape, labels.shape);
  const data = denseData(x);
  const y = allocate(x.dtype, labels.size);
  checkedLabels(labels, classes).forEach((label, k) => {
    y[k] = data[k * classes + label]!;
  });
  return denseTensor(y, labels.shape, x.dtype);
}

function placed(x: Tensor, labels: Tensor, shape: readonly number[]): Tensor {
  const classes = shape.at(-1)!;
  const data = denseData(x);
  const y = zerosTensor(shape, x.dtype);
  checkedLabels(labels, classes).forEach((label, k) => {
    y.data[k * classes + label] = data[k]!;
  });
  return y;
}

function checkedLabels(labels: Tensor, classes: number): readonly number[] {
  return Array.from(denseData(labels), (label, k) => {
    if (label >= 0 && label < classes) return label;
    const position = unravel(k, labels.shape);
    throw new ValueError(
      `pickLabel: label ${label} at [${position.join(',')}] of ${classes} classes`,
      {
        code: 'INDEX_OUT_OF_RANGE',
        hint: `labels go from 0 to ${classes - 1}`,
        data: { op: 'pickLabel', label, classes, position },
      },
    );
  });
}

function lowerPick({ inputs, outputs }: LoweringContext): readonly Statement[] {
  const [x, labels] = [inputs[0]!, inputs[1]!];
  const y = outputs[0]!;
  return overLabels(labels, x.shape.at(-1)!, (label, point) => [
    store(y.buffer, addressIn(y, point), elementAt(x, [...point, label])),
  ]);
}

function lowerPlace({ inputs, outputs }: LoweringContext): readonly Statement[] {
  const [x, labels] = [inputs[0]!, inputs[1]!];
  const y = outputs[0]!;
  const loops = overLabels(labels, y.shape.at(-1)!, (label, point) => [
    store(y.buffer, addressIn(y, [...point, label]), elementAt(x, point)),
  ]);
  return [zeroed(y), ...loops];
}

function overLabels(
  labels: StridedView,
  classes: number,
  body: (label: Value, point: readonly Value[]) => readonly Statement[],
): readonly Statement[] {
  const counters = labels.shape.map((_, k) => index(`i${k}`));
  const label = local('label', 'i32');
  const outside = binary('or', compare('lt', label, i32(0)), compare('ge', label, i32(classes)));
  const inner: readonly Statement[] = [
    letIn(label, elementAt(labels, counters)),
    ifThen(outside, [refuse()]),
    ...body(label, counters),
  ];
  return counters.reduceRight<readonly Statement[]>(
    (made, counter, k) => [forLoop(counter, i32(0), i32(labels.shape[k]!), made)],
    inner,
  );
}
