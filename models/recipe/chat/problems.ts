/** Explain and Fix, about problems that the TypeScript compiler reports for code that was correct before it was broken. */

import type { SourceFile } from 'typescript/unstable/ast';
import { enclosingBlock } from '../../../src/chat/blocks';
import { fenceAround } from '../../../src/chat/fences';
import { applyLineEdits, indentUnitOf, lineEdits } from '../../../src/chat/patch';
import type { Finding } from '../../../src/chat/question';
import type { Random } from '../../../src/finetune/training/random';
import { FLOW_BREAKS } from './breakFlow';
import { NAME_BREAKS } from './breakNames';
import { SYNTAX_BREAKS } from './breakSyntax';
import { type Break, walk } from './breakTypes';
import { VALUE_BREAKS } from './breakValues';
import type { Problem } from './compiler';
import { type Conversation, conversation } from './conversation';
import { chance, pick, sentence, shuffled } from './draw';
import { excerptOf } from './excerpts';
import { LARGER, NO_MISTAKE, UNKNOWN } from './limits';

const BREAKERS = [...NAME_BREAKS, ...VALUE_BREAKS, ...FLOW_BREAKS, ...SYNTAX_BREAKS];

/** A correct program that the compiler has nothing to say about. */
export interface Program {
	readonly path: string;
	/** Line of its first line in its file, from 0. */
	readonly offset: number;
	readonly text: string;
}

/**
 * At most so many ways of breaking a program, each different.
 * @param made how often a way was taken so far; the rarer ones come first
 */
export function breaksOf(
	tree: SourceFile,
	most: number,
	random: Random,
	made: (name: string) => number = () => 0,
): Break[] {
	const byName = new Map<string, Break[]>();
	walk(tree, (node) => {
		for (const breaker of BREAKERS) {
			const one = breaker(node, tree, random);
			if (one !== undefined && one.text !== tree.text) {
				byName.set(one.name, [...(byName.get(one.name) ?? []), one]);
			}
		}
	});
	return shuffled(random, [...byName])
		.sort(([one], [other]) => made(one) - made(other))
		.slice(0, most)
		.map(([, breaks]) => pick(random, breaks));
}

/** Problems of one broken program that are still one mistake. */
const MOST_PROBLEMS = 3;

/** Whether the compiler reports what was expected and nothing else. */
export function isAsExpected({ codes, message = '' }: Break, problems: readonly Problem[]): boolean {
	return (
		problems[0]?.message.startsWith(message) === true &&
		problems.length <= MOST_PROBLEMS &&
		problems.every(({ code }) => codes.includes(code))
	);
}

/** Share of the questions that ask for a fix; the others ask for an explanation. */
const FIX_SHARE = 0.65;
/** Share of the fixes that the code alone tells, that are asked without what the compiler reported. */
const SILENT = 0.15;

/** Undefined where the excerpt does not hold what the answer needs. @param problems as the compiler reported them. */
export function problemConversation(
	program: Program,
	broken: Break,
	problems: readonly Problem[],
	random: Random,
): Conversation | undefined {
	const lines = broken.text.split('\n');
	const lineOf = (offset: number) => broken.text.slice(0, offset).split('\n').length - 1;
	const starts = problems.map(({ start }) => lineOf(start));
	const block = enclosingBlock(
		lines,
		Math.min(...starts),
		Math.max(...problems.map(({ end }) => lineOf(end))),
	);
	const file = { path: program.path, language: 'typescript', lines } as const;
	const shown = excerptOf(file, block.start, block.end);
	const findings = problems.map(
		({ message }, index): Finding => ({ line: (starts[index] ?? 0) + program.offset + 1, message }),
	);
	const seen = [shown.code, ...findings.map(({ message }) => message)].join('\n');
	if (broken.clue !== undefined && !hasWord(seen, broken.clue)) {
		return undefined;
	}
	const excerpt = { ...shown, firstLine: shown.firstLine + program.offset };
	const where = chance(random, 0.5) ? `In line ${findings[0]?.line}, ` : '';
	const why = where === '' ? sentence(broken.why) : `${where}${broken.why}.`;
	if (chance(random, FIX_SHARE)) {
		const fixed = fixedLines(lines, broken.fixed, block);
		if (fixed === undefined && broken.fixed !== undefined) {
			return undefined;
		}
		const answer =
			fixed === undefined
				? [why, `${pick(random, UNKNOWN)} To solve it, ${broken.remedy}.`].join('\n\n')
				: [withSolution(why, broken, random), fenced(fixed, excerpt.language)].join('\n\n');
		const isSilent =
			fixed !== undefined &&
			broken.clue !== undefined &&
			hasWord(shown.code, broken.clue) &&
			chance(random, SILENT);
		return conversation('fix', { task: 'fix', excerpt, findings: isSilent ? [] : findings }, answer);
	}
	const answer = `${why} ${pick(random, ['To solve it,', 'What solves it:', 'The solution:'])} ${broken.remedy}.`;
	return conversation('problem', { task: 'explain', excerpt, findings }, answer);
}

/** Fix, for code without any mistake that the compiler would find. */
export function noMistake({ path, offset, text }: Program, random: Random): Conversation | undefined {
	const lines = text.trimEnd().split('\n');
	const file = { path, language: 'typescript', lines } as const;
	const excerpt = { ...excerptOf(file, 0, lines.length - 1), firstLine: offset + 1 };
	const answer = `${pick(random, NO_MISTAKE)} ${pick(random, LARGER)}`;
	return conversation('fix', { task: 'fix', excerpt, findings: [] }, answer);
}

/** Whether it stands there, and not within a longer name. */
function hasWord(text: string, word: string): boolean {
	const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	return new RegExp(`(?<!\\w)${escaped}(?!\\w)`).test(text);
}

/** The product asks for one sentence; what only stands in for the right value has to be said, though. */
function withSolution(why: string, { remedy, isGuess = false }: Break, random: Random): string {
	return isGuess || chance(random, 0.3) ? `${why} ${sentence(remedy)}` : why;
}

function fenced(lines: readonly string[], language: string): string {
	const code = lines.join('\n');
	const fence = fenceAround(code);
	return `${fence}${language}\n${code}\n${fence}`;
}

/** The excerpt's lines in the corrected file; undefined where something outside of the excerpt has to change too. */
function fixedLines(
	lines: readonly string[],
	fixed: string | undefined,
	block: { readonly start: number; readonly end: number },
): readonly string[] | undefined {
	if (fixed === undefined) {
		return undefined;
	}
	const target = fixed.split('\n');
	const below = lines.length - 1 - block.end;
	const written = target.slice(block.start, target.length - below);
	const isSame = (one: readonly string[], other: readonly string[]) => one.join('\n') === other.join('\n');
	const isInside =
		isSame(lines.slice(0, block.start), target.slice(0, block.start)) &&
		isSame(lines.slice(block.end + 1), target.slice(target.length - below));
	if (!isInside || written.length === 0) {
		return undefined;
	}
	// As the product applies it, the file must become what the compiler accepted.
	const old = lines.slice(block.start, block.end + 1);
	const applied = applyLineEdits(old, lineEdits(old, written.join('\n'), indentUnitOf(lines)));
	return isSame(applied, written) ? written : undefined;
}
