/** Questions made from the comments and tests of real repositories, each with the place that answers it. */
import type { HeldOutFile } from '../../models/recipe/evaluate/heldOut';
import { type Random, randomFrom, seedFor } from '../../src/finetune/training/random';

/** `docs`: the comment of a function → the function. `tests`: a test → what it tests. `files`: what a file is for → the file. */
export const KINDS = ['docs', 'tests', 'files'] as const;
export type QuestionKind = (typeof KINDS)[number];

export interface SourceText {
	readonly path: string;
	readonly text: string;
}

export interface RetrievalQuestion {
	readonly text: string;
	/** The file that answers. */
	readonly path: string;
	/** The line that answers, from 1; undefined where any of the file does. */
	readonly line: number | undefined;
}

/** What is searched and what is asked: the texts no longer hold what the questions were made from. */
export interface QuestionSet {
	readonly kind: QuestionKind;
	readonly package: string;
	readonly files: readonly SourceText[];
	readonly questions: readonly RetrievalQuestion[];
}

/** Questions of a kind from one package, so that a large one is not all of the figure. */
const MOST_QUESTIONS = 60;
const SEED = 6;
/** Words of a comment that says enough to be looked for. */
const FEWEST_WORDS = 6;
/** Characters of a question, and lines of a test. */
const LONGEST_QUESTION = 300;
const TEST_LINES = 20;

const TEST_FILE = /(?:[._](?:test|spec)\.\w+|(?:^|\/)test_\w+\.py)$/;
const LICENCE = /licen[cs]e|copyright|spdx|@license/i;

export function questionSet(kind: QuestionKind, name: string, files: readonly HeldOutFile[]): QuestionSet {
	const random = randomFrom(seedFor(SEED, `${name} ${kind}`));
	const make = { docs: fromDocs, tests: fromTests, files: fromHeads }[kind];
	const { texts, questions } = make(files);
	return { kind, package: name, files: texts, questions: sample(questions, random) };
}

interface Made {
	readonly texts: readonly SourceText[];
	readonly questions: readonly RetrievalQuestion[];
}

/** A comment with the lines that it takes, from 0, the last excluded. */
interface Comment {
	readonly start: number;
	readonly end: number;
	readonly text: string;
}

function fromDocs(files: readonly HeldOutFile[]): Made {
	const questions: RetrievalQuestion[] = [];
	const texts = files.map(({ path, text }) => {
		const lines = text.split('\n');
		const comments = commentsOf(lines, path);
		const kept = new Set(lines.keys());
		for (const { start, end } of comments) {
			for (let line = start; line < end; line++) {
				kept.delete(line);
			}
		}
		const order = [...kept];
		for (const comment of comments) {
			// Python's stand below what they speak of.
			const declared = path.endsWith('.py') ? headerAbove(lines, comment.start) : comment.end;
			const name = declaredName(lines[declared] ?? '');
			const question = questionFrom(comment.text, name);
			if (name !== undefined && question !== undefined && !TEST_FILE.test(path)) {
				questions.push({ text: question, path, line: order.indexOf(declared) + 1 });
			}
		}
		return { path, text: order.map((line) => lines[line] ?? '').join('\n') };
	});
	return { texts, questions };
}

function fromTests(files: readonly HeldOutFile[]): Made {
	const texts = files.filter(({ path }) => !TEST_FILE.test(path));
	const paths = new Set(texts.map(({ path }) => path));
	const questions = files.flatMap(({ path, text }) => {
		const tested = testedBy(path).find((one) => paths.has(one));
		if (tested === undefined) {
			return [];
		}
		const lines = text.split('\n');
		const starts = lines.flatMap((line, index) =>
			/^\s*(?:func Test\w+\(|(?:async )?def test_\w+\(|(?:it|test)\(['"`])/.test(line) ? [index] : [],
		);
		const start = starts[Math.floor(starts.length / 2)];
		return start === undefined
			? []
			: [{ text: lines.slice(start, start + TEST_LINES).join('\n'), path: tested, line: undefined }];
	});
	return { texts, questions };
}

/** Where the file lies that a test is named after. */
function testedBy(path: string): readonly string[] {
	const same = path.replace(/[._](?:test|spec)(\.\w+)$/, '$1').replace(/(^|\/)test_(\w+\.py)$/, '$1$2');
	return TEST_FILE.test(path) ? [same, same.replace(/(^|\/)tests\//, '$1')] : [];
}

function fromHeads(files: readonly HeldOutFile[]): Made {
	const questions: RetrievalQuestion[] = [];
	const texts = files.map(({ path, text }) => {
		const lines = text.split('\n');
		const head = headOf(lines, path);
		if (head === undefined) {
			return { path, text };
		}
		const question = questionFrom(head.text, undefined);
		if (question !== undefined && !TEST_FILE.test(path)) {
			questions.push({ text: question, path, line: undefined });
		}
		return { path, text: [...lines.slice(0, head.start), ...lines.slice(head.end)].join('\n') };
	});
	return { texts, questions };
}

/** The comment that speaks of the whole file. */
function headOf(lines: readonly string[], path: string): Comment | undefined {
	return commentsOf(lines, path).find(({ start, end, text }) => {
		const before = lines.slice(0, start).filter((line) => line.trim() !== '');
		const isFirst = before.every((line) => /^(?:\/\/|#|\/?\*|<\?php)|LICEN/.test(line.trim()));
		const next = lines[end] ?? '';
		const isOfFile =
			path.endsWith('.py') || /^(?:\s*$|import\b|package\b|use\b|#include|namespace\b|'use)/.test(next);
		return isFirst && isOfFile && !LICENCE.test(text);
	});
}

/** Comments that document something, by the language. */
function commentsOf(lines: readonly string[], path: string): readonly Comment[] {
	if (path.endsWith('.py')) {
		return pythonStrings(lines);
	}
	const lineMark = /\.go$/.test(path)
		? /^\s*\/\/ ?/
		: /\.rs$/.test(path)
			? /^\s*\/\/[/!] ?/
			: /\.rb$/.test(path)
				? /^\s*# ?/
				: undefined;
	return lineMark === undefined ? blockComments(lines) : lineComments(lines, lineMark);
}

function blockComments(lines: readonly string[]): readonly Comment[] {
	const found: Comment[] = [];
	for (let start = 0; start < lines.length; start++) {
		if (!/^\s*\/\*\*(?!\*)/.test(lines[start] ?? '')) {
			continue;
		}
		let end = start;
		while (end < lines.length && !(lines[end] ?? '').includes('*/')) {
			end++;
		}
		const text = lines
			.slice(start, end + 1)
			.map((line) => line.replace(/^\s*\/?\*+\/? ?|\*\/\s*$/g, ''))
			.join('\n');
		found.push({ start, end: end + 1, text });
		start = end;
	}
	return found;
}

function lineComments(lines: readonly string[], mark: RegExp): readonly Comment[] {
	const found: Comment[] = [];
	for (let start = 0; start < lines.length; start++) {
		let end = start;
		while (end < lines.length && mark.test(lines[end] ?? '')) {
			end++;
		}
		if (end > start) {
			const text = lines.slice(start, end).map((line) => line.replace(mark, ''));
			found.push({ start, end, text: text.join('\n') });
			start = end;
		}
	}
	return found;
}

function pythonStrings(lines: readonly string[]): readonly Comment[] {
	const found: Comment[] = [];
	for (let start = 0; start < lines.length; start++) {
		const opened = /^\s*r?"""(.*)$/.exec(lines[start] ?? '');
		if (opened === null) {
			continue;
		}
		let end = start;
		if (!(opened[1] ?? '').includes('"""')) {
			end++;
			while (end < lines.length && !(lines[end] ?? '').includes('"""')) {
				end++;
			}
		}
		const text = lines
			.slice(start, end + 1)
			.join('\n')
			.replace(/r?"""/g, '');
		found.push({ start, end: end + 1, text });
		start = end;
	}
	return found;
}

/** The `def` or `class` whose lines end above the place. */
function headerAbove(lines: readonly string[], below: number): number {
	for (let line = below - 1; line >= Math.max(0, below - 12); line--) {
		if (/^\s*(?:async\s+def|def|class)\b/.test(lines[line] ?? '')) {
			return line;
		}
	}
	return -1;
}

const DECLARATION =
	/^\s*(?:(?:export|default|declare|public|private|protected|static|abstract|async|final|override|readonly|pub(?:\([^)]*\))?|const|unsafe|get|set)\s+)*(?:(?:function\*?|class|interface|type|enum|struct|trait|def|fn|func|const|let|var|module)\s+(?:\([^)]*\)\s*)?(?:self\.)?([\w$]+)|([\w$]+)\s*(?:<[^>]*>)?\(.*[{,(]\s*$)/;

function declaredName(line: string): string | undefined {
	const match = DECLARATION.exec(line);
	const name = match?.[1] ?? match?.[2];
	return name === undefined || /^(?:if|for|while|switch|return|catch)$/.test(name) ? undefined : name;
}

/** The first paragraph, without tags; undefined where it says too little, or what every head says. */
function questionFrom(comment: string, name: string | undefined): string | undefined {
	const paragraph = comment.trim().split(/\n\s*\n|\n\s*[@:.=~-]/)[0] ?? '';
	const text = paragraph
		.replace(/\{@\w+\s+([^}]*)\}/g, '$1')
		.replace(/^@\w+\s*/gm, '')
		.replace(/\s+/g, ' ')
		.trim();
	// Go's begin with the name that is looked for.
	const asked = name !== undefined && text.startsWith(`${name} `) ? text.slice(name.length + 1) : text;
	// A type says nothing that somebody would ask.
	return LICENCE.test(asked) ||
		/^(?:\w*[{[<(]|import\b)/.test(asked) ||
		(asked.match(/\p{L}{2,}/gu)?.length ?? 0) < FEWEST_WORDS
		? undefined
		: asked.slice(0, LONGEST_QUESTION);
}

function sample<T>(all: readonly T[], random: Random): readonly T[] {
	const left = [...all];
	const drawn: T[] = [];
	while (left.length > 0 && drawn.length < MOST_QUESTIONS) {
		drawn.push(...left.splice(Math.floor(random.next() * left.length), 1));
	}
	return drawn;
}
