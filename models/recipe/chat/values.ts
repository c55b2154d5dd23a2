/** What an expression of TypeScript or JavaScript gives, in words that its syntax alone warrants. */

import {
	isArrayLiteralExpression,
	isArrowFunction,
	isAwaitExpression,
	isCallExpression,
	isConditionalExpression,
	isFunctionExpression,
	isIdentifier,
	isNewExpression,
	isNoSubstitutionTemplateLiteral,
	isNumericLiteral,
	isObjectLiteralExpression,
	isParameterDeclaration,
	isParenthesizedExpression,
	isPropertyAccessExpression,
	isRegularExpressionLiteral,
	isSpreadElement,
	isStringLiteral,
	isTemplateExpression,
	type Node,
	SyntaxKind,
} from 'typescript/unstable/ast';
import { counted, listed, quoted } from './draw';

/** Names that a sentence lists; of more it only says how many. */
const MOST_NAMES = 4;

/** `quoted` names; of too many the first. */
export function names(nodes: readonly string[]): string | undefined {
	const all = nodes.map(quoted);
	const shown = all.filter((name) => name !== undefined);
	if (shown.length < all.length || all.length === 0) {
		return undefined;
	}
	return shown.length <= MOST_NAMES
		? listed(shown)
		: `${shown.slice(0, MOST_NAMES - 1).join(', ')} and ${shown.length - MOST_NAMES + 1} more`;
}

/** A noun phrase; undefined where its code is too long to be shown and it has no words of its own. */
export function valuePhrase(node: Node): string | undefined {
	if (isParenthesizedExpression(node)) {
		return valuePhrase(node.expression);
	}
	if (isStringLiteral(node) || isNoSubstitutionTemplateLiteral(node)) {
		return ofText('the text', node);
	}
	if (isNumericLiteral(node)) {
		return ofText('the number', node);
	}
	if (isRegularExpressionLiteral(node)) {
		return ofText('the regular expression', node);
	}
	if (isTemplateExpression(node)) {
		return ofText('the text that the template gives:', node);
	}
	if (isArrayLiteralExpression(node)) {
		const { elements } = node;
		return elements.some(isSpreadElement)
			? ofText('a new list:', node)
			: elements.length === 0
				? 'an empty list'
				: `a list of ${counted(elements.length, 'item')}`;
	}
	if (isObjectLiteralExpression(node)) {
		return ofObject(node.properties);
	}
	if (isArrowFunction(node) || isFunctionExpression(node)) {
		return ofFunction(node.parameters, isAsync(node));
	}
	if (isNewExpression(node)) {
		return ofText('a new', node.expression);
	}
	if (isAwaitExpression(node)) {
		const awaited = quoted(node.expression.getText());
		return awaited === undefined
			? ofText('what it awaits of', calleeOf(node.expression))
			: `what ${awaited} resolves to`;
	}
	if (isCallExpression(node)) {
		return ofText('the result of calling', node.expression);
	}
	if (isConditionalExpression(node)) {
		return ofConditional(node.condition, node.whenTrue, node.whenFalse);
	}
	if (isIdentifier(node) || isPropertyAccessExpression(node) || isKeyword(node)) {
		return ofText('', node);
	}
	return ofText('the value of', node);
}

function ofText(before: string, node: Node): string | undefined {
	const code = quoted(node.getText());
	return code === undefined ? undefined : `${before} ${code}`.trim();
}

function calleeOf(node: Node): Node {
	return isCallExpression(node) ? node.expression : node;
}

function ofObject(properties: readonly Node[]): string | undefined {
	if (properties.length === 0) {
		return 'an empty object';
	}
	const keys = properties.map((property) => nameOf(property) ?? '');
	const shown = names(keys);
	return shown === undefined
		? `an object with ${counted(properties.length, 'entry').replace(/entrys$/, 'entries')}`
		: `an object with ${shown}`;
}

export function ofFunction(parameters: readonly Node[], async: boolean): string {
	const kind = async ? 'an async function' : 'a function';
	if (parameters.length === 0) {
		return `${kind} without parameters`;
	}
	const taken = names(
		parameters.map((parameter) => (isParameterDeclaration(parameter) ? parameter.name.getText() : '')),
	);
	return taken === undefined ? kind : `${kind} that takes ${taken}`;
}

function ofConditional(condition: Node, whenTrue: Node, whenFalse: Node): string | undefined {
	const test = quoted(condition.getText());
	const [one, other] = [valuePhrase(whenTrue), valuePhrase(whenFalse)];
	return test === undefined || one === undefined || other === undefined
		? undefined
		: `${one} if ${test} holds, else ${other}`;
}

function isKeyword(node: Node): boolean {
	return [
		SyntaxKind.TrueKeyword,
		SyntaxKind.FalseKeyword,
		SyntaxKind.NullKeyword,
		SyntaxKind.ThisKeyword,
	].includes(node.kind);
}

/** Whether it has the modifier `async`, `static`, `export` or the like. */
export function hasModifier(node: Node, kind: SyntaxKind): boolean {
	return (
		'modifiers' in node &&
		Array.isArray(node.modifiers) &&
		node.modifiers.some((one: Node) => one.kind === kind)
	);
}

export function isAsync(node: Node): boolean {
	return hasModifier(node, SyntaxKind.AsyncKeyword);
}

/** Of a declaration, a member or an entry, where it has a plain one. */
export function nameOf(node: Node): string | undefined {
	const name = 'name' in node ? node.name : undefined;
	return isNode(name) && (isIdentifier(name) || isStringLiteral(name)) ? name.text : undefined;
}

function isNode(value: unknown): value is Node {
	return typeof value === 'object' && value !== null && 'kind' in value && 'getText' in value;
}
