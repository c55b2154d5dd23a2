/** What the syntax says to ask for at a place: the rest of the line, a block, or nothing. */

import type { Node, Tree } from '@vscode/tree-sitter-wasm';
import { indentation } from '../../inference/indentation';
import type { Grammar } from '../../inference/syntax/languages';
import { endsStatement, openQuote, readBrackets } from '../brackets';
import { nearest, type Place, placeIn } from './place';
import type { Verdict } from './verdict';
import type { SyntaxWindow } from './window';

const LICENCE = /licen[cs]e|copyright|spdx|all rights reserved/i;
const LONGEST_LICENCE = 2_500;

/** Braces that hold a value in the middle of a line. */
const INLINE_BRACE =
	/^(?:template_substitution|interpolation|jsx_expression|jsx_attribute|format_specifier)$/;

/** What a `{` … `}` or `end` belongs to that is finished with it. */
const FINISHED =
	/_declaration$|_definition$|_item$|^(?!do_|try_).*_statement$|_clause$|^(?:else|method|singleton_method|class|module|if|unless|while|until|for|case|begin|if_expression|match_expression|while_expression|for_expression|loop_expression|switch_expression|constructor_declaration|try_statement)$/;

/** What braces hold that is no body: something may follow it in the line. */
const VALUE =
	/^(?:accessor_list|object|object_pattern|initializer_list|literal_value|hash|dictionary|set|array_initializer|initializer_expression|field_initializer_list|struct_expression|named_imports|export_clause|use_list|jsx_expression|object_type|template_substitution|interpolation)$/;

/** What the colon of a label belongs to. */
const LABEL =
	/^(?:switch_case|switch_default|case_statement|expression_case|default_case|type_case|communication_case|switch_block_statement_group|switch_label|switch_section|field_declaration_list|colon_block|default_statement|access_specifier)$/;

/** Ends of headers in Python: what a colon must stand behind to open a body. */
const PYTHON_HEADER = /_statement$|_definition$|_clause$|^(?:block|module|ERROR)$/;
const PYTHON_WORD =
	/^\s*(?:async\s+)?(?:def|class|if|elif|else|for|while|try|except|finally|with|match|case)\b/;

const RUBY_HEADER =
	/^\s*(?:def\b[^=]*\)|else|begin|ensure)$|(?:^|\s)(?:do|then)(?:\s*\|[^|]*\|)?$|\{\s*\|[^|]*\|$/;
const RUBY_LINE_ABOVE =
	/^\s*(?:(?:private|public|protected)\s+)?(?:def|class|module|if|unless|while|until|for|case|when|in|else|elsif|begin|rescue|ensure)\b(?!.*\bend$)/;

/** Words and conditions behind which a body must stand. */
const CONDITION_OWNER =
	/^(?:if|for|for_in|foreach|enhanced_for|while|switch|with|using|lock|fixed|synchronized|range_based_for|for_range)_(?:statement|loop|expression)$|^(?:catch_clause|switch_expression|ERROR)$/;
const CONDITION_WORD =
	/^(?:\}\s*)?(?:else\s+)?(?:if|for|foreach|while|switch|with|catch|using|lock|synchronized)\b/;
const PARAMETERS = /^(?:formal_parameters|parameters|parameter_list)$/;
/** Kinds that have a body behind their parameters; signatures may be the beginning of one. */
const FUNCTION =
	/^(?:function_declaration|function_definition|method_declaration|method_definition|method_signature|function_signature|function_signature_item|function_item|constructor_declaration|local_function_statement|function_declarator|function_expression|generator_function_declaration)$/;

/** What stands behind the leaf is a body that it opens. */
function opensBody(leaf: Node, line: string, grammar: Grammar): boolean {
	const { type } = leaf;
	const parent = leaf.parent?.type ?? '';
	switch (type) {
		case '{':
			// A string that is not closed yet is no string for the grammar, and neither is an attribute.
			return (
				!INLINE_BRACE.test(parent) &&
				!(parent === 'ERROR' && (openQuote(line) !== undefined || /\w=\{$/.test(line)))
			);
		case '${':
		case '#{':
			return false;
		case ':':
			if (grammar === 'python') {
				return PYTHON_HEADER.test(parent) && PYTHON_WORD.test(line) && readBrackets(line).owed.length === 0;
			}
			return LABEL.test(parent) || /^\s*(?:case\b.*|default):$/.test(line);
		case '=>':
			return grammar === 'rust' || (/^(?:arrow_function|ERROR)$/.test(parent) && grammar !== 'php');
		case '->':
			return grammar === 'java' && /^(?:lambda_expression|switch_rule|ERROR)$/.test(parent);
		case '>':
			return parent === 'jsx_opening_element';
		default:
			return grammar === 'ruby' && RUBY_HEADER.test(line.trimEnd());
	}
}

/** The leaf ends a header whose body is still to come. */
function endsHeader(leaf: Node, line: string, grammar: Grammar): boolean {
	if (grammar === 'python' || grammar === 'ruby') {
		return false;
	}
	if (/^(?:else|try|finally|do)$/.test(leaf.type)) {
		return new RegExp(`(?:^|\\})\\s*${leaf.type}$`).test(line.trim());
	}
	if (leaf.type !== ')') {
		return false;
	}
	const owner = leaf.parent;
	const word = CONDITION_WORD.test(line.trim()) && readBrackets(line).owed.length === 0;
	if (word && !/^(?:arguments|argument_list)$/.test(owner?.type ?? '')) {
		// `if (a) b()` and `do … while (a)` end with a bracket too.
		const holder = nearest(leaf, ({ type }) => CONDITION_OWNER.test(type));
		return holder !== undefined && isFirstBracketPair(line);
	}
	// JavaScript has no signatures, so that a function without a body is an error there.
	const isFunction =
		FUNCTION.test(owner?.parent?.type ?? '') ||
		(owner?.parent?.type === 'ERROR' && /\bfunction\b/.test(line));
	return PARAMETERS.test(owner?.type ?? '') && isFunction && isFunctionHeader(owner, grammar);
}

/** The line's first bracket is closed by its last character. */
function isFirstBracketPair(line: string): boolean {
	const text = line.trim();
	const start = text.indexOf('(');
	let depth = 0;
	for (let index = start; index < text.length; index++) {
		depth += text[index] === '(' ? 1 : text[index] === ')' ? -1 : 0;
		if (depth === 0) {
			return index === text.length - 1;
		}
	}
	return false;
}

/** Interfaces, abstract members and prototypes have no bodies. */
function isFunctionHeader(parameters: Node | null, grammar: Grammar): boolean {
	const owner = parameters?.parent;
	const around = `${owner?.parent?.type} ${owner?.parent?.parent?.type}`;
	if (
		/interface|object_type|trait|declare|ambient/.test(around) ||
		/^abstract\b|\babstract\s/.test(owner?.text ?? '')
	) {
		return false;
	}
	const isPrototype = grammar === 'cpp' && /^(?:declaration|field_declaration) /.test(around);
	return !isPrototype;
}

/** The leaf ends something that needs nothing more. */
function isFinished(leaf: Node, typed: string): boolean {
	if (leaf.type === ';') {
		return endsStatement(typed);
	}
	// Who types a blank behind it goes on, as with `else`.
	if (/\s$/.test(typed) || (leaf.type !== '}' && leaf.type !== 'end')) {
		return false;
	}
	const body = leaf.type === 'end' ? leaf : leaf.parent;
	const owner = body?.parent ?? undefined;
	if (body === null || body === undefined || owner === undefined || body.firstChild?.isMissing === true) {
		return false;
	}
	if (VALUE.test(body.type)) {
		return false;
	}
	if (/_specifier$|^type_spec$/.test(owner.type) || /^(?:struct_type|interface_type)$/.test(owner.type)) {
		return false;
	}
	const isValue =
		/declarator$|assignment|argument|return|^pair$|let_declaration|binary|call|parenthesized/.test(
			owner.parent?.type ?? '',
		);
	return FINISHED.test(owner.type) && !isValue;
}

/** Nothing in it: what follows is indented no further than the line that opens it. */
function isEmptyBelow({ text, offset }: SyntaxWindow, opener: number): boolean {
	const header = text.slice(text.lastIndexOf('\n', opener) + 1, opener);
	const rest = text.slice(offset).split('\n').slice(1);
	const below = rest.find((line) => line.trim() !== '');
	return below === undefined || indentation(below) <= indentation(header);
}

function blockAt(place: Place, window: SyntaxWindow): Verdict {
	const { leaf, typed } = place;
	const { grammar, text } = window;
	const closer = grammar === 'ruby' ? { closer: 'end' } : {};
	if (leaf === undefined) {
		return { type: 'block', opens: false, isWhole: false, isInside: false, ...closer };
	}
	const line = text.slice(text.lastIndexOf('\n', leaf.startIndex - 1) + 1, leaf.endIndex);
	const isFresh =
		opensBody(leaf, line, grammar) ||
		/^[([]$/.test(leaf.type) ||
		(grammar === 'ruby' && RUBY_LINE_ABOVE.test(line));
	return {
		type: 'block',
		opens: false,
		isWhole: isFresh && isEmptyBelow(window, leaf.startIndex),
		isInside: typed === '' && (isFresh || isNested(leaf, window.offset)),
		...closer,
	};
}

/** Whether a node that is not the whole document goes on behind the cursor. */
function isNested(leaf: Node, offset: number): boolean {
	return (
		nearest(leaf, (node) => node.parent !== null && node.endIndex > offset && node.startIndex < offset) !==
		undefined
	);
}

/** undefined where the tree cannot tell. */
export function decide(tree: Tree, window: SyntaxWindow): Verdict | undefined {
	const place = placeIn(tree, window);
	const { leaf, rest, typed, within, isLeafHere } = place;
	const { grammar } = window;
	if (within?.kind === 'comment') {
		return isLicence(window, within.node)
			? { type: 'nothing', why: 'licence' }
			: { type: 'line', within: 'comment' };
	}
	if (/\w$/.test(typed) && /^\w/.test(rest)) {
		return { type: 'nothing', why: 'middle-of-line' };
	}
	if (within?.kind === 'string') {
		return { type: 'line', within: 'string' };
	}
	if (leaf?.type === 'text' && grammar === 'php') {
		return undefined;
	}
	if (rest.trim() !== '') {
		const isBetween =
			leaf?.type === ';' && isLeafHere && !/^[\s)\]}]/.test(rest.trim()) && isFinished(leaf, typed);
		return isBetween ? { type: 'nothing', why: 'line-complete' } : { type: 'line' };
	}
	if (typed.trim() === '') {
		return blockAt(place, window);
	}
	if (leaf === undefined || !isLeafHere) {
		return { type: 'line' };
	}
	if (isFinished(leaf, typed)) {
		return { type: 'nothing', why: 'line-complete' };
	}
	const line = typed.trimEnd();
	const isEmpty = isEmptyBelow(window, leaf.startIndex);
	// Who types a blank behind an opener goes on in the line.
	const mayOpen = !/[{([:]\s$/.test(typed);
	const isBracket =
		/^[([]$/.test(leaf.type) || /^(?:named_imports|export_clause|use_list)$/.test(leaf.parent?.type ?? '');
	if (
		mayOpen &&
		(isBracket
			? isClosedBelow(window, leaf)
			: opensBody(leaf, line, grammar) || (isEmpty && endsHeader(leaf, line, grammar)))
	) {
		const closer = grammar === 'ruby' ? { closer: 'end' } : {};
		return { type: 'block', opens: true, isWhole: isEmpty, isInside: true, ...closer };
	}
	return { type: 'line' };
}

/** The next line closes the bracket. */
function isClosedBelow({ text, offset }: SyntaxWindow, { type }: Node): boolean {
	return text
		.slice(offset)
		.trimStart()
		.startsWith(type === '(' ? ')' : type === '[' ? ']' : '}');
}

/** Comments at the head of a document that say under which terms it stands; longer ones are documentation. */
function isLicence({ text, isStart }: SyntaxWindow, comment: Node): boolean {
	const head = text.slice(0, comment.endIndex);
	const code = head
		.slice(0, comment.startIndex)
		.replace(/^(?:#!.*|\s*(?:\/\/|#|\*).*|<\?php)$|\/\*[\s\S]*?\*\//gm, '');
	return isStart && head.length <= LONGEST_LICENCE && code.trim() === '' && LICENCE.test(head);
}
