/** Source files → conversations about their functions and statements, and what else can be made of them. */

import * as path from 'node:path';
import type { Random } from '../../../src/finetune/training/random';
import type { SourceDocument } from '../document';
import { type Compiled, compiled } from './compiler';
import type { Conversation } from './conversation';
import { docText, jsDocText } from './docText';
import { chance, shuffled } from './draw';
import type { Lines } from './excerpts';
import { type DocumentedFunction, explainFunction } from './explainFunction';
import { explainStatements, type Statement, statementsOf } from './explainStatement';
import { functionsOf } from './functions';
import { generateCandidate, generateConversation } from './generateCode';
import type { Program } from './problems';
import { isSelfContained, pythonFunctions, pythonStatements } from './python';

export interface FromCode {
	readonly explained: readonly Conversation[];
	readonly generated: readonly Conversation[];
	/** Functions of TypeScript that stand by themselves, and that the compiler has not looked at. */
	readonly programs: readonly Program[];
}

const MOST_FUNCTIONS = 3;
const MOST_STATEMENTS = 2;
const MOST_PROGRAM_LINES = 25;
/** Share of the functions without any documentation that are explained all the same: most code has none. */
const UNDOCUMENTED = 0.12;

/** Compiler's codes for names that nothing declares. */
const UNKNOWN_NAMES: readonly number[] = [
	2304, 2503, 2552, 2580, 2581, 2582, 2583, 2584, 2591, 2592, 2593, 2867, 2868, 18004,
];

/** @param documents some hundred at most: they are compiled at once. */
export function fromCode(documents: readonly SourceDocument[], random: Random): FromCode {
	const scripts = documents.flatMap((document, index) =>
		document.language === 'python' ? [] : [[nameOf(document, index), document] as const],
	);
	const parts = compiled(new Map(scripts.map(([name, { text }]) => [name, text])), (program) =>
		scripts
			.filter(([name]) => program.parses(name))
			.map(([name, document]) => fromScript(program, name, document, random)),
	);
	parts.push(
		...documents.filter(({ language }) => language === 'python').map((one) => fromPython(one, random)),
	);
	return {
		explained: parts.flatMap(({ explained }) => explained),
		generated: [
			...standing(parts.flatMap(({ candidates }) => candidates)),
			...parts.flatMap(({ generated }) => generated),
		],
		programs: parts.flatMap(({ programs }) => programs),
	};
}

/** JavaScript with JSX is TypeScript with JSX. */
function nameOf(document: SourceDocument, index: number): string {
	return `${index}${document.language === 'javascript' ? '.tsx' : path.extname(document.path)}`;
}

/** A conversation that counts when the names of its code are all known. */
interface Candidate {
	readonly name: string;
	readonly code: string;
	readonly conversation: Conversation;
}

interface Part {
	readonly explained: readonly Conversation[];
	readonly generated: readonly Conversation[];
	readonly candidates: readonly Candidate[];
	readonly programs: readonly Program[];
}

function fromScript(program: Compiled, name: string, document: SourceDocument, random: Random): Part {
	const tree = program.tree(name);
	const file: Lines = { ...document, lines: document.text.split('\n') };
	const found = functionsOf(tree).map(
		(one): DocumentedFunction => ({
			...one,
			doc: one.comment === undefined ? undefined : docText(jsDocText(one.comment)),
			isInside: false,
		}),
	);
	const candidates = shuffled(random, found).flatMap((one): Candidate[] => {
		const code = generateCandidate(file, one);
		const conversation = code === undefined ? undefined : generateConversation(file, one, random);
		return code === undefined || conversation === undefined ? [] : [{ name, code, conversation }];
	});
	const programs = found.flatMap(({ facts, firstLine, lastLine }): Program[] =>
		document.language === 'typescript' &&
		facts.noun === 'function' &&
		lastLine - firstLine < MOST_PROGRAM_LINES
			? [{ path: file.path, offset: firstLine, text: file.lines.slice(firstLine, lastLine + 1).join('\n') }]
			: [],
	);
	return {
		explained: explained(file, found, statementsOf(tree), random),
		generated: [],
		candidates,
		programs,
	};
}

function fromPython(document: SourceDocument, random: Random): Part {
	const file: Lines = { ...document, lines: document.text.split('\n') };
	const found = pythonFunctions(document.text);
	const generated = found.flatMap((one) => {
		const code = generateCandidate(file, one);
		return code !== undefined && isSelfContained(code) ? (generateConversation(file, one, random) ?? []) : [];
	});
	return {
		explained: explained(file, found, pythonStatements(document.text), random),
		generated: generated.slice(0, MOST_FUNCTIONS),
		candidates: [],
		programs: [],
	};
}

function explained(
	file: Lines,
	found: readonly DocumentedFunction[],
	runs: readonly (readonly Statement[])[],
	random: Random,
): Conversation[] {
	const functions = shuffled(random, found)
		.filter(({ doc }) => doc !== undefined || chance(random, UNDOCUMENTED))
		.flatMap((one) => explainFunction(file, one, random) ?? []);
	const statements = shuffled(random, runs)
		.filter((run) => run.length > 0)
		.flatMap((run) => explainStatements(file, run, random) ?? []);
	return [...functions.slice(0, MOST_FUNCTIONS), ...statements.slice(0, MOST_STATEMENTS)];
}

/** Those whose code needs nothing that stands elsewhere. */
function standing(candidates: readonly Candidate[]): Conversation[] {
	const files = candidates.map(({ name, code }, index) => [`c${index}${path.extname(name)}`, code] as const);
	return compiled(new Map(files), (program) =>
		candidates.flatMap(({ conversation }, index) => {
			const problems = program.problems(files[index]?.[0] ?? '');
			return problems.some(({ code }) => UNKNOWN_NAMES.includes(code)) ? [] : [conversation];
		}),
	);
}
