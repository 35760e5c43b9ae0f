/**
 * @typedef {{ readonly id: string, readonly needs: string }} Waiting
 * @typedef {{ readonly id: string, readonly reason: string }} NotTested
 * @typedef {{ readonly title: string, readonly status: string }} Assertion
 * @typedef {{ readonly testResults: readonly { readonly assertionResults: readonly Assertion[], readonly message?: string, readonly name?: string }[] }} Results
 */

/**
 * `G01` to `G64` and so on.
 * @param {string} letter
 * @param {number} count
 */
const series = (letter, count) =>
  Array.from({ length: count }, (_, k) => `${letter}${String(k + 1).padStart(2, '0')}`);

/** Acceptance IDs: engine, forward mode, supplement. */
export const acceptanceIds = [...series('G', 64), ...series('R', 30), ...series('S', 23)];
/** Weaknesses of older libraries, each to be shown better; those from W46 on are the checker's. */
export const weaknessIds = series('W', 45);

/**
 * @param {Results} results
 * @returns {Map<string, 'pass' | 'fail'>} by ID: a test counts for the ID that its title begins with
 */
export function outcomes(results) {
  const found = new Map();
  for (const { title, status } of results.testResults.flatMap((file) => file.assertionResults)) {
    const id = /^([GRSW]\d\d)\b/.exec(title)?.[1];
    if (id === undefined) continue;
    const isPass = status === 'passed' && found.get(id) !== 'fail';
    found.set(id, isPass ? 'pass' : 'fail');
  }
  return found;
}

/**
 * The list and its last line, and whether every ID passes or waits.
 * @param {Results} results
 * @param {readonly Waiting[]} waiting
 * @param {readonly NotTested[]} notTested
 * @returns {{ readonly lines: readonly string[], readonly isComplete: boolean }}
 */
export function report(results, waiting, notTested) {
  const found = outcomes(results);
  const needs = new Map(waiting.map((entry) => [entry.id, entry.needs]));
  const reasons = new Map(notTested.map((entry) => [entry.id, entry.reason]));
  /** @param {string} id */
  const lineOf = (id) => {
    const outcome = found.get(id);
    if (outcome !== undefined) return `${id} ${outcome}`;
    if (needs.has(id)) return `${id} waits for ${needs.get(id)}`;
    return reasons.has(id) ? `${id} not tested: ${reasons.get(id)}` : `${id} MISSING`;
  };
  const all = [...acceptanceIds, ...weaknessIds];
  const crashed = results.testResults.filter((file) => file.assertionResults.length === 0);
  const passing = acceptanceIds.filter((id) => found.get(id) === 'pass').length;
  const left = acceptanceIds.filter((id) => !found.has(id) && needs.has(id));
  const weaknesses = weaknessIds.filter((id) => found.get(id) === 'pass').length;
  const isComplete =
    crashed.length === 0 &&
    acceptanceIds.every((id) => found.get(id) === 'pass' || left.includes(id)) &&
    weaknessIds.every((id) => found.get(id) === 'pass' || (!found.has(id) && reasons.has(id)));
  return {
    lines: [
      ...all.map(lineOf),
      ...crashed.map((file) => `could not run ${file.name}: ${file.message}`),
      `${weaknesses}/${weaknessIds.length} weaknesses shown better, ${reasons.size} not tested`,
      `${passing}/${acceptanceIds.length} IDs pass, ${left.length} wait for ops: ${left
        .map((id) => `${id} (${needs.get(id)})`)
        .join(', ')}`,
    ],
    isComplete,
  };
}
