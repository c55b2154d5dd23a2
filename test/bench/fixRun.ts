/** Runs cases of the fix bench through the product's own way from answer to offer, with a model or a scripted one. */

import * as path from 'node:path';
import { compiled } from '../../models/recipe/chat/compiler';
import { pick } from '../../models/recipe/chat/draw';
import { offerChange } from '../../src/chat/apply/offering';
import { checkChange } from '../../src/chat/check/change';
import type { Checker } from '../../src/chat/check/checker';
import type { Compiler } from '../../src/chat/check/checking';
import { faultsOf, type Verdict } from '../../src/chat/check/verdict';
import { type GenerationOptions, generate } from '../../src/chat/generation';
import type { Exchange } from '../../src/chat/messages';
import { applyLineEdits, type LineEdit } from '../../src/chat/patch';
import type { Question } from '../../src/chat/question';
import type { Turn, TurnState } from '../../src/chat/turn';
import type { Random } from '../../src/finetune/training/random';
import type { Case } from './fixCases';
import { never } from './models';

/** Answers a question of a case with Markdown. */
export type Fixer = (
	one: Case,
	question: Question,
	history: readonly Exchange[],
) => Promise<{ readonly text: string; readonly state: TurnState }>;

/** What became of one case. */
export interface Result {
	readonly one: Case;
	/** Text of the file after the first answer, and after the one that was offered; undefined where there was none. */
	readonly first: string | undefined;
	readonly offered: string | undefined;
	/** Whether the check found nothing against what was offered. */
	readonly isPraised: boolean;
	readonly rounds: number;
	readonly milliseconds: readonly number[];
}

/** Right with this chance, otherwise wrong in one of the ways that the case has; no two answers depend on each other. */
export function scriptedFixer(random: Random, chance: number): Fixer {
	return async ({ right, wrong, question }) => {
		const asked = question.task === 'fix' ? (question.excerpt?.code ?? '') : '';
		const isRight = random.next() < chance && right !== undefined;
		const code = isRight ? right : wrong.length === 0 ? asked : pick(random, wrong);
		return { text: `So it is.\n\n\`\`\`typescript\n${code}\n\`\`\`\n`, state: 'done' };
	};
}

/** The product's own prompt, trimming and reading of a model's answer. */
export function modelFixer(options: GenerationOptions): Fixer {
	return async (_, question, history) => {
		let text = '';
		const listener = {
			onText: (piece: string) => {
				text += piece;
			},
			onUsage: () => undefined,
		};
		const { state } = await generate(options, question, { exchanges: history }, listener, never());
		return { text, state };
	};
}

export interface Checking {
	readonly checker: Checker;
	readonly compilers: readonly Compiler[];
	/** Folder of a project that holds `case.ts`. */
	readonly folder: string;
}

const translate = (message: string) => message;

export async function runCase(
	one: Case,
	fixer: Fixer,
	{ checker, compilers, folder }: Checking,
): Promise<Result> {
	const { lines, aim } = one.change;
	const subject = {
		scheme: 'file',
		language: 'typescript',
		file: path.join(folder, 'case.ts'),
		workspace: folder,
		isTrusted: true,
		editor: undefined,
		before: lines.join('\n'),
		open: [],
	} as const;
	const exchanges: Exchange[] = [];
	const milliseconds: number[] = [];
	const verdicts: Verdict[] = [];
	let offered: string | undefined;
	let isPraised = false;
	let first: string | undefined;
	const textOf = (edits: readonly LineEdit[]) => applyLineEdits(lines, edits).join('\n');
	const ask = async (question: Question): Promise<Turn> => {
		const { text, state } = await fixer(one, question, exchanges);
		exchanges.push({ question, answer: text });
		return {
			id: String(exchanges.length),
			role: 'assistant',
			text,
			state,
			note: undefined,
			remedies: [],
			usage: undefined,
			branch: undefined,
			isEditable: false,
		};
	};
	await offerChange(await ask(one.question), one.change, {
		session: { note: () => undefined },
		translate,
		async check(after) {
			const start = performance.now();
			const verdict = await checkChange(
				checker,
				subject,
				compilers,
				after.join('\n'),
				aim,
				translate,
				never(),
			);
			milliseconds.push(performance.now() - start);
			if (verdict.type === 'unchecked') {
				throw new Error(`The check failed: ${verdict.reason}`);
			}
			verdicts.push(verdict);
			return verdict;
		},
		ask,
		async propose(edits) {
			offered = textOf(edits);
			isPraised = Math.min(...verdicts.map((verdict) => faultsOf(verdict).length)) === 0;
			return 'applied';
		},
		remember(turn, _, edits) {
			if (turn === '1') {
				first = textOf(edits);
			}
		},
	});
	return { one, first, offered, isPraised, rounds: exchanges.length, milliseconds };
}

export interface Score {
	/** Shares of all cases. */
	readonly firstCompiles: number;
	readonly offeredCompiles: number;
	/** Offered without compiling: without a second chance, and with it. */
	readonly firstWrong: number;
	readonly offeredWrong: number;
	/** Offered with nothing said against it, and does not compile. */
	readonly misjudged: number;
	/** What was offered is, white space aside, the program from which the case was made. */
	readonly isOriginal: number;
	/** Offered, compiles, and has at most half of the lines that the model was to write. */
	readonly isGutted: number;
	readonly meanAnswers: number;
}

/** By the compiler alone: what the check said plays no part in it. */
export function scoreOf(results: readonly Result[]): Score {
	const texts = new Map(
		results.flatMap(({ first, offered }, index): [string, string][] => [
			...(first === undefined ? [] : [[`f${index}.ts`, first] satisfies [string, string]]),
			...(offered === undefined ? [] : [[`o${index}.ts`, offered] satisfies [string, string]]),
		]),
	);
	const clean = compiled(
		texts,
		(program) => new Set([...texts.keys()].filter((name) => program.problems(name).length === 0)),
	);
	const share = (holds: (result: Result, index: number) => boolean) =>
		results.filter(holds).length / Math.max(1, results.length);
	const plain = (text: string) => text.replace(/\s+/g, ' ').trim();
	return {
		firstCompiles: share((_, index) => clean.has(`f${index}.ts`)),
		offeredCompiles: share((_, index) => clean.has(`o${index}.ts`)),
		firstWrong: share(({ first }, index) => first !== undefined && !clean.has(`f${index}.ts`)),
		offeredWrong: share(({ offered }, index) => offered !== undefined && !clean.has(`o${index}.ts`)),
		misjudged: share(
			({ offered, isPraised }, index) => offered !== undefined && isPraised && !clean.has(`o${index}.ts`),
		),
		isOriginal: share(
			({ offered, one }) => offered !== undefined && plain(withoutComments(offered)) === plain(one.original),
		),
		isGutted: share(
			({ offered, one }, index) =>
				offered !== undefined &&
				clean.has(`o${index}.ts`) &&
				offered.split('\n').length < one.original.split('\n').length / 2,
		),
		meanAnswers: results.reduce((sum, { rounds }) => sum + rounds, 0) / Math.max(1, results.length),
	};
}

/** The comment that asked for code stays in the file. */
function withoutComments(text: string): string {
	return text.replace(/^\s*\/\/.*\n/gm, '');
}
