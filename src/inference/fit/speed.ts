/** How fast a model reads and writes on a machine, from how fast others did: bytes, multiplications, vectors and calls. */

import type { ModelShape } from './shape';

/** What was measured of a model with an empty cache. */
export interface Measured {
	readonly shape: ModelShape;
	/** Tokens that were read at once. */
	readonly batch: number;
	/** Milliseconds for all of them. */
	readonly readMilliseconds: number;
	/** Milliseconds for one that was written: chosen, and read. */
	readonly writeMilliseconds: number;
}

/** Milliseconds for one of each. */
export interface Speed {
	/** A byte of weights, once a batch. */
	readonly byte: number;
	/** A multiplication with an addition, once a token. */
	readonly quantised: number;
	readonly float: number;
	/** A number of what flows through a layer, once a token; attention and the choice of a token go with it. */
	readonly vector: number;
	/** A layer, once a batch. */
	readonly call: number;
}

type Term = keyof Speed;
const TERMS: readonly Term[] = ['byte', 'quantised', 'float', 'vector', 'call'];

/**
 * What the terms are to each other where nothing is known: a core of a server's processor (14 GB and 120 or 30 billion
 * multiplications a second), and a graphics card. Only what was measured says how fast either is.
 */
const USUAL: Readonly<Record<'cpu' | 'gpu', Speed>> = {
	cpu: { byte: 7e-8, quantised: 8e-9, float: 3.3e-8, vector: 4.5e-5, call: 0.08 },
	gpu: { byte: 4e-9, quantised: 1e-10, float: 1e-10, vector: 4e-7, call: 0.06 },
};

/** One step of attention, of a query against one token, costs as much as this share of a number that flows. */
const ATTENTION = 0.0032;
/** The same for a token among which one is chosen. */
const CHOICE = 0.6;
/** Calls that a batch costs beside its layers. */
const BATCH_CALLS = 2;
/**
 * How strongly the relation of before holds against what was measured, in each step: where models are alike, they do not
 * tell it.
 */
const TRUST = 0.02;
const STEPS = 3;
const ROUNDS = 100;
const LARGEST_STEP = 5;
/** Bytes of layers below which a model tells little: what surrounds them takes most of its time. */
const LITTLE = 10e6;
/** Tokens behind which writing was measured. */
const WRITTEN_AFTER = 4;
/** Milliseconds of a request beside the model: its text becomes tokens, and they become text. */
const REQUEST = 1.5;
/** Bytes that the caches of a processor hold, roughly. */
const CACHES = 12e6;
/** Tokens that the engine feeds at once. */
const CHUNK = 128;

type Amounts = Readonly<Record<Term, number>>;

/**
 * @param runs at least one.
 */
export function speedFrom(runs: readonly Measured[], device: 'cpu' | 'gpu'): Speed {
	const usual = USUAL[device];
	const rows = runs.flatMap(({ shape, batch, readMilliseconds, writeMilliseconds }) => {
		const weight = (shape.readBytes + 1) / (shape.readBytes + LITTLE);
		return [
			{ weight, shares: relative(readAmounts(shape, batch, 0), usual, readMilliseconds) },
			{ weight, shares: relative(writeAmounts(shape, WRITTEN_AFTER), usual, writeMilliseconds) },
		];
	});
	// As fast as the usual machine times this, on the whole.
	const logarithms = rows.map(({ weight, shares }) => -weight * Math.log(sumOf(shares)));
	const scale = Math.exp(
		logarithms.reduce((sum, one) => sum + one, 0) / rows.reduce((sum, { weight }) => sum + weight, 0),
	);
	const factors: Record<Term, number> = {
		byte: scale,
		quantised: scale,
		float: scale,
		vector: scale,
		call: scale,
	};
	for (let step = 0; step < STEPS; step++) {
		const before = { ...factors };
		for (let round = 0; round < ROUNDS; round++) {
			for (const term of TERMS) {
				let above = TRUST / before[term];
				let below = TRUST / before[term] ** 2;
				for (const { weight, shares } of rows) {
					const others = TERMS.reduce(
						(sum, other) => sum + (other === term ? 0 : shares[other] * factors[other]),
						0,
					);
					above += weight * shares[term] * (1 - others);
					below += weight * shares[term] ** 2;
				}
				factors[term] = Math.max(above / below, before[term] / LARGEST_STEP);
			}
		}
	}
	return {
		byte: usual.byte * factors.byte,
		quantised: usual.quantised * factors.quantised,
		float: usual.float * factors.float,
		vector: usual.vector * factors.vector,
		call: usual.call * factors.call,
	};
}

/** Milliseconds to read tokens behind those that are in the KV cache. */
export function readMilliseconds(
	speed: Speed,
	shape: ModelShape,
	tokens: number,
	cached: number,
	chunk = CHUNK,
): number {
	let time = 0;
	for (let done = 0; done < tokens; done += chunk) {
		time += timeOf(readAmounts(shape, Math.min(chunk, tokens - done), cached + done), speed);
	}
	return time;
}

/** Milliseconds to write one token behind those that are in the KV cache. */
export function writeMilliseconds(speed: Speed, shape: ModelShape, cached: number): number {
	return timeOf(writeAmounts(shape, cached), speed);
}

/** Milliseconds from the question to the first token: all but the last token are read, and that one is written from. */
export function firstTokenMilliseconds(
	speed: Speed,
	shape: ModelShape,
	{ tokens, cached }: { readonly tokens: number; readonly cached: number },
	chunk = CHUNK,
): number {
	return (
		REQUEST +
		readMilliseconds(speed, shape, tokens - 1, cached, chunk) +
		writeMilliseconds(speed, shape, cached + tokens - 1)
	);
}

/** Small models stay in the caches of the processor in part, from token to token. */
function fromMemory(bytes: number): number {
	return bytes ** 2 / (bytes + CACHES);
}

function readAmounts(shape: ModelShape, tokens: number, cached: number): Amounts {
	const multiplied = shape.readWeights * tokens;
	const attention = shape.queryLength * (cached + tokens / 2) * ATTENTION;
	return {
		byte: fromMemory(shape.readBytes),
		quantised: shape.kind === 'quantised' ? multiplied : 0,
		float: shape.kind === 'float' ? multiplied : 0,
		vector: tokens * (shape.layers * shape.width + attention),
		call: shape.layers + BATCH_CALLS,
	};
}

function writeAmounts(shape: ModelShape, cached: number): Amounts {
	const read = readAmounts(shape, 1, cached);
	return {
		...read,
		byte: fromMemory(shape.readBytes + shape.outputBytes),
		vector: read.vector + shape.vocabulary * CHOICE,
	};
}

function sumOf(amounts: Amounts): number {
	return TERMS.reduce((sum, term) => sum + amounts[term], 0);
}

function timeOf(amounts: Amounts, speed: Speed): number {
	return TERMS.reduce((sum, term) => sum + amounts[term] * speed[term], 0);
}

/** Of what was measured, the share of each term in the usual relation. */
function relative(amounts: Amounts, usual: Speed, milliseconds: number): Record<Term, number> {
	const share = (term: Term) => (amounts[term] * usual[term]) / Math.max(milliseconds, 1e-3);
	return {
		byte: share('byte'),
		quantised: share('quantised'),
		float: share('float'),
		vector: share('vector'),
		call: share('call'),
	};
}
