/** What the worker does, on this thread: builds, follows changes, answers while it builds, and can be cancelled. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Embedder } from '../../../../src/chat/retrieval/embedder';
import { Keeper } from '../../../../src/chat/retrieval/keeper';
import type { FromIndex } from '../../../../src/chat/retrieval/messages';
import { WorkspaceIndex } from '../../../../src/chat/retrieval/workspaceIndex';

const code = (name: string) => `export function ${name}() {\n\treturn 1;\n}\n`;

describe('keeper of the index', () => {
	let folder = '';
	let said: FromIndex[] = [];
	let waiting: { readonly isWanted: (message: FromIndex) => boolean; readonly resolve: () => void }[] = [];
	let time = 0;
	let pauses: number[] = [];
	let onSaved = () => {};
	class ToldIndex extends WorkspaceIndex {
		override async save(): Promise<void> {
			await super.save();
			onSaved();
		}
	}
	beforeEach(() => {
		folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-keeper-')));
		said = [];
		waiting = [];
		pauses = [];
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	const work = () => path.join(folder, 'work');
	function write(file: string, text: string): string {
		const full = path.join(work(), file);
		fs.mkdirSync(path.dirname(full), { recursive: true });
		fs.writeFileSync(full, text);
		return full;
	}
	function keeper(embedder?: Embedder): Keeper {
		return new Keeper({
			index: new ToldIndex(path.join(folder, 'kept.index'), embedder),
			say: (message) => {
				said.push(message);
				for (const { isWanted, resolve } of waiting) {
					if (isWanted(message)) {
						resolve();
					}
				}
			},
			pause: async (milliseconds) => {
				pauses.push(milliseconds);
				// A wait for the build is longer than the build.
				await new Promise<void>((resolve) => setTimeout(resolve, milliseconds === 10_000 ? 5_000 : 0));
			},
			// Each look at the clock takes long.
			now: () => (time += 30),
		});
	}
	function message(isWanted: (message: FromIndex) => boolean): Promise<void> {
		return new Promise((resolve) => waiting.push({ isWanted, resolve }));
	}
	const ready = () =>
		message(({ type, ...rest }) => type === 'state' && 'state' in rest && rest.state.type === 'ready');
	const scope = () => ({
		type: 'scope' as const,
		scope: { folders: [{ name: 'work', folder: work() }], globs: [], gitPath: undefined },
	});
	async function found(kept: Keeper, id: number, question: string): Promise<readonly string[]> {
		const answered = message((one) => one.type === 'found' && one.id === id);
		kept.receive({ type: 'search', id, question, count: 5 });
		await answered;
		return said.flatMap((one) =>
			one.type === 'found' && one.id === id ? one.chunks.map(({ path: at }) => at) : [],
		);
	}

	it('builds, rests between files, tells its progress and keeps the index', async () => {
		write('a.ts', code('readZebra'));
		write('b.ts', code('washOtter'));
		const kept = keeper();
		const built = ready();
		const saved = new Promise<void>((resolve) => {
			onSaved = resolve;
		});
		kept.receive(scope());
		await built;
		assert.deepEqual(await found(kept, 1, 'otter'), ['b.ts']);
		assert.ok(
			pauses.some((milliseconds) => milliseconds >= 25),
			'rests as long as it worked',
		);
		const states = said.flatMap((one) => (one.type === 'state' ? [one.state] : []));
		assert.deepEqual(states[0], { type: 'building', progress: { done: 2, all: 2 } });
		assert.deepEqual(states.at(-1), {
			type: 'ready',
			figures: { files: 2, chunks: 2, leftOut: 0 },
			problems: [],
		});
		await saved;
		assert.ok(fs.existsSync(path.join(folder, 'kept.index')));
	});

	it('makes a search wait for the first build, which does not rest then', async () => {
		for (let at = 0; at < 30; at++) {
			write(`f${at}.ts`, code(`zebra${at}`));
		}
		const kept = keeper();
		kept.receive(scope());
		assert.equal((await found(kept, 1, 'zebra29'))[0], 'f29.ts');
		const answer = said.find((one) => one.type === 'found');
		assert.equal(answer?.type === 'found' && answer.isPartial, false);
		assert.ok(pauses.every((milliseconds) => milliseconds === 0 || milliseconds === 10_000));
	});

	it('follows changed files, and lists again for new ones', async () => {
		const a = write('a.ts', code('readZebra'));
		const kept = keeper();
		let again = ready();
		kept.receive(scope());
		await again;
		fs.writeFileSync(a, code('washOtterOften'));
		again = ready();
		kept.receive({ type: 'changed', files: [a] });
		await again;
		assert.deepEqual(await found(kept, 1, 'otter'), ['a.ts']);
		again = ready();
		kept.receive({ type: 'changed', files: [write('new.ts', code('feedLion'))] });
		await again;
		assert.deepEqual(await found(kept, 2, 'lion'), ['new.ts']);
	});

	it('answers a cancelled search with a failure, and goes on', async () => {
		write('a.ts', code('readZebra'));
		const kept = keeper();
		kept.receive(scope());
		const failed = message((one) => one.type === 'failed' && one.id === 1);
		kept.receive({ type: 'search', id: 1, question: 'zebra', count: 5 });
		kept.receive({ type: 'cancel', id: 1 });
		await failed;
		assert.deepEqual(await found(kept, 2, 'zebra'), ['a.ts']);
	});

	it('asks for vectors when the words are there, and keeps them', async () => {
		write('a.ts', code('readZebra'));
		const isKept = new Promise<void>((resolve) => {
			const watcher = fs.watch(folder, () => {
				if (fs.existsSync(path.join(folder, 'kept.index.vectors'))) {
					watcher.close();
					resolve();
				}
			});
		});
		const order: string[] = [];
		const kept = keeper({
			model: 'scripted',
			embed: async (text) => {
				order.push(
					said.some((one) => one.type === 'state' && one.state.type === 'ready') ? text : 'too early',
				);
				return [1, 2];
			},
		});
		kept.receive(scope());
		await isKept;
		assert.deepEqual(order, [`a.ts\n${code('readZebra').trimEnd()}`]);
	});

	it('goes by the last scope', async () => {
		write('a.ts', code('readZebra'));
		const kept = keeper();
		const built = ready();
		kept.receive(scope());
		kept.receive({ type: 'scope', scope: { ...scope().scope, globs: ['a.ts'] } });
		await built;
		assert.deepEqual(await found(kept, 1, 'zebra'), []);
	});

	it('says what cannot be kept, and works on', async () => {
		write('a.ts', code('readZebra'));
		fs.mkdirSync(path.join(folder, 'kept.index'));
		const kept = keeper();
		const problem = message((one) => one.type === 'problem');
		kept.receive(scope());
		await problem;
		assert.match(JSON.stringify(said), /The index of the workspace cannot be kept/);
		assert.deepEqual(await found(kept, 1, 'zebra'), ['a.ts']);
	});
});
