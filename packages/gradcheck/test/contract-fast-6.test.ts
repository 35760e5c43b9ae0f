import { wasmBackend } from '@cotangent/wasm';
import { describeContract } from './contract.ts';

describeContract(6, 6, wasmBackend());
