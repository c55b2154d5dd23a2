/** Where a name is declared, and how far the declaration reaches. A reading by eye, not a compiler. */

import { leadingBlanks } from '../../inference/indentation';
import type { BracketPairs } from './brackets';
import { isScript } from './lexicon';
import { startOfLine } from './lines';
import type { Page } from './page';

/** Indices of tokens: from the first to before the last. */
export interface Scope {
	readonly from: number;
	readonly to: number;
}

const DECLARING = /^(?:const|let|var|function|class|interface|type|enum|namespace)$/;
/** Statements whose parenthesis declares nothing. */
const NO_PARAMETERS = /^(?:if|while|switch|with|return|typeof|await|in|of)$/;
/** Words behind which a name is no declaration, though two words stand side by side. */
const NO_TYPE =
	/^(?:return|new|else|delete|throw|case|goto|await|yield|in|is|as|not|and|or|import|from|package|using|extends|implements|sizeof|defer|go|do|if|while|use|where|match|move|ref|out|instanceof|typeof|print|echo)$/;

/** Reach of the declaration that the token is; undefined where it declares nothing. */
export function declaredScope(page: Page, pairs: BracketPairs, index: number): Scope | undefined {
	if (page.languageId === 'python') {
		return pythonScope(page, pairs, index);
	}
	return isScript(page.languageId) ? scriptScope(page, pairs, index) : typedScope(page, pairs, index);
}

function whole(page: Page): Scope {
	return { from: 0, to: page.tokens.length };
}

function blockAround(page: Page, pairs: BracketPairs, index: number): Scope {
	let parent = pairs.parent(index);
	while (parent !== undefined && page.tokens[parent]?.text !== '{') {
		parent = pairs.parent(parent);
	}
	const end = parent === undefined ? undefined : pairs.partner(parent);
	return parent === undefined || end === undefined ? whole(page) : { from: parent, to: end };
}

/** `var` reaches through the function around it. */
function functionAround(page: Page, pairs: BracketPairs, index: number): Scope {
	let scope = blockAround(page, pairs, index);
	while (scope.from > 0 || scope.to < page.tokens.length) {
		const before = pairs.beside(scope.from, -1);
		const opener = page.tokens[before]?.text === ')' ? pairs.partner(before) : undefined;
		const isArrow = page.tokens[before]?.text === '=>';
		const keyword = opener === undefined ? '' : pairs.textBeside(opener, -1);
		if (isArrow || (opener !== undefined && !/^(?:if|for|while|switch|with|catch)$/.test(keyword))) {
			return scope;
		}
		const outer = blockAround(page, pairs, scope.from);
		if (outer.from === scope.from) {
			return scope;
		}
		scope = outer;
	}
	return scope;
}

/** From a parenthesis to the end of the block, or of the expression, that follows it. */
function headerScope(page: Page, pairs: BracketPairs, opener: number): Scope | undefined {
	const closer = pairs.partner(opener);
	return closer === undefined ? undefined : { from: opener, to: bodyEnd(page, pairs, closer) };
}

function bodyEnd(page: Page, pairs: BracketPairs, closer: number): number {
	const parent =
		pairs.parent(closer) === undefined ? undefined : pairs.parent(pairs.partner(closer) ?? closer);
	let isArrow = page.tokens[closer]?.text === '=>';
	for (let at = pairs.beside(closer, 1); at < page.tokens.length; at++) {
		const { text, kind } = page.tokens[at] ?? { text: '', kind: 'line' };
		if (pairs.parent(at) !== parent) {
			continue;
		}
		if (text === '{') {
			return pairs.partner(at) ?? page.tokens.length;
		}
		if (text === '=>') {
			isArrow = true;
		} else if (/^(?:[,;)\]}])$/.test(text) || (kind === 'line' && !isArrow)) {
			return at;
		}
	}
	return page.tokens.length;
}

function isParameterList(pairs: BracketPairs, opener: number): boolean {
	const closer = pairs.partner(opener);
	if (closer === undefined) {
		return false;
	}
	const before = pairs.textBeside(opener, -1);
	const after = pairs.textBeside(closer, 1);
	if (after === '=>') {
		return true;
	}
	const isNamed = /^[\w$]+$/.test(before) && !NO_PARAMETERS.test(before) && before !== 'for';
	if (after === '{') {
		return isNamed;
	}
	// A return type stands between.
	const isFunction = before === 'function' || pairs.textBeside(pairs.beside(opener, -1), -1) === 'function';
	return after === ':' && isFunction;
}

function scriptScope(page: Page, pairs: BracketPairs, index: number): Scope | undefined {
	const before = pairs.textBeside(index, -1);
	const after = pairs.textBeside(index, 1);
	if (after === '=>' && before !== '.') {
		return { from: index, to: bodyEnd(page, pairs, pairs.beside(index, 1)) };
	}
	if (before === 'var') {
		return functionAround(page, pairs, index);
	}
	if (
		DECLARING.test(before) ||
		(before === '*' && pairs.textBeside(pairs.beside(index, -1), -1) === 'function')
	) {
		return declarationScope(page, pairs, index);
	}
	if (before === 'import' || (before === 'as' && isImported(page, pairs, index))) {
		return whole(page);
	}
	const root = patternRoot(page, pairs, index);
	const parent = pairs.parent(root);
	const start = pairs.textBeside(root, -1);
	const isFirst =
		parent !== undefined && page.tokens[parent]?.text === '(' && /^(?:[(,]|\.\.\.)$/.test(start);
	if (isFirst && isTyped(pairs, root)) {
		return headerScope(page, pairs, parent);
	}
	if (after === ':' || after === 'as') {
		return undefined;
	}
	if (root !== index && /^(?:const|let|var)$/.test(start)) {
		return start === 'var' ? functionAround(page, pairs, root) : declarationScope(page, pairs, root);
	}
	if (root !== index && (start === 'import' || isImported(page, pairs, index))) {
		return whole(page);
	}
	return isFirst && isParameterList(pairs, parent) ? headerScope(page, pairs, parent) : undefined;
}

/** A name or a pattern in front of a type: in parentheses only a parameter has one. */
function isTyped(pairs: BracketPairs, root: number): boolean {
	const end = pairs.partner(root) ?? root;
	const after = pairs.textBeside(end, 1);
	return (
		after === ':' || after === '?:' || (after === '?' && pairs.textBeside(pairs.beside(end, 1), 1) === ':')
	);
}

/** In a `for` or `catch` the block that follows, else the block around. */
function declarationScope(page: Page, pairs: BracketPairs, index: number): Scope | undefined {
	const parent = pairs.parent(index);
	return parent !== undefined && page.tokens[parent]?.text === '('
		? headerScope(page, pairs, parent)
		: blockAround(page, pairs, index);
}

/** The outermost bracket of a destructuring pattern, or the token itself outside of one. */
function patternRoot(page: Page, pairs: BracketPairs, index: number): number {
	let root = index;
	let parent = pairs.parent(root);
	while (parent !== undefined && /^[{[]$/.test(page.tokens[parent]?.text ?? '')) {
		const inFront = pairs.textBeside(root, -1);
		// Behind a `=` stands a value, and behind `:` only the outer name is a key.
		if (!/^(?:[{[,:]|\.\.\.)$/.test(inFront)) {
			break;
		}
		const outside = pairs.textBeside(parent, -1);
		const closer = pairs.partner(parent);
		const behind = closer === undefined ? '' : pairs.textBeside(closer, 1);
		if (!/^(?:const|let|var|import|[({[,:])$/.test(outside) || !/^(?:=|of|from|[)\]},:])$/.test(behind)) {
			break;
		}
		root = parent;
		parent = pairs.parent(root);
	}
	return root;
}

function isImported(page: Page, pairs: BracketPairs, index: number): boolean {
	const parent = pairs.parent(index) ?? index;
	const before = pairs.beside(parent, -1);
	const word = page.tokens[before]?.text;
	return word === 'import' || word === '*' || (word === ',' && pairs.textBeside(before - 1, -1) === 'import');
}

/** Languages that write the type or a keyword before the name. */
function typedScope(page: Page, pairs: BracketPairs, index: number): Scope | undefined {
	const before = page.tokens[index - 1];
	const after = pairs.textBeside(index, 1);
	const list = pairs.parent(index);
	if (
		list !== undefined &&
		/^[(,]$/.test(pairs.textBeside(index, -1)) &&
		page.tokens[list]?.text === '(' &&
		isFunctionHead(page, list)
	) {
		return headerScope(page, pairs, list);
	}
	const isDeclared =
		after === ':=' ||
		(before?.kind === 'word' &&
			before.zone === 'code' &&
			!NO_TYPE.test(before.text) &&
			/^(?:[=;,:(){<]|:=|in|range)$/.test(after));
	if (!isDeclared) {
		return undefined;
	}
	const parent = pairs.parent(index);
	return parent !== undefined && page.tokens[parent]?.text === '(' && after !== '('
		? headerScope(page, pairs, parent)
		: blockAround(page, pairs, index);
}

/** Whether a word that begins a function stands in front, in the same line: `fn`, `fun` and `func` write the name before the type. */
function isFunctionHead(page: Page, opener: number): boolean {
	for (let at = opener - 1; page.tokens[at] !== undefined && page.tokens[at]?.kind !== 'line'; at--) {
		if (/^(?:fn|fun|func)$/.test(page.tokens[at]?.text ?? '')) {
			return true;
		}
	}
	return false;
}

function pythonScope(page: Page, pairs: BracketPairs, index: number): Scope | undefined {
	const before = page.tokens[index - 1];
	const word = before?.text ?? '';
	const after = page.tokens[index + 1]?.text;
	const parent = pairs.parent(index);
	if (parent !== undefined) {
		const name = pairs.beside(parent, -1);
		const isParameter = pairs.textBeside(name, -1) === 'def' && /^(?:[(,*]|\*\*|\n)$/.test(word);
		return isParameter ? indentedBelow(page, index) : undefined;
	}
	const isStart = before === undefined || before.kind === 'line';
	const isDeclared = /^(?:def|class|for|as|import)$/.test(word) || (isStart && after === '=');
	return isDeclared ? pythonBlock(page, index) : undefined;
}

/** The line of a token and all lines below it that are indented further. */
function indentedBelow(page: Page, index: number): Scope {
	let from = index;
	while (from > 0 && page.tokens[from - 1]?.kind !== 'line') {
		from--;
	}
	const own = column(page, from);
	for (let at = from; at < page.tokens.length; at++) {
		const isLine = page.tokens[at]?.kind === 'line';
		const next = page.tokens[at + 1];
		if (
			isLine &&
			next !== undefined &&
			next.kind !== 'line' &&
			next.text !== ')' &&
			column(page, at + 1) <= own
		) {
			return { from, to: at };
		}
	}
	return { from, to: page.tokens.length };
}

/** The body of the `def` or `class` around a token. */
function pythonBlock(page: Page, index: number): Scope {
	let least = column(page, index);
	for (let at = index; at > 0; at--) {
		const first = page.tokens[at];
		if (page.tokens[at - 1]?.kind !== 'line' || first === undefined || first.kind === 'line') {
			continue;
		}
		if (column(page, at) < least) {
			least = column(page, at);
			if (/^(?:def|class|async)$/.test(first.text)) {
				return indentedBelow(page, at);
			}
		}
	}
	return whole(page);
}

/** Blanks before the first token of the line in which a token stands. */
function column(page: Page, index: number): number {
	const start = page.tokens[index]?.start ?? 0;
	return leadingBlanks(page.text.slice(startOfLine(page.text, start), start)).length;
}
