/** The shape of a model of which only a list or a name tells: enough to choose by, until its own header does. */

import type { ModelShape } from './shape';

/** What is known; the rest is as usual for models of that size. */
export interface Outline {
	/** Of all files. */
	readonly bytes: number;
	/** As in a file's name, for example `Q4_K_M`; undefined where nobody says. */
	readonly quantisation: string | undefined;
	readonly parameters: number | undefined;
	/** Those that a token reads. Default: all. */
	readonly readParameters?: number;
	readonly layers?: number;
	/** Numbers that a layer keeps for the keys of a token. */
	readonly cacheWidth?: number;
	/** Tokens. */
	readonly vocabulary?: number;
	/** Tokens that it was trained with. */
	readonly context?: number;
}

/** Bits of a weight on average, as llama.cpp's `quantize` states them, by the beginning of a quantisation's name. */
const BITS: readonly (readonly [string, number])[] = [
	['F32', 32],
	['BF16', 16],
	['F16', 16],
	['FP16', 16],
	['Q8_0', 8.5],
	['Q6_K', 6.6],
	['Q5_', 5.7],
	['Q4_K_S', 4.6],
	['Q4_', 4.9],
	['IQ4_', 4.4],
	['MXFP4', 4.4],
	['Q3_', 3.9],
	['IQ3_', 3.6],
	['Q2_', 3.2],
	['IQ2_', 2.6],
	['IQ1_', 1.9],
];
/** Of the others: better too much than too little. */
const MOST_BITS = 16;
const USUAL_VOCABULARY = 100_000;
/** Rows of the matrices of a layer together, in lengths of an embedding. */
const ROWS = 16;
/** Parameters up to which a layer keeps so many numbers for keys, in the models of these years. */
const USUAL_CACHE: readonly (readonly [number, number])[] = [
	[1e9, 128],
	[4e9, 256],
	[10e9, 512],
];
const LARGEST_CACHE = 1_024;

/** Bits of a weight on average. */
export function bitsOf(quantisation: string | undefined): number {
	const name = quantisation?.replace(/^UD-/, '') ?? '';
	return BITS.find(([start]) => name.startsWith(start))?.[1] ?? MOST_BITS;
}

export function roughShape(outline: Outline): ModelShape {
	const { bytes, quantisation } = outline;
	const parameters = outline.parameters ?? (bytes * 8) / bitsOf(quantisation);
	const perWeight = bytes / parameters;
	const layers = outline.layers ?? Math.round(24 * (parameters / 5e8) ** 0.17);
	const read = Math.min(1, (outline.readParameters ?? parameters) / parameters);
	const vocabulary = outline.vocabulary ?? USUAL_VOCABULARY;
	const widthOf = (weights: number) =>
		Math.max(64, Math.round(Math.sqrt((weights * read) / (ROWS * layers)) / 64) * 64);
	const width = widthOf(Math.max(parameters / 2, parameters - vocabulary * widthOf(parameters)));
	const table = Math.min(vocabulary * width, parameters * 0.35);
	const inLayers = parameters - table;
	const cacheWidth =
		outline.cacheWidth ?? USUAL_CACHE.find(([most]) => parameters <= most)?.[1] ?? LARGEST_CACHE;
	return {
		layers,
		width,
		heads: Math.max(1, Math.round(width / 128)),
		cacheLength: layers * cacheWidth * 2,
		queryLength: layers * width,
		vocabulary,
		layerBytes: inLayers * perWeight,
		embeddingBytes: table * perWeight,
		outputBytes: table * perWeight,
		isTied: true,
		readBytes: inLayers * read * perWeight,
		readWeights: inLayers * read,
		kind: /^(?:BF|FP|F)\d/.test(quantisation ?? '') ? 'float' : 'quantised',
		trainedContext: outline.context,
	};
}

/** Parameters as names of models state them, such as `7B` or `30B-A3B`; undefined where a name does not. */
export function parametersIn(name: string): Pick<Outline, 'parameters' | 'readParameters'> {
	const billions = (text: string | undefined) => (text === undefined ? undefined : Number(text) * 1e9);
	const parameters = billions(/(?:^|[-_ ])(\d+(?:\.\d+)?)B(?![a-z])/i.exec(name)?.[1]);
	const read = billions(/[-_ ]A(\d+(?:\.\d+)?)B(?![a-z])/i.exec(name)?.[1]);
	return { parameters, ...(read === undefined ? {} : { readParameters: read }) };
}
