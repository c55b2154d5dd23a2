/** Ways to find the chunk that answers a question: ours, and the plain ones that it is compared with. */
import type { LineSpan } from '../../src/chat/retrieval/chunker';
import { type Digest, digestOf, PLACE } from '../../src/chat/retrieval/digest';
import { rank } from '../../src/chat/retrieval/rank';
import { CUTS } from './retrievalCuts';
import type { QuestionSet, RetrievalQuestion } from './retrievalQuestions';

/** `indentation`: ours over chunks that are cut by indentation alone. */
export const FINDERS = ['bm25', 'indentation', 'overlap', 'grep'] as const;
export type FinderName = (typeof FINDERS)[number];

export interface Place extends LineSpan {
	readonly path: string;
}
/** The places of the best chunks, the best first. */
export type Finder = (question: string) => readonly Place[];

/** Results that are looked at. */
const SHOWN = 20;

/** All but one search the same chunks, those of the index. */
export async function findersFor({ files }: QuestionSet): Promise<Readonly<Record<FinderName, Finder>>> {
	const cut = await Promise.all(
		files.map(async ({ path, text }) => ({ path, text, spans: await CUTS.syntax(path, text) })),
	);
	const digests = cut.map(({ path, text, spans }) => digestOf(path, text, spans));
	const plainDigests = files.map(({ path, text }) => digestOf(path, text));
	const chunks = cut.flatMap(({ path, text, spans }) => {
		const lines = text.split('\n');
		return spans.map(({ first, last }) => {
			const content = `${path}\n${lines.slice(first - 1, last).join('\n')}`.toLowerCase();
			return { place: { path, first, last }, content, words: new Set(content.match(/\w+/g)) };
		});
	});
	const ranked = (of: readonly Digest[]) => (question: string) =>
		rank(of, question, SHOWN).map(({ file, chunk }) => ({
			path: files[file]?.path ?? '',
			first: of[file]?.places[chunk * PLACE] ?? 0,
			last: of[file]?.places[chunk * PLACE + 1] ?? 0,
		}));
	type Chunk = (typeof chunks)[number];
	const best = (scoreOf: (chunk: Chunk) => number) =>
		chunks
			.map((chunk) => ({ place: chunk.place, score: scoreOf(chunk) }))
			.filter(({ score }) => score > 0)
			.sort((one, other) => other.score - one.score)
			.slice(0, SHOWN)
			.map(({ place }) => place);
	return {
		bm25: ranked(digests),
		indentation: ranked(plainDigests),
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
