/** Which chunks fit into a prompt, and in which order: one that stays keeps its place, so that the KV cache holds. */

import type { ContextFile } from '../../inference/model';
import type { ContextRoom } from '../prompt';
import { type Chunk, overlap, SOURCES, type SourceName } from './chunk';

/** How much a source's best chunk counts beside that of another. */
const WEIGHTS: Readonly<Record<SourceName, number>> = {
	imports: 0.9,
	recent: 0.6,
	copied: 0.7,
	similar: 1,
	edits: 0.8,
	problems: 0.7,
};
/** Chunks that say less than this are worth no prefill. */
const LEAST = 0.15;
/** How much less a chunk that stands in the prompt already may count than one that would push it out. */
const STAYING = 0.2;
/** Share of the room that one source may take while others could use it. */
const SHARE = 0.6;
/** Share of the room that is filled with a part of a chunk where none fits as a whole, and lines that make a part. */
const FILLED = 0.1;
const FEWEST = 4;
/** Share of the room for one such part, unless too little for another would be left. */
const PART = 0.4;
const TOO_LITTLE = 0.7;
/** Characters of a header, beside the path. */
const HEADER = 8;

/** Characters, as it stands in a prompt. */
export function sizeOf({ path, text }: ContextFile): number {
	return path.length + text.length + HEADER;
}

/** Chunks with the same text are the same, wherever it was found. */
export function keyOf({ source, path, text }: Chunk): string {
	return `${source}\n${path}\n${text}`;
}

/**
 * @param before what stands in the prompt now, in its order
 * @param room tokens, and how many a chunk has
 */
export function pack(
	chunks: readonly Chunk[],
	before: readonly Chunk[],
	room: Omit<ContextRoom, 'count'>,
): readonly Chunk[] {
	const places = new Map(before.map((chunk, index) => [keyOf(chunk), index]));
	const worth = (chunk: Chunk) =>
		chunk.score * WEIGHTS[chunk.source] + (places.has(keyOf(chunk)) ? STAYING : 0);
	const ranked = chunks
		.map((chunk) => {
			const stays = before.find((one) => isNearly(one, chunk));
			return stays === undefined ? chunk : { ...stays, score: chunk.score };
		})
		.map((chunk) => ({ chunk, worth: worth(chunk) }))
		.filter(({ chunk }) => chunk.score * WEIGHTS[chunk.source] >= LEAST)
		.sort((one, other) => other.worth - one.worth || (keyOf(one.chunk) < keyOf(other.chunk) ? -1 : 1));
	const taken: Chunk[] = [];
	const used = new Map<SourceName, number>();
	let left = room.tokens;
	for (const share of [SHARE, 1]) {
		for (const { chunk } of ranked) {
			const size = room.tokensOf(chunk);
			const own = (used.get(chunk.source) ?? 0) + size;
			if (size <= left && own <= room.tokens * share && !taken.some((other) => isSame(chunk, other))) {
				taken.push(chunk);
				used.set(chunk.source, own);
				left -= size;
			}
		}
	}
	for (const { chunk } of ranked) {
		if (left >= room.tokens * FILLED && !taken.some((other) => isSame(chunk, other))) {
			const most = left > room.tokens * TOO_LITTLE ? room.tokens * PART : left;
			const size = room.tokensOf(chunk);
			const part = partOf(chunk, most / size) ?? partOf(chunk, left / size);
			if (part !== undefined) {
				taken.push(part);
				left -= (size * bytesOf(part)) / bytesOf(chunk);
			}
		}
	}
	return inOrder(taken.toReversed(), places);
}

/**
 * The lines of a chunk that are at most so much of it: of what is like the place the last, since what was written there
 * next helps most. undefined where too few would be left, and where it is no code as it stands. A part goes on standing
 * for the whole.
 */
function partOf(chunk: Chunk, share: number): Chunk | undefined {
	if (!isPart(chunk)) {
		return undefined;
	}
	const lines = chunk.text.split('\n');
	const isLike = chunk.source === 'similar';
	for (let count = lines.length - 1; count >= FEWEST; count--) {
		const part = { ...chunk, text: (isLike ? lines.slice(-count) : lines.slice(0, count)).join('\n') };
		if (bytesOf(part) <= bytesOf(chunk) * share) {
			return part;
		}
	}
	return undefined;
}

function bytesOf({ path, text }: ContextFile): number {
	return Buffer.byteLength(path) + Buffer.byteLength(text) + HEADER;
}

/** Two parts of one document that overlap; a diff of it is something else. */
function isSame(one: Chunk, other: Chunk): boolean {
	return (
		one.text === other.text ||
		(one.path === other.path && isPart(one) && isPart(other) && overlap(one.origin, other.origin))
	);
}

/** Most of the same lines of a document that has not changed: a window that has moved a little. */
function isNearly(one: Chunk, other: Chunk): boolean {
	const [first, second] = [one.origin, other.origin];
	const common = Math.min(first.end, second.end) - Math.max(first.start, second.start);
	return (
		one.source === other.source &&
		isPart(one) &&
		first.uri === second.uri &&
		first.version === second.version &&
		common * 2 >= second.end - second.start
	);
}

/** Lines as they stand in the document. */
export function isPart({ source }: Chunk): boolean {
	return source === 'recent' || source === 'copied' || source === 'similar';
}

/** What changes all the time stands last; of the rest what was there keeps its order, and what is new follows it. */
function inOrder(chunks: readonly Chunk[], places: ReadonlyMap<string, number>): readonly Chunk[] {
	const place = (chunk: Chunk) => places.get(keyOf(chunk)) ?? places.size + SOURCES.indexOf(chunk.source);
	const isVolatile = ({ source }: Chunk) => source === 'edits' || source === 'problems';
	const sorted = (some: readonly Chunk[]) => some.toSorted((one, other) => place(one) - place(other));
	return [
		...sorted(chunks.filter((chunk) => !isVolatile(chunk))),
		...chunks
			.filter(isVolatile)
			.sort((one, other) => SOURCES.indexOf(one.source) - SOURCES.indexOf(other.source)),
	];
}
