/** Explain, about a function: what its documentation or its name says it is for, and what its code says. */

import type { Random } from '../../../src/finetune/training/random';
import { type Conversation, conversation } from './conversation';
import { type DocText, sharedWords } from './docText';
import { chance, pick, sentence, shuffled } from './draw';
import { excerptOf, type Lines } from './excerpts';
import { arranged, type Facts, tellFacts } from './facts';
import { fromDocumentation, fromName } from './purpose';

export interface DocumentedFunction {
	readonly facts: Facts;
	/** Lines from 0: of the code, and of the comment above it (TypeScript) or within it (Python). */
	readonly firstLine: number;
	readonly lastLine: number;
	readonly commentLine: number | undefined;
	readonly doc: DocText | undefined;
	/** Whether the code holds its documentation, as Python's does. */
	readonly isInside: boolean;
}

/** Share of a summary's words that the code must hold where the comment is not shown: else it could only be guessed. */
const DERIVABLE = 0.75;
const MOST_LINES = 45;

/** Undefined where too little could be said, or it is too long. */
export function explainFunction(
	file: Lines,
	found: DocumentedFunction,
	random: Random,
): Conversation | undefined {
	const { facts, doc, commentLine, lastLine } = found;
	const isShown = found.isInside || (commentLine !== undefined && chance(random, 0.5));
	const first = isShown && !found.isInside ? (commentLine ?? found.firstLine) : found.firstLine;
	if (lastLine - first >= MOST_LINES) {
		return undefined;
	}
	const excerpt = excerptOf(file, first, lastLine);
	const isKnown = doc !== undefined && (isShown || sharedWords(doc.summary, excerpt.code) >= DERIVABLE);
	const purpose = isKnown
		? fromDocumentation(facts.name, doc.summary)
		: facts.noun === 'constructor'
			? 'This is the constructor: it runs when an instance is made.'
			: fromName(facts.name, facts.noun, random);
	const second = isKnown && isShown && doc.second !== undefined ? ` ${doc.second}` : '';
	const told = tellFacts(facts, random);
	if (told.length < 2) {
		return undefined;
	}
	const answer = [`${purpose}${second}`, details(facts, told, random)].join('\n\n');
	return conversation('function', { task: 'explain', excerpt, findings: [] }, answer);
}

function details({ steps }: Facts, told: readonly string[], random: Random): string {
	if (steps !== undefined && chance(random, 0.5)) {
		const numbered = steps.map((step, index) => `${index + 1}. ${sentence(step)}`).join('\n');
		return `${told[0]} ${pick(random, ['Step by step, it:', 'In order, it:'])}\n\n${numbered}`;
	}
	// The parameters come first; of the rest some may be left out.
	const [first = '', ...others] = told;
	const kept = chance(random, 0.25) ? shuffled(random, others).slice(0, 3) : others;
	return arranged([first, ...others.filter((one) => kept.includes(one))], random);
}
