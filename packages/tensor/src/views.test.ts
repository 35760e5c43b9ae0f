import { describe, expect, it } from '@jest/globals';
import { tensorFrom } from './create.ts';
import { ShapeError, ValueError } from './errors.ts';
import { zerosTensor } from './dense.ts';
import * as views from './views.ts';

const grid = tensorFrom([
  [1, 2, 3],
  [4, 5, 6],
]);
const cube = zerosTensor([2, 3, 4], 'float64');

describe('transpose', () => {
  it('reverses the axes or takes an order', () => {
    expect(views.transpose(grid).toArray()).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
    expect(views.transpose(cube, [1, -1, 0]).shape).toEqual([3, 4, 2]);
  });

  it('refuses an order that is no permutation', () => {
    expect(() => views.transpose(cube, [0, 1])).toThrow(
      expect.objectContaining({ code: 'AXES_NOT_PERMUTATION' }),
    );
    expect(() => views.transpose(cube, [0, 1, 1])).toThrow(
      expect.objectContaining({ code: 'AXIS_REPEATED' }),
    );
  });
});

describe('swapAxes and moveAxis', () => {
  it('rearrange as NumPy does', () => {
    expect(views.swapAxes(cube, 0, -1).shape).toEqual([4, 3, 2]);
    expect(views.moveAxis(cube, 0, -1).shape).toEqual([3, 4, 2]);
    expect(views.moveAxis(cube, -1, 0).shape).toEqual([4, 2, 3]);
  });
});

describe('expandDims and squeeze', () => {
  it('add and drop axes of length 1', () => {
    const t = views.expandDims(grid, [0, -1]);
    expect(t.shape).toEqual([1, 2, 3, 1]);
    expect(views.squeeze(t).shape).toEqual([2, 3]);
    expect(views.squeeze(t, -1).shape).toEqual([1, 2, 3]);
    expect(views.expandDims(tensorFrom(1), 0).shape).toEqual([1]);
  });

  it('refuse axes that are longer, or out of range', () => {
    expect(() => views.squeeze(grid, 0)).toThrow(ShapeError);
    expect(() => views.squeeze(grid, 0)).toThrow(expect.objectContaining({ code: 'SQUEEZE_AXIS' }));
    expect(() => views.expandDims(grid, 3)).toThrow(ValueError);
  });
});

describe('flip', () => {
  it('reverses the axes named, or all', () => {
    expect(views.flip(grid).toArray()).toEqual([
      [6, 5, 4],
      [3, 2, 1],
    ]);
    expect(views.flip(grid, 0).toArray()).toEqual([
      [4, 5, 6],
      [1, 2, 3],
    ]);
    expect(views.flip(grid, []).toArray()).toEqual(grid.toArray());
  });
});

describe('broadcastTo', () => {
  it('repeats without copying', () => {
    const t = views.broadcastTo(tensorFrom([[1], [2]]), [2, 2, 3]);
    expect(t.toArray()).toEqual([
      [
        [1, 1, 1],
        [2, 2, 2],
      ],
      [
        [1, 1, 1],
        [2, 2, 2],
      ],
    ]);
    expect(t.data.length).toBe(2);
    expect(views.broadcastTo(grid, [2, 3])).toBe(grid);
    expect(views.broadcastTo(tensorFrom([1]), [0]).shape).toEqual([0]);
  });

  it.each([[[3]], [[3, 3]], [[2, 1]], [[]]])('refuses to make %p of [2,3]', (shape) => {
    expect(() => views.broadcastTo(grid, shape)).toThrow(ShapeError);
    expect(() => views.broadcastTo(grid, shape)).toThrow(
      expect.objectContaining({ code: 'SHAPE_BROADCAST_MISMATCH' }),
    );
  });
});

describe('diagonal', () => {
  it('takes an offset and any two axes', () => {
    expect(views.diagonal(grid).toArray()).toEqual([1, 5]);
    expect(views.diagonal(grid, { offset: 1 }).toArray()).toEqual([2, 6]);
    expect(views.diagonal(grid, { offset: -1 }).toArray()).toEqual([4]);
    expect(views.diagonal(grid, { offset: 9 }).toArray()).toEqual([]);
    expect(views.diagonal(cube, { axis1: 2, axis2: 0 }).shape).toEqual([3, 2]);
  });
});

describe('reshape', () => {
  it('works out one -1', () => {
    expect(views.reshape(grid, [-1])?.toArray()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(views.reshape(grid, [3, -1, 1])?.shape).toEqual([3, 2, 1]);
    expect(views.reshape(tensorFrom(1), [1, 1])?.shape).toEqual([1, 1]);
    expect(views.reshape(tensorFrom([[1]]), [])?.shape).toEqual([]);
  });

  it('is a view of strided tensors where their strides allow it', () => {
    const columns = views.slice(cube, ':, :, ::2');
    expect(views.reshape(columns, [6, 2])?.data).toBe(cube.data);
    expect(views.reshape(views.broadcastTo(tensorFrom(7), [4]), [2, 2])?.toArray()).toEqual([
      [7, 7],
      [7, 7],
    ]);
  });

  it('is undefined where only a copy would do, which reshapeCopy makes', () => {
    expect(views.reshape(views.transpose(grid), [6])).toBeUndefined();
    expect(views.reshapeCopy(views.transpose(grid), [-1]).toArray()).toEqual([1, 4, 2, 5, 3, 6]);
    expect(views.reshapeCopy(grid, [6]).data).toBe(grid.data);
  });

  it('reshapes empty tensors freely', () => {
    expect(views.reshape(zerosTensor([0, 3], 'int32'), [5, 0, 2])?.shape).toEqual([5, 0, 2]);
    expect(views.reshape(zerosTensor([0, 3], 'int32'), [-1, 3])?.shape).toEqual([0, 3]);
  });

  it.each([[[4]], [[-1, 4]], [[-1, -1]], [[-1, 0]], [[2, 2.5]]])('refuses %p', (shape) => {
    expect(() => views.reshape(grid, shape)).toThrow(ShapeError);
  });
});
