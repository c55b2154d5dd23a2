/** The catalogue says of its models what the engine and the trainer say, and recommends what fits. */
import * as assert from 'node:assert/strict';
import { FAMILIES as TRAINABLE } from '../../../../src/finetune/architectures/families';
import { describeFill } from '../../../../src/inference/engine/fillFamilies';
import { type MachineProfile, speedOf } from '../../../../src/inference/fit/profile';
import type { Measured } from '../../../../src/inference/fit/speed';
import { architectureKind } from '../../../../src/inference/gguf/ggufArchitectures';
import { CATALOGUE } from '../../../../src/inference/models/catalogue';
import { isRepository } from '../../../../src/inference/models/names';
import { entryShape, recommended, roughBytes } from '../../../../src/inference/models/recommend';
import { measuredOn, profileOn } from '../../../support/machines';

/** Special tokens as the model cards of these families list them. */
const TOKENS: Readonly<Record<string, readonly string[]>> = {
	qwen: ['<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>', '<|repo_name|>', '<|file_sep|>'],
	starcoder: ['<fim_prefix>', '<fim_suffix>', '<fim_middle>', '<reponame>', '<filename>'],
	starcoder2: ['<fim_prefix>', '<fim_suffix>', '<fim_middle>', '<repo_name>', '<file_sep>'],
	deepseek: ['<｜fim▁begin｜>', '<｜fim▁hole｜>', '<｜fim▁end｜>'],
	codegemma: ['<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>', '<|file_separator|>'],
	codestral: ['[PREFIX]', '[SUFFIX]', '[MIDDLE]'],
};
const GB = 2 ** 30;
/** A machine where nothing ran. */
const nothing = { free: 1, profile: undefined, speed: undefined };

describe('inference/models/catalogue', () => {
	for (const entry of CATALOGUE) {
		it(`is right about ${entry.name}`, () => {
			assert.ok(isRepository(entry.repository), entry.repository);
			assert.equal(architectureKind(entry.architecture).type, 'generator');
			assert.ok(entry.parameters > 1e8 && entry.parameters < 1e12);
			assert.ok(entry.context >= 2048);
			assert.equal(entry.roles.includes('completion'), entry.fill !== undefined);
			const trains = !entry.roles.includes('embedding') && TRAINABLE.has(entry.architecture);
			assert.equal(entry.isTrainable, trains);
			assert.equal(entry.isVerified, false, 'nobody has downloaded it here');
			if (entry.fill !== undefined) {
				const tokens = TOKENS[entry.fill] ?? [];
				const find = (text: string) => (tokens.includes(text) ? tokens.indexOf(text) : undefined);
				const format = describeFill({
					size: tokens.length,
					architecture: entry.architecture,
					begin: undefined,
					ends: [],
					find,
					text: (token) => tokens[token],
					number: () => undefined,
				});
				assert.equal(format.type === 'fill' ? format.family : format.reason, entry.fill);
			}
		});
	}

	it('has each repository once, and something for every use', () => {
		assert.equal(new Set(CATALOGUE.map(({ repository }) => repository)).size, CATALOGUE.length);
		for (const role of ['completion', 'chat', 'embedding'] as const) {
			assert.ok(
				CATALOGUE.some(({ roles }) => roles.includes(role)),
				role,
			);
		}
	});

	it('recommends nothing that may not be used for money', () => {
		assert.deepEqual(
			CATALOGUE.filter(({ isStandard, licence }) => isStandard && licence.isNonCommercial),
			[],
		);
		assert.ok(CATALOGUE.some(({ licence }) => licence.isNonCommercial));
	});

	it('recommends the largest standard model in a quarter of the memory, in 1 GB without a GPU, else the smallest', () => {
		const both = CATALOGUE.filter(({ roles }) => roles.join() === 'completion,chat');
		const names = (hasGpu: boolean) =>
			[2, 8, 16, 32, 128].map((size) => recommended(both, { ...nothing, memory: size * GB, hasGpu })?.name);
		assert.deepEqual(names(true), [
			'Qwen2.5-Coder 0.5B Instruct',
			'Qwen2.5-Coder 1.5B Instruct',
			'Qwen2.5-Coder 1.5B Instruct',
			'Qwen2.5-Coder 7B Instruct',
			'Qwen3-Coder 30B-A3B Instruct',
		]);
		const [smallest, larger] = ['Qwen2.5-Coder 0.5B Instruct', 'Qwen2.5-Coder 1.5B Instruct'];
		assert.deepEqual(names(false), [smallest, larger, larger, larger, larger]);
		assert.equal(
			recommended(both, { ...nothing, memory: 1, hasGpu: true })?.name,
			'Qwen2.5-Coder 0.5B Instruct',
		);
		assert.equal(recommended([], { ...nothing, memory: GB, hasGpu: true }), undefined);
		for (const entry of CATALOGUE) {
			assert.ok(roughBytes(entry) < entry.parameters * 1.2, `${entry.name}: bits of ${entry.quantisation}`);
		}
	});

	it('recommends by what was measured, once a model of about that size ran here', () => {
		const both = CATALOGUE.filter(({ roles }) => roles.join() === 'completion,chat');
		const [smallest, middle, large] = both.filter(({ isStandard }) => isStandard);
		assert.ok(smallest !== undefined && middle !== undefined && large !== undefined);
		const name = (profile: MachineProfile, hasGpu: boolean, free = 32 * GB) =>
			recommended(both, { memory: 32 * GB, hasGpu, free, profile, speed: speedOf(profile) })?.name;
		const processor = (speed: number) =>
			profileOn('cpu', [slower(measuredOn('cpu', entryShape(middle)), speed)]);
		assert.equal(name(processor(0.2), false, 16 * GB), large.name, 'a quick processor takes more than 1 GB');
		assert.equal(name(processor(1), false), middle.name);
		assert.equal(name(processor(40), false), smallest.name);
		assert.equal(name(processor(0.2), false, 1.3 * GB), smallest.name, 'there is no room for more');
		const card = (free: number) => ({
			...profileOn('vulkan', [measuredOn('gpu', entryShape(middle))]),
			video: { total: 24 * GB, free },
		});
		assert.equal(name(card(8 * GB), true), large.name);
		assert.equal(name(card(2.5 * GB), true), middle.name, 'not in part on the processor');
	});

	it('knows the sizes of what it lists', () => {
		for (const entry of CATALOGUE) {
			const shape = entryShape(entry);
			assert.ok(shape.width >= 512 && shape.width <= 12_000, `${entry.name}: ${shape.width}`);
			assert.ok(shape.cacheLength > 4_000 && shape.cacheLength < 300_000, entry.name);
			assert.ok(shape.readBytes <= shape.layerBytes);
			assert.equal(entry.readParameters < entry.parameters, /A\d+B|Lite/.test(entry.name), entry.name);
		}
	});
});

function slower(measured: Measured, times: number): Measured {
	const { readMilliseconds, writeMilliseconds } = measured;
	return {
		...measured,
		readMilliseconds: readMilliseconds * times,
		writeMilliseconds: writeMilliseconds * times,
	};
}
