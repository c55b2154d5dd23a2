/** Breaks of names: mistyped variables, properties, keys and literals, and names that nothing declares. */

import {
	isBinaryExpression,
	isIdentifier,
	isImportDeclaration,
	isLiteralTypeNode,
	isPropertyAccessExpression,
	isPropertyAssignment,
	isStringLiteral,
	isVariableDeclaration,
	isVariableStatement,
	type Node,
	type SourceFile,
	SyntaxKind,
} from 'typescript/unstable/ast';
import { type Breaker, mistyped, replaced, walk } from './breakTypes';
import { pick, quoted } from './draw';

/** Names that the file itself declares; types are left out, so that all are values. */
function declared(tree: SourceFile): ReadonlySet<string> {
	const found = new Set<string>();
	walk(tree, (node) => {
		const name = 'name' in node ? node.name : undefined;
		const isType =
			node.kind === SyntaxKind.InterfaceDeclaration || node.kind === SyntaxKind.TypeAliasDeclaration;
		if (!isType && isIdentifierNode(name)) {
			found.add(name.text);
		}
	});
	return found;
}

function isIdentifierNode(value: unknown): value is Node & { readonly text: string } {
	return (
		typeof value === 'object' && value !== null && 'kind' in value && value.kind === SyntaxKind.Identifier
	);
}

/** Whether the identifier is used as a value here, not declared and not a property. */
function isUse(node: Node): boolean {
	const { parent } = node;
	return (
		!('name' in parent && parent.name === node) &&
		parent.kind !== SyntaxKind.TypeReference &&
		parent.kind !== SyntaxKind.ImportSpecifier &&
		parent.kind !== SyntaxKind.ShorthandPropertyAssignment
	);
}

const mistypedName: Breaker = (node, tree, random) => {
	if (!isIdentifier(node) || !isUse(node) || !declared(tree).has(node.text)) {
		return undefined;
	}
	const wrong = mistyped(node.text, random);
	if (wrong === undefined || declared(tree).has(wrong)) {
		return undefined;
	}
	return {
		name: 'mistyped name',
		codes: [2304, 2552],
		text: replaced(tree, node.getStart(tree), node.end, wrong),
		fixed: tree.text,
		why: pick(random, [
			`nothing declares the name \`${wrong}\`; it is a misspelling of \`${node.text}\``,
			`\`${wrong}\` is not declared, the declared name is \`${node.text}\``,
			`the name \`${wrong}\` does not exist here: \`${node.text}\` is meant`,
		]),
		remedy: `write \`${node.text}\` instead of \`${wrong}\``,
		clue: node.text,
	};
};

const mistypedProperty: Breaker = (node, tree, random) => {
	if (!isPropertyAccessExpression(node) || !isIdentifier(node.name)) {
		return undefined;
	}
	const right = node.name.text;
	const wrong = mistyped(right, random);
	const object = quoted(node.expression.getText());
	return wrong === undefined || object === undefined
		? undefined
		: {
				name: 'mistyped property',
				// Without a proposal (2339) nobody can know which is meant.
				codes: [2551],
				text: replaced(tree, node.name.getStart(tree), node.name.end, wrong),
				fixed: tree.text,
				why: pick(random, [
					`${object} has no property \`${wrong}\`; it is called \`${right}\``,
					`the property \`${wrong}\` does not exist on the type of ${object}, \`${right}\` does`,
				]),
				remedy: `write \`${right}\` instead of \`${wrong}\``,
			};
};

const mistypedKey: Breaker = (node, tree, random) => {
	if (!isPropertyAssignment(node) || !isIdentifier(node.name)) {
		return undefined;
	}
	const right = node.name.text;
	const wrong = mistyped(right, random);
	return wrong === undefined
		? undefined
		: {
				name: 'mistyped key',
				codes: [2561],
				text: replaced(tree, node.name.getStart(tree), node.name.end, wrong),
				fixed: tree.text,
				why: `the object's type knows no property \`${wrong}\`; it has \`${right}\``,
				remedy: `rename \`${wrong}\` to \`${right}\``,
			};
};

/** A literal that a union of literals does not have. */
const mistypedLiteral: Breaker = (node, tree, random) => {
	if (!isStringLiteral(node) || isLiteralTypeNode(node.parent) || isImportDeclaration(node.parent)) {
		return undefined;
	}
	const wrong = mistyped(node.text, random);
	if (wrong === undefined) {
		return undefined;
	}
	const isCompared = isBinaryExpression(node.parent);
	return {
		name: isCompared ? 'comparison that never holds' : 'mistyped literal',
		codes: isCompared ? [2367] : [2820],
		text: replaced(tree, node.getStart(tree) + 1, node.end - 1, wrong),
		fixed: tree.text,
		why: isCompared
			? `the comparison can never be true: the type has \`'${node.text}'\`, but not \`'${wrong}'\``
			: `the type does not allow the text \`'${wrong}'\`; \`'${node.text}'\` is one that it allows`,
		remedy: `write \`'${node.text}'\``,
		clue: node.text,
	};
};

/** What the removed declaration said, the rest of the code does not tell. */
const removedDeclaration: Breaker = (node, tree, random) => {
	if (!isVariableStatement(node) || node.declarationList.declarations.length > 1) {
		return undefined;
	}
	const [declaration] = node.declarationList.declarations;
	if (declaration === undefined || !isVariableDeclaration(declaration) || !isIdentifier(declaration.name)) {
		return undefined;
	}
	const { text } = declaration.name;
	const end = tree.text.charAt(node.end) === '\n' ? node.end + 1 : node.end;
	const lineStart = tree.text.lastIndexOf('\n', node.getStart(tree)) + 1;
	return {
		name: 'removed declaration',
		codes: [2304],
		text: replaced(tree, lineStart, end, ''),
		fixed: undefined,
		why: pick(random, [
			`the code uses \`${text}\`, but nothing in it declares that name`,
			`\`${text}\` is used without being declared or imported`,
		]),
		remedy: `declare \`${text}\` before its first use, or import it if another file has it`,
	};
};

export const NAME_BREAKS: readonly Breaker[] = [
	mistypedName,
	mistypedProperty,
	mistypedKey,
	mistypedLiteral,
	removedDeclaration,
];
