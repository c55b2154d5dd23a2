/** The 5-gram peer: its probabilities by hand, by a plain count of the formula, and that they sum to one. */
import * as assert from 'node:assert/strict';
import { GramTable } from '../../../models/recipe/evaluate/gramTable';
import { KneserNey, ORDER } from '../../../models/recipe/evaluate/kneserNey';
import { randomFrom } from '../../../src/finetune/training/random';
import { never } from '../../support/engines';

const VOCABULARY = 7;

/** Texts in which some tokens like to follow others, so that counts of 1, 2, 3 and more occur in all orders. */
function someTexts(count: number): readonly (readonly number[])[] {
	const random = randomFrom(3);
	return Array.from({ length: count }, () => {
		const text: number[] = [];
		for (let length = 1 + Math.floor(random.next() * 30); length > 0; length--) {
			const last = text.at(-1) ?? 0;
			text.push(
				random.next() < 0.7
					? (last * 2 + 1) % (VOCABULARY - 1)
					: Math.floor(random.next() * (VOCABULARY - 1)),
			);
		}
		return text;
	});
}

/** The formula of Chen and Goodman as it stands, over maps of joined grams. */
function plainProbability(
	texts: readonly (readonly number[])[],
	history: readonly number[],
	token: number,
): number {
	const padded = texts.map((text) => [...Array.from({ length: ORDER - 1 }, () => 's'), ...text.map(String)]);
	const events = padded.flatMap((text) =>
		text.slice(ORDER - 1).map((_, index) => text.slice(index, index + ORDER)),
	);
	const countsOf = (length: number) => {
		const counts = new Map<string, number>();
		const add = (gram: string) => counts.set(gram, (counts.get(gram) ?? 0) + 1);
		const ends = (size: number) => events.map((event) => event.slice(ORDER - size).join(' '));
		for (const gram of length === ORDER ? ends(length) : new Set(ends(length + 1))) {
			add(length === ORDER ? gram : gram.split(' ').slice(1).join(' '));
		}
		return counts;
	};
	const before = [...Array.from({ length: ORDER - 1 }, () => 's'), ...history.map(String)];
	let probability = 1 / VOCABULARY;
	for (let length = 1; length <= ORDER; length++) {
		const counts = countsOf(length);
		const n = [0, 1, 2, 3, 4].map((count) => [...counts.values()].filter((one) => one === count).length);
		const [, n1 = 0, n2 = 0, n3 = 0, n4 = 0] = n;
		const y = n1 / (n1 + 2 * n2);
		const [one = 0, two = 0, more = 0] =
			n1 * n2 * n3 * n4 === 0
				? [0.5, 1, 1.5]
				: [1 - (2 * y * n2) / n1, 2 - (3 * y * n3) / n2, 3 - (4 * y * n4) / n3];
		const discount = (count: number) => (count === 0 ? 0 : count === 1 ? one : count === 2 ? two : more);
		const context = before.slice(before.length - length + 1);
		const followers = Array.from({ length: VOCABULARY }, (_, follower) =>
			[...context, String(follower)].join(' '),
		).map((gram) => counts.get(gram) ?? 0);
		const total = followers.reduce((sum, count) => sum + count, 0);
		if (total > 0) {
			const freed = followers.reduce((sum, count) => sum + discount(count), 0);
			const count = followers[token] ?? 0;
			probability = (count - discount(count) + freed * probability) / total;
		}
	}
	return probability;
}

const probabilityOf = (model: KneserNey, history: readonly number[], token: number) =>
	Math.exp(model.score([...history, token]).at(-1) ?? Number.NaN);

describe('5-gram model of the evaluation', () => {
	it('is what a hand reckons for one text of one token', async () => {
		// In every order one gram with the count 1 and, with so few, a discount of a half:
		// 1/2, then p = 1/2 + 1/2 · the shorter one's, five times.
		const model = await KneserNey.count([[0]], 2, never);
		assert.ok(Math.abs(probabilityOf(model, [], 0) - (1 - 1 / 64)) < 1e-12);
		assert.ok(Math.abs(probabilityOf(model, [], 1) - 1 / 64) < 1e-12);
		// After the 0, no order knows a context but the empty one.
		assert.ok(Math.abs(probabilityOf(model, [0], 0) - 3 / 4) < 1e-12);
	});

	it('counts, in all but the longest order, the tokens that stand before a gram', async () => {
		// 1 is frequent, but only ever after 0; 2 is rarer and stands after three tokens.
		const texts = [...Array.from({ length: 20 }, () => [0, 1]), [0, 2], [1, 2], [3, 2]];
		const model = await KneserNey.count(texts, 5, never);
		// 4 was never seen: the single tokens decide.
		assert.ok(probabilityOf(model, [4], 2) > probabilityOf(model, [4], 1));
		assert.ok(probabilityOf(model, [0], 1) > probabilityOf(model, [0], 2));
	});

	it('agrees with the formula counted plainly', async () => {
		const texts = someTexts(60);
		const model = await KneserNey.count(texts, VOCABULARY, never);
		for (const history of [[], [1], [3], [0, 1, 3], [1, 3, 1, 3, 1], [6, 6], [5, 4, 3, 2, 1, 0]]) {
			for (let token = 0; token < VOCABULARY; token++) {
				const expected = plainProbability(texts, history, token);
				assert.ok(
					Math.abs(probabilityOf(model, history, token) - expected) < 1e-12,
					`p(${token} | ${history}) is ${probabilityOf(model, history, token)}, not ${expected}`,
				);
			}
		}
	});

	it('gives probabilities that sum to one after any context', async () => {
		const model = await KneserNey.count(someTexts(200), VOCABULARY, never);
		for (const history of [[], [0], [1, 3, 1, 3], [6], [6, 6, 6, 6, 6], [0, 1, 3, 1, 2, 5, 4]]) {
			const sum = Array.from({ length: VOCABULARY }, (_, token) =>
				probabilityOf(model, history, token),
			).reduce((total, probability) => total + probability, 0);
			assert.ok(Math.abs(sum - 1) < 1e-9, `after ${history} they sum to ${sum}`);
		}
	});

	it('lets no text see the one before it', async () => {
		const pair = [2, 3] as const;
		const model = await KneserNey.count([[0, 1], pair, pair, pair], 4, never);
		assert.ok(probabilityOf(model, [], 2) > probabilityOf(model, [1], 2));
	});

	it('ends with the signal', async () => {
		const stopped = new AbortController();
		stopped.abort();
		await assert.rejects(KneserNey.count([[0]], 2, stopped.signal), { name: 'AbortError' });
	});

	it('refuses a vocabulary that its numbers do not hold', async () => {
		await assert.rejects(KneserNey.count([[0]], 2 ** 16 - 1, never), /65535 tokens is too large/);
	});
});

describe('table of grams', () => {
	it('gives every pair its own number, also after it grew', () => {
		const table = new GramTable();
		for (let pair = 0; pair < 50_000; pair++) {
			assert.equal(table.add(Math.floor(pair / 100), pair % 100), pair);
		}
		for (let pair = 0; pair < 50_000; pair += 7) {
			assert.equal(table.add(Math.floor(pair / 100), pair % 100), pair);
			assert.equal(table.find(Math.floor(pair / 100), pair % 100), pair);
		}
		assert.equal(table.size, 50_000);
		assert.equal(table.find(3, 100), undefined);
		assert.equal(table.find(2 ** 31 - 1, 99), undefined);
	});

	it('keeps large numbers apart', () => {
		const table = new GramTable();
		assert.equal(table.add(2 ** 31 - 1, 65_535), 0);
		assert.equal(table.add(2 ** 31 - 2, 65_535), 1);
		assert.equal(table.add(2 ** 31 - 1, 65_534), 2);
		assert.equal(table.find(2 ** 31 - 1, 65_535), 0);
	});
});
