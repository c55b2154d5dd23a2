/** Finds the functions of a Python file with their docstrings and the facts that their code states, and its statements. */

import { docText } from './docText';
import type { DocumentedFunction } from './explainFunction';
import type { Statement } from './explainStatement';
import type { Facts, Parameter } from './facts';
import { pythonClause, pythonValue } from './pythonStatements';
import { blockBelow, type LogicalLine, logicalLines, separated } from './pythonText';

const HEADER = /^(async )?def (\w+)\((.*)\)(?: *-> *(.+?))?:$/;

/** Empty for a file whose brackets or strings do not match. */
export function pythonFunctions(source: string): DocumentedFunction[] {
	const lines = logicalLines(source) ?? [];
	return lines.flatMap((line, index) => {
		const header = HEADER.exec(line.masked);
		const body = blockBelow(lines, index);
		const last = body.at(-1);
		if (header === null || last === undefined || line.depth > 4) {
			return [];
		}
		const docstring = /^[rRuU]?("""|''')([\s\S]*)\1$/.exec(textOf(source, body[0]));
		const code = docstring === null ? body : body.slice(1);
		if (code.length === 0) {
			return [];
		}
		return {
			facts: factsOf(line, header, code),
			firstLine: line.firstLine,
			lastLine: last.lastLine,
			commentLine: undefined,
			doc: docstring === null ? undefined : docText(unindented(docstring[2] ?? '')),
			isInside: docstring !== null,
		};
	});
}

/** The statements at the top of the file, and runs within functions. */
export function pythonStatements(source: string): (readonly Statement[])[] {
	const lines = logicalLines(source) ?? [];
	const top = lines.filter(({ depth }) => depth === 0);
	const bodies = lines.flatMap((line, index) => {
		const body = HEADER.test(line.masked) ? blockBelow(lines, index) : [];
		return body.length > 1 && body.every(({ depth }) => depth === body[0]?.depth) ? [body] : [];
	});
	return [top, ...bodies].map((statements) =>
		statements.map((line) => ({
			firstLine: line.firstLine,
			lastLine: line.lastLine,
			// A header's block would have to be told with it.
			clause: line.masked.endsWith(':') ? undefined : pythonClause(line),
		})),
	);
}

function textOf(source: string, line: LogicalLine | undefined): string {
	return line === undefined
		? ''
		: source
				.split('\n')
				.slice(line.firstLine, line.lastLine + 1)
				.join('\n')
				.trim();
}

function unindented(text: string): string {
	return text
		.split('\n')
		.map((line) => line.trim())
		.join('\n')
		.trim();
}

function factsOf(line: LogicalLine, header: RegExpExecArray, body: readonly LogicalLine[]): Facts {
	const [, isAsync, name = '', maskedParameters = '', type] = header;
	const start = line.masked.indexOf('(') + 1;
	const given = separated(maskedParameters, line.text.slice(start, start + maskedParameters.length));
	const parameters = given.filter((one) => !['*', '/', 'self', 'cls'].includes(one)).map(parameterOf);
	const own = ownLines(body);
	const returned = own.filter(({ masked }) => /^return\b.+/.test(masked));
	const last = body.at(-1);
	const isWhole =
		returned.length === 1 && last !== undefined && returned[0] === last && last.depth === body[0]?.depth;
	const isGenerator = own.some(({ masked }) => /\byield\b/.test(masked));
	const isMethod = /^(?:self|cls)$/.test(given[0] ?? '');
	return {
		name,
		noun: name === '__init__' ? 'constructor' : isMethod ? 'method' : 'function',
		parameters,
		isAsync: isAsync !== undefined,
		isGenerator,
		returnType: type,
		returns:
			returned.length === 0 && type === undefined
				? 'nothing'
				: isWhole && own.filter(({ masked }) => /^return\b/.test(masked)).length === 1
					? pythonValue(last.text.replace(/^return\s*/, ''))
					: undefined,
		returnCount: returned.length,
		throws: unique(own.flatMap(({ masked }) => /^raise (\w[\w.]*)(?:\(|$)/.exec(masked)?.[1] ?? [])),
		calls: unique(own.flatMap(callsOf)),
		loops: unique(own.flatMap(({ text }) => /^(?:async )?for .+? in (.+):$/.exec(text)?.[1] ?? [])),
		steps: stepsOf(body),
	};
}

/** Without the functions and classes within. */
function ownLines(body: readonly LogicalLine[]): LogicalLine[] {
	const inner = new Set(
		body.flatMap((line, index) =>
			/^(?:async )?def |^class /.test(line.masked) ? [line, ...blockBelow(body, index)] : [],
		),
	);
	return body.filter((line) => !inner.has(line));
}

const KEYWORDS =
	/^(?:if|elif|while|for|in|and|or|not|return|yield|await|lambda|with|assert|except|print|is|else|del|raise|from|import|class|def)$/;

function callsOf({ masked }: LogicalLine): string[] {
	return [...masked.matchAll(/(?<![\w.\])}"'])([A-Za-z_][\w.]*)\(/g)]
		.map(([, name = '']) => name)
		.filter((name) => !KEYWORDS.test(name) && !/^_+$/.test(name));
}

const MOST_STEPS = 6;

function stepsOf(body: readonly LogicalLine[]): readonly string[] | undefined {
	if (body.length < 2 || body.length > MOST_STEPS || body.some(({ depth }) => depth !== body[0]?.depth)) {
		return undefined;
	}
	const steps = body.map(pythonClause);
	const told = steps.filter((step) => step !== undefined);
	return told.length === steps.length ? told : undefined;
}

function parameterOf(written: string): Parameter {
	const [, stars = '', name = '', type, value] =
		/^(\*{0,2})(\w+)\s*(?::\s*([^=]+?))?\s*(=[\s\S]*)?$/.exec(written) ?? [];
	return { name, type, isOptional: value !== undefined, isRest: stars !== '' };
}

function unique(names: readonly string[]): string[] {
	return [...new Set(names)];
}

const BUILTINS =
	/^(?:False|None|True|and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield|abs|all|any|bin|bool|bytearray|bytes|callable|chr|dict|divmod|enumerate|filter|float|format|frozenset|getattr|hasattr|hash|hex|id|int|isinstance|issubclass|iter|len|list|map|max|min|next|object|oct|open|ord|pow|print|property|range|repr|reversed|round|set|setattr|slice|sorted|str|sum|super|tuple|type|zip|ArithmeticError|AssertionError|AttributeError|Exception|IndexError|KeyError|NotImplementedError|OSError|RuntimeError|StopIteration|TypeError|ValueError|ZeroDivisionError|[rbfu]{1,2}|_+)$/;

/** Whether every name of some lines is declared in them or Python's own; a name that hides another may be missed. */
export function isSelfContained(source: string): boolean {
	const lines = logicalLines(source);
	const text = (lines ?? []).map(({ masked }) => masked).join('\n');
	const declared = new Set(
		[
			...[...text.matchAll(/(?<![\w.])(\w+)\s*(?::[^=\n]*)?=(?!=)/g)].map(([, name = '']) => name),
			...[...text.matchAll(/\b(?:for|as|lambda|def)\s+(.+?)(?=\s+in\b|:|$|\()/gm)].flatMap(
				([, list = '']) => list.match(/\w+/g) ?? [],
			),
			...[...text.matchAll(/^\s*(?:async )?def \w+\((.*)\)/gm)].flatMap(([, list = '']) =>
				separated(list, list).map((one) => parameterOf(one).name),
			),
			...[...text.matchAll(/^([\w, ]+)=(?!=)/gm)].flatMap(([, list = '']) => list.match(/\w+/g) ?? []),
		].filter((name) => name !== ''),
	);
	const used = [...text.matchAll(/(?<![\w.])[A-Za-z_]\w*/g)].map(([name]) => name);
	return lines !== undefined && used.every((name) => declared.has(name) || BUILTINS.test(name));
}
