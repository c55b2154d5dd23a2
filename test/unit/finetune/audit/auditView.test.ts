/** What the page of an audit shows: figures, groups, filters, and rows with what may be done about each. */
import * as assert from 'node:assert/strict';
import { AuditView } from '../../../../src/finetune/audit/auditView';
import { estimateOf } from '../../../../src/finetune/audit/estimate';
import {
	type Filter,
	isFromAuditPage,
	isToAuditPage,
	MOST_ROWS,
} from '../../../../src/finetune/audit/protocol';
import { auditTexts, stageName } from '../../../../src/finetune/audit/texts';
import { leftOut, takenIn } from '../../../../src/finetune/corpus/force';
import { type Audit, type AuditedFile, out, STAGES } from '../../../../src/finetune/corpus/verdict';
import { english } from '../../../../src/finetune/job/english';

const kept = (path: string, repository = 0, tokens = 100): AuditedFile => ({
	repository,
	path,
	verdict: { type: 'in', characters: 400, hash: '', tokens, weight: 1 },
});
const gone = (path: string, stage: (typeof STAGES)[number], repository = 0): AuditedFile => ({
	repository,
	path,
	verdict: out(stage, `${stage} says so`, { value: 'value', threshold: 'threshold' }),
});
const repositories = ['one', 'two'].map((name) => ({ name, folder: `/${name}`, gitPath: 'git' }));
const all: Filter = { side: 'all', stage: '', language: '', folder: '', text: '' };

const files: readonly AuditedFile[] = [
	kept('src/a.ts'),
	kept('src/b.py'),
	kept('c.ts', 1),
	gone('src/key.ts', 'secret'),
	gone('vendor/', 'vendored', 1),
	gone('Makefile', 'type', 1),
	gone('src/short.ts', 'empty'),
	leftOut(kept('src/mine.ts')),
	takenIn(gone('notes.md', 'type'), { type: 'in', characters: 9, hash: '', tokens: 3, forced: true }),
];
const audit: Audit = { repositories, leftOut: [{ name: 'docs', reason: 'It is on fire.' }], files };
const viewOf = (one: Audit, options: Partial<ConstructorParameters<typeof AuditView>[2]> = {}) =>
	new AuditView(one, 1, { model: undefined, minutes: 0, canGoOn: false, translate: english, ...options });
const view = viewOf(audit);
const paths = (filter: Partial<Filter>) =>
	view.rows({ ...all, ...filter }, 0, 50).rows.map((row) => row.path);

describe('the page of the audit', () => {
	it('shows each file with its stage, its value and its threshold', () => {
		const { all: count, rows } = view.rows(all, 0, 50);
		assert.equal(count, files.length);
		const [first] = rows;
		assert.deepEqual(
			[first?.path, first?.isIn, first?.stage, first?.value, first?.threshold],
			['one/src/a.ts', true, 'In', '100 tokens', 'drawn 1.00 ×'],
		);
		const key = rows[3];
		assert.deepEqual(
			[key?.isIn, key?.stage, key?.value, key?.threshold, key?.reason],
			[false, 'Secret', 'value', 'threshold', 'secret says so'],
		);
	});

	it('says what may be done about each file, and why nothing may', () => {
		const { rows } = view.rows(all, 0, 50);
		assert.deepEqual(
			rows.map((row) => row.move),
			['out', 'out', 'out', '', '', 'in', 'in', 'back', 'back'],
		);
		assert.match(rows[3]?.whyNot ?? '', /secret is never learned from/);
		assert.match(rows[4]?.whyNot ?? '', /folder that is not read/);
		assert.deepEqual(
			rows.map((row) => row.isMine),
			[...Array(7).fill(false), true, true],
		);
		assert.match(rows[8]?.reason ?? '', /You took it in; it was out: type says so/);
	});

	it('filters by side, stage, language, folder and text, alone and together', () => {
		assert.deepEqual(paths({ side: 'in' }), ['one/src/a.ts', 'one/src/b.py', 'two/c.ts', 'one/notes.md']);
		assert.deepEqual(paths({ side: 'mine' }), ['one/src/mine.ts', 'one/notes.md']);
		assert.deepEqual(paths({ stage: 'empty' }), ['one/src/short.ts']);
		assert.deepEqual(paths({ language: 'Python' }), ['one/src/b.py']);
		assert.deepEqual(paths({ text: 'SRC/M' }), ['one/src/mine.ts']);
		assert.deepEqual(paths({ side: 'out', language: 'TypeScript', text: 'short' }), ['one/src/short.ts']);
		assert.deepEqual(paths({ text: 'nothing like it' }), []);
		const { folders, languages } = view.summary();
		const folder = folders.find(({ label }) => label === 'two/')?.key ?? '';
		assert.deepEqual(paths({ folder }), ['two/c.ts', 'two/Makefile']);
		const none = languages.find(({ label }) => label === 'No extension')?.key ?? '';
		assert.deepEqual(paths({ language: none }), ['two/vendor/', 'two/Makefile']);
	});

	it('gives rows a screenful at a time', () => {
		const many = Array.from({ length: 1_000 }, (_, index) => kept(`f${index}.ts`));
		const large = viewOf({ ...audit, files: many });
		assert.deepEqual(
			large.rows(all, 990, 50).rows.map((row) => row.index),
			[990, 991, 992, 993, 994, 995, 996, 997, 998, 999],
		);
		assert.equal(large.rows(all, 0, 100_000).rows.length, MOST_ROWS);
		assert.deepEqual(large.rows(all, 5_000, 10), { all: 1_000, rows: [] });
	});

	it('counts by reason, language and folder, the most first', () => {
		const { stages, languages, folders, notes } = view.summary();
		assert.deepEqual(
			stages.map(({ label, out: count }) => [label, count]),
			[
				['Secret', 1],
				['Foreign or built', 1],
				['Not code', 1],
				['Too short', 1],
				['Left out by you', 1],
			],
		);
		assert.deepEqual([languages[0]?.label, languages[0]?.in, languages[0]?.out], ['TypeScript', 2, 3]);
		assert.deepEqual(
			folders.map(({ label, in: inside, out: outside }) => [label, inside, outside]),
			[
				['one/src/', 2, 3],
				['two/', 1, 1],
				['two/vendor/', 0, 1],
				['one/', 1, 0],
			],
		);
		assert.deepEqual(notes, ['docs is left out: It is on fire.']);
	});

	it('estimates tokens and time, and says of what', () => {
		const [filesIn, left, tokens, time] = view.summary().figures;
		assert.deepEqual([filesIn?.value, filesIn?.detail], ['4', 'of 9 in one, two']);
		assert.equal(left?.value, '5');
		assert.deepEqual(
			[tokens?.value, tokens?.detail],
			['≈ 303', 'gone through 5 times, with other holes each time'],
		);
		assert.deepEqual([time?.value, time?.detail], ['–', 'no model is loaded']);
		const [, , , known] = viewOf(audit, { model: { name: 'Small', speed: 90 }, minutes: 30 }).summary()
			.figures;
		assert.deepEqual(
			[known?.value, known?.detail],
			['≈ 51 s', 'with Small, guessed from how fast it reads; a run ends after 30 min, as set'],
		);
	});

	it('weighs tokens, and counts characters where nobody counted tokens', () => {
		const weighed: AuditedFile = {
			repository: 0,
			path: 'a.ts',
			verdict: { type: 'in', characters: 300, hash: '', weight: 2 },
		};
		assert.equal(estimateOf({ ...audit, files: [weighed] }, undefined).tokens, 200);
	});

	it('has a name for every stage, and a text for every key', () => {
		assert.equal(new Set(STAGES.map((stage) => stageName(stage, english))).size, STAGES.length);
		const texts = auditTexts(english);
		const message = { type: 'state', texts, summary: view.summary() };
		assert.ok(isToAuditPage(message));
		const { search: _, ...incomplete } = texts;
		assert.ok(!isToAuditPage({ ...message, texts: incomplete }));
	});

	it('writes out what nobody can see in a name, and finds the name as it is', () => {
		const named = viewOf({ ...audit, files: [kept('src\u202e/safe\u202etxt.ts')] });
		const found = named.rows({ ...all, text: 'safe\u202e' }, 0, 50).rows;
		assert.deepEqual(
			found.map((row) => row.path),
			['one/src[U+202E]/safe[U+202E]txt.ts'],
		);
		assert.equal(named.summary().folders[0]?.label, 'one/src[U+202E]/');
	});

	it('cuts reasons that are longer than a message may be', () => {
		const long = 'x'.repeat(100_000);
		const file = { repository: 0, path: 'a.ts', verdict: out('ignored', long, { threshold: long }) };
		const mine = takenIn(file, { type: 'in', characters: 9, hash: '', tokens: 3, forced: true });
		const large = viewOf({ ...audit, leftOut: [{ name: 'docs', reason: long }], files: [file, mine] });
		const rows = { type: 'rows', request: 1, version: 1, offset: 0, ...large.rows(all, 0, 50) };
		assert.ok(isToAuditPage(rows));
		assert.ok(isToAuditPage({ type: 'state', texts: auditTexts(english), summary: large.summary() }));
	});

	it('believes only messages of the right shape', () => {
		const rows = { type: 'rows', request: 1, version: 1, offset: 0, ...view.rows(all, 0, 50) };
		assert.ok(isToAuditPage(rows));
		assert.ok(!isToAuditPage({ ...rows, rows: [{ path: 'a' }] }));
		assert.ok(!isToAuditPage({ ...rows, rows: Array(MOST_ROWS + 1).fill(rows.rows[0]) }));
		const asked = { type: 'rows', request: 1, filter: all, offset: 0, count: 10 };
		assert.ok(isFromAuditPage(asked));
		for (const wrong of [
			{ ...asked, offset: -1 },
			{ ...asked, filter: { ...all, side: 'up' } },
			{ type: 'move', version: 1, index: 0, move: 'away' },
			{ type: 'act', action: 'delete' },
			'ready',
		]) {
			assert.ok(!isFromAuditPage(wrong), JSON.stringify(wrong));
		}
	});

	it('filters 100,000 files without being noticed twice', () => {
		const many = Array.from({ length: 100_000 }, (_, index) => kept(`src/file${index}.ts`));
		const large = viewOf({ ...audit, files: many });
		assert.equal(large.rows({ ...all, text: '9999' }, 0, 100).all, 19);
		assert.ok(isToAuditPage({ type: 'state', texts: auditTexts(english), summary: large.summary() }));
	});
});
