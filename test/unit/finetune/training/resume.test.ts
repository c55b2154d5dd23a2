/** What a resumed run says before it goes on: checkpoints that cannot be used, and what is computed otherwise. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Dataset } from '../../../../src/finetune/dataset/sample';
import type { FromTrainer, RunOrder } from '../../../../src/finetune/job/messages';
import { DEFAULT_SETTINGS } from '../../../../src/finetune/settings';
import type { CheckpointHeader } from '../../../../src/finetune/training/checkpoint';
import type { Kernels } from '../../../../src/finetune/training/kernels';
import {
	fixedSettings,
	newestCheckpoint,
	settingsAsBefore,
	tellChanges,
} from '../../../../src/finetune/training/resume';
import { estimate } from '../../../support/fakeTrainer';
import { trainingData } from '../../../support/trainingData';

const dataset: Dataset = { ...trainingData({ basePath: '/base' }), hash: 'data' };

const header: CheckpointHeader = {
	version: 1,
	base: 'base',
	dataset: 'data',
	settings: fixedSettings(DEFAULT_SETTINGS),
	step: 3,
	steps: 8,
	rowsPerStep: 2,
	optimizerStep: 3,
	epoch: 0,
	row: 6,
	random: 1,
	rate: 1,
	skipped: 0,
	tokens: 100,
	seconds: 1,
	before: { step: 0, loss: 2, tokens: 10, byFile: {} },
	kernels: { copies: 'BF16', products: 'F32' },
	checkpointing: false,
	tensors: [],
};

describe('finetune/training/resume', () => {
	let runFolder: string;
	let said: FromTrainer[];
	const say = (message: FromTrainer) => said.push(message);
	beforeEach(() => {
		runFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
		said = [];
	});
	afterEach(() => fs.rmSync(runFolder, { recursive: true, force: true }));

	function order(): RunOrder {
		return {
			version: 1,
			runFolder,
			basePath: '/base',
			datasetPath: '/data',
			adapterFolder: '/adapters',
			cacheFolder: '/cache',
			name: 'test',
			settings: DEFAULT_SETTINGS,
		};
	}

	/** A checkpoint without numbers. */
	function write(step: number, changes: object = {}): string {
		const text = Buffer.from(JSON.stringify({ ...header, step, ...changes }));
		const length = Buffer.alloc(4);
		length.writeUInt32LE(text.byteLength);
		const whole = Buffer.concat([Buffer.from('FAMILIAR', 'latin1'), length, text]);
		const file = path.join(runFolder, `checkpoint-${step}.bin`);
		fs.writeFileSync(file, Buffer.concat([whole, createHash('sha256').update(whole).digest()]));
		return file;
	}

	it('finds the newest, and has nothing to say', () => {
		write(3);
		const file = write(5);
		assert.deepEqual(newestCheckpoint(order(), dataset, say), { file, header: { ...header, step: 5 } });
		assert.deepEqual(said, []);
	});

	it('takes a checkpoint of an earlier version, which does not tell of rows', () => {
		const file = write(3, { rowsPerStep: undefined });
		assert.equal(newestCheckpoint(order(), dataset, say)?.file, file);
	});

	it('says that it goes on from an older one, and why', () => {
		const file = write(3);
		const damaged = write(5);
		fs.truncateSync(damaged, 100);
		assert.equal(newestCheckpoint(order(), dataset, say)?.file, file);
		const text = `This run goes on from an older checkpoint, of step 3. ${damaged} is damaged: its checksum does not match.`;
		assert.deepEqual(said, [{ type: 'log', level: 'note', text }]);
	});

	it('says that it begins anew where none can be used, with each file and its reason', () => {
		const other = write(2, { version: 2 });
		const foreign = write(3, { dataset: 'other' });
		const damaged = write(5);
		fs.truncateSync(damaged, 0);
		assert.equal(newestCheckpoint(order(), dataset, say), undefined);
		const text = `This run begins anew, at step 0, with the same data: none of its checkpoints can be used. ${damaged} is no checkpoint. ${foreign} belongs to other data or other settings. ${other} is of another version of Familiar. They are kept in ${runFolder} until the run has finished.`;
		assert.deepEqual(said, [{ type: 'log', level: 'note', text }]);
	});

	it('has nothing to say where there is none', () => {
		assert.equal(newestCheckpoint(order(), dataset, say), undefined);
		assert.deepEqual(said, []);
	});

	describe('what is computed otherwise', () => {
		const now = (kernels: Kernels, gradientCheckpointing: boolean) => ({
			kernels,
			estimate: { ...estimate, gradientCheckpointing },
			refusal: undefined,
		});
		const texts = () => said.flatMap((message) => (message.type === 'log' ? [message.text] : []));

		it('is nothing where all is as it was, or the run is new', () => {
			tellChanges(header, now(header.kernels, false), say);
			tellChanges(undefined, now({ copies: 'Q8_0', products: 'F32' }, true), say);
			assert.deepEqual(said, []);
		});

		it('is told, with what follows', () => {
			tellChanges(header, now({ copies: 'Q8_0', products: 'BF16' }, true), say);
			assert.equal(said[0]?.type === 'log' ? said[0].level : '', 'note');
			assert.deepEqual(texts(), [
				'Less memory is free than when this run began, or another device computes: it goes on with transposed copies in Q8_0 instead of BF16, products in BF16 instead of F32, and gradient checkpointing. Its losses may differ in the last digits from those of a run that nobody stopped.',
			]);
		});

		it('is not gradient checkpointing that was on', () => {
			assert.equal(settingsAsBefore(DEFAULT_SETTINGS, { checkpointing: true }).gradientCheckpointing, 'on');
			for (const before of [undefined, { checkpointing: false }]) {
				assert.equal(settingsAsBefore(DEFAULT_SETTINGS, before), DEFAULT_SETTINGS);
			}
		});
	});
});
