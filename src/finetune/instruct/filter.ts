/** Which pairs are worth learning: by length, language, repetition, refusals, and never one that shows a secret. */

import { fencesIn } from './fence';
import type { Pair } from './pair';

/** Why a pair is left out. */
export const REASONS = [
	'short',
	'long',
	'language',
	'repetition',
	'refusal',
	'echo',
	'secret',
	'duplicate',
	'near-duplicate',
] as const;
export type Reason = (typeof REASONS)[number];

/** Characters of questions and answers. */
const SHORTEST_QUESTION = 20;
const LONGEST_QUESTION = 4_500;
const SHORTEST_ANSWER = 12;
const LONGEST_ANSWER = 3_500;
/** Share of an answer's lines, and of its runs of four words, that are no repetition. */
const LEAST_DISTINCT_LINES = 0.4;
const LEAST_DISTINCT_RUNS = 0.5;
const RUN = 4;
/** Runs from which repetition can be told. */
const FEWEST_RUNS = 24;
/** Share of an answer's prose that is letters: else it is no language. */
const LEAST_LETTERS = 0.5;

const REFUSAL =
	/\b(?:as an ai\b|as a language model|i(?:'m| am) (?:sorry|unable|not able)|i (?:cannot|can't|can not) (?:help|assist|answer|provide|determine|tell|see)|i do(?:n't| not) (?:know|have (?:access|enough))|not enough (?:information|context))/i;

/** Undefined: it may stay. Secrets are looked for by whoever reads the text. */
export function reasonAgainst({ kind, question, answer }: Pair): Reason | undefined {
	const said = answer.trim();
	if (said.length < SHORTEST_ANSWER || question.trim().length < SHORTEST_QUESTION) {
		return 'short';
	}
	if (said.length > LONGEST_ANSWER || question.length > LONGEST_QUESTION) {
		return 'long';
	}
	const prose = said.replace(/^(`{3,})[\s\S]*?^\1\s*$/gm, '').trim();
	if (REFUSAL.test(prose)) {
		return 'refusal';
	}
	if (isForeign(kind, question, said, prose)) {
		return 'language';
	}
	if (isRepetitive(said)) {
		return 'repetition';
	}
	return isEcho(question, said) ? 'echo' : undefined;
}

/** Prose that is no prose, or, of a teacher, code of a language that nobody asked about. */
function isForeign(kind: Pair['kind'], question: string, answer: string, prose: string): boolean {
	const letters = (prose.match(/[\p{L}\s]/gu) ?? []).length;
	if (prose.length >= SHORTEST_ANSWER && letters < prose.length * LEAST_LETTERS) {
		return true;
	}
	const asked = new Set(fencesIn(question).map(({ language }) => language));
	const said = fencesIn(answer).map(({ language }) => language);
	const isOther = (language: string) =>
		!['', 'text', 'plaintext', 'diff'].includes(language) && !asked.has(language);
	return kind === 'teacher' && asked.size > 0 && said.length > 0 && said.every(isOther);
}

function isRepetitive(answer: string): boolean {
	const lines = answer
		.split('\n')
		.map((line) => line.trim())
		.filter((line) => line.length > 3);
	const words = answer.split(/\s+/);
	const runs = words.slice(RUN - 1).map((_, index) => words.slice(index, index + RUN).join(' '));
	return (
		(lines.length >= 6 && new Set(lines).size < lines.length * LEAST_DISTINCT_LINES) ||
		(runs.length >= FEWEST_RUNS && new Set(runs).size < runs.length * LEAST_DISTINCT_RUNS)
	);
}

/** An answer that the question already gives. */
function isEcho(question: string, answer: string): boolean {
	const bare = (text: string) => text.replace(/\s+/g, ' ');
	const blocks = fencesIn(answer);
	const said = blocks.length === 1 && blocks[0] !== undefined ? blocks[0].code : answer;
	return bare(question).includes(bare(said).trim());
}
