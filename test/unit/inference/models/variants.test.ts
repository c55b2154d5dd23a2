/** The models among a repository's files: parts, quantisations, and which is offered first. */
import * as assert from 'node:assert/strict';
import {
	bestVariant,
	quantisationOf,
	usualVariant,
	variantsOf,
} from '../../../../src/inference/models/variants';

const file = (path: string, bytes: number) => ({ path, bytes, sha256: undefined });

describe('inference/models/variants', () => {
	for (const [name, quantisation] of [
		['qwen2.5-coder-7b-instruct-q4_k_m.gguf', 'Q4_K_M'],
		['qwen2.5-coder-7b-instruct-q8_0-00001-of-00003.gguf', 'Q8_0'],
		['deepseek-coder-6.7b-base.Q5_K_S.gguf', 'Q5_K_S'],
		['Qwen3-Coder-30B-A3B-Instruct-UD-Q4_K_XL.gguf', 'UD-Q4_K_XL'],
		['Codestral-22B-v0.1-IQ4_XS.gguf', 'IQ4_XS'],
		['Qwen3-Embedding-0.6B-f16.gguf', 'F16'],
		['granite-8b-code-base.f32.gguf', 'F32'],
		['gpt-oss-20b-mxfp4.gguf', 'MXFP4'],
		['starter.gguf', undefined],
		['q4cats.gguf', undefined],
	] as const) {
		it(`sees ${quantisation} in ${name}`, () => assert.equal(quantisationOf(name), quantisation));
	}

	it('puts parts together, sorts by size, and leaves out what is no model or not whole', () => {
		const variants = variantsOf([
			file('README.md', 10),
			file('big-q8_0-00002-of-00002.gguf', 50),
			file('big-q8_0-00001-of-00002.gguf', 60),
			file('small-q4_k_m.gguf', 40),
			file('Q6_K/deep-00001-of-00001.gguf', 70),
			file('torn-00001-of-00002.gguf', 1),
			file('mmproj-f16.gguf', 1),
			file('model.imatrix.gguf', 1),
			file('evil name.gguf', 1),
		]);
		assert.deepEqual(
			variants.map(({ quantisation, bytes, files }) => [quantisation, bytes, files.map(({ path }) => path)]),
			[
				['Q4_K_M', 40, ['small-q4_k_m.gguf']],
				['Q6_K', 70, ['Q6_K/deep-00001-of-00001.gguf']],
				['Q8_0', 110, ['big-q8_0-00001-of-00002.gguf', 'big-q8_0-00002-of-00002.gguf']],
			],
		);
	});

	it('makes no names for parts that a name only claims to have', () => {
		const cost = (claimed: string) => {
			const listed = Array.from({ length: 100 }, (_, index) => file(`m${index}-00001-of-${claimed}.gguf`, 1));
			const start = performance.now();
			assert.deepEqual(variantsOf(listed), []);
			return performance.now() - start;
		};
		cost('00002');
		// Each name cost 49 ms, as much as a hundred thousand names: the editor's other extensions stood still.
		const [few, many] = [cost('00002'), cost('99999')];
		assert.ok(many < 100 * few, `${many} ms against ${few} ms`);
	});

	it('offers the preferred one first, else a usual one, else the smallest', () => {
		const variants = variantsOf([file('a-q2_k.gguf', 1), file('a-q4_k_m.gguf', 2), file('a-q8_0.gguf', 3)]);
		const offered = (preferred?: string, of = variants) => usualVariant(of, preferred)?.quantisation;
		assert.equal(offered('Q8_0'), 'Q8_0');
		assert.equal(offered(), 'Q4_K_M');
		assert.equal(offered('IQ1_S'), 'Q4_K_M');
		assert.equal(offered(undefined, variants.slice(0, 1)), 'Q2_K');
		assert.equal(offered(undefined, []), undefined);
		assert.equal(usualVariant(variantsOf([file('a.gguf', 1)]), undefined)?.quantisation, undefined);
	});

	it('recommends the best that fits and is quick enough, once that is known', () => {
		const variants = variantsOf([
			file('a-q2_k.gguf', 2),
			file('a-q4_k_m.gguf', 4),
			file('a-q6_k.gguf', 6),
			file('a-q8_0.gguf', 8),
			file('a-f16.gguf', 16),
		]);
		/** What fits, and what is quick, by bytes. */
		const best = (fits: number, quick: number, isKnown: boolean, preferred?: string, isChosen = false) =>
			bestVariant(variants, preferred, isChosen, ({ bytes }) => ({
				fits: bytes <= fits,
				isComfortable: bytes <= Math.min(fits, quick),
				isKnown,
			}))?.quantisation;
		assert.equal(best(99, 99, true), 'Q8_0', 'more bits make no difference');
		assert.equal(best(99, 7, true), 'Q6_K');
		assert.equal(best(5, 99, true), 'Q4_K_M');
		assert.equal(best(99, 99, false), 'Q4_K_M', 'the usual one before anything is known');
		assert.equal(best(99, 99, false, 'Q6_K'), 'Q6_K');
		assert.equal(best(3, 99, false), 'Q2_K', 'what fits at all');
		assert.equal(best(1, 99, true), 'Q4_K_M', 'nothing fits');
		assert.equal(best(1, 1, true, 'F16', true), 'F16', 'the user has named it');
		assert.equal(best(99, 1, true), 'Q4_K_M', 'nothing is quick');
	});
});
