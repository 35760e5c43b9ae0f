import { ShapeError, ValueError, denseData, denseTensor, floatResult, isFloat, resultType } from '@cotangent/tensor';
import type { DType, Tensor } from '@cotangent/tensor';
import {
  DTypeError,
  asVariable,
  broadcastStatic,
  callable,
  defineOp,
  disconnected,
  elementwise,
  formatShape,
  formatType,
  promotableOf,
  promotableType,
  shapesConflict,
} from '@cotangent/graph';
import type { Binary, Callable, Op, OpFunction, Operand, Shape, TensorType, Variable } from '@cotangent/graph';
