/** Keystrokes become edits: what is one edit, what is none, and where each stands later. */
import * as assert from 'node:assert/strict';
import { EditLog } from '../../../../src/completion/nextEdit/log';
import { typeInto } from '../../../support/editScript';

function edits(log: EditLog): readonly (readonly [string, string])[] {
	return log.edits.map(({ removed, inserted }) => [removed, inserted]);
}

function insert(log: EditLog, offset: number, text: string): void {
	log.type([{ offset, length: 0, text }]);
}

function remove(log: EditLog, offset: number, length: number): void {
	log.type([{ offset, length, text: '' }]);
}

describe('next edit: the log of edits', () => {
	it('takes keystrokes that touch each other as one edit', () => {
		const log = new EditLog('const total = 1;\n');
		typeInto(log, { offset: 6, removed: 'total', inserted: 'sum' });
		assert.deepEqual(edits(log), [['total', 'sum']]);
		assert.equal(log.text, 'const sum = 1;\n');
		assert.deepEqual(
			log.edits.map(({ before, after, at }) => ({ before, after, at })),
			[{ before: 'const total = 1;\n', after: 'const sum = 1;\n', at: 6 }],
		);
	});

	it('takes backspaces and typing as one', () => {
		const log = new EditLog('a.width;');
		for (let end = 7; end > 2; end--) {
			remove(log, end - 1, 1);
		}
		insert(log, 2, 's');
		insert(log, 3, 'ize');
		assert.deepEqual(edits(log), [['width', 'size']]);
	});

	it('joins both ends of one name', () => {
		const log = new EditLog('myOldName');
		typeInto(log, { offset: 0, removed: 'my', inserted: 'our' });
		typeInto(log, { offset: 6, removed: 'Name', inserted: 'Title' });
		assert.deepEqual(edits(log), [['myOldName', 'ourOldTitle']]);
	});

	it('joins a bracket with the one that closes it on the line', () => {
		const log = new EditLog('a = read(x);\nb();\n');
		typeInto(log, { offset: 4, removed: '', inserted: 'safe(' });
		insert(log, 16, ')');
		assert.equal(log.text, 'a = safe(read(x));\nb();\n');
		assert.deepEqual(edits(log), [['read(x)', 'safe(read(x))']]);
	});

	it('keeps edits apart that stand apart', () => {
		const log = new EditLog('foo, foo;');
		typeInto(log, { offset: 0, removed: 'foo', inserted: 'bar' });
		typeInto(log, { offset: 5, removed: 'foo', inserted: 'bar' });
		assert.deepEqual(edits(log), [
			['foo', 'bar'],
			['foo', 'bar'],
		]);
		assert.deepEqual(
			log.edits.map(({ offset }) => offset),
			[5, 0],
		);
	});

	it('moves edits with the text before them, and forgets one whose text changes', () => {
		const log = new EditLog('one\ntwo\nthree\n');
		typeInto(log, { offset: 8, removed: 'three', inserted: 'four' });
		typeInto(log, { offset: 0, removed: '', inserted: 'zero ' });
		assert.deepEqual(
			log.edits.map(({ offset, inserted }) => [offset, inserted]),
			[
				[0, 'zero '],
				[13, 'four'],
			],
		);
		typeInto(log, { offset: 14, removed: 'ou', inserted: 'e' });
		assert.deepEqual(edits(log), [
			['ou', 'e'],
			['', 'zero '],
		]);
	});

	it('takes lines that are deleted one after the other as edits of their own', () => {
		const log = new EditLog('a(1);\na(2);\nb();\n');
		remove(log, 0, 6);
		remove(log, 0, 6);
		assert.deepEqual(edits(log), [
			['a(2);\n', ''],
			['a(1);\n', ''],
		]);
	});

	it('gives a new line its own line end', () => {
		const log = new EditLog('a();\nb();\n');
		typeInto(log, { offset: 4, removed: '', inserted: '\nnew();' });
		assert.deepEqual(edits(log), [['', 'new();\n']]);
		assert.equal(log.edits[0]?.offset, 5);
	});

	const nothing: readonly (readonly [string, (log: EditLog) => void])[] = [
		['what is typed and taken back', (log) => typeInto(log, { offset: 0, removed: 'foo', inserted: 'foo' })],
		['a paste of many lines', (log) => insert(log, 0, 'x\n'.repeat(8))],
		['a long paste', (log) => insert(log, 0, 'x'.repeat(500))],
		[
			'changes far apart at once',
			(log) =>
				log.type([
					{ offset: 300, length: 0, text: 'x' },
					{ offset: 0, length: 0, text: 'x' },
				]),
		],
		['what others do', (log) => log.replace([{ offset: 0, length: 3, text: 'bar' }])],
	];
	for (const [name, act] of nothing) {
		it(`has no edit after ${name}`, () => {
			const log = new EditLog(`foo${' '.repeat(400)}`);
			act(log);
			assert.deepEqual(edits(log), []);
		});
	}

	it('knows the text whatever happens', () => {
		const log = new EditLog('0123456789');
		log.replace([
			{ offset: 8, length: 1, text: 'X' },
			{ offset: 2, length: 3, text: '' },
		]);
		assert.equal(log.text, '01567X9');
		log.type([
			{ offset: 5, length: 1, text: ')' },
			{ offset: 1, length: 0, text: '(' },
		]);
		assert.equal(log.text, '0(1567)9');
		assert.deepEqual(
			edits(log),
			[['1567X', '(1567)']].map(([was, is]) => [was?.slice(0, 5) ?? '', is ?? '']),
		);
	});

	it('forgets the edit that was dropped, and no other', () => {
		const log = new EditLog('foo, foo;');
		typeInto(log, { offset: 0, removed: 'foo', inserted: 'bar' });
		typeInto(log, { offset: 5, removed: 'foo', inserted: 'bar' });
		log.drop();
		assert.deepEqual(edits(log), [['foo', 'bar']]);
	});
});
