/** Adapters come in and go out: GGUF files as copies with a name of their own, PEFT folders through the trainer. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { AdapterStore } from '../../../../src/finetune/adapters/store';
import { Transfer } from '../../../../src/finetune/adapters/transfer';
import { FakeModel } from '../../../support/fakeModel';
import { say, type TrainerStep, trainerFile } from '../../../support/fakeTrainer';
import { silentLog } from '../../../support/silentLog';

const never = new AbortController().signal;
const base = '/models/base.gguf';

describe('finetune/adapters/transfer', () => {
	let folder: string;
	let kept: string;
	let model: FakeModel;
	let transfer: Transfer;
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
		kept = path.join(folder, 'adapters');
		model = new FakeModel();
		transfer = new Transfer({
			store: new AdapterStore(kept, model),
			launch: () => ({ trainerFile, nodePath: undefined, log: silentLog }),
			cacheFolder: path.join(folder, 'cache'),
		});
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	function write(name: string, text: string): string {
		const file = path.join(folder, name);
		fs.writeFileSync(file, text);
		return file;
	}

	function foundAs(problem: string | undefined, warning: string | undefined): void {
		const { onInspect } = model;
		model.onInspect = (file) => {
			const seen = onInspect(file);
			return seen.type === 'facts'
				? { ...seen, facts: { ...seen.facts, name: 'Shop' }, problem, warning }
				: seen;
		};
	}

	it('copies a GGUF under a name that its content gives', async () => {
		foundAs(undefined, 'It is older.');
		const { choice, notes } = await transfer.bring(write('my.lora.GGUF', 'weights'), base, never);
		const hash = createHash('sha256').update('weights').digest('hex').slice(0, 16);
		const copy = path.join(kept, `my.lora-${hash}.gguf`);
		assert.deepEqual(choice, { path: copy, name: 'Shop', scale: 1 });
		assert.deepEqual(notes, ['It is older.']);
		assert.equal(fs.readFileSync(copy, 'utf8'), 'weights');
		assert.equal(fs.statSync(copy).mode & 0o077, 0);
		assert.deepEqual(fs.readdirSync(kept), [path.basename(copy)]);
	});

	it('refuses a GGUF that does not fit, and leaves nothing behind', async () => {
		foundAs('a.gguf was trained on another model.', undefined);
		const file = write('a.gguf', 'weights');
		await assert.rejects(transfer.bring(file, base, never), {
			message: 'a.gguf was trained on another model.',
		});
		assert.equal(fs.existsSync(kept), false);
	});

	it('leaves no half of a GGUF behind', async () => {
		const stop = new AbortController();
		const file = write('a.gguf', 'weights');
		const { onInspect } = model;
		model.onInspect = (asked) => {
			// Looked at, and cancelled before it was copied.
			stop.abort();
			return onInspect(asked);
		};
		await assert.rejects(transfer.bring(file, base, stop.signal), { name: 'AbortError' });
		assert.deepEqual(fs.existsSync(kept) ? fs.readdirSync(kept) : [], []);
	});

	it('has the trainer import a folder, under its name', async () => {
		const script: readonly TrainerStep[] = [
			say({ type: 'imported', adapterPath: '/adapters/x.gguf', notes: ['Folded.'] }),
		];
		const name = JSON.stringify(script).replaceAll('/', '\\u002f');
		const brought = await transfer.bring(path.join('/peft', name), base, never);
		assert.deepEqual(brought, {
			choice: { path: '/adapters/x.gguf', name, scale: 1 },
			notes: ['Folded.'],
		});
	});
});
