/** Finds the functions of a TypeScript or JavaScript file: their code, their comment, and the facts that the code states. */

import {
	type ArrowFunction,
	type ConstructorDeclaration,
	type FunctionDeclaration,
	type FunctionExpression,
	isArrowFunction,
	isBindingPattern,
	isBlock,
	isCallExpression,
	isClassDeclaration,
	isConstructorDeclaration,
	isForOfStatement,
	isFunctionDeclaration,
	isFunctionExpression,
	isFunctionLikeDeclaration,
	isMethodDeclaration,
	isNewExpression,
	isReturnStatement,
	isThrowStatement,
	isVariableStatement,
	type MethodDeclaration,
	type Node,
	type ParameterDeclaration,
	type SourceFile,
} from 'typescript/unstable/ast';
import type { Facts, Parameter } from './facts';
import { statementClause } from './statements';
import { isAsync, nameOf, valuePhrase } from './values';

export interface FoundFunction {
	readonly facts: Facts;
	/** Lines of the file, from 0, without the comment. */
	readonly firstLine: number;
	readonly lastLine: number;
	/** First line of the documentation comment; undefined without one directly above. */
	readonly commentLine: number | undefined;
	/** The comment as it is written. */
	readonly comment: string | undefined;
}

type Coded =
	| ArrowFunction
	| ConstructorDeclaration
	| FunctionDeclaration
	| FunctionExpression
	| MethodDeclaration;

/** Top-level functions, constants that are functions, and methods of classes, in their order. */
export function functionsOf(tree: SourceFile): FoundFunction[] {
	const found: FoundFunction[] = [];
	const add = (holder: Node, code: Coded, name: string | undefined) => {
		const one = name === undefined ? undefined : foundAt(tree, holder, code, name);
		if (one !== undefined) {
			found.push(one);
		}
	};
	for (const statement of tree.statements) {
		if (isFunctionDeclaration(statement)) {
			add(statement, statement, nameOf(statement));
		} else if (isClassDeclaration(statement)) {
			for (const member of statement.members) {
				if (isMethodDeclaration(member)) {
					add(member, member, nameOf(member));
				} else if (isConstructorDeclaration(member)) {
					add(member, member, 'constructor');
				}
			}
		} else if (isVariableStatement(statement)) {
			const [declaration, second] = statement.declarationList.declarations;
			const value = declaration?.initializer;
			const isFunction = value !== undefined && (isArrowFunction(value) || isFunctionExpression(value));
			if (declaration !== undefined && isFunction && second === undefined) {
				add(statement, value, nameOf(declaration));
			}
		}
	}
	return found;
}

function foundAt(tree: SourceFile, holder: Node, code: Coded, name: string): FoundFunction | undefined {
	if (code.body === undefined) {
		return undefined;
	}
	const lineOf = (offset: number) => tree.text.slice(0, offset).split('\n').length - 1;
	const start = holder.getStart(tree);
	const above = tree.text.slice(holder.pos, start);
	const comment = /\/\*\*(?:(?!\*\/)[\s\S])*\*\/[ \t]*\n?[ \t]*$/.exec(above);
	const firstLine = lineOf(start);
	return {
		facts: factsOf(code, name),
		firstLine,
		lastLine: lineOf(holder.end),
		commentLine: comment === null ? undefined : lineOf(holder.pos + comment.index),
		comment: comment?.[0].trim(),
	};
}

function factsOf(code: Coded, name: string): Facts {
	const own = code.body === undefined ? [] : withinFunction(code.body);
	const returned = own.flatMap((node) =>
		isReturnStatement(node) && node.expression !== undefined ? [node.expression] : [],
	);
	const isExpression = code.body !== undefined && !isBlock(code.body);
	const [only] = isExpression && code.body !== undefined ? [code.body] : returned;
	const hasOne = isExpression || returned.length === 1;
	return {
		name,
		noun: isConstructorDeclaration(code) ? 'constructor' : isMethodDeclaration(code) ? 'method' : 'function',
		// `this` only has a type there: nobody passes it.
		parameters: code.parameters.map(parameterOf).filter(({ name }) => name !== 'this'),
		isAsync: isAsync(code),
		isGenerator: 'asteriskToken' in code && code.asteriskToken !== undefined,
		returnType: code.type?.getText(),
		returns:
			only === undefined && code.type === undefined
				? 'nothing'
				: hasOne && only !== undefined && isWhole(code, own)
					? valuePhrase(only)
					: undefined,
		returnCount: isExpression ? 1 : returned.length,
		throws: unique(
			own.flatMap((node) =>
				isThrowStatement(node) && isNewExpression(node.expression)
					? [node.expression.expression.getText()]
					: [],
			),
		),
		calls: unique(own.flatMap((node) => (isCallExpression(node) ? [node.expression.getText()] : []))),
		loops: unique(own.flatMap((node) => (isForOfStatement(node) ? [node.expression.getText()] : []))),
		steps: stepsOf(code.body),
	};
}

/** Whether the only `return` with a value is what every call ends with, so far as it ends without throwing. */
function isWhole(code: Coded, own: readonly Node[]): boolean {
	const { body } = code;
	if (body === undefined || !isBlock(body)) {
		return true;
	}
	const last = body.statements.at(-1);
	return last !== undefined && isReturnStatement(last) && own.filter(isReturnStatement).length === 1;
}

/** Statements that are still told one by one. */
const MOST_STEPS = 6;

function stepsOf(body: Node | undefined): readonly string[] | undefined {
	if (
		body === undefined ||
		!isBlock(body) ||
		body.statements.length < 2 ||
		body.statements.length > MOST_STEPS
	) {
		return undefined;
	}
	const steps = body.statements.map(statementClause);
	const told = steps.filter((step) => step !== undefined);
	return told.length === steps.length ? told : undefined;
}

/** All nodes of a body but those of the functions within it. */
function withinFunction(body: Node): Node[] {
	const nodes: Node[] = [body];
	const visit = (node: Node): undefined => {
		if (!isFunctionLikeDeclaration(node)) {
			nodes.push(node);
			node.forEachChild(visit);
		}
		return undefined;
	};
	if (!isFunctionLikeDeclaration(body)) {
		body.forEachChild(visit);
	}
	return nodes;
}

function parameterOf(node: ParameterDeclaration): Parameter {
	return {
		name: isBindingPattern(node.name) ? node.name.getText().replace(/\s+/g, ' ') : node.name.getText(),
		type: node.type?.getText(),
		isOptional: node.questionToken !== undefined || node.initializer !== undefined,
		isRest: node.dotDotDotToken !== undefined,
	};
}

function unique(names: readonly string[]): string[] {
	return [...new Set(names)];
}
