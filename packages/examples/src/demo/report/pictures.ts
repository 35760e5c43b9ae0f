import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tensor } from 'cotangent';
import type { Learner } from '../learner.ts';
import { imageEdge } from '../mnist.ts';
import { graphSvg } from './graph-picture.ts';
import { heatMapsSvg, type HeatMap } from './heat-maps.ts';

/** What to call the pictures of a model. */
export interface PictureNames {
  /** Begins the names of the files. */
  readonly prefix: string;
  /** What a column of the first weights belongs to: `digit`, `unit`. */
  readonly column: string;
}

/** A picture has no more maps than this. */
const mostMaps = 20;

/** Writes two SVG files: the graph of the cost, and the first weights as images. Returns their paths. */
export async function writePictures(
  learner: Learner,
  folder: string,
  { prefix, column }: PictureNames,
): Promise<readonly string[]> {
  const graph = join(folder, `${prefix}-cost.svg`);
  await writeFile(graph, await graphSvg(learner.cost, `cost of ${learner.model.name}`));
  const weights = learner.parameters[0]?.get();
  if (weights === undefined) return [graph];
  const maps = columnMaps(weights, column);
  const title = `${learner.model.name}: weights of each pixel for each ${column}`;
  const layout = { title, columns: imageEdge, rows: imageEdge, perRow: 10 };
  const weightFile = join(folder, `${prefix}-weights.svg`);
  await writeFile(weightFile, heatMapsSvg(maps, layout));
  return [graph, weightFile];
}

/** The first columns of a matrix with a row for each pixel. */
function columnMaps(weights: Tensor, column: string): HeatMap[] {
  const [rows = 0, columns = 0] = weights.shape;
  return Array.from({ length: Math.min(columns, mostMaps) }, (_, j) => ({
    caption: `${column} ${j}`,
    values: Float64Array.from({ length: rows }, (_row, i) => weights.get(i, j)),
  }));
}
