/** What is said of a backend that may be faster, by what computes and what there is. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { CudaFit } from '../../../../src/inference/acceleration/cudaFit';
import { whyNotFaster } from '../../../../src/inference/acceleration/notFaster';
import { packagePath, packs } from '../../../../src/inference/acceleration/pack';

const NONE: CudaFit = { type: 'none', reason: 'No NVIDIA driver was found.' };
const OLD: CudaFit = { type: 'no', reason: 'RTX: CUDA 13 needs driver 580 for this GPU, and here is 570.1.' };
const [pack] = packs;
const FITS: CudaFit = { type: 'fits', packs: pack === undefined ? [] : [pack], device: 'RTX' };

describe('inference/acceleration/notFaster', () => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-packs-'));
	after(() => fs.rmSync(folder, { recursive: true }));

	const facts = { asked: 'auto', used: 'vulkan', packsFolder: folder } as const;
	const install = (version: string) => {
		const place = packagePath(folder, pack?.name ?? '');
		fs.mkdirSync(place, { recursive: true });
		fs.writeFileSync(path.join(place, 'package.json'), JSON.stringify({ version }));
	};

	it('is nothing where the fastest computes', () => {
		assert.equal(whyNotFaster({ ...facts, used: 'cuda' }, FITS), undefined);
		assert.equal(whyNotFaster({ ...facts, used: 'metal' }, NONE), undefined);
	});

	it('is the setting where that chose', () => {
		assert.deepEqual(whyNotFaster({ ...facts, asked: 'cpu', used: 'cpu' }, undefined), {
			reason: 'familiar.model.backend chooses the CPU.',
			remedy: 'setting',
		});
		assert.match(whyNotFaster({ ...facts, asked: 'vulkan' }, undefined)?.reason ?? '', /chooses Vulkan\./);
	});

	it('is said already where there is no GPU at all', () => {
		const fallbackReason = 'No GPU that llama.cpp can use was found.';
		assert.equal(whyNotFaster({ ...facts, used: 'cpu', fallbackReason }, NONE), undefined);
	});

	it('is that CUDA is for others', () => {
		assert.deepEqual(whyNotFaster(facts, NONE), {
			reason: 'CUDA is for GPUs by NVIDIA; for others Vulkan is the fastest there is.',
			remedy: 'none',
		});
	});

	it('is what is in the way of CUDA', () => {
		assert.deepEqual(whyNotFaster(facts, OLD), {
			reason:
				'CUDA may be faster and cannot be used. RTX: CUDA 13 needs driver 580 for this GPU, and here is 570.1.',
			remedy: 'pack',
		});
		assert.match(
			whyNotFaster({ ...facts, used: 'cpu', fallbackReason: 'No GPU.' }, OLD)?.reason ?? '',
			/needs driver 580/,
		);
	});

	it('is a pack that is not installed, of another version, or does not start', () => {
		const missing = whyNotFaster(facts, FITS);
		assert.match(missing?.reason ?? '', /^RTX: .* pack is not installed: Familiar: Get GPU Acceleration…$/);
		assert.equal(missing?.remedy, 'pack');
		install('3.0.0');
		assert.match(whyNotFaster(facts, FITS)?.reason ?? '', /of another version \(3\.0\.0\)/);
		install(pack?.version ?? '');
		assert.match(whyNotFaster(facts, FITS)?.reason ?? '', /installed, and llama\.cpp does not start with it/);
	});
});
