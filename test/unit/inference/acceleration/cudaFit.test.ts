/** Whether CUDA fits, by what drivers, linkers and files answer. */
import * as assert from 'node:assert/strict';
import { english } from '../../../../src/finetune/job/english';
import { cudaFit } from '../../../../src/inference/acceleration/cudaFit';
import { nvidiaDriver, type SystemQueries } from '../../../../src/inference/acceleration/nvidia';
import { packs, platformName } from '../../../../src/inference/acceleration/pack';

const never = new AbortController().signal;
const LIBRARIES_13 = ['libcudart.so.13', 'libcublas.so.13', 'libcublasLt.so.13'];
const LIBRARIES_12 = ['libcudart.so.12', 'libcublas.so.12', 'libcublasLt.so.12'];
const MODULE =
	'NVRM version: NVIDIA UNIX x86_64 Kernel Module  570.133.07  Fri Mar 14 13:02:11 UTC 2025\nGCC version:  gcc version 12.3.0\n';

interface Answers {
	/** What nvidia-smi prints with compute capabilities, and without. */
	readonly smi?: string;
	readonly oldSmi?: string;
	readonly module?: string;
	readonly linked?: readonly string[];
	readonly variables?: Readonly<Record<string, string>>;
	readonly folders?: Readonly<Record<string, readonly string[]>>;
}

function queries({ smi, oldSmi, module, linked = [], variables = {}, folders = {} }: Answers): SystemQueries {
	return {
		run: async (program, words) => {
			if (program.endsWith('ldconfig')) {
				const lines = linked.map((name) => `\t${name} (libc6,x86-64) => /usr/lib/${name}`);
				return ['99 libs found in cache', ...lines].join('\n');
			}
			return words[0]?.includes('compute_cap') === true ? smi : oldSmi;
		},
		read: async (file) => (file === '/proc/driver/nvidia/version' ? module : undefined),
		list: async (folder) => folders[folder],
		variable: (name) => variables[name],
	};
}

const judge = (answers: Answers, platform = 'linux-x64') =>
	cudaFit({ queries: queries(answers), translate: english, platform }, never);

describe('inference/acceleration: NVIDIA’s driver', () => {
	it('says version, GPUs and what they can', async () => {
		assert.deepEqual(
			await nvidiaDriver(
				queries({ smi: '580.65.06, 8.6, NVIDIA GeForce RTX 3060\n580.65.06, 9.0, NVIDIA H100, NVL\n' }),
				never,
			),
			{
				version: '580.65.06',
				gpus: [
					{ name: 'NVIDIA GeForce RTX 3060', capability: 8.6 },
					{ name: 'NVIDIA H100, NVL', capability: 9 },
				],
			},
		);
	});

	it('is asked less where it is old', async () => {
		assert.deepEqual(await nvidiaDriver(queries({ oldSmi: '470.82.01, Tesla K80\n' }), never), {
			version: '470.82.01',
			gpus: [{ name: 'Tesla K80', capability: undefined }],
		});
	});

	it('is known by its kernel module where its program fails', async () => {
		const smi = 'NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver.';
		assert.deepEqual(await nvidiaDriver(queries({ smi, module: MODULE }), never), {
			version: '570.133.07',
			gpus: [],
		});
	});

	it('is not there', async () => {
		assert.equal(await nvidiaDriver(queries({}), never), undefined);
	});
});

describe('inference/acceleration/cudaFit', () => {
	it('finds no GPU by NVIDIA', async () => {
		const found = await judge({});
		assert.equal(found.type, 'none');
		assert.match(found.type === 'none' ? found.reason : '', /No NVIDIA driver was found/);
	});

	it('takes CUDA 13 with a driver of 580 and its libraries', async () => {
		const found = await judge({ smi: '580.65.06, 8.6, NVIDIA GeForce RTX 3060', linked: LIBRARIES_13 });
		assert.deepEqual(found, {
			type: 'fits',
			packs: packs.filter(({ name }) => name === 'linux-x64-cuda'),
			device: 'NVIDIA GeForce RTX 3060',
		});
	});

	it('names the libraries that are missing, of each release that the driver could run', async () => {
		const found = await judge({
			smi: '580.65.06, 8.9, NVIDIA GeForce RTX 4090',
			linked: ['libcudart.so.13', 'libcublas.so.13'],
		});
		assert.ok(found.type === 'no');
		assert.match(
			found.reason,
			/^NVIDIA GeForce RTX 4090: CUDA 13 needs libraries of NVIDIA that no pack has, .*: libcublasLt\.so\.13 \(/,
		);
		assert.match(found.reason, /CUDA 12 needs libraries of NVIDIA .*libcublas\.so\.12.*libcudart\.so\.12/);
	});

	it('takes CUDA 12, with both packs, where the driver is older', async () => {
		const found = await judge({ smi: '570.86.15, 8.6, NVIDIA RTX A2000', linked: LIBRARIES_12 });
		assert.deepEqual(found.type === 'fits' && found.packs.map(({ name }) => name), [
			'linux-x64-cuda',
			'linux-x64-cuda-ext',
		]);
	});

	it('says which driver it needs, and which there is', async () => {
		const found = await judge({ smi: '470.82.01, 8.6, NVIDIA RTX A2000', linked: LIBRARIES_13 });
		assert.ok(found.type === 'no');
		assert.match(found.reason, /CUDA 13 needs driver 580 for this GPU, and here is 470\.82\.01\./);
		assert.match(found.reason, /CUDA 12 needs driver 525 for this GPU/);
	});

	it('wants a newer driver for GPUs that the pack has no code for: the driver compiles it', async () => {
		const smi = '580.65.06, 9.0, NVIDIA H100 80GB HBM3';
		const found = await judge({ smi, linked: LIBRARIES_13 });
		assert.match(found.type === 'no' ? found.reason : '', /CUDA 13 needs driver 590 for this GPU/);
		const newer = await judge({ smi: smi.replace('580', '590'), linked: LIBRARIES_13 });
		assert.equal(newer.type, 'fits');
	});

	it('knows that a GPU can be too old', async () => {
		const found = await judge({ smi: '580.65.06, 6.1, NVIDIA GeForce GTX 1080', linked: LIBRARIES_13 });
		assert.ok(found.type === 'no');
		assert.match(found.reason, /CUDA 13 needs a GPU of compute capability 7\.5, and this one has 6\.1\./);
		assert.match(found.reason, /CUDA 12 needs libraries of NVIDIA/);
	});

	it('lets the newest of several GPUs decide', async () => {
		const smi = '580.65.06, 6.1, GTX 1080\n580.65.06, 8.9, RTX 4090';
		assert.equal((await judge({ smi, linked: LIBRARIES_13 })).type, 'fits');
	});

	it('believes a driver that tells nothing of its GPUs', async () => {
		const module = MODULE.replace('570.133.07', '580.65.06');
		assert.equal((await judge({ module, linked: LIBRARIES_13 })).type, 'fits');
	});

	it('looks where LD_LIBRARY_PATH points, and not where a relative one does', async () => {
		const folders = { '/opt/cuda/lib64': LIBRARIES_13, lib: LIBRARIES_13 };
		const at = (value: string) =>
			judge({ smi: '580.65.06, 8.6, RTX', folders, variables: { LD_LIBRARY_PATH: value } });
		assert.equal((await at('/usr/local/lib:/opt/cuda/lib64')).type, 'fits');
		assert.equal((await at('lib')).type, 'no');
	});

	it('does not count libraries for other processors', async () => {
		const found = await cudaFit(
			{
				queries: {
					...queries({ smi: '580.65.06, 8.6, RTX' }),
					run: async (program) =>
						program.endsWith('ldconfig')
							? LIBRARIES_13.map((name) => `\t${name} (libc6) => /usr/lib32/${name}`).join('\n')
							: '580.65.06, 8.6, RTX',
				},
				translate: english,
				platform: 'linux-x64',
			},
			never,
		);
		assert.equal(found.type, 'no');
	});

	it('says that there is no pack for a platform', async () => {
		const found = await judge({ smi: '580.65.06, 8.6, RTX', linked: LIBRARIES_13 }, 'win-x64');
		assert.match(found.type === 'no' ? found.reason : '', /There is no pack for CUDA 13 on win-x64\./);
	});

	it('calls platforms as packs do', () => {
		assert.equal(platformName('win32', 'arm64'), 'win-arm64');
		assert.equal(platformName('darwin', 'x64'), 'mac-x64');
		assert.equal(platformName('linux', 'x64'), 'linux-x64');
	});
});
