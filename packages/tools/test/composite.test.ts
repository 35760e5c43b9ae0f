import { describe, expect, it } from '@jest/globals';
import { compositeAsWorkflow } from '../lib/composite.mjs';

const action = `name: x
inputs:
  first:
    default: ''
  second-one:
    required: true
runs:
  using: composite
  steps:
    - run: echo
      shell: bash
`;

describe('compositeAsWorkflow', () => {
  it('keeps steps and names of inputs', () => {
    expect(compositeAsWorkflow(action)).toBe(`on:
  workflow_call:
    inputs:
      first: { type: string, required: false }
      second-one: { type: string, required: false }
jobs:
  action:
    runs-on: ubuntu-latest
    steps:
      - run: echo
        shell: bash
  `);
  });

  it('refuses other kinds of actions', () => {
    const other = action.replace('composite', 'node20');
    expect(() => compositeAsWorkflow(other)).toThrow('not composite');
  });
});
