/** What the command says and does, by what fits and what is installed. */
import * as assert from 'node:assert/strict';
import { english } from '../../../../src/finetune/job/english';
import type { CudaFit } from '../../../../src/inference/acceleration/cudaFit';
import { Acceleration } from '../../../../src/inference/acceleration/getAcceleration';
import type { Pack } from '../../../../src/inference/acceleration/pack';
import { abortError } from '../../../../src/inference/cancel';
import type { ModelDescription } from '../../../../src/inference/model';
import type { Dialogues } from '../../../../src/inference/models/dialogues';
import { fakeDescription } from '../../../support/fakeModel';
import { recordingLog } from '../../../support/silentLog';

const PACK: Pack = {
	name: 'linux-x64-cuda',
	version: '3.22.1',
	bytes: 142_898_030,
	unpackedBytes: 189_352_027,
	sha256: '',
	needs: [],
};
const FITS: CudaFit = { type: 'fits', packs: [PACK], device: 'NVIDIA RTX A2000' };

describe('inference/acceleration/getAcceleration', () => {
	let events: string[];
	let buttons: (string | undefined)[];
	let agrees: boolean;
	let installed: string[];
	let failures: unknown[];
	let waiting: number;
	let model: Partial<ModelDescription>;

	beforeEach(() => {
		[events, buttons, installed, failures] = [[], [], [], []];
		[agrees, waiting] = [true, 0];
		model = { backend: 'cuda' };
	});

	const dialogues: Dialogues = {
		pick: () => assert.fail('nothing is picked'),
		ask: () => assert.fail('nothing is asked'),
		browse: () => assert.fail('nothing is browsed'),
		during: (title, action) => {
			events.push(`… ${title}`);
			return action((message) => events.push(`  ${message}`), new AbortController().signal);
		},
		async tell(kind, message, button) {
			events.push(`${kind}: ${message}${button === undefined ? '' : ` [${button}]`}`);
			return buttons.shift();
		},
		async confirm(message, button) {
			events.push(`confirm: ${message} [${button}]`);
			return agrees;
		},
	};

	const open = (fit: CudaFit) =>
		new Acceleration({
			dialogues,
			store: {
				has: ({ name }) => installed.includes(name),
				names: async () => installed,
				waiting: async () => waiting,
				install: async ({ name }, onStep) => {
					onStep({ phase: 'downloading', bytes: 1_000_000 });
					const failure = failures.shift();
					if (failure !== undefined) {
						throw failure;
					}
					onStep({ phase: 'unpacking', bytes: 5_000_000 });
					installed.push(name);
				},
				remove: async (name) => {
					installed = installed.filter((other) => other !== name);
				},
			},
			fit: async () => fit,
			restart: async () => void events.push('restart'),
			state: () => ({ type: 'ready', model: { ...fakeDescription, ...model } }),
			translate: english,
			log: recordingLog(),
		}).open();

	it('says what is in the way, and looks again where that was changed', async () => {
		buttons = ['Look Again'];
		await open({ type: 'no', reason: 'RTX: CUDA 13 needs driver 580 for this GPU, and here is 470.1.' });
		assert.deepEqual(events.slice(2), events.slice(0, 2));
		events = events.slice(0, 2);
		assert.deepEqual(events, [
			'… Familiar: looking for what a GPU needs',
			'information: RTX: CUDA 13 needs driver 580 for this GPU, and here is 470.1. Familiar goes on with what it has: Vulkan, where a GPU has it, or the CPU. [Look Again]',
		]);
	});

	it('asks with sizes and host, fetches, starts the model anew, and says what computes', async () => {
		await open(FITS);
		assert.deepEqual(events, [
			'… Familiar: looking for what a GPU needs',
			'confirm: Download llama.cpp for CUDA (143 MB, 189 MB on disk) from registry.npmjs.org, for NVIDIA RTX A2000? It is checked by its sha256, used by the model process alone, and can be deleted again. [Download]',
			'… Familiar: downloading linux-x64-cuda',
			'  1 MB of 143 MB',
			'  unpacking 5 MB',
			'restart',
			'information: The pack for CUDA is installed. CUDA computes now.',
		]);
	});

	it('does nothing where the answer is no', async () => {
		agrees = false;
		await open(FITS);
		assert.equal(events.length, 2);
		assert.deepEqual(installed, []);
	});

	it('tells of what is here already', async () => {
		waiting = 50e6;
		await open(FITS);
		assert.match(events[1] ?? '', /50 MB of it are here already\./);
	});

	it('says why CUDA does not compute all the same', async () => {
		model = {
			backend: 'vulkan',
			fallbackReason: undefined,
			notFaster: { reason: 'llama.cpp does not start with it here.', remedy: 'pack' },
		};
		await open(FITS);
		assert.equal(
			events.at(-1),
			'information: The pack for CUDA is installed. The model runs on VULKAN. llama.cpp does not start with it here.',
		);
	});

	it('tries again when it failed and the user wants to', async () => {
		failures = [new Error('The disk is full.')];
		buttons = ['Try Again'];
		await open(FITS);
		assert.ok(events.includes('error: linux-x64-cuda could not be installed: The disk is full. [Try Again]'));
		assert.match(events.at(-1) ?? '', /CUDA computes now/);
	});

	it('is silent when it is cancelled', async () => {
		failures = [abortError()];
		await open(FITS);
		assert.deepEqual(
			events.filter((event) => /^(error|information|restart)/.test(event)),
			[],
		);
	});

	it('offers to delete what is installed, also where it does not fit any more', async () => {
		for (const fit of [FITS, { type: 'none', reason: 'No NVIDIA driver was found.' }] as const) {
			events = [];
			installed = ['linux-x64-cuda'];
			buttons = ['Delete the Pack'];
			model = { backend: 'cpu', fallbackReason: 'No GPU was found.' };
			await open(fit);
			assert.match(events[1] ?? '', /\[Delete the Pack\]$/);
			assert.deepEqual(events.slice(2), [
				'… Deleting the pack for CUDA',
				'restart',
				'information: The pack for CUDA is deleted. The model runs on CPU. No GPU was found.',
			]);
			assert.deepEqual(installed, []);
		}
	});
});
