import { wasmBackend } from '@cotangent/wasm';
import { describeContract } from './contract.ts';

describeContract(5, 6, wasmBackend());
