/** A name that was changed where it is declared: every use that still has the old one has to follow. */

import type { BracketPairs } from './brackets';
import { type Change, wordChange } from './change';
import { isScript } from './lexicon';
import { type Page, tokenAt } from './page';
import type { Replacement } from './places';
import { declaredScope, type Scope } from './scope';
import { isMember } from './tokens';

/**
 * @param changes the latest first; the first is the one to repeat.
 * @returns undefined where the last edit renames nothing that is declared here.
 */
export function renames(
	changes: readonly Change[],
	page: Page,
	pairs: BracketPairs,
): readonly Replacement[] | undefined {
	const [latest] = changes;
	const name = latest === undefined ? undefined : wordChange(latest);
	if (latest === undefined || name === undefined || latest.zone !== 'code' || name.from === '') {
		return undefined;
	}
	const here = indexOf(latest, page);
	for (const change of changes) {
		const same = wordChange(change);
		const index = indexOf(change, page);
		const isSame = same?.from === name.from && same.to === name.to && page.tokens[index]?.text === name.to;
		const scope = isSame ? declaredScope(page, pairs, index) : undefined;
		if (
			scope !== undefined &&
			isWithin(here, scope, index) &&
			!isTaken(name.to, scope, changes, page, pairs)
		) {
			return uses(name.from, scope, page, pairs).map((use) => replacement(use, name.to, page, pairs));
		}
	}
	return undefined;
}

/** Index of the changed word on the page. */
function indexOf({ edit, after, from }: Change, page: Page): number {
	const start = after[from]?.start ?? 0;
	return tokenAt(page.tokens, edit.offset - page.offset + start - edit.at);
}

function isWithin(index: number, scope: Scope, declaration: number): boolean {
	return index === declaration || (index >= scope.from && index < scope.to);
}

/** Whether the new name stood there before: then this is no renaming but an exchange. */
function isTaken(
	name: string,
	scope: Scope,
	changes: readonly Change[],
	page: Page,
	pairs: BracketPairs,
): boolean {
	const own = new Set(
		changes.filter((change) => wordChange(change)?.to === name).map((change) => indexOf(change, page)),
	);
	for (let index = scope.from; index < scope.to; index++) {
		const token = page.tokens[index];
		if (token?.text !== name || token.zone !== 'code') {
			continue;
		}
		// A key or a field is another's.
		const isKey = pairs.textBeside(index, 1) === ':' && /^[{,;]$/.test(pairs.textBeside(index, -1));
		if (!own.has(index) && !isKey && !isMember(page.tokens, index)) {
			return true;
		}
	}
	return false;
}

function uses(name: string, scope: Scope, page: Page, pairs: BracketPairs): readonly number[] {
	const found: number[] = [];
	const shadowed: Scope[] = [];
	for (let index = scope.from; index < scope.to; index++) {
		const token = page.tokens[index];
		if (token?.text !== name || token.zone !== 'code' || token.kind !== 'word') {
			continue;
		}
		const inner = declaredScope(page, pairs, index);
		if (inner !== undefined && (inner.from > scope.from || inner.to < scope.to)) {
			shadowed.push(inner, { from: index, to: index + 1 });
		}
		found.push(index);
	}
	return found.filter(
		(index) => !shadowed.some(({ from, to }) => index >= from && index < to) && isUse(index, page, pairs),
	);
}

/** Neither a member of something nor a key. */
function isUse(index: number, page: Page, pairs: BracketPairs): boolean {
	if (isMember(page.tokens, index)) {
		return false;
	}
	const before = pairs.textBeside(index, -1);
	const after = pairs.textBeside(index, 1);
	if (after === ':' && /^(?:[{,(]|)$/.test(before)) {
		return false;
	}
	if (isInExport(index, page, pairs)) {
		return false;
	}
	if (page.languageId === 'python') {
		// The name of an argument.
		return !(after === '=' && /^[(,]$/.test(before));
	}
	return !isMethod(index, page, pairs);
}

/** `name(…) {` in a class or an object. */
function isMethod(index: number, page: Page, pairs: BracketPairs): boolean {
	const opener = pairs.beside(index, 1);
	const closer = page.tokens[opener]?.text === '(' ? pairs.partner(opener) : undefined;
	return closer !== undefined && pairs.textBeside(closer, 1) === '{' && isScript(page.languageId);
}

/** What is exported is known elsewhere by its name. */
function isInExport(index: number, page: Page, pairs: BracketPairs): boolean {
	const parent = pairs.parent(index);
	return (
		parent !== undefined &&
		/^(?:export|import)$/.test(pairs.textBeside(parent, -1)) &&
		isScript(page.languageId)
	);
}

function replacement(index: number, name: string, page: Page, pairs: BracketPairs): Replacement {
	const { start, end, text: old } = page.tokens[index] ?? { start: 0, end: 0, text: '' };
	const parent = pairs.parent(index);
	const isShorthand =
		isScript(page.languageId) &&
		parent !== undefined &&
		page.tokens[parent]?.text === '{' &&
		/^[{,]$/.test(pairs.textBeside(index, -1)) &&
		/^[},]$/.test(pairs.textBeside(index, 1));
	return { start, end, text: isShorthand ? `${old}: ${name}` : name };
}
