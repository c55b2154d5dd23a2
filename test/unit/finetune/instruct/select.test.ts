/** Which pairs stay, without copies and secrets, and that no file stands on two sides. */
import * as assert from 'node:assert/strict';
import { reasonAgainst } from '../../../../src/finetune/instruct/filter';
import type { Pair } from '../../../../src/finetune/instruct/pair';
import { select } from '../../../../src/finetune/instruct/select';
import { isAbort } from '../../../../src/inference/cancel';

const never = new AbortController().signal;
const quiet = () => undefined;
const secret = `gh${'p'}_q7Zt2KpXw9RbVn4LsYd8GfHj3McUe6Ta5QiB`;

const pair = (changes: Partial<Pair> = {}): Pair => ({
	kind: 'functions',
	question: 'What does `add` in a.ts do?\n\n```ts\nfunction add(a, b) { return a + b; }\n```',
	answer: 'It adds the two numbers that it gets, and gives their sum.',
	files: ['demo/a.ts'],
	...changes,
});

/** One that resembles no other. */
const other = (index: number, changes: Partial<Pair> = {}): Pair => {
	const words = Array.from({ length: 14 }, (_, word) => `w${(index * 31 + word * 7) ** 2 % 99_991}x${index}`);
	return pair({
		question: `What does \`${words[0]}\` do?\n\n\`\`\`ts\n${words.join('(')}\n\`\`\``,
		answer: `It does what ${words.slice(3).join(' and ')} need.`,
		files: [`demo/${index}.ts`],
		...changes,
	});
};

describe('finetune/instruct/filter', () => {
	for (const [reason, changes] of [
		[undefined, {}],
		['short', { answer: 'Adds.' }],
		['long', { answer: 'It adds a number. '.repeat(300) }],
		['long', { question: 'Why is this so? '.repeat(400) }],
		['refusal', { answer: "I'm sorry, but I cannot help with that, for it is code." }],
		['refusal', { answer: 'There is not enough information to say what the function does.' }],
		[undefined, { answer: '```ts\nthrow new Error("not enough information");\n```' }],
		['language', { answer: '===== ---- ++++ 12345 67890 %%% &&& ###' }],
		['language', { kind: 'teacher', answer: 'Call it so:\n\n```python\nadd(1, 2)\n```' }],
		[undefined, { kind: 'teacher', answer: 'Call it so:\n\n```ts\nadd(1, 2)\n```' }],
		['repetition', { answer: Array.from({ length: 9 }, () => 'It adds and adds and adds.').join('\n') }],
		['repetition', { answer: 'so it adds the one to the other '.repeat(20) }],
		['echo', { answer: '```ts\nfunction add(a, b) {   return a + b; }\n```' }],
	] as const) {
		it(`says ${reason ?? 'nothing'} of ${JSON.stringify(changes).slice(0, 60)}`, () => {
			assert.equal(reasonAgainst(pair(changes)), reason);
		});
	}
});

describe('finetune/instruct/select', () => {
	it('drops what shows a secret, in the question or in the answer', async () => {
		const shown = [
			other(1, { answer: `Use the token ${secret} to reach the service.` }),
			other(2, { question: `Why does this not work?\n\nconst token = '${secret}';` }),
		];
		const clean = Array.from({ length: 20 }, (_, index) => other(index + 3));
		const { train, validation, test, out } = await select([...shown, ...clean], 1, quiet, never);
		assert.equal(out.secret, 2);
		assert.equal(train.length + validation.length + test.length, clean.length);
		assert.ok(!JSON.stringify([train, validation, test]).includes(secret));
	});

	it('keeps one of each copy, exact or nearly, but both ways to ask about one thing', async () => {
		const one = other(1);
		const long =
			'the quick brown fox jumps over the lazy dog and looks for a place where it can sleep until the sun is up again over the hills of the country that it comes from';
		const near = other(2, { answer: `${long} with a hat.` });
		const pairs = [
			one,
			{ ...one, question: `${one.question}  `, files: ['demo/copy.ts'] },
			near,
			{ ...near, answer: `${long} with a coat.`, files: ['demo/near.ts'] },
			other(1, { question: `Write it. ${one.answer}`, answer: 'function written(everything) { return 1; }' }),
			...Array.from({ length: 10 }, (_, index) => other(index + 3)),
		];
		const { train, validation, test, out } = await select(pairs, 1, quiet, never);
		assert.equal(out.duplicate, 1);
		assert.equal(out['near-duplicate'], 1);
		assert.equal(train.length + validation.length + test.length, pairs.length - 2);
	});

	it('has no file on two sides, and leaves out what would show a file of each', async () => {
		const pairs = Array.from({ length: 200 }, (_, index) =>
			other(index, {
				files:
					index % 3 === 0
						? [`demo/${index % 60}.ts`, `demo/${(index + 7) % 60}.ts`]
						: [`demo/${index % 60}.ts`],
			}),
		);
		const { train, validation, test, out } = await select(pairs, 1, quiet, never);
		const files = (side: readonly Pair[]) => new Set(side.flatMap((one) => one.files));
		const sides = [files(train), files(validation), files(test)] as const;
		for (const file of sides[0]) {
			assert.ok(!sides[1].has(file) && !sides[2].has(file), file);
		}
		for (const file of sides[1]) {
			assert.ok(!sides[2].has(file), file);
		}
		assert.ok(test.length > 0 && validation.length > 0 && train.length > test.length);
		assert.equal(train.length + validation.length + test.length + (out.mixed ?? 0), pairs.length);
		assert.ok((out.mixed ?? 0) > 0);
	});

	it('divides alike with the same seed, and a file keeps its side when others come', async () => {
		const pairs = Array.from({ length: 100 }, (_, index) => other(index));
		const first = await select(pairs, 1, quiet, never);
		assert.deepEqual(await select(pairs, 1, quiet, never), first);
		assert.notDeepEqual((await select(pairs, 2, quiet, never)).test, first.test);
	});

	it('judges by nothing that stands in what is learned', async () => {
		const pairs = Array.from({ length: 60 }, (_, index) => other(index));
		const { test, train } = await select(pairs, 1, quiet, never);
		const [judge] = test;
		assert.ok(judge !== undefined && train.length > 0);
		// The answer that judges, within a longer text about a file that is learned from.
		const answer = Array.from({ length: 60 }, (_, index) => `word${index * 7}`).join(' ');
		const copied = pairs.map((one, index) => {
			if (one === judge) {
				return { ...one, answer };
			}
			return one === train[0]
				? { ...one, answer: `${one.answer} ${other(index + 500).answer} ${answer}` }
				: one;
		});
		const again = await select(copied, 1, quiet, never);
		assert.equal(again.train.length, train.length);
		assert.equal(again.test.length, test.length - 1);
		assert.ok(!again.test.some((one) => one.files[0] === judge.files[0]));
		assert.equal(again.out.mixed, 1);
	});

	it('puts as many files aside as a test needs, where they can be spared', async () => {
		const filesOf = async (count: number) => {
			const pairs = Array.from({ length: count }, (_, index) => other(index));
			return new Set((await select(pairs, 1, quiet, never)).test.flatMap(({ files }) => files)).size;
		};
		assert.equal(await filesOf(50), 10);
		assert.equal(await filesOf(200), 30);
		assert.equal(await filesOf(400), 40);
	});

	it('ends when it is told to', async () => {
		const controller = new AbortController();
		await assert.rejects(
			select([other(1), other(2)], 1, () => controller.abort(), controller.signal),
			isAbort,
		);
	});
});
