/** One message to a trainer process, one answer. */
import assert from 'node:assert/strict';
import { exportAdapter, importAdapter } from '../../../../src/finetune/job/convert';
import type { ExportOrder, ImportOrder } from '../../../../src/finetune/job/messages';
import { never } from '../../../support/fakeHost';
import { say, type TrainerStep, trainerFile } from '../../../support/fakeTrainer';
import { silentLog } from '../../../support/silentLog';

const launch = { trainerFile, nodePath: undefined, log: silentLog };

function importing(script: readonly TrainerStep[]): ImportOrder {
	return {
		type: 'import',
		from: '/peft',
		basePath: '/base.gguf',
		adapterFolder: '/adapters',
		cacheFolder: '/cache',
		name: JSON.stringify(script),
	};
}

function exporting(script: readonly TrainerStep[]): ExportOrder {
	return { type: 'export', adapterPath: '/a.gguf', basePath: '/b.gguf', toFolder: JSON.stringify(script) };
}

describe('finetune/job/convert', () => {
	it('gives the answer of an import and of an export', async () => {
		const imported = { type: 'imported', adapterPath: '/adapters/x.gguf', notes: ['alpha folded in'] };
		assert.deepEqual(await importAdapter(launch, importing([say(imported)]), never), imported);
		const exported = { type: 'exported', folder: '/out' };
		assert.deepEqual(await exportAdapter(launch, exporting([say(exported)]), never), exported);
	});

	it('throws what the trainer says', async () => {
		const failed = { type: 'failed', code: 'dora', message: '/peft is a DoRA adapter.', resumable: false };
		await assert.rejects(importAdapter(launch, importing([say(failed)]), never), {
			message: '/peft is a DoRA adapter.',
		});
	});

	it('explains a trainer that dies', async () => {
		const script: readonly TrainerStep[] = [
			{ do: 'print', text: 'ggml.c:1: GGML_ASSERT(x) failed\n' },
			{ do: 'signal', signal: 'SIGABRT' },
		];
		await assert.rejects(
			exportAdapter(launch, exporting(script), never),
			/^Error: The trainer was ended by SIGABRT while it was exporting \/a\.gguf\. Its last words: ggml\.c:1: GGML_ASSERT/,
		);
	});

	it('explains a trainer that cannot be started', async () => {
		const nowhere = { ...launch, nodePath: '/nowhere/node' };
		await assert.rejects(
			importAdapter(nowhere, importing([]), never),
			/could not run: spawn \/nowhere\/node/,
		);
	});

	it('ends the process when it is cancelled', async () => {
		const cancelling = new AbortController();
		const answer = importAdapter(launch, importing([{ do: 'deaf' }]), cancelling.signal);
		cancelling.abort();
		await assert.rejects(answer, { name: 'AbortError' });
	});
});
