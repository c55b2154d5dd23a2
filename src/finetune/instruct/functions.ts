/** The functions of a file by its syntax tree, each with its documentation, and the tests among them. */

import type { Node } from '@vscode/tree-sitter-wasm';
import type { Grammar } from '../../inference/syntax/languages';
import { commentAbove, type Documentation, isProse, proseOf } from './documentation';
import { dedented } from './fence';

export interface FoundFunction {
	readonly name: string;
	/** Without its documentation and its indentation. */
	readonly code: string;
	/** Up to its body. */
	readonly signature: string;
	/** Undefined where there is none that says anything. */
	readonly documentation: Documentation | undefined;
	readonly isTest: boolean;
}

/** Lines and characters of a function that is worth asking about. */
const FEWEST_LINES = 2;
const MOST_LINES = 80;
const MOST_CHARACTERS = 3_000;

const FUNCTIONS: ReadonlySet<string> = new Set([
	'function_declaration',
	'generator_function_declaration',
	'method_definition',
	'function_definition',
	'method_declaration',
	'constructor_declaration',
	'function_item',
	'method',
	'singleton_method',
	'local_function_statement',
]);
/** What belongs to a function that begins in the same place. */
const AROUND: ReadonlySet<string> = new Set([
	'export_statement',
	'decorated_definition',
	'template_declaration',
	'lexical_declaration',
	'variable_declaration',
]);
const FUNCTION_VALUES: ReadonlySet<string> = new Set(['arrow_function', 'function_expression', 'function']);
const TEST_CALLS = /^(?:it|test|specify)(?:\.(?:only|skip|each|concurrent))?$/;
const TEST_MARK =
	/@(?:Parameterized)?Test\b|\[(?:Fact|Theory|Test|TestMethod|TestCase)\b|#\[(?:tokio::)?test\b/;
const TEST_NAME = /^(?:test_?|Test(?=[A-Z_]))/;

/** Outer functions and methods, in the order of the text; those within others belong to them. */
export function functionsIn(root: Node, text: string, grammar: Grammar): readonly FoundFunction[] {
	const lines = text.split('\n');
	const found: FoundFunction[] = [];
	const waiting: Node[] = [root];
	for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
		const parts = partsOf(node);
		if (parts !== undefined) {
			const one = functionAt(parts, lines, text, grammar);
			if (one !== undefined) {
				found.push(one);
			}
			continue;
		}
		waiting.push(...node.namedChildren.filter((child) => child !== null).reverse());
	}
	return found;
}

interface Parts {
	/** With what belongs to it. */
	readonly whole: Node;
	readonly name: string;
	readonly body: Node;
	readonly isTest: boolean;
}

function partsOf(node: Node): Parts | undefined {
	if (node.type === 'call_expression' || node.type === 'call') {
		return testCall(node);
	}
	const isVariable = node.type === 'variable_declarator';
	const value = isVariable ? node.childForFieldName('value') : node;
	if (value === null || !(isVariable ? FUNCTION_VALUES : FUNCTIONS).has(value.type)) {
		return undefined;
	}
	const body = value.childForFieldName('body');
	const name = nameOf(isVariable ? node : value);
	if (body === null || name === undefined) {
		return undefined;
	}
	let whole = node;
	for (let parent = node.parent; parent !== null && AROUND.has(parent.type); parent = parent.parent) {
		whole = parent;
	}
	return { whole, name, body, isTest: TEST_NAME.test(name) };
}

/** A test of JavaScript or Ruby: the call that says what it shows. */
function testCall(node: Node): Parts | undefined {
	const called = node.childForFieldName('function') ?? node.childForFieldName('method');
	const values = node.childForFieldName('arguments');
	const body = node.childForFieldName('block') ?? values?.namedChildren.at(-1) ?? null;
	const says = values?.namedChildren[0]?.text.replace(/^['"`]|['"`]$/g, '');
	if (called === null || !TEST_CALLS.test(called.text) || says === undefined || body === null) {
		return undefined;
	}
	const whole = node.parent?.type === 'expression_statement' ? node.parent : node;
	return { whole, name: says, body, isTest: true };
}

function nameOf(node: Node): string | undefined {
	// In C and C++ the name stands within the declarator.
	let at: Node | null = node.childForFieldName('name') ?? node.childForFieldName('declarator');
	for (let inner = at?.childForFieldName('declarator'); at !== null && inner; ) {
		at = inner;
		inner = at.childForFieldName('declarator');
	}
	const name = at?.text.split(/::|\./).at(-1);
	return name !== undefined && /^[~$\w!?=]{2,60}$/.test(name) ? name : undefined;
}

function functionAt(
	{ whole, name, body, isTest }: Parts,
	lines: readonly string[],
	text: string,
	grammar: Grammar,
): FoundFunction | undefined {
	const { row } = whole.startPosition;
	const above = commentAbove(lines, row, grammar);
	const from = above === undefined ? row : above.to + 1;
	const marks = lines.slice(from, row + 1).join('\n') + text.slice(whole.startIndex, body.startIndex);
	const inner = grammar === 'python' ? docstringOf(body) : undefined;
	const code = dedented(
		[...lines.slice(from, row), withoutNode(lines[row] ?? '', whole, inner, text)].join('\n'),
	).trim();
	const count = code.split('\n').length;
	if (count < FEWEST_LINES || count > MOST_LINES || code.length > MOST_CHARACTERS) {
		return undefined;
	}
	const comment =
		inner?.text ?? (above === undefined ? undefined : lines.slice(above.from, above.to + 1).join('\n'));
	const prose = comment === undefined ? '' : proseOf(comment.trim());
	return {
		name,
		code,
		signature: dedented(text.slice(whole.startIndex, body.startIndex)).replace(/\s*=?>?\s*$/, ''),
		documentation:
			comment !== undefined && isProse(prose) ? { comment: dedented(comment), prose } : undefined,
		isTest: isTest || TEST_MARK.test(marks),
	};
}

/** The node's text with the indentation of its line, without a part of it that has lines of its own. */
function withoutNode(line: string, whole: Node, part: Node | undefined, text: string): string {
	const indentation = /^\s*/.exec(line.slice(0, whole.startPosition.column))?.[0] ?? '';
	if (part === undefined) {
		return indentation + text.slice(whole.startIndex, whole.endIndex);
	}
	const before = text.slice(whole.startIndex, part.startIndex).replace(/[ \t]+$/, '');
	const after = text.slice(part.endIndex, whole.endIndex).replace(/^[ \t]*\r?\n(?:[ \t]*\n)*/, '');
	return indentation + before + after;
}

function docstringOf(body: Node): Node | undefined {
	const [first] = body.namedChildren;
	const string = first?.type === 'expression_statement' ? first.namedChildren[0] : undefined;
	return string?.type === 'string' ? string : undefined;
}
