/** Tests of the history: found, searched, renamed, deleted, and bounded. */

import assert from 'node:assert/strict';
import { MemoryFolder } from '../../../../src/chat/conversations/folder';
import { Library } from '../../../../src/chat/conversations/library';
import { MAX_LISTED } from '../../../../src/chat/conversations/protocol';
import { linesOf } from '../../../../src/chat/conversations/records';
import { recordingLog, silentLog } from '../../../support/silentLog';
import { answered, asked, fileOf } from './said';

const never = new AbortController().signal;

/** Counts what is read. */
class CountingFolder extends MemoryFolder {
	reads = 0;
	override async read(id: string): Promise<string | undefined> {
		this.reads++;
		return super.read(id);
	}
}

async function setUp() {
	const folder = new CountingFolder();
	await folder.create('one', fileOf(asked('q', 'How do I sort?'), answered('a', 'Use a heap.', 'q')));
	await folder.create('two', fileOf(asked('q', 'What is a monad?', undefined, 5)));
	await folder.create('three', fileOf(asked('q', 'a'), answered('a', 'Ein HÄUFCHEN (x.y)', 'q', 3)));
	return { folder, library: new Library(folder, silentLog) };
}

describe('chat/conversations/library', () => {
	it('lists all, the one that was asked last first, and reads each once', async () => {
		const { folder, library } = await setUp();
		const listed = await library.list('', 'two', never);
		assert.deepEqual(
			listed.map(({ id, title, time, isOpen }) => [id, title, time, isOpen]),
			[
				['two', 'What is a monad?', 5, true],
				['three', 'a', 3, false],
				['one', 'How do I sort?', 1, false],
			],
		);
		assert.equal(folder.reads, 3);
		await library.list('', 'two', never);
		assert.equal(folder.reads, 3);
	});

	for (const [query, found] of [
		['monad', ['two']],
		['HOW heap', ['one']],
		['häufchen', ['three']],
		['x.y', ['three']],
		['xzy', []],
		['.*', []],
		['heap monad', []],
		['\\', []],
		['a-b/', []],
		[' \t ', ['two', 'three', 'one']],
	] as const) {
		it(`finds ${JSON.stringify(query)} in ${found.length}`, async () => {
			const { library } = await setUp();
			assert.deepEqual(
				(await library.list(query, '', never)).map(({ id }) => id),
				found,
			);
		});
	}

	it('shows the place where a text has it, and none for a title', async () => {
		const { library } = await setUp();
		assert.equal((await library.list('HEAP', '', never))[0]?.passage, 'Use a heap.');
		assert.equal((await library.list('sort', '', never))[0]?.passage, undefined);
	});

	it('finds what stands in another version than the one that is shown', async () => {
		const { folder, library } = await setUp();
		await folder.create('four', fileOf(asked('q', 'first wording'), asked('r', 'second')));
		assert.equal((await library.list('wording', '', never))[0]?.id, 'four');
	});

	it('opens the one that was asked last, not the one that was named last', async () => {
		const { library } = await setUp();
		assert.equal(await library.rename('one', ' New\nname '), true);
		assert.equal((await library.latest())?.id, 'two');
		assert.equal((await library.list('', '', never)).at(-1)?.title, 'New name');
		assert.equal(await library.rename('gone', 'x'), false);
	});

	it('deletes', async () => {
		const { library } = await setUp();
		await library.list('', '', never);
		await library.remove('two');
		assert.deepEqual(
			(await library.list('', '', never)).map(({ id }) => id),
			['three', 'one'],
		);
		assert.equal(await library.open('two'), undefined);
	});

	it('leaves alone what it cannot read, and shows the others', async () => {
		const { folder } = await setUp();
		const log = recordingLog();
		const library = new Library(folder, log);
		await folder.create('broken', '\u0000');
		await folder.create('later', `{"type":"conversation","version":9}\n${fileOf(asked('q', 'x'))}`);
		assert.equal((await library.list('', '', never)).length, 3);
		assert.equal(await library.open('later'), undefined);
		assert.equal((await folder.list()).length, 5);
		await library.list('x', '', never);
		assert.equal(log.lines.length, 2);
	});

	it('makes no conversation of a file that has not all the words', async () => {
		const folder = new MemoryFolder();
		const log = recordingLog();
		const library = new Library(folder, log);
		// The log tells when somebody tries.
		await folder.create('later', `{"type":"conversation","version":9}\n${fileOf(asked('q', 'a heap'))}`);
		await library.list('heap monad', '', never);
		assert.equal(log.lines.length, 0);
		await library.list('heap', '', never);
		assert.equal(log.lines.length, 1);
	});

	for (const [what, text, query] of [
		['quotation marks and backslashes', 'say "no" to C:\\temp', '"NO" c:\\TEMP'],
		['characters that cannot be seen, in a title', 'al\u200bpha', 'alpha'],
		['the end of a title that was cut', 'b'.repeat(500), 'b…'],
	] as const) {
		it(`finds ${what}, as they stand in the file`, async () => {
			const folder = new MemoryFolder();
			await folder.create('one', fileOf(asked('q', text)));
			assert.equal((await new Library(folder, silentLog).list(query, '', never)).length, 1);
		});
	}

	it('finds a word that was written in two pieces', async () => {
		const folder = new MemoryFolder();
		await folder.create('one', fileOf(asked('q', 'x'), answered('a', '', 'q')));
		await folder.append('one', linesOf([{ type: 'text', turn: 'a', offset: 0, text: 'a gi' }]));
		await folder.append('one', linesOf([{ type: 'text', turn: 'a', offset: 4, text: 'raffe' }]));
		assert.equal((await new Library(folder, silentLog).list('giraffe', '', never)).length, 1);
	});

	it('ends a search that nobody waits for any more', async () => {
		const { folder, library } = await setUp();
		await library.list('x', '', AbortSignal.abort());
		assert.equal(folder.reads, 0);
	});

	it('keeps a bounded number, and drops the oldest', async () => {
		const folder = new MemoryFolder();
		const library = new Library(folder, silentLog);
		const text = fileOf(asked('q', 'x'));
		let time = 0;
		const { now } = Date;
		Date.now = () => ++time;
		try {
			for (let index = 0; index < MAX_LISTED + 3; index++) {
				await folder.create(`c${index}`, text);
			}
		} finally {
			Date.now = now;
		}
		await library.prune();
		const kept = (await folder.list()).map(({ id }) => id);
		assert.equal(kept.length, MAX_LISTED);
		assert.equal(kept.at(-1), 'c3');
	});
});
