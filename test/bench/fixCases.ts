/** Correct programs, broken or with a function's body taken out: what the fix bench asks for, and what would be right. */

import { compiled } from '../../models/recipe/chat/compiler';
import { tellFacts } from '../../models/recipe/chat/facts';
import { functionsOf } from '../../models/recipe/chat/functions';
import { breaksOf, isAsExpected } from '../../models/recipe/chat/problems';
import { snippet } from '../../models/recipe/chat/snippets';
import type { Change } from '../../src/chat/apply/offering';
import { enclosingBlock } from '../../src/chat/blocks';
import { aimOfNew } from '../../src/chat/check/verdict';
import { commentAt, generatedEdits } from '../../src/chat/comments';
import { editsWithin } from '../../src/chat/patch';
import type { Question } from '../../src/chat/question';
import { type Random, randomFrom } from '../../src/finetune/training/random';

export interface Case {
	/** The way in which it was broken, or `body` for a function without one. */
	readonly way: string;
	readonly question: Question;
	readonly change: Change;
	/** What the program was before. */
	readonly original: string;
	/** The code that an answer would have to give; undefined where nobody could know it. */
	readonly right: string | undefined;
	/** What an answer could give that is wrong. */
	readonly wrong: readonly string[];
}

const PROGRAMS = 400;
const FILE = { path: 'src/case.ts', language: 'typescript' } as const;

/** Programs that the compiler has nothing to say about, each once. */
function correctPrograms(random: Random): string[] {
	const drawn = [...new Set(Array.from({ length: PROGRAMS }, () => snippet(random)))];
	return compiled(new Map(drawn.map((text, index) => [`p${index}.ts`, text])), (program) =>
		drawn.filter((_, index) => program.problems(`p${index}.ts`).length === 0),
	);
}

/** Functions broken in every way that is known, drawn evenly. */
export function fixCases(most: number, seed: number): Case[] {
	const random = randomFrom(seed);
	const programs = correctPrograms(random);
	const taken = new Map<string, number>();
	const broken = compiled(new Map(programs.map((text, index) => [`p${index}.ts`, text])), (program) =>
		programs.flatMap((original, index) => {
			const [one, other] = breaksOf(program.tree(`p${index}.ts`), 2, random, (way) => taken.get(way) ?? 0);
			if (one === undefined) {
				return [];
			}
			taken.set(one.name, (taken.get(one.name) ?? 0) + 1);
			return [{ original, one, other }];
		}),
	);
	return compiled(new Map(broken.map(({ one }, index) => [`b${index}.ts`, one.text])), (program) =>
		broken.flatMap(({ original, one, other }, index): Case[] => {
			const problems = program.problems(`b${index}.ts`);
			if (!isAsExpected(one, problems)) {
				return [];
			}
			const lines = one.text.split('\n');
			const lineOf = (offset: number) => one.text.slice(0, offset).split('\n').length - 1;
			const range = enclosingBlock(
				lines,
				Math.min(...problems.map(({ start }) => lineOf(start))),
				Math.max(...problems.map(({ end }) => lineOf(end))),
			);
			const findings = problems.map(({ start, message }) => ({ line: lineOf(start) + 1, message }));
			const code = lines.slice(range.start, range.end + 1).join('\n');
			const within = (text: string | undefined) => withinRange(text?.split('\n'), lines, range);
			const right = within(one.fixed);
			return [
				{
					way: one.name,
					question: { task: 'fix', excerpt: { ...FILE, firstLine: range.start + 1, code }, findings },
					change: {
						lines,
						range,
						aim: { findings, ...range },
						file: FILE,
						editsOf: (written) => editsWithin(lines, range, written),
					},
					original,
					right,
					wrong: wrongOnes(right ?? code, within(other?.text)),
				},
			];
		}),
	).slice(0, most);
}

/** The lines of another version of the file that stand in the range; undefined where it differs elsewhere too. */
function withinRange(
	target: readonly string[] | undefined,
	lines: readonly string[],
	{ start, end }: { readonly start: number; readonly end: number },
): string | undefined {
	const below = lines.length - 1 - end;
	if (target === undefined || target.length < start + below) {
		return undefined;
	}
	const isSame =
		target.slice(0, start).join('\n') === lines.slice(0, start).join('\n') &&
		target.slice(target.length - below).join('\n') === lines.slice(end + 1).join('\n');
	return isSame ? target.slice(start, target.length - below).join('\n') : undefined;
}

/** What small models do: another mistake, an unclosed bracket, a name that nobody declared, a line too few. */
function wrongOnes(right: string, otherMistake: string | undefined): string[] {
	const lines = right.split('\n');
	return [
		...(otherMistake === undefined ? [] : [otherMistake]),
		lines.slice(0, -1).join('\n'),
		right.replace(/\breturn ([^;]+);/, 'return convert($1);'),
		`${right}\nundeclared();`,
	].filter((code) => code !== right && code.trim() !== '');
}

/** Functions whose body was taken out; a comment in its place says what the function does. */
export function generateCases(most: number, seed: number): Case[] {
	const random = randomFrom(seed);
	const programs = correctPrograms(random);
	return compiled(new Map(programs.map((text, index) => [`p${index}.ts`, text])), (program) =>
		programs.flatMap((original, index): Case[] => {
			const all = original.split('\n');
			const found = functionsOf(program.tree(`p${index}.ts`)).find(
				({ facts, firstLine, lastLine }) => facts.noun === 'function' && lastLine - firstLine >= 2,
			);
			const told = found === undefined ? [] : tellFacts(found.facts, random);
			if (found === undefined || told.length === 0) {
				return [];
			}
			const body = all.slice(found.firstLine + 1, found.lastLine);
			const indentation = /^\s*/.exec(body[0] ?? '')?.[0] ?? '';
			const lines = [
				...all.slice(0, found.firstLine + 1),
				`${indentation}// ${told.slice(0, 3).join(' ')}`,
				...all.slice(found.lastLine),
			];
			const comment = commentAt(lines, found.firstLine + 1, 'typescript');
			if (comment === undefined) {
				return [];
			}
			const excerpt = { ...FILE, firstLine: 1, code: lines.slice(0, comment.end + 1).join('\n') };
			const after = lines.slice(comment.end + 1).join('\n');
			const range = { start: comment.end + 1, end: comment.end };
			const right = body.join('\n');
			return [
				{
					way: 'body',
					question: { task: 'generate', excerpt, instruction: comment.text, after },
					change: {
						lines,
						range,
						aim: aimOfNew(lines, comment.start),
						file: FILE,
						editsOf: (written) => generatedEdits(lines, comment, written),
					},
					original,
					right,
					wrong: wrongOnes(right, undefined),
				},
			];
		}),
	).slice(0, most);
}
