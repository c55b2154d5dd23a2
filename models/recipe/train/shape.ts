/** The shapes that the scaling study compares, and the one that is shipped. */

/** Of the llama architecture, embeddings tied. Heads have 64 numbers: what GPU kernels want. */
export interface StarterShape {
	readonly layers: number;
	readonly width: number;
	readonly heads: number;
	readonly feedForward: number;
}

/** By their millions of parameters with a vocabulary of 8,192. */
export const SHAPES = {
	'5M': { layers: 5, width: 256, heads: 4, feedForward: 704 },
	'13M': { layers: 8, width: 320, heads: 5, feedForward: 896 },
	'25M': { layers: 10, width: 448, heads: 7, feedForward: 1216 },
} as const satisfies Readonly<Record<string, StarterShape>>;
export type Size = keyof typeof SHAPES;
export const SIZES: readonly Size[] = ['5M', '13M', '25M'];

/** What the scaling study chose (models/README.md). */
export const SHIPPED: Size = '13M';

/** Tokens of context that the model is trained with. */
export const CONTEXT = 2_048;
