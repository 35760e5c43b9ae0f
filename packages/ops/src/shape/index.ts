export {
  broadcastLike,
  broadcastTo,
  floatZerosLike,
  onesLike,
  sumLike,
  sumTo,
  zerosLike,
} from './broadcast.ts';
export { concatenate, split, stack } from './concatenate.ts';
export { flip } from './flip.ts';
export { pad } from './pad.ts';
export type { PadOptions } from './pad.ts';
export { flatten, reshape } from './reshape.ts';
export { second } from './second.ts';
export { asShapeVector, shape, shapeVectorOf } from './shape.ts';
export type { ShapeOperand } from './shape.ts';
export { shapeAt, size } from './size.ts';
export { addSlice, setSlice, slice } from './slice.ts';
export type { SliceBound, SliceEntry, SliceSpec } from './slice-items.ts';
export { repeat, tile } from './tile.ts';
export { specifyShape } from './specify-shape.ts';
export {
  expandDims,
  matrixTranspose,
  moveAxis,
  squeeze,
  swapAxes,
  transpose,
} from './transpose.ts';
