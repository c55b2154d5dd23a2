/** What was typed is chosen once: a longer word goes on from what is known, another begins anew. */
import * as assert from 'node:assert/strict';
import type { Sampled } from '../../../../src/inference/engine/lane';
import type { TypedEnd } from '../../../../src/inference/engine/typedEnd';
import { TypedMemory } from '../../../../src/inference/engine/typedMemory';
import { prompt as codes } from '../../../support/fakeLane';

const PROMPT = [1, 2, 3];
/** Every token is a character. */
const endOf = (text: string): TypedEnd => ({
	tokens: codes(text),
	characters: text.length,
	text,
	pieces: {
		textOf: (token) => String.fromCodePoint(token),
		canWrite: () => true,
		next: () => new Uint32Array(),
		covering: () => new Uint32Array(),
	},
});

/** An answer that begins with what was typed, as far as `typed`. */
async function* answer(typed: string): AsyncGenerator<Sampled, void> {
	for (const token of codes(typed)) {
		yield { token, logProbability: 0, isTyped: true };
	}
	yield { token: 9, logProbability: 0 };
}

describe('the memory of what was typed', () => {
	async function noted(memory: TypedMemory, prompt: readonly number[], text: string, typed = text) {
		const tokens: number[] = [];
		for await (const { token } of memory.note(prompt, endOf(text), answer(typed))) {
			tokens.push(token);
		}
		return tokens;
	}

	it('knows nothing at first, and then what came of the same text and of a longer one', async () => {
		const memory = new TypedMemory();
		assert.equal(memory.known(PROMPT, endOf('ab')), 0);
		assert.deepEqual(await noted(memory, PROMPT, 'ab'), [...codes('ab'), 9]);
		assert.equal(memory.known(PROMPT, endOf('ab')), 2);
		assert.equal(memory.known(PROMPT, endOf('abc')), 2);
	});

	it('goes on knowing while a word is typed, key by key', async () => {
		const memory = new TypedMemory();
		await noted(memory, PROMPT, 'a');
		for (const [known, rest] of [
			['a', 'b'],
			['ab', 'c'],
			['abc', 'd'],
		] as const) {
			const typed = known + rest;
			assert.equal(memory.known(PROMPT, endOf(typed)), known.length);
			await noted(memory, [...PROMPT, ...codes(known)], rest);
		}
		assert.equal(memory.known(PROMPT, endOf('abcd')), 4);
	});

	it('knows nothing of a word that is written in other parts, of a shorter one, or behind another prompt', async () => {
		const memory = new TypedMemory();
		await noted(memory, PROMPT, 'abc', 'a');
		assert.equal(memory.known(PROMPT, endOf('abc')), 1);
		assert.equal(memory.known(PROMPT, endOf('ab')), 0);
		assert.equal(memory.known(PROMPT, endOf('xbc')), 0);
		assert.equal(memory.known([1, 2, 4], endOf('abc')), 0);
		assert.equal(memory.known([1, 2], endOf('abc')), 0);
		await noted(memory, [7, 8], 'x');
		assert.equal(memory.known(PROMPT, endOf('abc')), 0);
	});
});
