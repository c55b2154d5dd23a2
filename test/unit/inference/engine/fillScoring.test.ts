/** Middles are scored in the prompts of `fill`: order, cuts, refusals, and what is asked of the lane. */
import * as assert from 'node:assert/strict';
import { isAbort } from '../../../../src/inference/cancel';
import { claimOf } from '../../../../src/inference/engine/claim';
import type { Encoder } from '../../../../src/inference/engine/encoding';
import { describeFill } from '../../../../src/inference/engine/fillFamilies';
import { scoreFills } from '../../../../src/inference/engine/fillScoring';
import { Gate } from '../../../../src/inference/engine/gate';
import { Lock } from '../../../../src/inference/engine/lock';
import type { ScoredChunk, ScoringLane } from '../../../../src/inference/engine/scoring';
import type { FillToEncode } from '../../../../src/inference/model';
import { NO_PIECES } from '../../../support/noPieces';

const never = new AbortController().signal;
const PREFIX = 1000;
const SUFFIX = 1001;
const MIDDLE = 1002;
const END = 1003;

const codes = (text: string) => [...Buffer.from(text)];
const specials = new Map([
	['<|fim_prefix|>', PREFIX],
	['<|fim_suffix|>', SUFFIX],
	['<|fim_middle|>', MIDDLE],
	['<|endoftext|>', END],
]);

/** Gives each token its own number as its score, and remembers what was fed and kept. */
class NumberingLane implements ScoringLane {
	readonly lock = new Lock();
	readonly contextSize = 1000;
	held: number[] = [];
	/** Prompts in the order in which they were asked for. */
	readonly asked: number[][] = [];
	fed = 0;

	async keep(tokens: readonly number[]): Promise<number> {
		let shared = 0;
		while (shared < this.held.length && this.held[shared] === tokens[shared]) {
			shared++;
		}
		this.held = this.held.slice(0, shared);
		this.asked.push([...tokens]);
		return shared;
	}

	async feed(): Promise<void> {
		assert.fail('nothing is fed');
	}

	sample(): never {
		assert.fail('nothing is generated');
	}

	async score({ tokens, from, end, first }: ScoredChunk): Promise<number[]> {
		this.fed += end - from;
		this.held = tokens.slice(0, end);
		return tokens.slice(Math.max(from, first) + 1, end + 1);
	}
}

function encoderOf(contextSize = 1000): Encoder {
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
		contextSize,
		pieces: NO_PIECES,
		detokenize: (tokens) => String.fromCodePoint(...tokens),
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

describe('inference/engine/fillScoring', () => {
	let lane: NumberingLane;
	beforeEach(() => {
		lane = new NumberingLane();
	});

	const ask = (fills: readonly FillToEncode[], encoder = encoderOf(), gate = new Gate(), signal = never) =>
		scoreFills(lane, gate, { fills, chunk: 4, priority: 'background' }, encoder, signal);

	it('scores the middle and its end, after the prompt and what was typed', async () => {
		const answer = await ask([sample(), sample({ ends: false }), sample({ middle: '', ends: false })]);
		assert.deepEqual(answer, {
			type: 'scored',
			fills: [
				{ logProbabilities: [...codes('mid'), END] },
				{ logProbabilities: codes('mid') },
				{ logProbabilities: [] },
			],
		});
		const prompt = [PREFIX, ...codes('PP'), SUFFIX, ...codes('SS'), MIDDLE, ...codes('ty')];
		assert.deepEqual(lane.asked[0], prompt.slice(0, -1));
	});

	it('asks for prompts with the same beginning one after the other, and answers in order', async () => {
		const near = (prefix: string, middle: string) => sample({ prefix, middle, ends: false });
		const answer = await ask([
			near('aaaaaaaaaaaa1', 'x'),
			near('bbbbbbbbbbbb', 'y'),
			near('aaaaaaaaaaaa2', 'z'),
		]);
		assert.ok(answer.type === 'scored');
		assert.deepEqual(
			answer.fills.map(({ logProbabilities }) => logProbabilities),
			[codes('x'), codes('y'), codes('z')],
		);
		const starts = lane.asked.map((prompt) => prompt[1]);
		assert.deepEqual(starts, [...codes('aab')]);
		// 12 characters of the second need not be read again.
		const alone = lane.asked.reduce((sum, prompt) => sum + prompt.length + 1, 0);
		assert.equal(lane.fed, alone - 13 - 1);
	});

	it('cuts the prompt where the middle needs its place, and refuses a middle without any', async () => {
		const answer = await ask([sample({ prefix: 'p'.repeat(60), middle: 'm'.repeat(40) })], encoderOf(64));
		assert.ok(answer.type === 'scored');
		assert.equal(answer.fills[0]?.logProbabilities.length, 41);
		assert.ok((lane.asked[0]?.length ?? 0) + 1 + 41 <= 64);
		const refused = await ask([sample({ middle: 'm'.repeat(64) })], encoderOf(64));
		assert.ok(
			refused.type === 'unsupported' &&
				/a\.ts has 65 tokens, more than the context.*: 64/.test(refused.reason),
		);
		const absurd = await ask([sample({ middle: 'm'.repeat(8_001) })]);
		assert.ok(absurd.type === 'unsupported' && /8001 characters/.test(absurd.reason));
	});

	it('says why a model cannot fill', async () => {
		const fill = { type: 'unsupported', reason: 'No tokens.' } as const;
		assert.deepEqual(await ask([sample()], { ...encoderOf(), fill }), fill);
	});

	it('waits while somebody is served at the cursor, and ends with its signal', async () => {
		const gate = new Gate();
		const leave = gate.enter(claimOf('interactive'));
		const controller = new AbortController();
		const scoring = ask([sample()], encoderOf(), gate, controller.signal);
		await new Promise((resolve) => setImmediate(resolve));
		assert.deepEqual(lane.asked, []);
		controller.abort();
		await assert.rejects(scoring, isAbort);
		leave();
		assert.equal((await ask([sample()], encoderOf(), gate)).type, 'scored');
	});
});
