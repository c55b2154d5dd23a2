/** The bits of the starter's evaluation are those that llama.cpp's own probabilities give, window by window. */
import * as assert from 'node:assert/strict';
import type { HeldOutFile } from '../../models/recipe/evaluate/heldOut';
import { beginToken, joinBits, modelBits } from '../../models/recipe/evaluate/modelBits';
import { bitsPerByte, FRONT } from '../../models/recipe/evaluate/sums';
import { windowsOf } from '../../models/recipe/evaluate/windows';
import { codeOf, loadEngine, never, starter } from '../support/engines';
import { LlamaLogits } from '../support/llamaLogits';

const CONTEXT = 64;

const files: readonly HeldOutFile[] = [
	['typescript', codeOf(20), undefined],
	['javascript', 'export const one = 1; // ä\n', undefined],
	['rust', `${codeOf(3)}const beyond = 1;\n`, codeOf(3).length],
].map(([language, text, measured]) => ({
	package: 'some-package',
	language: String(language),
	path: 'some.ts',
	text: String(text),
	measured: typeof measured === 'number' ? measured : String(text).length,
}));

const options = { context: CONTEXT, threads: 1, onProgress: () => undefined } as const;

/** −log₂ of the probabilities of a file's tokens, as llama.cpp computes them. */
async function referenceBits(llama: LlamaLogits, tokens: readonly number[]): Promise<number> {
	let bits = 0;
	for (const window of windowsOf(tokens, beginToken(starter), CONTEXT, 0)) {
		const logits = await llama.logits(starter, [...window.tokens]);
		for (const [at, weight] of window.weights.entries()) {
			const values = logits[at - 1];
			if (weight > 0 && values !== undefined) {
				const most = values.reduce((one, other) => Math.max(one, other));
				const sum = values.reduce((total, logit) => total + Math.exp(logit - most), 0);
				bits += (Math.log(sum) + most - (values[window.tokens[at] ?? 0] ?? Number.NaN)) / Math.LN2;
			}
		}
	}
	return bits;
}

describe('bits of the starter’s evaluation', () => {
	it('are llama.cpp’s, over windows that overlap, for what is measured of each file', async () => {
		const { engine } = await loadEngine(starter);
		const llama = await LlamaLogits.open();
		try {
			const figures = await modelBits(starter, files, options, never);
			let scored = 0;
			for (const { language, text, measured } of files) {
				const answer = await engine.tokenize(text.slice(0, measured), never);
				assert.ok(answer.type === 'tokens');
				scored += answer.tokens.length;
				const expected = await referenceBits(llama, answer.tokens);
				const { bits } = figures.sums[language] ?? { bits: Number.NaN };
				assert.ok(Math.abs(bits / expected - 1) < 5e-3, `${language}: ${bits} bits, not ${expected}`);
			}
			assert.equal(figures.tokens, scored);
			assert.equal(figures.context, CONTEXT);
		} finally {
			await llama.dispose();
			await engine.dispose();
		}
	}).timeout(120_000);

	it('are the same when languages are measured one by one', async () => {
		const together = await modelBits(starter, files, options, never);
		const apart = [];
		for (const file of files) {
			apart.push(await modelBits(starter, [file], options, never));
		}
		const joined = joinBits(apart);
		assert.equal(joined.tokens, together.tokens);
		for (const group of [FRONT, 'typescript', 'javascript', 'rust']) {
			const [one, other] = [bitsPerByte(joined.sums, group), bitsPerByte(together.sums, group)];
			assert.ok(Math.abs(one / other - 1) < 1e-3, `${group}: ${one} and ${other}`);
		}
	}).timeout(120_000);

	it('end with the signal', async () => {
		const stopped = new AbortController();
		stopped.abort();
		await assert.rejects(modelBits(starter, files, options, stopped.signal), { name: 'AbortError' });
	}).timeout(120_000);
});
