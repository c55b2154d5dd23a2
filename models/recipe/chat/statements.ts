/** What a statement of TypeScript or JavaScript does, as a clause in the third person: "returns `x`". */

import {
	type ExportDeclaration,
	type ImportDeclaration,
	isAwaitExpression,
	isBinaryExpression,
	isBindingPattern,
	isBlock,
	isCallExpression,
	isDeleteExpression,
	isExportDeclaration,
	isExpressionStatement,
	isForInStatement,
	isForOfStatement,
	isForStatement,
	isIfStatement,
	isImportDeclaration,
	isNamedExports,
	isNamedImports,
	isNamespaceImport,
	isNewExpression,
	isPostfixUnaryExpression,
	isReturnStatement,
	isSwitchStatement,
	isThrowStatement,
	isTryStatement,
	isVariableDeclarationList,
	isVariableStatement,
	isWhileStatement,
	type Node,
	NodeFlags,
	SyntaxKind,
	type VariableDeclaration,
	type VariableDeclarationList,
} from 'typescript/unstable/ast';
import { declarationClause } from './declarations';
import { counted, quoted } from './draw';
import { names, valuePhrase } from './values';

/** Undefined where nothing true and short can be said. */
export function statementClause(node: Node): string | undefined {
	if (isVariableStatement(node)) {
		return variables(node.declarationList);
	}
	if (isImportDeclaration(node)) {
		return imports(node);
	}
	if (isExportDeclaration(node)) {
		return exports(node);
	}
	if (isExpressionStatement(node)) {
		return effect(node.expression);
	}
	if (isReturnStatement(node)) {
		return node.expression === undefined ? 'returns' : withValue('returns', node.expression);
	}
	if (isThrowStatement(node)) {
		return withValue('throws', node.expression);
	}
	if (isIfStatement(node)) {
		return branch(node.expression, node.thenStatement, node.elseStatement);
	}
	if (isForOfStatement(node) || isForInStatement(node)) {
		return each(node.initializer, node.expression, isForInStatement(node), node.statement);
	}
	if (isForStatement(node)) {
		return around(node.condition, node.statement);
	}
	if (isWhileStatement(node)) {
		return around(node.expression, node.statement);
	}
	if (isSwitchStatement(node)) {
		const { clauses } = node.caseBlock;
		return after('chooses among', `${counted(clauses.length, 'case')} by`, quoted(node.expression.getText()));
	}
	if (isTryStatement(node)) {
		return node.catchClause === undefined
			? 'runs a block and then, whatever happens, what stands under `finally`'
			: `runs a block and catches what it throws${node.finallyBlock === undefined ? '' : '; at the end it runs what stands under `finally`'}`;
	}
	return declarationClause(node);
}

function after(...parts: readonly (string | undefined)[]): string | undefined {
	return parts.includes(undefined) ? undefined : parts.join(' ');
}

function withValue(verb: string, node: Node): string | undefined {
	return after(verb, valuePhrase(node));
}

function variables(list: VariableDeclarationList): string | undefined {
	const [first] = list.declarations;
	if (first === undefined || list.declarations.length > 1) {
		return after('declares', names(list.declarations.map(({ name }) => name.getText())));
	}
	return variable(first, (list.flags & NodeFlags.Const) !== 0 ? 'constant' : 'variable');
}

function variable({ name, type, initializer }: VariableDeclaration, kind: string): string | undefined {
	if (isBindingPattern(name)) {
		const taken = name.elements.flatMap((element) =>
			'name' in element && element.name !== undefined ? [element.name.getText()] : [],
		);
		return initializer === undefined
			? undefined
			: after('takes', names(taken), 'out of', valuePhrase(initializer));
	}
	const declared = after(`declares the ${kind}`, quoted(name.getText()));
	const typed = type === undefined ? declared : after(declared, 'of type', quoted(type.getText()));
	return initializer === undefined
		? after(typed, 'without a value')
		: after(typed, 'and sets it to', valuePhrase(initializer));
}

function imports({ importClause, moduleSpecifier }: ImportDeclaration): string | undefined {
	const from = after('from', quoted(moduleSpecifier.getText()));
	if (importClause === undefined) {
		return after('loads', quoted(moduleSpecifier.getText()), 'only for what happens when it is loaded');
	}
	const { name, namedBindings } = importClause;
	const parts: (string | undefined)[] = [];
	if (name !== undefined) {
		parts.push(after('the default export as', quoted(name.text)));
	}
	if (namedBindings !== undefined && isNamespaceImport(namedBindings)) {
		parts.push(after('everything as', quoted(namedBindings.name.text)));
	}
	if (namedBindings !== undefined && isNamedImports(namedBindings)) {
		parts.push(names(namedBindings.elements.map((element) => element.getText())));
	}
	const isType = importClause.phaseModifier === SyntaxKind.TypeKeyword;
	return after(
		isType ? 'imports, as types only,' : 'imports',
		parts.includes(undefined) ? undefined : parts.join(' and '),
		from,
	);
}

function exports({ exportClause, moduleSpecifier }: ExportDeclaration): string | undefined {
	const what =
		exportClause === undefined
			? 'everything'
			: isNamedExports(exportClause)
				? names(exportClause.elements.map((element) => element.getText()))
				: undefined;
	return moduleSpecifier === undefined
		? after('exports', what)
		: after('exports', what, 'of', quoted(moduleSpecifier.getText()), 'as its own');
}

/** What an expression that stands alone does. */
function effect(node: Node): string | undefined {
	if (isAwaitExpression(node)) {
		return after('waits for', quoted(node.expression.getText()));
	}
	if (isCallExpression(node)) {
		const { arguments: given } = node;
		const called = after('calls', quoted(node.expression.getText()));
		if (given.length === 0) {
			return after(called, 'without arguments');
		}
		return (
			after(called, 'with', names(given.map((one) => one.getText()))) ??
			after(called, 'with', counted(given.length, 'argument'))
		);
	}
	if (isBinaryExpression(node)) {
		const [target, value] = [quoted(node.left.getText()), valuePhrase(node.right)];
		switch (node.operatorToken.kind) {
			case SyntaxKind.EqualsToken:
				return after('sets', target, 'to', value);
			case SyntaxKind.PlusEqualsToken:
				return after('adds', value, 'to', target);
			case SyntaxKind.MinusEqualsToken:
				return after('takes', value, 'from', target);
			case SyntaxKind.QuestionQuestionEqualsToken:
				return after('sets', target, 'to', value, 'if it is null or undefined so far');
			default:
				return undefined;
		}
	}
	if (isPostfixUnaryExpression(node)) {
		const isUp = node.operator === SyntaxKind.PlusPlusToken;
		return after(isUp ? 'raises' : 'lowers', quoted(node.operand.getText()), 'by one');
	}
	if (isDeleteExpression(node)) {
		return after('deletes', quoted(node.expression.getText()));
	}
	return isNewExpression(node) ? withValue('makes', node) : undefined;
}

/** The only statement of a block, or the statement itself. */
function only(node: Node): Node | undefined {
	return isBlock(node) ? (node.statements.length === 1 ? node.statements[0] : undefined) : node;
}

/** What a body does, for a sentence that goes on with it; of a longer one, how many statements it has. */
function body(node: Node): string | undefined {
	const single = only(node);
	if (single !== undefined && !isIfStatement(single) && !isBlock(single)) {
		const clause = statementClause(single);
		if (clause !== undefined) {
			return clause;
		}
	}
	return isBlock(node) ? `runs ${counted(node.statements.length, 'statement')}` : undefined;
}

function branch(condition: Node, then: Node, otherwise: Node | undefined): string | undefined {
	const test = quoted(condition.getText());
	const first = body(then);
	if (test === undefined || first === undefined) {
		return undefined;
	}
	if (otherwise === undefined) {
		return `${first} if ${test} holds`;
	}
	const second = isIfStatement(otherwise) ? 'looks at further conditions' : body(otherwise);
	return second === undefined ? undefined : `${first} if ${test} holds, and otherwise ${second}`;
}

function each(initializer: Node, list: Node, isKeys: boolean, inner: Node): string | undefined {
	const [declared] = isVariableDeclarationList(initializer) ? initializer.declarations : [];
	const name = declared === undefined ? undefined : quoted(declared.name.getText());
	const what = body(inner);
	const goes = after('goes through', isKeys ? 'the keys of' : '', quoted(list.getText()))?.replace('  ', ' ');
	return what === undefined ? undefined : after(goes, 'as', name, `and each time ${what}`);
}

function around(condition: Node | undefined, inner: Node): string | undefined {
	const what = body(inner);
	const test = condition === undefined ? undefined : quoted(condition.getText());
	return what === undefined ? undefined : after('repeats as long as', test, `holds: it ${what}`);
}
