/** What is let through between editor and trainer, after a trip through JSON as the channel makes it. */
import assert from 'node:assert/strict';
import { fromTrainer, toTrainer } from '../../../../src/finetune/job/messageShapes';
import type { FromTrainer, ToTrainer } from '../../../../src/finetune/job/messages';
import { DEFAULT_SETTINGS } from '../../../../src/finetune/settings';
import { estimate, evaluationAt, progressAt, result } from '../../../support/fakeTrainer';

const order = {
	version: 1,
	runFolder: '/r',
	basePath: '/b',
	datasetPath: '/d',
	adapterFolder: '/a',
	cacheFolder: '/c',
	name: 'n',
	settings: DEFAULT_SETTINGS,
} as const;

const orders: readonly ToTrainer[] = [
	{ type: 'start', order, resume: false },
	{ type: 'pause', reason: 'battery' },
	{ type: 'resume' },
	{ type: 'yield', busy: true },
	{ type: 'cancel' },
	{ type: 'import', from: '/f', basePath: '/b', adapterFolder: '/a', cacheFolder: '/c', name: 'n' },
	{ type: 'export', adapterPath: '/a', basePath: '/b', toFolder: '/t' },
];

const reports: readonly FromTrainer[] = [
	{ type: 'phase', phase: 'loading', detail: '' },
	{ type: 'estimate', estimate },
	progressAt(3),
	{ type: 'progress', progress: { ...progressAt(3).progress, loss: undefined } },
	{ type: 'evaluation', evaluation: evaluationAt(0, 2) },
	{ type: 'checkpoint', step: 3, path: '/p' },
	{ type: 'paused', reason: 'busy' },
	{ type: 'running' },
	{ type: 'log', level: 'warn', text: 't' },
	{ type: 'log', level: 'note', text: 't' },
	{ type: 'finished', result },
	{ type: 'cancelled' },
	{ type: 'imported', adapterPath: '/a', notes: ['n'] },
	{ type: 'exported', folder: '/f' },
	{ type: 'failed', code: 'c', message: 'm', resumable: true },
];

function sent(value: unknown): unknown {
	return JSON.parse(JSON.stringify(value));
}

describe('finetune/job/messageShapes', () => {
	for (const [name, check, messages] of [
		['orders', toTrainer, orders],
		['reports', fromTrainer, reports],
	] as const) {
		it(`lets all ${name} through, and none without one of its fields`, () => {
			for (const message of messages) {
				assert.ok(check(sent(message)), message.type);
				for (const field of Object.keys(message)) {
					assert.ok(!check(sent({ ...message, [field]: undefined })), `${message.type} without ${field}`);
				}
			}
		});
	}

	it('refuses what is no message', () => {
		for (const value of [undefined, null, 1, 'start', [], {}, { type: 'toString' }, { type: ['running'] }]) {
			assert.ok(!fromTrainer(value), JSON.stringify(value));
			assert.ok(!toTrainer(value), JSON.stringify(value));
		}
	});

	it('refuses numbers that are none, on both levels', () => {
		assert.ok(!fromTrainer(sent(progressAt(Number.NaN))));
		assert.ok(!fromTrainer({ ...progressAt(1, Number.NaN) }));
		assert.ok(
			!fromTrainer({ type: 'evaluation', evaluation: { ...evaluationAt(0, 1), byFile: { 0: [1] } } }),
		);
		assert.ok(!fromTrainer({ type: 'evaluation', evaluation: { ...evaluationAt(0, 1), byFile: [] } }));
		const settings = { ...DEFAULT_SETTINGS, targets: ['q', 'z'] };
		assert.ok(!toTrainer({ type: 'start', order: { ...order, settings }, resume: true }));
	});

	it('takes orders of an earlier version, which do not weigh ends', () => {
		const { endWeight: _, ...settings } = DEFAULT_SETTINGS;
		assert.ok(toTrainer(sent({ type: 'start', order: { ...order, settings }, resume: true })));
	});

	it('takes rows a step and looks as numbers or as automatic, and as nothing else', () => {
		for (const key of ['rowsPerStep', 'evaluateEvery'] as const) {
			const takes = (value: unknown) =>
				toTrainer(
					sent({
						type: 'start',
						order: { ...order, settings: { ...DEFAULT_SETTINGS, [key]: value } },
						resume: true,
					}),
				);
			assert.deepEqual([8, 'auto', 'sometimes', -1, 1.5, null].map(takes), [
				true,
				true,
				false,
				false,
				false,
				false,
			]);
		}
	});
});
