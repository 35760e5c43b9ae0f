/**
 * A composite action as a workflow of one job, so that the linter of workflows sees its steps: they and the names of the
 * inputs stay as they are, everything else is made up.
 * @param {string} text of an `action.yml`, written with two spaces a level
 * @returns {string}
 */
export function compositeAsWorkflow(text) {
  const lines = text.split('\n');
  const section = (/** @type {string} */ head) => {
    const start = lines.indexOf(head);
    if (start < 0) throw new Error(`the action has no line ${JSON.stringify(head)}`);
    const indent = head.search(/\S/);
    const rest = lines.slice(start + 1);
    const end = rest.findIndex((line) => line.trim() !== '' && line.search(/\S/) <= indent);
    return end < 0 ? rest : rest.slice(0, end);
  };
  if (!lines.includes('  using: composite')) throw new Error('the action is not composite');
  const names = section('inputs:').flatMap((line) => /^ {2}([\w-]+):$/.exec(line)?.[1] ?? []);
  return [
    'on:',
    '  workflow_call:',
    '    inputs:',
    ...names.map((name) => `      ${name}: { type: string, required: false }`),
    'jobs:',
    '  action:',
    '    runs-on: ubuntu-latest',
    '    steps:',
    ...section('  steps:').map((line) => `  ${line}`),
  ].join('\n');
}
