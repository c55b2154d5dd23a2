/** A known way to break correct code, and what is said of it. Types, and the walk that finds the places. */

import type { Node, SourceFile } from 'typescript/unstable/ast';
import type { Random } from '../../../src/finetune/training/random';

/** The way in which code was broken; samples are drawn evenly from them. */
export interface Break {
	readonly name: string;
	/** Codes of TypeScript: every problem of the broken code must have one of them. */
	readonly codes: readonly number[];
	/** The whole broken file. */
	readonly text: string;
	/** The whole corrected file; undefined where the broken code does not tell what it should be. */
	readonly fixed: string | undefined;
	/** A clause, without a full stop: what is wrong. */
	readonly why: string;
	/** A clause in the imperative: what solves it. */
	readonly remedy: string;
	/** What the shown code or a message must have: without it the answer could only be guessed. */
	readonly clue?: string;
	/** Start of the first message, where the code alone does not tell it from others. */
	readonly message?: string;
	/** Whether a value in `fixed` only stands in for the right one, which has to be said. */
	readonly isGuess?: boolean;
}

/** The breaks that are possible at a node. */
export type Breaker = (node: Node, tree: SourceFile, random: Random) => Break | undefined;

/** The text with a part of it replaced. */
export function replaced({ text }: Pick<SourceFile, 'text'>, start: number, end: number, by: string): string {
	return text.slice(0, start) + by + text.slice(end);
}

export function walk(node: Node, visit: (node: Node) => void): void {
	visit(node);
	node.forEachChild((child): undefined => {
		walk(child, visit);
		return undefined;
	});
}

/** A word as one mistypes it: two letters swapped, one left out or one twice; undefined for short words. */
export function mistyped(word: string, random: Random): string | undefined {
	if (!/^[A-Za-z]\w{3,}$/.test(word)) {
		return undefined;
	}
	const at = 1 + Math.floor(random.next() * (word.length - 2));
	const [one, other] = [word.charAt(at), word.charAt(at + 1)];
	const wrong = [
		word.slice(0, at) + other + one + word.slice(at + 2),
		word.slice(0, at) + word.slice(at + 1),
		word.slice(0, at) + one + one + word.slice(at + 1),
	][Math.floor(random.next() * 3)];
	return wrong === word ? undefined : wrong;
}
