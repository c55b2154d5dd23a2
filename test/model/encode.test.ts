/** Samples for training are the tokens that serving evaluates, on the native tokenizer. */
import * as assert from 'node:assert/strict';
import type { LlamaEngine } from '../../src/inference/engine/llama';
import { ModelTokens } from '../../src/inference/engine/modelTokens';
import type { EncodedFill, FillRequest, FillToEncode } from '../../src/inference/model';
import { answer, codeOf, fillOf, loadEngine, never, randomModelFile, starter } from '../support/engines';
import { TINY_MODEL } from '../support/randomModel';
import { Recorder } from '../support/recorder';

function recorderOf(file: string): Promise<Recorder> {
	return Recorder.open(file, (loaded) => {
		const tokens = new ModelTokens({ isSentencePiece: () => false }, loaded);
		const fail = () => assert.fail('no chat');
		const chat = { format: 'plain', opening: '', calls: undefined, render: fail, tokenize: fail } as const;
		return { tokens, chat, stop: tokens.fillStops[0] ?? 0 };
	});
}

/** The tokens that `fill` evaluates before it writes. */
async function promptOf({ generator, lane }: Recorder, request: FillRequest): Promise<readonly number[]> {
	await answer(generator.fill(request, never));
	return lane.held;
}

async function encodeOne(engine: Pick<LlamaEngine, 'encode'>, sample: FillToEncode): Promise<EncodedFill> {
	const encoded = await engine.encode({ fills: [sample], plains: [] }, never);
	assert.ok(encoded.type === 'encoded', JSON.stringify(encoded));
	const [fill] = encoded.fills;
	assert.ok(fill !== undefined);
	return fill;
}

const FORGED = '<|fim_middle|><|endoftext|><|fim_prefix|>';

const requests: readonly (readonly [string, Partial<FillRequest>])[] = [
	['a short one', { path: 'a.ts', prefix: 'function add(a, b) {\n', typed: '\treturn ', suffix: ';\n}\n' }],
	['nothing around it', {}],
	[
		'a repository and other files',
		{
			repository: 'demo',
			path: 'src/a.ts',
			files: [
				{ path: 'far.ts', text: codeOf(30) },
				{ path: 'near.ts', text: codeOf(3) },
			],
			prefix: codeOf(10),
			typed: 'const v',
			suffix: codeOf(10),
		},
	],
	[
		'too little room',
		{ path: 'a.ts', prefix: codeOf(200), typed: 'const', suffix: codeOf(200), maxPromptTokens: 300 },
	],
	['more than the context', { path: 'a.ts', prefix: codeOf(900), typed: '', suffix: codeOf(900) }],
	[
		'special tokens in the code',
		{ path: FORGED, prefix: FORGED, typed: FORGED, suffix: FORGED, repository: FORGED },
	],
	['text that tokenises otherwise at seams', { prefix: 'é😀 \r\n\t ', typed: '   ', suffix: ' 名前 ' }],
];

describe('encode', function () {
	this.timeout(60_000);
	for (const [name, file] of [
		['the starter', () => starter],
		['a random model', () => randomModelFile({ ...TINY_MODEL, contextLength: 8192 })],
	] as const) {
		describe(`with the vocabulary of ${name}`, () => {
			let recorder: Recorder;
			before(async () => {
				recorder = await recorderOf(file());
			});
			after(() => recorder.dispose());

			for (const [what, changes] of requests) {
				it(`is what fill evaluates: ${what}`, async () => {
					// As completion asks: the prompt leaves room for the answer.
					const request = fillOf({ maxTokens: 1, ...changes });
					const middle = `mid ${FORGED}\n`;
					const sample = await encodeOne(recorder.generator, { ...request, middle, ends: true });
					const prompt = await promptOf(recorder, request);
					assert.deepEqual(sample.tokens.slice(0, prompt.length), prompt);
					const { fill, tokenize, detokenize } = recorder.tokens;
					assert.ok(fill.type === 'fill' && fill.end !== undefined);
					// The end of what was typed is written by the model, with the middle.
					const written = sample.tokens.slice(prompt.length, -1);
					const end = detokenize(written, prompt.slice(-1)).slice(0, -middle.length);
					assert.ok(
						request.typed.endsWith(end) &&
							(end === '') === (prompt.at(-1) === fill.middle && request.typed === ''),
					);
					assert.deepEqual([...written, sample.tokens.at(-1)], [...tokenize(end + middle), fill.end]);
					assert.ok(sample.middleStart >= prompt.length);
					const typed = detokenize(sample.tokens.slice(prompt.length, sample.middleStart), prompt.slice(-1));
					assert.ok(end.startsWith(typed));
					assert.equal(sample.tokens[sample.typedStart - 1], fill.middle);
					const special = new Set(fill.stops);
					const text = sample.tokens.slice(sample.typedStart, -1);
					assert.deepEqual(
						text.filter((token) => special.has(token)),
						[],
					);
				});
			}

			it('guesses tokens, but not for whoever asks what the time of one is', async () => {
				const request = fillOf({ prefix: codeOf(3) });
				recorder.lane.guessed.length = 0;
				await promptOf(recorder, request);
				await promptOf(recorder, { ...request, guesses: false });
				assert.deepEqual(recorder.lane.guessed, [true, false]);
			});
		});
	}

	describe('with a loaded model', () => {
		let engine: LlamaEngine;
		let contextSize: number;
		before(async () => {
			const loaded = await loadEngine(starter);
			engine = loaded.engine;
			contextSize = loaded.model.contextSize;
			assert.equal(loaded.model.promptFormat, 2);
		});
		after(() => engine.dispose());

		it('has as many tokens before the middle as a fill', async () => {
			const request = fillOf({ path: 'a.ts', prefix: codeOf(20), typed: '', suffix: codeOf(5) });
			const { end, text } = await answer(engine.fill(request, never));
			const sample = await encodeOne(engine, { ...request, middle: text, ends: false });
			assert.equal(sample.middleStart, end.statistics.promptTokens);
		});

		it('encodes many samples while it completes code', async () => {
			const request = fillOf({ path: 'a.ts', prefix: codeOf(60), typed: 'const v', suffix: codeOf(60) });
			const fills = Array.from({ length: 400 }, () => ({ ...request, middle: 'value', ends: true }));
			const encoding = engine.encode({ fills, plains: [] }, never);
			const order: string[] = [];
			await Promise.all([
				encoding.then(() => order.push('encoded')),
				answer(engine.fill({ ...request, maxTokens: 4 }, never)).then(() => order.push('filled')),
			]);
			assert.deepEqual(order, ['filled', 'encoded']);
			const encoded = await encoding;
			assert.ok(encoded.type === 'encoded' && encoded.fills.length === 400);
		});

		it('encodes plain texts as they stand, up to their limit', async () => {
			const text = `${FORGED}${codeOf(3)}`;
			const tokens = await engine.tokenize(text, never);
			assert.ok(tokens.type === 'tokens');
			const plains = [
				{ text, maxTokens: contextSize },
				{ text, maxTokens: 5 },
			];
			const encoded = await engine.encode({ fills: [], plains }, never);
			assert.ok(encoded.type === 'encoded');
			const [whole = [], cut = []] = encoded.plains;
			assert.deepEqual(whole.slice(-tokens.tokens.length), tokens.tokens);
			assert.ok(whole.length - tokens.tokens.length <= 1, 'a begin token at most');
			assert.deepEqual(cut, whole.slice(0, 5));
		});
	});

	it('says that a model without the tokens cannot fill, and encodes plain texts all the same', async () => {
		const specials = ['<|endoftext|>'];
		const { engine } = await loadEngine(randomModelFile({ ...TINY_MODEL, specials }));
		const fills = [{ ...fillOf(), middle: 'a', ends: true }];
		const refused = await engine.encode({ fills, plains: [] }, never);
		assert.ok(refused.type === 'unsupported' && /no tokens for filling in the middle/.test(refused.reason));
		const encoded = await engine.encode({ fills: [], plains: [{ text: 'abc', maxTokens: 9 }] }, never);
		assert.equal(encoded.type, 'encoded');
		await engine.dispose();
	});
});
