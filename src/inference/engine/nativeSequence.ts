/**
 * The parts of node-llama-cpp behind its sequences. Its own loop takes a third of a small model's time for locks and
 * queues that our gate makes needless, sorts the whole vocabulary to say how probable a token is (24 ms for 151,936
 * words), and cannot say it while tokens are guessed. The parts are private: they are checked before they are used, and
 * where one is missing, the public way is taken.
 */

import type { LlamaContextSequence } from 'node-llama-cpp';

/** Arguments: index of the output, sampler, two things that sort the vocabulary, which logits, and their weight. */
type SampleToken = (
	output: number,
	sampler: NativeSampler,
	probabilities: boolean,
	confidence: boolean,
	logits: false | readonly [readonly number[], boolean, boolean, boolean, number],
	weight: boolean,
) => Promise<unknown>;

interface NativeContext {
	initBatch(size: number): void;
	/** Returns the index of the output of each token that is to have one. */
	addToBatch(
		sequence: number,
		firstIndex: number,
		tokens: Uint32Array,
		outputs: Uint32Array,
	): Iterable<number>;
	setThreads(threads: number): void;
	decodeBatch(): Promise<void>;
	readonly sampleToken: SampleToken;
}

export interface NativeSampler {
	applyConfig(config: {
		readonly temperature: number;
		/** What is added to the logits of which tokens; both of one length, and of one token at least. */
		readonly tokenBiasKeys?: Uint32Array;
		readonly tokenBiasValues?: Float32Array;
	}): void;
	dispose(): void;
}

/** What the library itself believes to be in the KV cache. */
interface SequenceState {
	readonly _sequenceId: number;
	_nextTokenIndex: number;
	readonly _contextTokens: number[];
}

export interface NativeSequence {
	readonly context: NativeContext;
	readonly state: SequenceState;
	createSampler(): NativeSampler;
}

/** The parts of a sequence; undefined where they are not as this version of the library has them. */
export function nativeSequence(sequence: LlamaContextSequence): NativeSequence | undefined {
	const context = at(sequence, '_context', '_ctx');
	const model = at(sequence, 'model', '_model');
	const Sampler = at(sequence, 'model', '_llama', '_bindings', 'AddonSampler');
	if (
		!isContext(context) ||
		!isState(sequence) ||
		typeof model !== 'object' ||
		typeof Sampler !== 'function'
	) {
		return undefined;
	}
	const createSampler = () => {
		const sampler: unknown = Reflect.construct(Sampler, [model]);
		if (!isSampler(sampler)) {
			throw new Error('node-llama-cpp has another sampler than this version knows.');
		}
		return sampler;
	};
	return { context, state: sequence, createSampler };
}

function isContext(value: unknown): value is NativeContext {
	return hasMethods(value, ['initBatch', 'addToBatch', 'setThreads', 'decodeBatch', 'sampleToken']);
}

function isSampler(value: unknown): value is NativeSampler {
	return hasMethods(value, ['applyConfig', 'dispose']);
}

function isState(value: object): value is SequenceState {
	return (
		typeof at(value, '_sequenceId') === 'number' &&
		typeof at(value, '_nextTokenIndex') === 'number' &&
		Array.isArray(at(value, '_contextTokens'))
	);
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
	return names.every((name) => typeof at(value, name) === 'function');
}

function at(value: unknown, ...path: readonly string[]): unknown {
	return path.reduce<unknown>(
		(found, name) => (typeof found === 'object' && found !== null ? Reflect.get(found, name) : undefined),
		value,
	);
}
