/** Breaks of syntax: brackets, commas and quotes that are missing; and modules that are not there. */

import {
	isArrayLiteralExpression,
	isBlock,
	isCallExpression,
	isObjectLiteralExpression,
	isSourceFile,
	isStringLiteral,
	type Node,
	type SourceFile,
} from 'typescript/unstable/ast';
import type { Random } from '../../../src/finetune/training/random';
import { type Break, type Breaker, replaced } from './breakTypes';
import { pick } from './draw';

const missingBracket: Breaker = (node, tree, random) => {
	const close = tree.text.charAt(node.end - 1);
	const isClosed =
		isCallExpression(node) ||
		isArrayLiteralExpression(node) ||
		isObjectLiteralExpression(node) ||
		isBlock(node);
	const open = new Map([
		[')', '('],
		[']', '['],
		['}', '{'],
	]).get(close);
	const last = lastLineBefore(node, tree);
	return !isClosed || open === undefined || last === undefined
		? undefined
		: {
				name: `missing ${close}`,
				codes: [1005],
				message: `'${close}' expected`,
				text: replaced(tree, node.end - 1, node.end, ''),
				fixed: tree.text,
				why: pick(random, [
					`a closing \`${close}\` is missing`,
					`a \`${open}\` is opened, but never closed with \`${close}\``,
				]),
				remedy: `add the \`${close}\` after \`${last}\``,
				clue: last,
			};
};

/** What stands before the closing bracket on the same or the last line with text, so that one can find the place. */
function lastLineBefore(node: Node, tree: SourceFile): string | undefined {
	const before = tree.text.slice(0, node.end - 1).trimEnd();
	const last = before.slice(before.lastIndexOf('\n') + 1).trim();
	return last.length > 0 && last.length <= 50 && !last.includes('`') ? last : undefined;
}

const missingComma: Breaker = (node, tree) => {
	const parts = isObjectLiteralExpression(node)
		? node.properties
		: isCallExpression(node)
			? node.arguments
			: isArrayLiteralExpression(node)
				? node.elements
				: [];
	const [first, second] = parts;
	const comma = first === undefined ? -1 : tree.text.indexOf(',', first.end);
	return first === undefined || second === undefined || comma !== first.end
		? undefined
		: {
				name: 'missing ,',
				codes: [1005],
				message: "',' expected",
				text: replaced(tree, comma, comma + 1, ''),
				fixed: tree.text,
				why: 'a comma is missing between two parts of a list',
				remedy: `put a comma behind \`${first.getText().replace(/\s+/g, ' ').slice(0, 40)}\``,
			};
};

const missingQuote: Breaker = (node, tree) =>
	isStringLiteral(node) && node.end - node.getStart(tree) > 3
		? {
				name: 'missing quote',
				codes: [1002, 1005],
				text: replaced(tree, node.end - 1, node.end, ''),
				fixed: tree.text,
				why: `the text that begins with \`${node.getText().slice(0, -1).replaceAll('`', "'").slice(0, 30)}\` has no closing quote`,
				remedy: `close it with \`${tree.text.charAt(node.end - 1)}\``,
			}
		: undefined;

const MODULES = [
	'helpers',
	'utils',
	'config',
	'types',
	'logger',
	'constants',
	'format',
	'client',
	'store',
	'errors',
];
const IMPORTED = [
	'format',
	'settings',
	'logger',
	'defaults',
	'createClient',
	'parse',
	'toText',
	'options',
	'limits',
];

/** Nothing else can be imported where it is compiled, so every import is one of nothing. */
const missingModule: Breaker = (node, tree, random: Random): Break | undefined => {
	if (!isSourceFile(node)) {
		return undefined;
	}
	const module = `${pick(random, ['./', '../', './lib/', '../shared/', '@app/'])}${pick(random, MODULES)}`;
	const name = pick(random, IMPORTED);
	return {
		name: 'missing module',
		codes: [2307],
		text: `import { ${name} } from '${module}';\n\n${tree.text}\n\nexport const used = ${name};\n`,
		fixed: undefined,
		why: `there is no module \`'${module}'\` that TypeScript could find from this file`,
		remedy: /^\./.test(module)
			? `check the path and the spelling of \`'${module}'\`, and whether the file exists`
			: `check the spelling of \`'${module}'\`, install the package, or set up its path in tsconfig.json`,
	};
};

export const SYNTAX_BREAKS: readonly Breaker[] = [missingBracket, missingComma, missingQuote, missingModule];
