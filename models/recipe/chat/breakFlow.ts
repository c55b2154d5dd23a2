/** Breaks of how code runs: promises, constants, results, order, and how things are called. */

import {
	isAwaitExpression,
	isBlock,
	isCallExpression,
	isFunctionDeclaration,
	isIdentifier,
	isMethodDeclaration,
	isNewExpression,
	isNumericLiteral,
	isPropertyAccessExpression,
	isPropertySignatureDeclaration,
	isReturnStatement,
	isSourceFile,
	isStringLiteral,
	isVariableDeclarationList,
	isVariableStatement,
	type Node,
	NodeFlags,
	SyntaxKind,
} from 'typescript/unstable/ast';
import { type Breaker, replaced } from './breakTypes';
import { counted, pick, quoted } from './draw';
import { hasModifier, nameOf } from './values';

const missingAwait: Breaker = (node, tree, random) => {
	if (!isAwaitExpression(node)) {
		return undefined;
	}
	const awaited = quoted(node.expression.getText());
	return awaited === undefined
		? undefined
		: {
				name: 'missing await',
				codes: [2339],
				text: replaced(tree, node.getStart(tree), node.expression.getStart(tree), ''),
				fixed: tree.text,
				why: pick(random, [
					`${awaited} gives a promise, and what is used here is in its result`,
					`${awaited} returns a promise: without \`await\` one has the promise, not its value`,
				]),
				remedy: `put \`await\` before ${awaited}`,
			};
};

const missingAsync: Breaker = (node, tree) => {
	if (!isFunctionDeclaration(node) && !isMethodDeclaration(node)) {
		return undefined;
	}
	const modifier = node.modifiers?.find(({ kind }) => kind === SyntaxKind.AsyncKeyword);
	const name = quoted(nameOf(node) ?? '');
	return modifier === undefined || name === undefined
		? undefined
		: {
				name: 'missing async',
				codes: [1308],
				text: replaced(tree, modifier.getStart(tree), modifier.end + 1, ''),
				fixed: tree.text,
				why: `${name} uses \`await\`, which only async functions may`,
				remedy: `declare ${name} with \`async\``,
			};
};

const assignedConstant: Breaker = (node, tree, random) => {
	const [declaration] = isVariableDeclarationList(node) ? node.declarations : [];
	if (
		!isVariableDeclarationList(node) ||
		(node.flags & NodeFlags.Let) === 0 ||
		declaration?.initializer === undefined
	) {
		return undefined;
	}
	const name = quoted(declaration.name.getText());
	const start = node.getStart(tree);
	return name === undefined
		? undefined
		: {
				name: 'assigned constant',
				codes: [2588],
				text: replaced(tree, start, start + 'let'.length, 'const'),
				fixed: tree.text,
				why: pick(random, [
					`${name} is declared with \`const\`, so it cannot get another value`,
					`the code assigns to ${name}, which is a constant`,
				]),
				remedy: `declare ${name} with \`let\``,
			};
};

const missingReturn: Breaker = (node, tree) => {
	if (!isReturnStatement(node) || node.expression === undefined || !isIdentifier(node.expression)) {
		return undefined;
	}
	const name = node.expression.text;
	const lineStart = tree.text.lastIndexOf('\n', node.getStart(tree)) + 1;
	return {
		name: 'missing return',
		codes: [2355],
		text: replaced(tree, lineStart, node.end + 1, ''),
		fixed: tree.text,
		why: 'the function promises a value in its return type, but returns none',
		remedy: `end it with \`return ${name};\``,
		clue: name,
	};
};

const possiblyUndefined: Breaker = (node, tree, random) => {
	if (!isPropertyAccessExpression(node) || node.questionDotToken === undefined) {
		return undefined;
	}
	const object = quoted(node.expression.getText());
	return object === undefined
		? undefined
		: {
				name: 'possibly undefined',
				codes: [2531, 2532, 18047, 18048, 18049],
				text: replaced(tree, node.questionDotToken.getStart(tree), node.questionDotToken.end, '.'),
				fixed: tree.text,
				why: pick(random, [
					`${object} can be null or undefined, and then it has no \`${node.name.text}\``,
					`it is not certain that ${object} has a value when \`.${node.name.text}\` is read`,
				]),
				remedy: `write \`?.\` instead of \`.\`, or check ${object} before`,
			};
};

const tooManyArguments: Breaker = (node, tree, random) => {
	if (!isCallExpression(node)) {
		return undefined;
	}
	const extra = pick(random, ['true', '0', 'null', "''"]);
	const last = node.arguments.at(-1);
	const name = quoted(node.expression.getText());
	return last === undefined || name === undefined
		? undefined
		: {
				name: 'too many arguments',
				codes: [2554],
				text: replaced(tree, last.end, last.end, `, ${extra}`),
				fixed: tree.text,
				why: `${name} is called with ${counted(node.arguments.length + 1, 'argument')}, more than it takes`,
				remedy: `remove the last one, \`${extra}\``,
			};
};

const tooFewArguments: Breaker = (node, tree) => {
	if (!isCallExpression(node) || node.arguments.length < 2) {
		return undefined;
	}
	const [before, last] = node.arguments.slice(-2);
	const name = quoted(node.expression.getText());
	return before === undefined || last === undefined || name === undefined
		? undefined
		: {
				name: 'too few arguments',
				codes: [2554],
				text: replaced(tree, before.end, last.end, ''),
				fixed: undefined,
				why: `${name} is called with ${counted(node.arguments.length - 1, 'argument')}, fewer than it requires`,
				remedy: `give the missing argument in the call of ${name}`,
			};
};

const usedBeforeDeclared: Breaker = (node, tree) => {
	const { parent } = node;
	if (!isVariableStatement(node) || !(isBlock(parent) || isSourceFile(parent))) {
		return undefined;
	}
	const index = parent.statements.indexOf(node);
	const next = parent.statements[index + 1];
	const name = node.declarationList.declarations[0]?.name.getText() ?? '';
	if (next === undefined || !new RegExp(`\\b${name.replace(/\W/g, '')}\\b`).test(next.getText())) {
		return undefined;
	}
	const [start, end] = [node.getStart(tree), next.end];
	const between = tree.text.slice(node.end, next.getStart(tree));
	return {
		name: 'used before its declaration',
		codes: [2448, 2454],
		text: replaced(tree, start, end, next.getText() + between + node.getText()),
		fixed: tree.text,
		why: `\`${name}\` is used before the line that declares it`,
		remedy: `move the declaration of \`${name}\` above its first use`,
	};
};

const missingNew: Breaker = (node, tree) => {
	const name = isNewExpression(node) ? quoted(node.expression.getText()) : undefined;
	return !isNewExpression(node) || name === undefined
		? undefined
		: {
				name: 'missing new',
				codes: [2348],
				text: replaced(tree, node.getStart(tree), node.expression.getStart(tree), ''),
				fixed: tree.text,
				why: `${name} is a class, and a class cannot be called like a function`,
				remedy: `write \`new\` before ${name}`,
			};
};

const calledProperty: Breaker = (node, tree) => {
	const isLength = isPropertyAccessExpression(node) && ['length', 'size'].includes(node.name.text);
	return !isLength || isCallExpression(node.parent)
		? undefined
		: {
				name: 'called property',
				codes: [2349, 6234],
				text: replaced(tree, node.end, node.end, '()'),
				fixed: tree.text,
				why: `\`${node.name.text}\` is a property, not a function, so it cannot be called`,
				remedy: `remove the parentheses behind \`${node.name.text}\``,
			};
};

const declaredTwice: Breaker = (node, tree) => {
	const [declaration] = isVariableStatement(node) ? node.declarationList.declarations : [];
	const value: Node | undefined = declaration?.initializer;
	if (
		declaration === undefined ||
		value === undefined ||
		!(isNumericLiteral(value) || isStringLiteral(value))
	) {
		return undefined;
	}
	const name = declaration.name.getText();
	const lineStart = tree.text.lastIndexOf('\n', node.getStart(tree)) + 1;
	const line = tree.text.slice(lineStart, node.end);
	return {
		name: 'declared twice',
		codes: [2451],
		text: replaced(tree, node.end, node.end, `\n${line}`),
		fixed: tree.text,
		why: `\`${name}\` is declared twice in the same block`,
		remedy: 'remove one of the two declarations',
	};
};

const readonlyProperty: Breaker = (node, tree) => {
	if (!isPropertySignatureDeclaration(node) || hasModifier(node, SyntaxKind.ReadonlyKeyword)) {
		return undefined;
	}
	const name = node.name.getText();
	const start = node.getStart(tree);
	return {
		name: 'readonly property',
		codes: [2540],
		text: replaced(tree, start, start, 'readonly '),
		fixed: undefined,
		why: `\`${name}\` is declared as \`readonly\`, so nothing may assign to it`,
		remedy: `remove \`readonly\` where \`${name}\` is declared, or make a new object instead of changing this one`,
	};
};

export const FLOW_BREAKS: readonly Breaker[] = [
	missingAwait,
	missingAsync,
	assignedConstant,
	missingReturn,
	possiblyUndefined,
	tooManyArguments,
	tooFewArguments,
	usedBeforeDeclared,
	missingNew,
	calledProperty,
	declaredTwice,
	readonlyProperty,
];
