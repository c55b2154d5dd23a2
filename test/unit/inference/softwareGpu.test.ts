/** Which names of devices are those of software. */
import assert from 'node:assert/strict';
import { isSoftwareGpu } from '../../../src/inference/softwareGpu';

const SOFTWARE = [
	'llvmpipe (LLVM 15.0.6, 256 bits)',
	'lavapipe',
	'SwiftShader Device (LLVM 10.0.0)',
	'Google SwiftShader',
	'Microsoft Basic Render Driver',
	'Microsoft Direct3D12 (Microsoft Basic Render Driver)',
	'softpipe',
];
const REAL = [
	'NVIDIA H200',
	'AMD Radeon RX 7900 XTX (RADV NAVI31)',
	'Intel(R) Arc(tm) A770 Graphics (DG2)',
	'Apple M3 Max',
	'Microsoft Direct3D12 (NVIDIA GeForce RTX 4070)',
	'',
];

describe('inference/softwareGpu', () => {
	it('knows what computes on the CPU by its name', () => {
		assert.deepEqual(SOFTWARE.filter(isSoftwareGpu), SOFTWARE);
		assert.deepEqual(REAL.filter(isSoftwareGpu), []);
	});
});
