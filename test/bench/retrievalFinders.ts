/** Ways to find the chunk that answers a question: ours, and the plain ones that it is compared with. */
import { chunkLines, type LineSpan } from '../../src/chat/retrieval/chunker';
import { digestOf, PLACE } from '../../src/chat/retrieval/digest';
import { rank } from '../../src/chat/retrieval/rank';
import type { QuestionSet, RetrievalQuestion } from './retrievalQuestions';

export const FINDERS = ['bm25', 'overlap', 'grep'] as const;
export type FinderName = (typeof FINDERS)[number];

export interface Place extends LineSpan {
	readonly path: string;
}
/** The places of the best chunks, the best first. */
export type Finder = (question: string) => readonly Place[];

/** Results that are looked at. */
const SHOWN = 20;

/** All of them search the same chunks. */
export function findersFor({ files }: QuestionSet): Readonly<Record<FinderName, Finder>> {
	const digests = files.map(({ path, text }) => digestOf(path, text));
	const chunks = files.flatMap(({ path, text }) => {
		const lines = text.split('\n');
		return chunkLines(lines).map(({ first, last }) => {
			const content = `${path}\n${lines.slice(first - 1, last).join('\n')}`.toLowerCase();
			return { place: { path, first, last }, content, words: new Set(content.match(/\w+/g)) };
		});
	});
	type Chunk = (typeof chunks)[number];
	const best = (scoreOf: (chunk: Chunk) => number) =>
		chunks
			.map((chunk) => ({ place: chunk.place, score: scoreOf(chunk) }))
			.filter(({ score }) => score > 0)
			.sort((one, other) => other.score - one.score)
			.slice(0, SHOWN)
			.map(({ place }) => place);
	return {
		bm25: (question) =>
			rank(digests, question, SHOWN).map(({ file, chunk }) => ({
				path: files[file]?.path ?? '',
				first: digests[file]?.places[chunk * PLACE] ?? 0,
				last: digests[file]?.places[chunk * PLACE + 1] ?? 0,
			})),
		// The share of the words of both that are in both (Jaccard).
		overlap: (question) => {
			const asked = wordsOf(question);
			return best(({ words }) => {
				const both = asked.filter((word) => words.has(word)).length;
				return both / (asked.length + words.size - both);
			});
		},
		// How many words of three letters and more occur in the chunk or its path.
		grep: (question) => {
			const asked = wordsOf(question).filter((word) => word.length > 2);
			return best(({ content }) => asked.filter((word) => content.includes(word)).length);
		},
	};
}

function wordsOf(text: string): readonly string[] {
	return [...new Set(text.toLowerCase().match(/\w+/g))];
}

/** From 1; undefined where the answer is not among the results. */
export function rankOf({ path, line }: RetrievalQuestion, found: readonly Place[]): number | undefined {
	const at = found.findIndex(
		(place) => place.path === path && (line === undefined || (line >= place.first && line <= place.last)),
	);
	return at < 0 ? undefined : at + 1;
}
