import { instance } from '@viz-js/viz';
import { toDot, type Variable } from 'cotangent';

/** A picture of a graph as SVG, laid out by Graphviz. */
export async function graphSvg(variable: Variable, name: string): Promise<string> {
  const viz = await instance();
  return viz.renderString(toDot(variable, { name }), {
    format: 'svg',
    graphAttributes: { nodesep: 0.8 },
    nodeAttributes: { fontname: 'sans-serif' },
    edgeAttributes: { fontname: 'sans-serif', fontsize: 10 },
  });
}
