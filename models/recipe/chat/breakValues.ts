/** Breaks of values: literals of a wrong type, missing defaults, and properties that an object lacks or has too many. */

import {
	isBinaryExpression,
	isCallExpression,
	isIdentifier,
	isNewExpression,
	isNumericLiteral,
	isObjectLiteralExpression,
	isPropertyAssignment,
	isPropertyDeclaration,
	isReturnStatement,
	isStringLiteral,
	isVariableDeclaration,
	type Node,
	SyntaxKind,
} from 'typescript/unstable/ast';
import { type Break, type Breaker, replaced } from './breakTypes';
import { pick, quoted } from './draw';

const ARITHMETIC: readonly SyntaxKind[] = [
	SyntaxKind.AsteriskToken,
	SyntaxKind.SlashToken,
	SyntaxKind.MinusToken,
	SyntaxKind.PercentToken,
];

/** A number as a text. The other way round, nobody could tell which text was meant. */
const quotedNumber: Breaker = (node, tree, random) => {
	if (!isNumericLiteral(node)) {
		return undefined;
	}
	const { parent } = node;
	const wrong = `'${node.text}'`;
	const broken: Pick<Break, 'text' | 'fixed' | 'remedy'> = {
		text: replaced(tree, node.getStart(tree), node.end, wrong),
		fixed: tree.text,
		remedy: pick(random, [
			`write the number \`${node.text}\` without quotes`,
			`remove the quotes around \`${node.text}\``,
		]),
	};
	if ((isCallExpression(parent) || isNewExpression(parent)) && parent.arguments?.includes(node)) {
		const called = quoted(parent.expression.getText());
		return called === undefined
			? undefined
			: {
					name: 'argument of a wrong type',
					codes: [2345],
					...broken,
					why: `${called} wants a number here, but \`${wrong}\` is a text`,
				};
	}
	if (isVariableDeclaration(parent) || isPropertyAssignment(parent) || isReturnStatement(parent)) {
		return {
			name: 'value of a wrong type',
			codes: [2322],
			...broken,
			why: pick(random, [
				`\`${wrong}\` is a text, where the type wants a number`,
				`the type says number, but \`${wrong}\` is a string`,
			]),
		};
	}
	return isBinaryExpression(parent) && ARITHMETIC.includes(parent.operatorToken.kind)
		? {
				name: 'arithmetic with a text',
				codes: [2362, 2363],
				...broken,
				why: `one can only calculate with numbers, and \`${wrong}\` is a text`,
			}
		: undefined;
};

/** A default that is simple enough to be thought of. */
const removedDefault: Breaker = (node, tree, random) => {
	if (!isBinaryExpression(node) || node.operatorToken.kind !== SyntaxKind.QuestionQuestionToken) {
		return undefined;
	}
	const [value, fallback] = [quoted(node.left.getText()), node.right.getText()];
	return value === undefined || !/^(?:''|0|1|false|true|\[\]|'[\w ]+')$/.test(fallback)
		? undefined
		: {
				name: 'missing default',
				isGuess: true,
				codes: [2322, 2345],
				text: replaced(tree, node.left.end, node.end, ''),
				fixed: replaced(tree, node.right.getStart(tree), node.right.end, emptyLike(fallback)),
				why: pick(random, [
					`${value} can be undefined, which the type does not allow`,
					`${value} may be \`undefined\`, and a value without \`undefined\` is wanted`,
				]),
				remedy: `give a default with \`??\`, for example \`${emptyLike(fallback)}\`, or check for undefined before`,
			};
};

/** Which default was there, the broken code does not tell; one of its type does. */
function emptyLike(fallback: string): string {
	return /^'/.test(fallback) ? "''" : /^\d/.test(fallback) ? '0' : /^[ft]/.test(fallback) ? 'false' : '[]';
}

/** What stands for a value of its kind until the right one is known. */
function placeholder(value: Node): string | undefined {
	if (isStringLiteral(value)) {
		return "''";
	}
	if (isNumericLiteral(value)) {
		return '0';
	}
	return value.kind === SyntaxKind.TrueKeyword || value.kind === SyntaxKind.FalseKeyword
		? 'false'
		: undefined;
}

const missingProperty: Breaker = (node, tree) => {
	const object = node.parent;
	if (!isPropertyAssignment(node) || !isIdentifier(node.name) || !isObjectLiteralExpression(object)) {
		return undefined;
	}
	const value = placeholder(node.initializer);
	const index = object.properties.indexOf(node);
	const next = object.properties[index + 1];
	const { text } = node.name;
	return value === undefined || next === undefined
		? undefined
		: {
				name: 'missing property',
				isGuess: true,
				codes: [2741],
				text: replaced(tree, node.getStart(tree), next.getStart(tree), ''),
				fixed: replaced(tree, node.initializer.getStart(tree), node.initializer.end, value),
				why: `the object lacks the property \`${text}\`, which its type requires`,
				remedy: `add \`${text}\`; \`${value}\` only stands in for the right value, which you know`,
			};
};

const unknownProperty: Breaker = (node, tree, random) => {
	if (!isPropertyAssignment(node) || !isObjectLiteralExpression(node.parent)) {
		return undefined;
	}
	const extra = pick(random, [
		'visible',
		'extra',
		'note',
		'color',
		'priority',
		'hidden',
		'version',
		'locale',
		'depth',
	]);
	const value = pick(random, ['true', '1', "'none'"]);
	return {
		name: 'unknown property',
		codes: [2353],
		text: replaced(tree, node.end, node.end, `, ${extra}: ${value}`),
		fixed: tree.text,
		why: pick(random, [
			`the object's type has no property \`${extra}\``,
			`\`${extra}\` is not among the properties that the object's type declares`,
		]),
		remedy: `remove \`${extra}\`, or declare it in the type`,
	};
};

const missingInitializer: Breaker = (node, tree) => {
	if (!isPropertyDeclaration(node) || node.initializer === undefined || node.type === undefined) {
		return undefined;
	}
	const value = placeholder(node.initializer);
	const name = node.name.getText();
	return value === undefined
		? undefined
		: {
				name: 'missing initializer',
				isGuess: true,
				codes: [2564],
				text: replaced(tree, node.type.end, node.initializer.end, ''),
				fixed: replaced(tree, node.initializer.getStart(tree), node.initializer.end, value),
				why: `the property \`${name}\` gets no value: neither where it is declared nor in the constructor`,
				remedy: `give \`${name}\` a first value, such as \`${value}\`, or set it in the constructor`,
			};
};

export const VALUE_BREAKS: readonly Breaker[] = [
	quotedNumber,
	removedDefault,
	missingProperty,
	unknownProperty,
	missingInitializer,
];
