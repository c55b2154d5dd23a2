/** What a declaration of TypeScript or JavaScript declares, as a clause in the third person. */

import {
	type ClassDeclaration,
	type HeritageClause,
	isClassDeclaration,
	isEnumDeclaration,
	isExportAssignment,
	isFunctionDeclaration,
	isInterfaceDeclaration,
	isMethodDeclaration,
	isPropertyDeclaration,
	isTypeAliasDeclaration,
	isUnionTypeNode,
	type Node,
	SyntaxKind,
} from 'typescript/unstable/ast';
import { counted, quoted } from './draw';
import { isAsync, nameOf, names, ofFunction, valuePhrase } from './values';

/** Undefined for what declares nothing, or has no name. */
export function declarationClause(node: Node): string | undefined {
	if (isExportAssignment(node)) {
		const value = valuePhrase(node.expression);
		return value === undefined ? undefined : `makes ${value} the default export`;
	}
	const name = quoted(nameOf(node) ?? '');
	if (name === undefined) {
		return undefined;
	}
	if (isFunctionDeclaration(node)) {
		const [, kind = ''] = /^an? (.*)$/.exec(ofFunction(node.parameters, isAsync(node))) ?? [];
		return `declares the ${kind.replace('function', `function ${name}`).replace(`${name} that`, `${name}, which`)}`;
	}
	if (isClassDeclaration(node)) {
		return `declares the class ${name}${classParts(node)}`;
	}
	if (isInterfaceDeclaration(node)) {
		const members = names(node.members.map((member) => nameOf(member) ?? ''));
		const count = counted(node.members.length, 'member');
		return `declares the interface ${name}${heritage(node.heritageClauses ?? [])} with ${members ?? count}`;
	}
	if (isTypeAliasDeclaration(node)) {
		return typeAlias(name, node.type);
	}
	if (isEnumDeclaration(node)) {
		const members = names(node.members.map((member) => member.name.getText()));
		return `declares the enum ${name} with ${members ?? counted(node.members.length, 'member')}`;
	}
	return undefined;
}

function typeAlias(name: string, type: Node): string | undefined {
	if (isUnionTypeNode(type)) {
		const parts = type.types.map((part) => part.getText());
		const shown = names(parts);
		return shown === undefined || shown.includes(' more')
			? `declares the type ${name}, which is one of ${parts.length} types`
			: `declares the type ${name}: one of ${shown.replace(/ and ([^ ]+)$/, ' or $1')}`;
	}
	const text = quoted(type.getText());
	return text === undefined ? `declares the type ${name}` : `declares the type ${name} as ${text}`;
}

function heritage(clauses: readonly HeritageClause[]): string {
	return clauses
		.map(({ token, types }) => {
			const shown = names(types.map((type) => type.getText()));
			const verb = token === SyntaxKind.ExtendsKeyword ? 'extends' : 'implements';
			return shown === undefined ? '' : `, which ${verb} ${shown},`;
		})
		.join('');
}

function classParts(node: ClassDeclaration): string {
	const { members } = node;
	const methods = members.filter(isMethodDeclaration).flatMap((member) => nameOf(member) ?? []);
	const fields = members.filter(isPropertyDeclaration).flatMap((member) => nameOf(member) ?? []);
	const parts = [
		...(fields.length > 0
			? [`${fields.length === 1 ? 'the field' : 'the fields'} ${names(fields) ?? ''}`]
			: []),
		...(methods.length > 0
			? [`${methods.length === 1 ? 'the method' : 'the methods'} ${names(methods) ?? ''}`]
			: []),
	];
	const has = parts.length === 0 ? '' : ` with ${parts.join(' and ')}`;
	return `${heritage(node.heritageClauses ?? [])}${has}`;
}
