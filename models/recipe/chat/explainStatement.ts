/** Explain, about a few statements or declarations that stand together: what each does, by its syntax. */

import { isFunctionDeclaration, type SourceFile } from 'typescript/unstable/ast';
import type { Random } from '../../../src/finetune/training/random';
import { type Conversation, conversation } from './conversation';
import { pick, sentence } from './draw';
import { excerptOf, type Lines } from './excerpts';
import { statementClause } from './statements';

/** A statement as lines of its file. */
export interface Statement {
	/** From 0. */
	readonly firstLine: number;
	readonly lastLine: number;
	/** What it does, in the third person; undefined where nothing short and true can be said. */
	readonly clause: string | undefined;
}

const MOST_STATEMENTS = 5;
const MOST_LINES = 25;

/** The statements of a file, those of functions' bodies apart. */
export function statementsOf(tree: SourceFile): (readonly Statement[])[] {
	const lineOf = (offset: number) => tree.text.slice(0, offset).split('\n').length - 1;
	const told = (statements: SourceFile['statements']) =>
		statements.map((statement) => ({
			firstLine: lineOf(statement.getStart(tree)),
			lastLine: lineOf(statement.end),
			clause: statementClause(statement),
		}));
	const bodies = tree.statements.flatMap((statement) =>
		isFunctionDeclaration(statement) && statement.body !== undefined ? [told(statement.body.statements)] : [],
	);
	return [told(tree.statements), ...bodies];
}

/** Undefined where a drawn place has a statement that cannot be told. */
export function explainStatements(
	file: Lines,
	statements: readonly Statement[],
	random: Random,
): Conversation | undefined {
	const start = Math.floor(random.next() * statements.length);
	const run = runAt(file.lines, statements, start, pick(random, [1, 1, 2, 3, 4, MOST_STATEMENTS]));
	const [first] = run;
	const last = run.at(-1);
	const clauses = run.flatMap(({ clause }) => clause ?? []);
	if (first === undefined || last === undefined || clauses.length < run.length) {
		return undefined;
	}
	if (last.lastLine - first.firstLine >= MOST_LINES) {
		return undefined;
	}
	const excerpt = excerptOf(file, first.firstLine, last.lastLine);
	return conversation('statement', { task: 'explain', excerpt, findings: [] }, told(clauses, random));
}

/** As many statements as stand together, without a line between that is not theirs. */
function runAt(
	lines: readonly string[],
	statements: readonly Statement[],
	start: number,
	most: number,
): Statement[] {
	const run = statements.slice(start, start + 1);
	for (const next of statements.slice(start + 1, start + most)) {
		const between = lines.slice((run.at(-1)?.lastLine ?? 0) + 1, next.firstLine);
		if (between.some((line) => line.trim() !== '') || next.firstLine <= (run.at(-1)?.lastLine ?? 0)) {
			break;
		}
		run.push(next);
	}
	return run;
}

function told(clauses: readonly string[], random: Random): string {
	const [first = ''] = clauses;
	if (clauses.length === 1) {
		return sentence(`${pick(random, ['this', 'it', 'this code', 'this statement'])} ${first}`);
	}
	const kinds = new Set(clauses.map((clause) => clause.split(' ')[0]));
	const intro =
		kinds.size === 1 && first.startsWith('imports')
			? 'These lines import what the file needs:'
			: pick(random, [
					`This code has ${clauses.length} statements, one after the other:`,
					`These are ${clauses.length} statements. In order, they do this:`,
				]);
	const numbered = clauses.map((clause, index) => `${index + 1}. ${sentence(clause)}`);
	return `${intro}\n\n${numbered.join('\n')}`;
}
