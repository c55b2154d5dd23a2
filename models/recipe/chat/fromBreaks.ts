/** Correct programs → broken ones that the compiler reports as expected → conversations, drawn evenly by the way of breaking. */

import type { Random } from '../../../src/finetune/training/random';
import { throwIfAborted } from '../../../src/inference/cancel';
import type { Break } from './breakTypes';
import { compiled } from './compiler';
import type { Conversation } from './conversation';
import { chance, whole } from './draw';
import { breaksOf, isAsExpected, noMistake, type Program, problemConversation } from './problems';
import { snippet, snippetPath } from './snippets';

/** Programs that are compiled at once. */
const AT_ONCE = 400;
/** Different ways in which one program is broken. */
const WAYS = 3;
const MOST_ROUNDS = 60;
/** Share of the correct programs for which a fix is asked. */
const UNBROKEN = 0.05;

/** @param programs of the corpus; as many again are drawn from templates, and more where those are not enough. */
export function fromBreaks(
	programs: readonly Program[],
	most: number,
	random: Random,
	signal: AbortSignal,
): Conversation[] {
	const byName = new Map<string, Conversation[]>();
	const fair = () =>
		[...byName.values()].reduce((sum, list) => sum + Math.min(list.length, share(most, byName.size)), 0);
	for (let round = 0; round < MOST_ROUNDS && fair() < most; round++) {
		throwIfAborted(signal);
		const ofCorpus = programs.slice((round * AT_ONCE) / 2, ((round + 1) * AT_ONCE) / 2);
		const made = Array.from({ length: AT_ONCE - ofCorpus.length }, () => drawnProgram(random));
		const taken = (name: string) => byName.get(name)?.length ?? 0;
		for (const [name, conversation] of brokenOnce([...ofCorpus, ...made], taken, random)) {
			byName.set(name, [...(byName.get(name) ?? []), conversation]);
		}
	}
	return evenly([...byName.values()], most);
}

/** No way of breaking gives more than one and a half of its part. */
function share(most: number, ways: number): number {
	return Math.ceil((1.5 * most) / Math.max(1, ways));
}

function drawnProgram(random: Random): Program {
	return { path: snippetPath(random), offset: whole(random, 0, 60), text: snippet(random) };
}

function brokenOnce(
	programs: readonly Program[],
	taken: (name: string) => number,
	random: Random,
): [name: string, Conversation][] {
	const clean: [string, Conversation][] = [];
	const all = compiled(
		filesOf(
			'p',
			programs.map(({ text }) => text),
		),
		(compiled) =>
			programs.flatMap((program, index): { program: Program; broken: Break }[] => {
				if (compiled.problems(nameOf('p', index)).length > 0) {
					return [];
				}
				const asked = chance(random, UNBROKEN) ? noMistake(program, random) : undefined;
				if (asked !== undefined) {
					clean.push(['none', asked]);
				}
				return breaksOf(compiled.tree(nameOf('p', index)), WAYS, random, taken).map((broken) => ({
					program,
					broken,
				}));
			}),
	);
	const files = new Map([
		...filesOf(
			'broken',
			all.map(({ broken }) => broken.text),
		),
		...filesOf(
			'fixed',
			all.map(({ program, broken }) => broken.fixed ?? program.text),
		),
	]);
	const made = compiled(files, (compiled) =>
		all.flatMap(({ program, broken }, index): [string, Conversation][] => {
			const problems = compiled.problems(nameOf('broken', index));
			const isRight =
				isAsExpected(broken, problems) && compiled.problems(nameOf('fixed', index)).length === 0;
			const one = isRight ? problemConversation(program, broken, problems, random) : undefined;
			return one === undefined ? [] : [[broken.name, one]];
		}),
	);
	return [...made, ...clean];
}

function nameOf(prefix: string, index: number): string {
	return `${prefix}${index}.ts`;
}

function filesOf(prefix: string, texts: readonly string[]): Map<string, string> {
	return new Map(texts.map((text, index) => [nameOf(prefix, index), text]));
}

/** One of each list, then another of each, until there are enough. */
function evenly(lists: readonly (readonly Conversation[])[], most: number): Conversation[] {
	const drawn: Conversation[] = [];
	const longest = Math.max(0, ...lists.map(({ length }) => length));
	for (let index = 0; index < longest && drawn.length < most; index++) {
		drawn.push(...lists.flatMap((list) => list[index] ?? []));
	}
	return drawn.slice(0, most);
}
