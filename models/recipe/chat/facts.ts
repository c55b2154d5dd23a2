/** What is known of a function from its code alone, in any language, and the sentences that say it. */

import type { Random } from '../../../src/finetune/training/random';
import { chance, listed, pick, quoted, sentence } from './draw';

export interface Parameter {
	readonly name: string;
	/** As it is written. */
	readonly type: string | undefined;
	readonly isOptional: boolean;
	/** Takes all further arguments. */
	readonly isRest: boolean;
}

/** Only what stands in the function itself, not in functions within it. */
export interface Facts {
	readonly name: string;
	readonly noun: 'function' | 'method' | 'constructor';
	readonly parameters: readonly Parameter[];
	readonly isAsync: boolean;
	readonly isGenerator: boolean;
	readonly returnType: string | undefined;
	/** `nothing`: no value anywhere; else what its only `return` gives, as a noun phrase; undefined for anything else. */
	readonly returns: string | undefined;
	/** Number of statements that return a value. */
	readonly returnCount: number;
	/** Names of what it throws itself. */
	readonly throws: readonly string[];
	/** What it calls, in order, each once. */
	readonly calls: readonly string[];
	/** What it goes through, one after the other. */
	readonly loops: readonly string[];
	/** Where several things follow each other: a clause for each statement; undefined where one cannot be told. */
	readonly steps: readonly string[] | undefined;
}

/** Parameters and calls that are still listed. */
const MOST_LISTED = 5;

/** Sentences about it, the more telling first. */
export function tellFacts(facts: Facts, random: Random): string[] {
	return [
		tellParameters(facts, random),
		tellAsync(facts, random),
		tellReturn(facts, random),
		tellThrows(facts, random),
		tellLoops(facts),
		tellCalls(facts, random),
	].flatMap((clause) => (clause === undefined ? [] : [sentence(clause)]));
}

function tellParameters({ parameters }: Facts, random: Random): string | undefined {
	if (parameters.length === 0) {
		return pick(random, ['it takes no arguments', 'it has no parameters']);
	}
	const told = parameters.map(({ name, type, isOptional, isRest }) => {
		const shown = quoted(name);
		const notes = [
			...(type === undefined ? [] : [quoted(type) ?? 'with a longer type']),
			...(isOptional ? ['optional'] : []),
			...(isRest ? ['any number of arguments'] : []),
		];
		return shown === undefined ? '' : notes.length === 0 ? shown : `${shown} (${notes.join(', ')})`;
	});
	if (told.includes('') || told.length > MOST_LISTED) {
		return `it has ${parameters.length} parameters`;
	}
	return pick(random, [
		`it takes ${listed(told)}`,
		`its ${told.length === 1 ? 'parameter is' : 'parameters are'} ${listed(told)}`,
	]);
}

function tellAsync({ isAsync, isGenerator }: Facts, random: Random): string | undefined {
	if (isGenerator) {
		return isAsync
			? 'it is an async generator: it gives its values one by one, and they have to be awaited'
			: 'it is a generator: it gives its values one by one with `yield`';
	}
	return isAsync
		? pick(random, [
				'it is `async`, so its result has to be awaited',
				'it is asynchronous: callers have to `await` it',
			])
		: undefined;
}

function tellReturn(
	{ returnType, returns, returnCount, noun, isGenerator }: Facts,
	random: Random,
): string | undefined {
	const type = quoted(returnType ?? '');
	if (noun === 'constructor' || isGenerator) {
		return undefined;
	}
	if (returns === 'nothing') {
		return pick(random, ['it returns nothing', 'it returns no value']);
	}
	const declared = type === undefined ? '' : `; its declared return type is ${type}`;
	if (returns !== undefined) {
		return `it returns ${returns}${declared}`;
	}
	if (returnCount > 1) {
		return `it has ${returnCount} places where it returns a value${declared}`;
	}
	return type === undefined ? undefined : `its declared return type is ${type}`;
}

function tellThrows({ throws }: Facts, random: Random): string | undefined {
	const shown = throws.flatMap((name) => quoted(name) ?? []);
	return shown.length === 0
		? undefined
		: `it ${pick(random, ['can throw', 'may throw'])} ${listed(shown, 'or')}`;
}

function tellLoops({ loops }: Facts): string | undefined {
	const shown = loops.flatMap((one) => quoted(one) ?? []);
	return shown.length === 0 ? undefined : `it loops over ${listed(shown.slice(0, 3))}`;
}

function tellCalls({ calls }: Facts, random: Random): string | undefined {
	const shown = calls.flatMap((name) => quoted(name) ?? []);
	if (shown.length === 0 || shown.length < calls.length) {
		return undefined;
	}
	const first = listed(shown.slice(0, MOST_LISTED));
	return shown.length <= MOST_LISTED
		? pick(random, [`it calls ${first}`, `it uses ${first}`])
		: `among others it calls ${first}`;
}

/** As bullet points or as running text. */
export function arranged(sentences: readonly string[], random: Random): string {
	return sentences.length > 1 && chance(random, 0.6)
		? sentences.map((one) => `- ${one}`).join('\n')
		: sentences.join(' ');
}
