/** Samples are rendered as the product renders its prompts, and count what can be known. */
import * as assert from 'node:assert/strict';
import { loadTokenizer } from '../../../models/recipe/tokenizer/load';
import type { Group } from '../../../models/recipe/train/groups';
import { fromAnywhere, SampleMaker } from '../../../models/recipe/train/samples';
import type { Sample } from '../../../src/finetune/dataset/sample';
import { randomFrom } from '../../../src/finetune/training/random';

const LONGEST = 256;
const GROUP: Group = {
	package: 'example',
	pieces: [
		{ path: 'src/one.ts', text: 'export const one = 1;\n', isEnd: true },
		{
			path: 'src/two.ts',
			text: 'import { one } from "./one";\n\nexport function two(): number {\n\treturn one + one;\n}\n',
			isEnd: true,
		},
	],
};

describe('recipe/train/samples', () => {
	const tokenizer = loadTokenizer();

	function samples(fillShare: number, group = GROUP): readonly Sample[] {
		const maker = new SampleMaker(tokenizer, { longest: LONGEST, fillShare });
		return Array.from({ length: 40 }, (_, seed) => maker.sampleOf(group, randomFrom(seed))).filter(
			(sample) => sample !== undefined,
		);
	}
	const textOf = ({ tokens }: Sample) => tokenizer.decode(tokens);

	it('shows the files one after the other where there is no hole, with and without the name of the repository', () => {
		const files =
			'<|file_sep|>src/one.ts\nexport const one = 1;\n<|file_sep|>src/two.ts\nimport { one } from "./one";\n\nexport function two(): number {\n\treturn one + one;\n}\n<|endoftext|>';
		assert.deepEqual(new Set(samples(0).map(textOf)), new Set([`<|repo_name|>example\n${files}`, files]));
	});

	it('has nothing but the code in a sample with a hole, each line where it belongs', () => {
		const whole = GROUP.pieces[1]?.text;
		for (const sample of samples(1)) {
			const text = textOf(sample);
			const found =
				/^(?:<\|repo_name\|>example\n)?<\|file_sep\|>src\/one\.ts\nexport const one = 1;\n<\|file_sep\|>src\/two\.ts\n<\|fim_prefix\|>([\s\S]*)<\|fim_suffix\|>([\s\S]*)<\|fim_middle\|>([\s\S]*?)(?:<\|endoftext\|>)?$/.exec(
					text,
				);
			assert.ok(found, text);
			const [, prefix = '', suffix = '', middle = ''] = found;
			assert.equal(prefix + middle + suffix, whole);
		}
	});

	it('moves the beginning of a rest to any place of its line, and never into its blanks or a pair', () => {
		const text = 'first();\n\tvalue 😀;\nlast();\n';
		const end = text.indexOf('\nlast');
		const hole = { kind: 'rest', start: end - 1, end, ends: true } as const;
		const starts = Array.from({ length: 200 }, (_, seed) => fromAnywhere(hole, text, randomFrom(seed)).start);
		const line = text.indexOf('value');
		// Of the pair, the first half only.
		const places = Array.from({ length: end - line }, (_, index) => line + index).filter(
			(at) => at !== line + 7,
		);
		assert.deepEqual(
			[...new Set(starts)].sort((one, other) => one - other),
			places,
		);
	});

	it('counts every token but the first and those that say where prefix and suffix end', () => {
		const markers = (['<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>'] as const).map(tokenizer.idOf);
		for (const { tokens, weights } of samples(1)) {
			for (const [index, token] of tokens.entries()) {
				assert.equal(weights[index], index === 0 || markers.includes(token) ? 0 : 1);
			}
		}
	});

	it('keeps to the longest sample', () => {
		const text = 'const value = compute(1, 2, 3);\n'.repeat(400);
		const long: Group = { package: 'example', pieces: [{ path: 'a.ts', text, isEnd: false }] };
		for (const sample of [...samples(0, long), ...samples(1, long)]) {
			assert.ok(sample.tokens.length <= LONGEST);
		}
	});

	it('writes a middle for a share of the samples', () => {
		const middle = tokenizer.idOf('<|fim_middle|>');
		const share = samples(0.5).filter(({ tokens }) => tokens.includes(middle)).length / 40;
		assert.ok(share > 0.25 && share < 0.75, String(share));
	});
});
