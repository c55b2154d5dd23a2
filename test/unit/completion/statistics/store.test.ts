/** The file of the statistics: what several windows add is all there, a reset holds, and rubbish is no reason to fail. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { StatisticsBook } from '../../../../src/completion/statistics/book';
import { type Entry, KEPT_DAYS } from '../../../../src/completion/statistics/ledger';
import { StatisticsStore } from '../../../../src/completion/statistics/store';
import { FakeClock } from '../../../support/fakeClock';
import { silentLog } from '../../../support/silentLog';

const GROUP = { language: 'go', model: 'coder', adapter: '' } as const;

function entry(shown: number, more: Partial<Entry> = {}): Entry {
	return { ...GROUP, day: '2026-11-21', counts: { shown }, ...more };
}

describe('statistics: store', () => {
	let folder = '';
	let file = '';
	let now = new Date(2026, 10, 21, 12);
	const date = () => now;

	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-statistics-'));
		file = path.join(folder, 'deep', 'statistics.json');
		now = new Date(2026, 10, 21, 12);
	});
	afterEach(() => fs.rmSync(folder, { recursive: true }));

	const from = () => now.getTime();

	it('adds to what is there, by day, language, model and adapter', async () => {
		const store = new StatisticsStore(file, date);
		assert.deepEqual(await store.read(), []);
		await store.add([entry(1), entry(2, { language: 'c' })], from());
		await store.add([entry(4), entry(8, { adapter: 'shop' }), entry(16, { day: '2026-11-20' })], from());
		const found = (await store.read()).map((one) => [
			one.day,
			one.language,
			one.adapter,
			one.counts['shown'],
		]);
		assert.deepEqual(found, [
			['2026-11-20', 'go', '', 16],
			['2026-11-21', 'go', '', 5],
			['2026-11-21', 'c', '', 2],
			['2026-11-21', 'go', 'shop', 8],
		]);
	});

	it('leaves nothing but the file, which is its user’s alone', async () => {
		await new StatisticsStore(file, date).add([entry(1)], from());
		assert.deepEqual(fs.readdirSync(path.dirname(file)), ['statistics.json']);
		if (process.platform !== 'win32') {
			assert.equal(fs.statSync(file).mode & 0o777, 0o600);
		}
	});

	it('loses nothing of what two windows add at once', async () => {
		const clock = new FakeClock();
		const books = [0, 1].map(
			() => new StatisticsBook({ store: new StatisticsStore(file, date), clock, log: silentLog, date }),
		);
		for (let round = 0; round < 10; round++) {
			for (const book of books) {
				book.add(GROUP, 'shown');
			}
			await Promise.all(books.map((book) => book.flush()));
		}
		assert.equal((await new StatisticsStore(file, date).read())[0]?.counts['shown'], 20);
	});

	it('asks to try again while another window writes, and passes over the lock of a dead one', async () => {
		const store = new StatisticsStore(file, date);
		fs.mkdirSync(path.dirname(file));
		const lock = `${file}.lock`;
		fs.writeFileSync(lock, '1');
		assert.equal(await store.add([entry(1)], from()), false);
		assert.deepEqual(await store.read(), []);
		const longAgo = new Date(Date.now() - 60_000);
		fs.utimesSync(lock, longAgo, longAgo);
		assert.equal(await store.add([entry(1)], from()), true);
		assert.equal(fs.existsSync(lock), false);
	});

	it('a reset holds for what another window counted before it', async () => {
		const store = new StatisticsStore(file, date);
		const before = from();
		await store.add([entry(1)], before);
		now = new Date(from() + 1_000);
		assert.equal(await store.reset(), true);
		assert.equal(await store.add([entry(2)], before), true);
		assert.deepEqual(await store.read(), []);
		await store.add([entry(4)], from());
		assert.equal((await store.read())[0]?.counts['shown'], 4);
	});

	it('forgets days that are too old', async () => {
		const store = new StatisticsStore(file, date);
		await store.add([entry(1)], from());
		now = new Date(2026, 10, 21 + KEPT_DAYS - 1);
		await store.add([], from());
		assert.equal((await store.read()).length, 1);
		now = new Date(2026, 10, 21 + KEPT_DAYS);
		await store.add([], from());
		assert.deepEqual(await store.read(), []);
	});

	for (const [what, text] of [
		['half a file', '{"version":"1","si'],
		['another version', '{"version":"2","since":0,"entries":[]}'],
		[
			'a counter that nobody knows',
			JSON.stringify({ version: '1', since: 0, entries: [entry(1, { counts: { x: 1 } })] }),
		],
		['a negative number', JSON.stringify({ version: '1', since: 0, entries: [entry(-1)] })],
		['a day that is none', JSON.stringify({ version: '1', since: 0, entries: [entry(1, { day: 'today' })] })],
	] as const) {
		it(`${what} counts as empty, and is written over`, async () => {
			fs.mkdirSync(path.dirname(file));
			fs.writeFileSync(file, text);
			const store = new StatisticsStore(file, date);
			assert.deepEqual(await store.read(), []);
			await store.add([entry(3)], from());
			assert.equal((await store.read())[0]?.counts['shown'], 3);
		});
	}
});

describe('statistics: book', () => {
	let folder = '';
	let file = '';
	const date = () => new Date(2026, 10, 21, 12);
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-book-'));
		file = path.join(folder, 'statistics.json');
	});
	afterEach(() => fs.rmSync(folder, { recursive: true }));

	function house(warnings: string[] = []) {
		const clock = new FakeClock();
		const store = new StatisticsStore(file, date);
		const log = { ...silentLog, error: (message: string) => warnings.push(message) };
		return { clock, store, book: new StatisticsBook({ store, clock, log, date }) };
	}

	it('writes half a minute after the first figure, and tells of all at any time', async () => {
		const { clock, store, book } = house();
		let changes = 0;
		book.onDidChange(() => changes++);
		book.add(GROUP, 'shown');
		await clock.pass(29_999);
		book.add(GROUP, 'accepted', 2);
		assert.equal(changes, 2);
		assert.deepEqual(await store.read(), []);
		assert.deepEqual((await book.read())[0]?.counts, { shown: 1, accepted: 2 });
		await clock.pass(1);
		await book.flush();
		assert.deepEqual((await store.read())[0]?.counts, { shown: 1, accepted: 2 });
		assert.deepEqual((await book.read())[0]?.counts, { shown: 1, accepted: 2 });
		assert.equal(clock.sleeping, 0, 'nothing to wait for');
	});

	it('writes the rest when the window closes', async () => {
		const { clock, store, book } = house();
		book.add(GROUP, 'shown');
		await book.close();
		assert.equal((await store.read())[0]?.counts['shown'], 1);
		assert.equal(clock.sleeping, 0);
	});

	it('forgets what was not written, and with a reset what was', async () => {
		const { store, book } = house();
		book.add(GROUP, 'shown');
		book.forget();
		await book.close();
		assert.deepEqual(await store.read(), []);
		const { book: other } = house();
		other.add(GROUP, 'shown');
		await other.flush();
		other.add(GROUP, 'shown');
		await other.reset();
		assert.deepEqual(await other.read(), []);
	});

	it('goes on, with a line in the log, where the disk cannot be written', async () => {
		const errors: string[] = [];
		const { book } = house(errors);
		fs.mkdirSync(file);
		book.add(GROUP, 'shown');
		await book.flush();
		assert.deepEqual(errors, ['The completion statistics could not be written']);
		fs.rmdirSync(file);
		book.add(GROUP, 'shown');
		await book.flush();
		assert.equal((await book.read())[0]?.counts['shown'], 1);
	});
});
