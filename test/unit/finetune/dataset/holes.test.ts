/** Holes over real code: nothing is lost around them, their kinds and ends are what they say, and the seed repeats them. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { blocksBelow } from '../../../../src/finetune/dataset/blocks';
import { fillOf } from '../../../../src/finetune/dataset/encoder';
import {
	DEFAULT_SHARES,
	drawHoles,
	type Hole,
	type HoleOptions,
	holeCount,
} from '../../../../src/finetune/dataset/holes';
import { linesOf } from '../../../../src/finetune/dataset/lines';
import { randomFrom } from '../../../../src/finetune/training/random';
import { root } from '../../../support/root';

const options: HoleOptions = { spacing: 1_000, longestMiddle: 768, longestPlain: 2_048 };

const texts = fs
	.readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
	.filter((file) => file.endsWith('.ts'))
	.map((file) => fs.readFileSync(path.join(root, 'src', file), 'utf8'));

const draw = (text: string, seed: number, changes: Partial<HoleOptions> = {}) =>
	drawHoles(text, { ...options, ...changes }, randomFrom(seed));

const everyHole = texts.flatMap((text, index) =>
	[1, 2, 3].flatMap((pass) => draw(text, index * 10 + pass).map((hole) => ({ text, hole }))),
);
const ofKind = (kind: Hole['kind']) => everyHole.filter(({ hole }) => hole.kind === kind);

describe('holes', () => {
	it('come in the shares of the recipe', () => {
		assert.ok(everyHole.length > 2_000);
		const share = (kind: Hole['kind']) => ofKind(kind).length / everyHole.length;
		assert.ok(Math.abs(share('plain') - 0.1) < 0.03, `plain ${share('plain')}`);
		// Where a stretch has no block, the rest of a line stands in.
		assert.ok(share('rest') > 0.36 && share('rest') < 0.62, `rest ${share('rest')}`);
		assert.ok(share('block') > 0.12 && share('block') < 0.3, `block ${share('block')}`);
		assert.ok(Math.abs(share('lines') - 0.14) < 0.04, `lines ${share('lines')}`);
		assert.ok(Math.abs(share('characters') - 0.095) < 0.03, `characters ${share('characters')}`);
	});

	it('are of commits where those added something, and of the blocks that the syntax tells', () => {
		const text = texts.find((one) => one.length > 6_000) ?? assert.fail('no long file');
		const spanAt = (line: number) => {
			const lines = linesOf(text);
			return { start: lines.content(line), end: lines.end(line + 1) };
		};
		const hunks = [40, 41, 42].map(spanAt);
		const blocks = [60, 80, 100].map(spanAt);
		const drawn = Array.from({ length: 300 }, (_, seed) => draw(text, seed, { hunks, blocks })).flat();
		const spans = (kind: Hole['kind']) =>
			new Set(drawn.filter((hole) => hole.kind === kind).map(({ start, end }) => `${start} ${end}`));
		const keys = (list: readonly { start: number; end: number }[]) =>
			new Set(list.map(({ start, end }) => `${start} ${end}`));
		assert.deepEqual(spans('hunk'), keys(hunks));
		assert.deepEqual(spans('block'), keys(blocks));
		assert.ok(drawn.filter(({ kind }) => kind === 'hunk').every(({ ends }) => ends));
		const none = { hunks, shares: { ...DEFAULT_SHARES, hunk: 0 } };
		assert.ok(draw(text, 1, none).every(({ kind }) => kind !== 'hunk'));
	});

	it('cut the text without losing a character, with the anchor at the start of a line', () => {
		for (const { text, hole } of everyHole.filter(({ hole: { kind } }) => kind !== 'plain')) {
			const fill = fillOf({ repository: 'r', path: 'p', text, hole }, 1_000_000);
			assert.equal(fill.prefix + fill.typed + fill.middle + fill.suffix, text);
			assert.ok(fill.prefix === '' || fill.prefix.endsWith('\n'));
			assert.ok(!fill.typed.includes('\n'));
			assert.ok(fill.middle.trim() !== '');
			assert.equal(fill.ends, hole.kind === 'rest' || hole.kind === 'block');
		}
	});

	it('end where the line ends, and begin where a word does', () => {
		for (const { text, hole } of ofKind('rest')) {
			const middle = text.slice(hole.start, hole.end);
			assert.ok(!middle.includes('\n') && (text[hole.end] ?? '\n') === '\n');
			assert.ok(middle.trim().length > 1);
			assert.ok(!/\w$/.test(text.slice(0, hole.start)) || !/^\w/.test(middle), `within a word: ${middle}`);
		}
	});

	it('are whole blocks of 50 to 1,000 bytes', () => {
		for (const { text, hole } of ofKind('block')) {
			const middle = text.slice(hole.start, hole.end);
			const bytes = Buffer.byteLength(middle);
			assert.ok(bytes >= 50 && bytes <= 1_000 && middle.length <= options.longestMiddle);
			assert.equal(text[hole.end] ?? '\n', '\n');
			const last = middle.slice(middle.lastIndexOf('\n') + 1);
			if (/^\s*[)\]}]/.test(last) && middle.startsWith('\n')) {
				// With what closes it, it is whole; a chain of calls may go on below, as deep as the body.
				continue;
			}
			// What follows is indented less than the body.
			const indented = middle.startsWith('\n')
				? middle.slice(1)
				: text.slice(text.lastIndexOf('\n', hole.start - 1) + 1);
			const body = /^\s*/.exec(indented)?.[0] ?? '';
			const next = /^(?:\s*\n)*([ \t]*)\S/.exec(text.slice(hole.end))?.[1] ?? '';
			assert.ok(next.length < body.length, `goes on after: ${middle}`);
		}
	});

	it('are at most 32 lines long', () => {
		const counts = ofKind('lines').map(
			({ text, hole }) => text.slice(hole.start, hole.end).split('\n').length,
		);
		assert.ok(Math.max(...counts) <= 32 && Math.min(...counts) >= 2);
		assert.ok(counts.some((count) => count > 10));
	});

	it('reach all of the text: one for each stretch of it', () => {
		for (const text of texts) {
			const holes = draw(text, 5);
			const count = holeCount(text.length, options.spacing);
			assert.ok(holes.length <= count && holes.length >= count - 1, `${holes.length} of ${count}`);
			for (const [index, hole] of holes.entries()) {
				assert.ok(index === 0 || hole.start >= (holes[index - 1]?.start ?? 0) - options.spacing);
			}
			const last = holes.at(-1)?.start ?? 0;
			assert.ok(last >= text.length - 2.5 * options.spacing, `${last} of ${text.length}`);
		}
	});

	it('are the same for the same seed and others for another', () => {
		const [text = ''] = texts.filter((one) => one.length > 8_000);
		assert.deepEqual(draw(text, 1), draw(text, 1));
		assert.notDeepEqual(draw(text, 1), draw(text, 2));
	});

	it('draw no plain piece where none is asked for', () => {
		assert.ok(
			texts.every((text) => draw(text, 3, { longestPlain: 0 }).every((hole) => hole.kind !== 'plain')),
		);
	});

	it('keep to the longest middle, and never cut a pair of surrogates', () => {
		const text = `const faces = [\n${'\t"😀😀😀😀 𝒙𝒚𝒛", // 😀\n'.repeat(200)}];\n`;
		for (let seed = 0; seed < 40; seed++) {
			for (const hole of draw(text, seed, { longestMiddle: 60, longestPlain: 77 })) {
				assert.ok(hole.kind === 'plain' || hole.end - hole.start <= 60);
				assert.doesNotMatch(text.slice(hole.start, hole.end), /\p{Surrogate}/u);
			}
		}
	});

	it('find nothing in texts without words, and something in the smallest', () => {
		assert.deepEqual(draw('', 1), []);
		assert.deepEqual(draw('\n\n\n  \n', 1), []);
		assert.deepEqual(
			draw('{\n}\n', 1, { longestPlain: 0 }).filter((hole) => hole.kind === 'rest'),
			[],
		);
		assert.equal(draw('a = 1', 1, { longestPlain: 0 }).length, 1);
	});
});

describe('blocks', () => {
	const middles = (text: string, line = 0, most = 1_000) =>
		blocksBelow(linesOf(text), line, most).map((span) => text.slice(span.start, span.end));
	const body = '\tconst total = first + second;\n\treturn total * factor + offset;';
	const pythonBody = '    total = first + second\n\n    return total * factor + offset';

	it('are asked for in three ways where brackets open and close', () => {
		assert.deepEqual(middles(`function f() {\n${body}\n}\nnext();\n`), [
			body.trimStart(),
			`\n${body}`,
			`\n${body}\n}`,
		]);
	});

	it('have no closer of their own where more than that follows', () => {
		assert.deepEqual(middles(`if (a) {\n${body}\n} else {\n\tb();\n}\n`), [body.trimStart(), `\n${body}`]);
	});

	it('end by indentation, blank lines inside included', () => {
		assert.deepEqual(middles(`def f():\n${pythonBody}\n\nnext()\n`), [
			pythonBody.trimStart(),
			`\n${pythonBody}`,
		]);
		assert.deepEqual(middles(`def f(a)\n${pythonBody}\nend\n`), [
			pythonBody.trimStart(),
			`\n${pythonBody}`,
			`\n${pythonBody}\nend`,
		]);
	});

	it('begin in their body where nothing opens them', () => {
		assert.deepEqual(middles(`const a = value\n${body}\n`), [body.trimStart()]);
	});

	it('are none where nothing is indented, or little, or very much', () => {
		assert.deepEqual(middles(`a();\n${body.replaceAll('\t', '')}\n`), []);
		assert.deepEqual(middles('if (a) {\n\tb();\n}\n'), []);
		assert.deepEqual(middles(`if (a) {\n${`${body}\n`.repeat(20)}}\n`), []);
		assert.deepEqual(middles(`if (a) {\n${body}\n}\n`, 0, 40), []);
		assert.deepEqual(middles(`\n${body}\n`), []);
	});
});
