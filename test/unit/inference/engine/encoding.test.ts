/** Samples become tokens without keeping anybody waiting: order, ends, limits, and who goes first. */
import * as assert from 'node:assert/strict';
import { isAbort } from '../../../../src/inference/cancel';
import { claimOf } from '../../../../src/inference/engine/claim';
import { type Encoder, encode } from '../../../../src/inference/engine/encoding';
import { describeFill } from '../../../../src/inference/engine/fillFamilies';
import { Gate } from '../../../../src/inference/engine/gate';
import { PieceIndex } from '../../../../src/inference/engine/pieceIndex';
import type { EncodeRequest, FillToEncode } from '../../../../src/inference/model';
import { MAX_ENCODED_TOKENS } from '../../../../src/inference/wire/encodeShapes';
import { NO_PIECES } from '../../../support/noPieces';

const never = new AbortController().signal;
const PREFIX = 1000;
const SUFFIX = 1001;
const MIDDLE = 1002;
const END = 1003;
const BEGIN = 1004;
const WORD = 1500;

const codes = (text: string) => [...Buffer.from(text)];

const specials = new Map([
	['<|fim_prefix|>', PREFIX],
	['<|fim_suffix|>', SUFFIX],
	['<|fim_middle|>', MIDDLE],
	['<|endoftext|>', END],
]);

function encoderOf(changes: Partial<Encoder> = {}): Encoder {
	const fill = describeFill({
		size: 2000,
		architecture: 'qwen2',
		begin: undefined,
		ends: [7],
		find: (text) => specials.get(text),
		text: () => undefined,
		number: () => undefined,
	});
	return {
		fill,
		vocabulary: { begin: undefined },
		tokenizeOnce: codes,
		contextSize: 1000,
		pieces: NO_PIECES,
		detokenize: textOf,
		...changes,
	};
}

function sample(changes: Partial<FillToEncode> = {}): FillToEncode {
	return {
		repository: undefined,
		path: 'a.ts',
		files: [],
		prefix: 'PP',
		typed: 'ty',
		suffix: 'SS',
		maxPromptTokens: 500,
		middle: 'mid',
		ends: true,
		...changes,
	};
}

const ask = (request: Partial<EncodeRequest>, encoder = encoderOf(), gate = new Gate(), signal = never) =>
	encode({ fills: [], plains: [], ...request }, encoder, gate, signal);

const textOf = (tokens: readonly number[]) => String.fromCodePoint(...tokens);

/** Every character is a token, and one word. */
const piecesWith = (word: string) =>
	new PieceIndex(
		{
			size: WORD + 1,
			text: (token) => (token === WORD ? word : String.fromCodePoint(token)),
			find: (text) => (text === word ? WORD : text.codePointAt(0)),
		},
		new Set([PREFIX, SUFFIX, MIDDLE]),
	);

describe('encoding', () => {
	it('is the prompt, what was typed, the middle and its end, and says where each starts', async () => {
		const asked = [PREFIX, ...codes('PP'), SUFFIX, ...codes('SS'), MIDDLE];
		assert.deepEqual(await ask({ fills: [sample(), sample({ ends: false, typed: '' })] }), {
			type: 'encoded',
			fills: [
				{
					// The end of qwen's middles, not that of an instructed model's turns.
					tokens: [...asked, ...codes('tymid'), END],
					typedStart: asked.length,
					middleStart: asked.length + 2,
				},
				{
					tokens: [...asked, ...codes('mid')],
					typedStart: asked.length,
					middleStart: asked.length,
				},
			],
			plains: [],
		});
	});

	it('reads the end of what was typed and the middle as one text, as serving writes them', async () => {
		const tokenizeOnce = (text: string) =>
			text.split('tymi').flatMap((part, index) => [...(index === 0 ? [] : [WORD]), ...codes(part)]);
		const pieces = piecesWith('tymi');
		const asked = [PREFIX, ...codes('PP'), SUFFIX, ...codes('SS'), MIDDLE];
		const encoded = await ask(
			{ fills: [sample(), sample({ middle: 'x' }), sample({ middle: '' }), sample({ typed: '  (' })] },
			encoderOf({ tokenizeOnce, pieces }),
		);
		assert.deepEqual(encoded.type === 'encoded' && encoded.fills, [
			// A token that begins with what was typed is learned; one that is nothing else is not.
			{ tokens: [...asked, WORD, ...codes('d'), END], typedStart: asked.length, middleStart: asked.length },
			{ tokens: [...asked, ...codes('tyx'), END], typedStart: asked.length, middleStart: asked.length + 2 },
			{ tokens: [...asked, ...codes('ty'), END], typedStart: asked.length, middleStart: asked.length + 2 },
			{
				tokens: [...asked, ...codes('  (mid'), END],
				typedStart: asked.length,
				middleStart: asked.length + 3,
			},
		]);
	});

	it('cuts them as the whole line is cut, where what is kept of it still stands there', async () => {
		// As a vocabulary whose words begin with one sign: "(ab" is one, but not behind another sign.
		const tokenizeOnce = (text: string) =>
			[...text.matchAll(/\(\(|\(ab|./g)].flatMap(([piece]) => (piece === '(ab' ? [WORD] : codes(piece)));
		const pieces = piecesWith('(ab');
		const asked = [PREFIX, ...codes('PP'), SUFFIX, ...codes('SS'), MIDDLE];
		const tokensOf = async (more: Partial<FillToEncode>) => {
			const fills = [sample({ ends: false, ...more })];
			const encoded = await ask({ fills }, encoderOf({ tokenizeOnce, pieces }));
			return encoded.type === 'encoded' ? encoded.fills[0]?.tokens.slice(asked.length) : undefined;
		};
		assert.deepEqual(await tokensOf({ typed: '(a', middle: 'b' }), [WORD]);
		assert.deepEqual(await tokensOf({ typed: '((a', middle: 'b' }), codes('((ab'));
		// Only the end of a long line is in the prompt: nothing tells how all of it is cut.
		const long = await tokensOf({ typed: `${'x'.repeat(50)}((a`, middle: 'b', maxPromptTokens: 30 });
		assert.deepEqual(long?.slice(-3), [...codes('x('), WORD]);
		assert.ok(long !== undefined && long.length < 30);
	});

	it('tokenises what was typed and the middle apart where a vocabulary does not say what its tokens are', async () => {
		const texts: string[] = [];
		const tokenizeOnce = (text: string) => {
			texts.push(text);
			return codes(text);
		};
		await ask({ fills: [sample()] }, encoderOf({ tokenizeOnce }));
		assert.deepEqual(texts.sort(), ['PP', 'SS', 'mid', 'ty']);
	});

	it('cuts the prompt to the context, not to the middle', async () => {
		const encoder = encoderOf({ contextSize: 64 });
		const long = sample({ prefix: 'x'.repeat(100), middle: 'm'.repeat(100) });
		const encoded = await ask({ fills: [long] }, encoder);
		assert.ok(encoded.type === 'encoded');
		const [fill] = encoded.fills;
		assert.deepEqual([fill?.middleStart, fill?.tokens.length], [63, 63 + 101]);
	});

	it('begins a plain text as the model wants it, and cuts it with everything counted', async () => {
		const plains = [
			{ text: 'abcdef', maxTokens: 4 },
			{ text: 'ab', maxTokens: 4 },
		];
		assert.deepEqual(await ask({ plains }, encoderOf({ vocabulary: { begin: BEGIN } })), {
			type: 'encoded',
			fills: [],
			plains: [
				[BEGIN, ...codes('abc')],
				[BEGIN, ...codes('ab')],
			],
		});
	});

	it('refuses holes only, where the model cannot fill them', async () => {
		const fill = { type: 'unsupported', reason: 'no tokens for it' } as const;
		assert.deepEqual(await ask({ fills: [sample()] }, encoderOf({ fill })), fill);
		const plain = await ask({ plains: [{ text: 'a', maxTokens: 9 }] }, encoderOf({ fill }));
		assert.deepEqual(plain, { type: 'encoded', fills: [], plains: [codes('a')] });
	});

	it('leaves the end out where the model has none', async () => {
		const { fill } = encoderOf();
		assert.ok(fill.type === 'fill');
		const encoded = await ask({ fills: [sample()] }, encoderOf({ fill: { ...fill, end: undefined } }));
		assert.ok(encoded.type === 'encoded');
		assert.equal(encoded.fills[0]?.tokens.at(-1), 'd'.charCodeAt(0));
	});

	it('refuses more than a message holds, and a middle that no answer can be', async () => {
		const tokenizeOnce = () => Array.from({ length: 1_000_000 }, () => 1);
		const plains = Array.from({ length: 3 }, () => ({ text: 'a', maxTokens: MAX_ENCODED_TOKENS }));
		const many = await ask({ plains }, encoderOf({ tokenizeOnce }));
		assert.ok(many.type === 'unsupported' && /more than 2000000 tokens/.test(many.reason));
		const long = await ask({ fills: [sample({ middle: 'm'.repeat(8001) })] });
		assert.ok(long.type === 'unsupported' && /a\.ts has 8001 characters/.test(long.reason));
	});

	it('lets interactive work and the event loop go on between samples', async () => {
		const gate = new Gate();
		let done = 0;
		const tokenizeOnce = (text: string) => {
			if (text === 'mid') {
				done++;
				const end = performance.now() + 15;
				while (performance.now() < end) {
					// A long sample: a piece ends with it.
				}
			}
			return codes(text);
		};
		const fills = Array.from({ length: 8 }, () => sample());
		const encoded = ask({ fills }, encoderOf({ tokenizeOnce }), gate);
		await new Promise(setImmediate);
		const before = done;
		assert.ok(before < fills.length, 'the loop turns before all is done');
		const leave = gate.enter(claimOf('interactive'));
		await gate.step(claimOf('interactive'), async () => undefined, never);
		const during = done;
		for (let turn = 0; turn < 20; turn++) {
			await new Promise(setImmediate);
		}
		assert.equal(done, during, 'nothing is tokenised while somebody waits at the cursor');
		leave();
		const all = await encoded;
		assert.ok(all.type === 'encoded' && all.fills.length === fills.length);
	});

	it('stops when its signal fires', async () => {
		const controller = new AbortController();
		let done = 0;
		const tokenizeOnce = (text: string) => {
			done++;
			controller.abort();
			return codes(text);
		};
		const plains = Array.from({ length: 100_000 }, () => ({ text: 'a', maxTokens: 9 }));
		await assert.rejects(
			ask({ plains }, encoderOf({ tokenizeOnce }), new Gate(), controller.signal),
			isAbort,
		);
		assert.ok(done < plains.length);
	});
});
