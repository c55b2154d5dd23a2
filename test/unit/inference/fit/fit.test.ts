/** Where a model would run, whether it fits, how fast it would be, and the words for it. */
import * as assert from 'node:assert/strict';
import { english } from '../../../../src/finetune/job/english';
import { fitOf, isQuick } from '../../../../src/inference/fit/fit';
import { type MachineProfile, speedOf } from '../../../../src/inference/fit/profile';
import { bitsOf, type Outline, parametersIn, roughShape } from '../../../../src/inference/fit/roughShape';
import { describeFit, describeNeeds } from '../../../../src/inference/fit/sentence';
import { measuredOn, PROCESSOR, profileOn } from '../../../support/machines';

const GB = 1e9;
const model = (outline: Partial<Outline>) =>
	roughShape({ bytes: 1.1e9, quantisation: 'Q4_K_M', parameters: 1.54e9, ...outline });

function place(free: number, profile: MachineProfile | undefined) {
	return { free, profile, speed: profile === undefined ? undefined : speedOf(profile) };
}

const card: MachineProfile = {
	...profileOn('vulkan', [measuredOn('gpu', model({}))]),
	video: { total: 8 * GB, free: 6 * GB },
};
const processor = profileOn('cpu', [measuredOn('cpu', model({}))]);

describe('inference/fit', () => {
	it('says what a model needs before anything ran, and that its speed is unknown', () => {
		const fit = fitOf(model({}), place(8 * GB, undefined));
		assert.equal(fit.on, 'cpu');
		assert.equal(fit.fits, true);
		assert.match(
			describeFit(fit, english),
			/^speed unknown until a model ran here · needs [12]\.\d GB, 8\.0 GB free$/,
		);
		assert.equal(isQuick(fit, true), undefined);
	});

	it('expects a speed on the processor, and says where', () => {
		const fit = fitOf(model({}), place(8 * GB, processor));
		assert.equal(fit.isRough, false);
		assert.match(
			describeFit(fit, english),
			/^expected: \d+ ms to first token, \d+(\.\d)? tokens a second on your processor · needs/,
		);
	});

	it('marks a guess from much smaller models', () => {
		const fit = fitOf(model({ bytes: 20e9, parameters: 32e9 }), place(64 * GB, processor));
		assert.match(describeFit(fit, english), /^roughly expected: .* on your processor/);
		assert.equal(isQuick(fit, true), false);
	});

	it('takes the GPU where the whole model fits there', () => {
		const fit = fitOf(model({}), place(8 * GB, card));
		assert.equal(fit.on, 'gpu');
		assert.match(describeFit(fit, english), /^expected: .* on your GPU · needs \d\.\d GB, 5\.7 GB free$/);
		assert.equal(isQuick(fit, true), true);
	});

	it('says where only a part fits on the GPU, or nothing anywhere', () => {
		const part = fitOf(model({ bytes: 9e9, parameters: 15e9 }), place(32 * GB, card));
		assert.equal(part.on, 'both');
		assert.equal(part.expected, undefined);
		assert.match(describeFit(part, english), /^in part on your GPU, which is slower · needs/);
		const none = fitOf(model({ bytes: 20e9, parameters: 32e9 }), place(8 * GB, processor));
		assert.equal(none.fits, false);
		assert.match(describeFit(none, english), /^does not fit: needs 2\d\.\d GB, 8\.0 GB free$/);
		assert.equal(describeNeeds(none, english), describeFit(none, english));
	});

	it('gives less context where that makes it fit', () => {
		const heads = { cacheWidth: 4_096, layers: 32, bytes: 4e9, parameters: 6.74e9 };
		const roomy = fitOf(model(heads), place(32 * GB, processor));
		const tight = fitOf(model(heads), place(8 * GB, processor));
		assert.equal(roomy.contextSize, 8_192);
		assert.match(
			describeNeeds(tight, english),
			/^needs \d\.\d GB with a context of only \d+ tokens, 8\.0 GB free$/,
		);
		assert.ok(tight.fits && tight.contextSize < 8_192 && tight.contextSize >= 512, `${tight.contextSize}`);
		assert.equal(fitOf(model({ context: 2_048 }), place(8 * GB, undefined)).contextSize, 2_048);
	});

	it('wants more of a completion than of an answer', () => {
		const expected = { warm: 400, cold: 2_000, tokens: 600, perSecond: 12 };
		assert.equal(isQuick({ expected }, true), false);
		assert.equal(isQuick({ expected }, false), true);
		assert.equal(isQuick({ expected: { ...expected, warm: 200, perSecond: 25 } }, true), true);
	});

	it('guesses a shape near the real one', () => {
		// Qwen2.5-Coder 1.5B: 28 layers, width 1536, 1.12 GB in Q4_K_M.
		const shape = model({ layers: 28, cacheWidth: 256, vocabulary: 151_936 });
		assert.ok(Math.abs(shape.width - 1_536) < 400, `${shape.width}`);
		assert.ok(Math.abs(shape.layerBytes + shape.embeddingBytes - 1.1e9) < 1e6);
		assert.equal(shape.cacheLength, 28 * 2 * 256);
		const experts = model({ bytes: 18e9, parameters: 30e9, readParameters: 3e9 });
		assert.ok(experts.readBytes < experts.layerBytes / 9);
		assert.ok(PROCESSOR.byte > 0);
	});

	for (const [name, parameters, readParameters] of [
		['Qwen2.5-Coder-7B-Instruct', 7e9, undefined],
		['Qwen3-Coder-30B-A3B-Instruct', 30e9, 3e9],
		['starcoder2-3b', 3e9, undefined],
		['deepseek-coder-1.3b-base', 1.3e9, undefined],
		['codestral', undefined, undefined],
		['q4bits', undefined, undefined],
	] as const) {
		it(`reads the size in ${name}`, () => {
			const found = parametersIn(name);
			assert.deepEqual([found.parameters, found.readParameters], [parameters, readParameters]);
		});
	}

	it('knows bits by the beginning of a name', () => {
		assert.deepEqual(['Q4_K_M', 'UD-Q4_K_XL', 'Q8_0', 'F16', undefined].map(bitsOf), [4.9, 4.9, 8.5, 16, 16]);
	});
});
