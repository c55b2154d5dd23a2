/** Places that look alike are found in open files and in those beside, within bounds. */
import * as assert from 'node:assert/strict';
import { Box } from '../../../../src/completion/context/box';
import { Guard } from '../../../../src/completion/context/guard';
import { Library } from '../../../../src/completion/context/library';
import { Similar } from '../../../../src/completion/context/similar';
import { likeness, wordsOf } from '../../../../src/completion/context/words';
import { Pace } from '../../../../src/completion/pace';
import { contextHouse, FakeDocument } from '../../../support/fakeContext';

const FILLER = Array.from({ length: 60 }, (_, index) => `unrelated${index}(other${index});`).join('\n');
const ORDERS = [
	'export function loadOrder(database, orderId) {',
	'	const row = database.find(orderId);',
	'	if (row === undefined) {',
	"		throw new MissingRow('order', orderId);",
	'	}',
	'	return decodeRow(row);',
	'}',
].join('\n');
const INVOICES = [
	"import { MissingRow } from './errors';",
	"import { decodeRow } from './rows';",
	'',
	'export function loadInvoice(database, invoiceId) {',
	'	const row = database.find(invoiceId);',
	'	if (row === undefined) {',
	'		throw new Miss█',
	'	}',
	'}',
].join('\n');

describe('context: similar', () => {
	it('finds the like place of an open file, with what follows there', async () => {
		const { at, open, library, box } = contextHouse();
		const place = at(INVOICES);
		open('lib/orders.ts', `${FILLER}\n${ORDERS}\n${FILLER}`);
		open('lib/plain.ts', FILLER);
		const chunks = await new Similar(library).gather(place, box());
		assert.deepEqual(
			chunks.map(({ path, source }) => [path, source]),
			[['lib/orders.ts', 'similar']],
		);
		assert.match(
			chunks[0]?.text ?? '',
			/throw new MissingRow\('order', orderId\);\n\t\}\n\treturn decodeRow/,
		);
	});

	it('finds it in a file beside that is not open', async () => {
		const { at, editor, library, box } = contextHouse();
		const place = at(INVOICES);
		editor.disk.set('src/orders.ts', ORDERS);
		editor.disk.set('src/orders.py', ORDERS);
		editor.disk.set('elsewhere/orders.ts', ORDERS);
		const chunks = await new Similar(library).gather(place, box());
		assert.deepEqual(
			chunks.map(({ path }) => path),
			['src/orders.ts'],
		);
	});

	it('offers nothing of its own file that the prompt shows anyway, but what lies far away', async () => {
		const { at, library, box } = contextHouse();
		const near = at(`${ORDERS}\n${INVOICES}`);
		assert.deepEqual(await new Similar(library).gather(near, box()), []);
		const far = at(`${ORDERS}\n${Array(10).fill(FILLER).join('\n')}\n${INVOICES}`);
		const chunks = await new Similar(library).gather(far, box());
		assert.match(chunks[0]?.text ?? '', /loadOrder/);
	});

	it('offers nothing of a file in another language', async () => {
		const { at, open, library, box } = contextHouse();
		const place = at(INVOICES);
		open('lib/orders.py', ORDERS);
		assert.deepEqual(await new Similar(library).gather(place, box()), []);
	});

	it('looks at twenty open documents of thousands, and reads no line twice', async () => {
		const { at, open, library, box } = contextHouse();
		const place = at(INVOICES);
		const documents = Array.from({ length: 3_000 }, (_, index) => open(`lib/${index}.ts`, ORDERS));
		const similar = new Similar(library);
		await similar.gather(place, box());
		assert.equal(documents.filter(({ reads }) => reads > 0).length, 19);
		const reads = documents.reduce((sum, document) => sum + document.reads, 0);
		await similar.gather(place, box());
		// The chunks only.
		const again = documents.reduce((sum, document) => sum + document.reads, 0) - reads;
		assert.ok(again < reads / 2, `${again} of ${reads}`);
	});

	it('never reads more than 4 ms at a time: 512 lines', async () => {
		const { editor, at } = contextHouse();
		const place = at(INVOICES);
		// A clock that goes on by a millisecond with every 128 lines that are read.
		const documents = Array.from({ length: 10 }, (_, index) => {
			const document = new FakeDocument(`lib/${index}.ts`, Array(40).fill(FILLER).join('\n'));
			editor.open.push(document);
			return document;
		});
		const lines = () => documents.reduce((sum, document) => sum + document.reads, 0);
		const clock = { now: () => lines() / 128, sleep: () => new Promise<void>(() => undefined) };
		const slices: number[] = [];
		let before = 0;
		const pace = new Pace(clock, async () => {
			slices.push(lines() - before);
			before = lines();
		});
		const library = new Library(editor, new Guard(() => undefined), clock);
		await new Similar(library).gather(place, new Box(clock, pace, 1_000_000, new AbortController().signal));
		assert.ok(lines() > 20_000, `${lines()} lines`);
		assert.ok(slices.length > 40, `${slices.length} slices`);
		assert.ok(Math.max(...slices) <= 512, `${Math.max(...slices)} lines at a time`);
	});

	it('reads a document anew that was closed and opened again, under the same version', async () => {
		const { at, editor, open, library, box } = contextHouse();
		const place = at(INVOICES);
		const [own] = editor.open;
		const similar = new Similar(library);
		const { uri } = open('lib/orders.ts', FILLER);
		assert.deepEqual(await similar.gather(place, box()), []);
		editor.open = own === undefined ? [] : [own];
		similar.closed(uri);
		open('lib/orders.ts', ORDERS);
		assert.match((await similar.gather(place, box()))[0]?.text ?? '', /loadOrder/);
	});

	it('gives what it has found when its time is over', async () => {
		const { at, open, library, box, clock } = contextHouse();
		const place = at(INVOICES);
		open('lib/orders.ts', ORDERS);
		const similar = new Similar(library);
		await similar.gather(place, box());
		await clock.pass(5);
		assert.deepEqual(await similar.gather(place, box(0)), []);
	});
});

describe('context: words', () => {
	it('are identifiers but for those of every file', () => {
		assert.deepEqual(wordsOf('const a = b.find(order_id);'), wordsOf('order_id find').toReversed());
		assert.equal(wordsOf('return new Größe').length, 1);
	});

	it('are alike by what they have in common', () => {
		const set = (text: string) => new Set(wordsOf(text));
		assert.equal(likeness(set('aa bb cc'), set('bb cc dd')), 0.5);
		assert.equal(likeness(set('aa'), set('aa')), 1);
		assert.equal(likeness(set(''), set('aa')), 0);
	});
});
