/** The report of bench:adapt: losses by file, figures of both sides, and nothing that changed left unsaid. */
import * as assert from 'node:assert/strict';
import { type Answered, answerFigures, changed, changesReport, lossFigures } from '../../bench/adaptReport';
import type { Figure } from '../../bench/harness';

/** A hole over `middle` in the second line of a file. */
function answered(file: number, middle: string, base: string, adapter: string): Answered {
	const before = `const first = 1;\nreturn `;
	const text = `${before}${middle}\n}\n`;
	const hole = {
		kind: 'rest',
		start: before.length,
		end: before.length + middle.length,
		ends: true,
	} as const;
	const repository = { name: 'code', folder: '/code', gitPath: 'git' };
	const path = `src/${file}.js`;
	const source = { repository, path, name: `code/${path}`, characters: text.length, hash: '' };
	return {
		hole: { source, file, text, hole },
		base: { text: base, reason: 'end-of-text' },
		adapter: { text: adapter, reason: 'length' },
	};
}

const answers = [
	answered(0, 'first;', 'second;', 'first;'),
	answered(0, 'first;', 'first;', 'f'),
	answered(1, '`code`;', 'x', 'y'),
	answered(1, 'same;', 'other', 'other'),
];

const figureOf = (figures: readonly Figure[], key: string) =>
	figures.find((figure) => figure.key === key)?.value;

describe('report of an adaptation', () => {
	it('has the mean loss of all tokens, and the difference between files', () => {
		const figures = lossFigures({
			before: { step: 0, loss: 3, tokens: 40, byFile: { '4': [30, 10], '9': [90, 30] } },
			after: { step: 5, loss: 2.25, tokens: 40, byFile: { '4': [30, 10], '9': [60, 30] } },
		});
		assert.equal(figureOf(figures, 'loss_before'), 3);
		assert.equal(figureOf(figures, 'loss_after'), 2.25);
		assert.equal(figureOf(figures, 'loss_ratio'), 0.75);
		assert.equal(figureOf(figures, 'loss_difference'), -0.75);
		assert.equal(figureOf(figures, 'loss_difference_low'), -1);
		assert.equal(figureOf(figures, 'loss_difference_high'), 0);
	});

	it('has both sides of every mark', () => {
		const figures = answerFigures(answers);
		assert.equal(figureOf(figures, 'exact_before'), 0.25);
		assert.equal(figureOf(figures, 'exact_after'), 0.25);
		assert.equal(figureOf(figures, 'exact_difference'), 0);
		assert.equal(figureOf(figures, 'ended_before'), 1);
		assert.equal(figureOf(figures, 'ended_after'), 0);
		assert.equal(figureOf(figures, 'premature_before'), 0.25);
		assert.equal(figureOf(figures, 'premature_after'), 0);
	});

	it('knows what came nearer, what went away, and what only changed', () => {
		assert.deepEqual(
			changed(answers).map(({ turn }) => turn),
			['better', 'worse', 'other'],
		);
	});

	it('shows every completion that changed, the worse ones too, and no other', () => {
		const text = changesReport(answers, ['a note']);
		assert.match(text, /- a note/);
		assert.match(text, /3 of 4 completions changed: 1 better, 1 worse, 1 other/);
		assert.equal(text.match(/^### /gm)?.length, 3);
		assert.match(text, /### src\/0\.js:2, rest, similarity 0\.14 → 1\.00/);
		assert.match(
			text,
			/## Farther from the code with the adapter \(1\)\n\n### src\/0\.js:2, rest, similarity 1\.00 → 0\.17/,
		);
		assert.match(text, /Before the cursor:\s+```text\nconst first = 1;\nreturn \n```/);
		assert.doesNotMatch(text, /same;/);
	});

	it('puts code with backticks between longer fences', () => {
		const text = changesReport([answered(0, 'a', 'x', '```\nb\n```')], []);
		assert.match(text, /Adapter \(length\):\s+````text\n```\nb\n```\n````/);
	});
});
