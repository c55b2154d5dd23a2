/** What a report says of a record, on its page and as Markdown: verdict first, numbers with intervals, nothing that acts. */

import assert from 'node:assert/strict';
import { ALONE, type ReportSurroundings, reportContent } from '../../../../src/finetune/report/content';
import { markdownReport } from '../../../../src/finetune/report/markdown';
import { isFromReport, isToReport } from '../../../../src/finetune/report/protocol';
import type { AdapterRecord } from '../../../../src/finetune/report/record';
import { reportTexts } from '../../../../src/finetune/report/texts';
import { failed, record, unsure } from '../../../support/reportSample';
import { translate } from '../panel/runs';

const dateOf = (at: number) => new Date(at).toISOString().slice(0, 10);

function contentOf(changes: Partial<AdapterRecord> = {}, around: Partial<ReportSurroundings> = {}) {
	const content = reportContent({ ...record, ...changes }, { ...ALONE, dateOf, ...around }, translate);
	const message: unknown = JSON.parse(
		JSON.stringify({ type: 'report', texts: reportTexts(translate), content }),
	);
	assert.ok(isToReport(message), 'the page accepts it');
	return content;
}

function grid(content: ReturnType<typeof contentOf>, title: string) {
	return content.figures.find((one) => one.title === title);
}

function value(content: ReturnType<typeof contentOf>, table: string, label: string) {
	const rows = content.tables.find(({ title }) => title === table)?.rows;
	return rows?.find((row) => row.label === label)?.value;
}

describe('finetune/report/content', () => {
	it('says the verdict with its reasons, what is in doubt first', () => {
		const { verdict } = contentOf();
		assert.equal(verdict.tone, 'good');
		assert.match(verdict.sentence, /^Passed: better than the base at 180 places of 31 files/);
		assert.deepEqual(
			verdict.reasons.map(({ tone }) => tone),
			['unsure', 'good', 'good'],
		);
		const no = contentOf({ judgement: failed }).verdict;
		assert.deepEqual([no.tone, no.reasons[0]?.tone], ['bad', 'bad']);
		const nobody = contentOf({ judgement: unsure }).verdict;
		assert.deepEqual([nobody.tone, nobody.sentence], ['unsure', 'Cannot tell with 12 places of 3 files.']);
	});

	it('gives every number with its interval', () => {
		const measures = grid(contentOf(), 'Adapter against base');
		assert.deepEqual(measures?.rows[0], [
			'Loss, nats per token',
			'1.4800',
			'1.2700',
			'−0.2100 (−0.2700 to −0.1500)',
		]);
		assert.deepEqual(measures?.rows[1], ['Exact match', '31.0 %', '37.0 %', '+6.0 (+1.0 to +11.0)']);
		assert.match(measures?.note ?? '', /180 places in 31 files.*found with 91.0 %.*p = 0.031.*No rule/);
		const rare = contentOf({ judgement: { ...failed, syntax: undefined, general: undefined } });
		const labels = grid(rare, 'Adapter against base')?.rows.map(([label]) => label);
		assert.equal(labels?.includes('Valid syntax'), false);
		assert.equal(labels?.length, 8);
	});

	it('speaks of conversations where an adapter of chat was judged', () => {
		const { judgement } = record;
		assert.ok(judgement !== undefined);
		const [example] = judgement.examples;
		assert.ok(example !== undefined);
		const content = contentOf({
			judgement: {
				...judgement,
				role: 'chat',
				identifiers: undefined,
				examples: [{ ...example, kind: 'functions', prefix: 'What does `total` do?', suffix: '' }],
			},
		});
		assert.match(content.verdict.sentence, /^Passed: .* in 180 conversations about 31 files/);
		const measures = grid(content, 'Adapter against base');
		assert.match(measures?.note ?? '', /^180 conversations about 31 files/);
		assert.deepEqual(
			measures?.rows.map(([label]) => label),
			[
				...['Loss, nats per token', 'The very answer', 'Likeness (chrF)', 'Valid syntax'],
				...['Empty or without an end', 'Length against the truth', 'Loss on general conversations'],
				...['Milliseconds a token', 'Training text word for word'],
			],
		);
		assert.equal(content.examples[0]?.title, 'shop/src/cart.ts (documentation and function)');
	});

	it('shows strengths, learning curve, data, settings, versions and cost', () => {
		const content = contentOf();
		assert.deepEqual(grid(content, 'Strengths')?.rows[1], ['75 %', '1.2700', 'taken']);
		assert.match(
			content.learning?.note ?? '',
			/^More data would help.*instead of 1\.270, .*α = 0\.065\d, ln Dc = 17\.\d.* took 16 min\.$/,
		);
		assert.deepEqual(
			content.learning?.rows.map((cells) => cells.join(' ')),
			[
				'A quarter 327,500 1.3900',
				'Half 655,000 1.3300',
				'All 1,310,000 1.2700',
				'Twice the code, expected 2,620,000 1.2139',
			],
		);
		assert.equal(value(content, 'Data', 'Kinds of files'), '.ts 290, .py 20, no ending 2');
		assert.match(value(content, 'Data', 'shop stood at') ?? '', /^01234567, 2025-12-29$/);
		assert.match(value(content, 'Data', 'Note') ?? '', /^The model repeats nothing of its own/);
		assert.equal(value(content, 'Settings', 'Rank, alpha'), '16, 32');
		assert.equal(value(content, 'Cost', 'Training'), '21 min');
		assert.equal(value(content, 'Cost', 'Judging'), '1 min');
		assert.equal(value(content, 'Versions', 'Prompt format'), '2');
		assert.equal(content.curve.steps.length, 61);
	});

	it('says how many commits there were since', () => {
		const commits = [{ repository: 'shop', commits: 37 }];
		assert.match(value(contentOf({}, { commits }), 'Data', 'shop stood at') ?? '', /; 37 commits since$/);
		const many = [{ repository: 'shop', commits: 1_000 }];
		assert.match(
			value(contentOf({}, { commits: many }), 'Data', 'shop stood at') ?? '',
			/1,000 commits or more/,
		);
	});

	it('offers what makes sense', () => {
		const always = ['compare', 'copy', 'folder', 'rename', 'notes'];
		assert.deepEqual(contentOf().actions, ['use', ...always]);
		assert.deepEqual(contentOf({ judgement: failed }).actions, ['useAnyway', ...always]);
		assert.deepEqual(contentOf({}, { scale: 0.75, previous: [] }).actions, ['rollBack', 'off', ...always]);
		assert.deepEqual(contentOf({}, { scale: 1, canContinue: true }).actions, ['off', 'continue', ...always]);
		assert.match(contentOf({}, { scale: 0.75 }).standing, /^In use, 75 % · trained /);
	});

	it('says what was accepted, and when too little was shown to compare', () => {
		const counts = { adapter: '', model: 'm', shown: 400, accepted: 100, checked: 50, kept: 40 };
		const base = { ...counts, adapter: '' };
		const few = { base, adapter: { ...counts, shown: 20, accepted: 5 }, difference: undefined };
		const grids = grid(contentOf({}, { acceptance: few }), 'Completions accepted');
		assert.match(grids?.note ?? '', /Too few to compare: it takes 200/);
		assert.deepEqual(grids?.rows, [
			['Base', '400', '100', '25.0 %', '80.0 %'],
			['Adapter', '20', '5', '25.0 %', '80.0 %'],
		]);
		const difference = { value: -0.1, low: -0.15, high: -0.04 };
		const enough = { base, adapter: { ...counts, accepted: 60 }, difference };
		assert.match(
			grid(contentOf({}, { acceptance: enough }), 'Completions accepted')?.note ?? '',
			/−10.0 \(−15.0 to −4.0\)/,
		);
		const none = { base, adapter: { ...counts, shown: 0 }, difference: undefined };
		assert.equal(grid(contentOf({}, { acceptance: none }), 'Completions accepted'), undefined);
	});

	it('says what was in use, and why', () => {
		const shop = { path: '/a.gguf', name: 'shop', scale: 1 };
		const history = [
			{ base: '/b', at: 2, reason: 'rolledBack' as const, choices: [] },
			{ base: '/b', at: 1, reason: 'trained' as const, choices: [shop] },
		];
		const rows = contentOf({}, { history }).tables.at(-1)?.rows;
		assert.deepEqual(
			rows?.map((row) => row.value),
			['none (rolled back)', 'shop (after its training)'],
		);
	});

	it('shows an adapter from elsewhere without what nobody knows', () => {
		const content = contentOf({
			data: undefined,
			settings: undefined,
			heldOut: undefined,
			losses: [],
			evaluations: [],
			cost: undefined,
			judgement: undefined,
			learningCurve: undefined,
		});
		assert.deepEqual([content.verdict.tone, content.figures, content.examples], ['none', [], []]);
		assert.match(content.verdict.sentence, /comes from elsewhere/);
		assert.match(content.standing, /imported/);
		const known = contentOf({ judgement: undefined });
		assert.match(known.verdict.reasons[0]?.text ?? '', /1\.5000 → 1\.3000 \(−13\.3 %\)/);
	});

	it('shows what nobody sees in an example', () => {
		assert.equal(contentOf().examples[1]?.truth, 'const b = a;[U+202E]');
	});

	it('takes the messages of its page, and no other', () => {
		assert.ok(isFromReport({ type: 'act', action: 'rollBack' }));
		for (const message of [{ type: 'act', action: 'delete' }, { type: 'act' }, undefined, 'ready']) {
			assert.equal(isFromReport(message), false);
		}
		assert.equal(isToReport({ type: 'report', texts: {}, content: contentOf() }), false);
	});
});

describe('finetune/report/markdown', () => {
	const markdown = (changes: Partial<AdapterRecord> = {}) => markdownReport(contentOf(changes), translate);

	it('has the verdict before everything else, then numbers, curve, examples and facts', () => {
		const heads = [...markdown().matchAll(/^## (.*)$/gm)].map(([, head]) => head);
		assert.deepEqual(heads, [
			'Verdict',
			'Adapter against base',
			'Strengths',
			'Learning curve',
			'Loss',
			'Examples',
			'Data',
			'Settings',
			'Cost',
			'Versions',
		]);
		assert.match(markdown(), /\n- \? Exact matches are unverified with 180 places\.\n- ✓ Loss falls/);
		assert.match(markdown(), /\| Exact match \| 31\.0 % \| 37\.0 % \| \+6\.0 \(\+1\.0 to \+11\.0\) \|/);
	});

	it('leaves Markdown nothing to do in names, notes and code', () => {
		const text = markdown({ name: '<b>*x*</b>|', notes: '# a\n<img src=x>' });
		assert.match(text, /^# \\<b\\>\\\*x\\\*\\<\/b\\>\\\|\n/);
		assert.match(text, /\n> \\# a\n> \\<img src=x\\>\n/);
		// The fence is longer than the one in the code.
		assert.match(text, /\n````text\nconst a = 1;\n```\n█\n````\n/);
		assert.match(text, /### shop\/src\/\\<img src=x/);
	});
});
