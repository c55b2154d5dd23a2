/** Code that the base model writes by itself: learned again beside the user's, it keeps what the model knew. */

import { throwIfAborted } from '../../inference/cancel';
import type { FillRequest, Generator } from '../../inference/model';
import { randomFrom, seedFor } from '../training/random';

export interface ReplayOptions {
	/** Texts that are wanted. */
	readonly count: number;
	/** Longest sample, in tokens. */
	readonly longest: number;
	readonly seed: number;
	/** Seconds that it may take. */
	readonly seconds: number;
	readonly decodeTokensPerSecond: number;
	/** Told of each text, with their number so far, and how many there will be. */
	readonly onText?: (written: number, count: number) => void;
	/** Milliseconds. Default: the system's clock, which never goes back. */
	readonly now?: () => number;
}

export interface Replayed {
	readonly texts: readonly string[];
	/** Why there are none. */
	readonly skipped: 'slow' | 'adapter' | 'unsupported' | undefined;
}

/** Fewer do not help against forgetting. */
export const FEWEST_REPLAYED = 100;
const MOST_TOKENS = 128;
const TEMPERATURE = 0.8;
/** Characters that are worth learning again. */
const FEWEST_CHARACTERS = 40;
/** Share of the lines of a text that are of their own: a small model may fall into a loop. */
const LEAST_OWN = 0.4;
/** How much longer than reckoned it may take before it ends with what there is. */
const PATIENCE = 1.5;

/** How files begin in the languages of the field: nothing of it is the user's. */
const OPENERS: readonly (readonly [path: string, text: string])[] = [
	['src/index.ts', 'import { '],
	['src/model.ts', 'export interface '],
	['src/service.ts', 'export class '],
	['lib/main.js', 'const '],
	['lib/util.js', 'function '],
	['app/main.py', 'import '],
	['app/models.py', 'class '],
	['app/utils.py', 'def '],
	['main.go', 'package '],
	['server.go', 'func '],
	['src/main.rs', 'use std::'],
	['src/lib.rs', 'pub fn '],
	['src/Main.java', 'public class '],
	['src/main.c', '#include <'],
	['src/list.cpp', 'template <'],
	['Program.cs', 'using System'],
	['index.php', '<?php\n'],
	['app.rb', 'class '],
];

/** @throws an AbortError; what `fill` throws */
export async function replay(
	model: Pick<Generator, 'fill'>,
	options: ReplayOptions,
	signal: AbortSignal,
): Promise<Replayed> {
	const { longest, seed, seconds, decodeTokensPerSecond, now = () => performance.now() } = options;
	const maxTokens = Math.min(MOST_TOKENS, Math.floor(longest / 2));
	const affordable = Math.floor((seconds * decodeTokensPerSecond) / maxTokens);
	if (affordable < FEWEST_REPLAYED) {
		return { texts: [], skipped: 'slow' };
	}
	const count = Math.min(affordable, Math.max(FEWEST_REPLAYED, options.count));
	const random = randomFrom(seedFor(seed, 'replay'));
	const end = now() + seconds * 1_000 * PATIENCE;
	const texts = new Set<string>();
	// Some are empty, loops, or the same as others.
	for (let attempt = 0; attempt < count * 2 && texts.size < count && now() < end; attempt++) {
		throwIfAborted(signal);
		const [path = '', opener = ''] = OPENERS[Math.floor(random.next() * OPENERS.length)] ?? [];
		const written = await writtenAfter(model, path, opener, maxTokens, signal);
		if (written === undefined) {
			return { texts: [], skipped: 'unsupported' };
		}
		const text = opener + written;
		if (written.trim().length >= FEWEST_CHARACTERS && !isLoop(text)) {
			texts.add(text);
			options.onText?.(texts.size, count);
		}
	}
	return texts.size < FEWEST_REPLAYED
		? { texts: [], skipped: 'slow' }
		: { texts: [...texts], skipped: undefined };
}

/** Undefined where the model cannot continue a text. */
async function writtenAfter(
	model: Pick<Generator, 'fill'>,
	path: string,
	opener: string,
	maxTokens: number,
	signal: AbortSignal,
): Promise<string | undefined> {
	const request: FillRequest = {
		repository: undefined,
		path,
		files: [],
		prefix: opener,
		typed: '',
		suffix: '',
		maxTokens,
		maxPromptTokens: 64,
		leftToRight: true,
		continues: true,
		temperature: TEMPERATURE,
		priority: 'background',
	};
	const pieces: string[] = [];
	for await (const event of model.fill(request, signal)) {
		if (event.type === 'unsupported') {
			return undefined;
		}
		if (event.type === 'text') {
			pieces.push(event.text);
		}
	}
	return pieces.join('');
}

function isLoop(text: string): boolean {
	const lines = text.split('\n').filter((line) => line.trim() !== '');
	return lines.length > 4 && new Set(lines).size < lines.length * LEAST_OWN;
}
