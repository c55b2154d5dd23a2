/** The trainer's side of the channel, without native code: what it takes for an order, how it fails and leaves. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { fromTrainer } from '../../../../src/finetune/job/messageShapes';
import type { FromTrainer, RunOrder, ToTrainer } from '../../../../src/finetune/job/messages';
import { DEFAULT_SETTINGS } from '../../../../src/finetune/settings';
import { TrainerSession } from '../../../../src/finetune/training/session';
import { settle } from '../../../support/fakeClock';

class FakeHost {
	readonly version = '1.2.3';
	readonly sent: FromTrainer[] = [];
	readonly exits: number[] = [];
	/** Settles with the exit. */
	readonly left: Promise<void>;
	receive: (message: unknown) => void = () => undefined;
	disconnect: () => void = () => undefined;
	#leave: () => void = () => undefined;
	#sending = 0;

	/** @param from URL beside which the libraries are looked for. */
	constructor(readonly from: string) {
		this.left = new Promise((resolve) => {
			this.#leave = resolve;
		});
	}

	async send(message: FromTrainer): Promise<void> {
		this.#sending++;
		await new Promise((resolve) => setImmediate(resolve));
		this.sent.push(message);
		this.#sending--;
	}

	onMessage(listener: (message: unknown) => void): void {
		this.receive = listener;
	}

	onDisconnect(listener: () => void): void {
		this.disconnect = listener;
	}

	exit(code: number): void {
		assert.equal(this.#sending, 0, 'everything is on its way');
		this.exits.push(code);
		this.#leave();
	}
}

describe('trainer session', () => {
	let folder: string;
	let host: FakeHost;
	let errors: unknown[][];
	const consoleError = console.error;
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
		// No packages lie there.
		host = new FakeHost(pathToFileURL(path.join(folder, 'trainer.mjs')).href);
		errors = [];
		console.error = (...values: unknown[]) => void errors.push(values);
		new TrainerSession(host);
	});
	afterEach(() => {
		console.error = consoleError;
		fs.rmSync(folder, { recursive: true, force: true });
	});

	function start(changes: Partial<RunOrder> = {}): ToTrainer {
		const order: RunOrder = {
			version: 1,
			runFolder: folder,
			basePath: path.join(folder, 'base.gguf'),
			datasetPath: path.join(folder, 'data.bin'),
			adapterFolder: path.join(folder, 'adapters'),
			cacheFolder: folder,
			name: 'test',
			settings: DEFAULT_SETTINGS,
			...changes,
		};
		return { type: 'start', order, resume: false };
	}

	async function failed(): Promise<Extract<FromTrainer, { type: 'failed' }>> {
		await host.left;
		assert.deepEqual(host.exits, [0]);
		assert.ok(host.sent.every(fromTrainer));
		const last = host.sent.at(-1);
		assert.ok(last?.type === 'failed', JSON.stringify(last));
		return last;
	}

	it('says which libraries are missing and what helps', async () => {
		host.receive(start());
		const { code, message, resumable } = await failed();
		assert.deepEqual([code, resumable], ['ggml', false]);
		assert.match(
			message,
			/^ggml's libraries are missing: none of @node-llama-cpp\/.* Install the extension again\.$/,
		);
		assert.equal(errors.length, 1, 'with its stack for the log');
	});

	it('offers to resume where there is a checkpoint', async () => {
		fs.writeFileSync(path.join(folder, 'checkpoint-4.bin'), '');
		host.receive(start());
		assert.equal((await failed()).resumable, true);
	});

	it('fails in words even where the folder of the run is gone', async () => {
		host.receive(start({ runFolder: path.join(folder, 'gone') }));
		assert.deepEqual([(await failed()).code, (await failed()).resumable], ['ggml', false]);
	});

	it('does one order only, and nothing of what is none', async () => {
		for (const message of [undefined, 7, 'start', {}, { type: 'start' }, { ...start(), resume: 'yes' }]) {
			host.receive(message);
		}
		assert.equal(errors.length, 6);
		assert.deepEqual(host.sent, []);
		host.receive(start());
		host.receive(start());
		await failed();
		await settle();
		assert.equal(host.sent.filter(({ type }) => type === 'failed').length, 1);
	});

	it('says why an adapter cannot be exported, without native code', async () => {
		const file = path.join(folder, 'none.gguf');
		host.receive({ type: 'export', adapterPath: file, basePath: file, toFolder: path.join(folder, 'out') });
		const { code, message, resumable } = await failed();
		assert.deepEqual([code, resumable], ['model-missing', false]);
		assert.ok(message.includes(file));
		assert.ok(!fs.existsSync(path.join(folder, 'out')));
	});

	it('takes pauses and yields before an order without harm', async () => {
		host.receive({ type: 'pause', reason: 'user' });
		host.receive({ type: 'yield', busy: true });
		host.receive({ type: 'resume' });
		host.receive({ type: 'yield', busy: false });
		host.receive(start());
		assert.equal((await failed()).code, 'ggml');
	});
});
