/** A function's parameters or the arguments of a call that has to follow them: what its other calls become. */

import type { BracketPairs } from './brackets';
import type { Change } from './change';
import { type Page, tokenAt } from './page';
import type { Replacement } from './places';
import { declaredScope } from './scope';
import { isMember, isSameToken, type Token } from './tokens';

/** A bracketed list, as the text of its parts. */
interface List {
	/** Index of the opening bracket among the tokens. */
	readonly opener: number;
	readonly closer: number;
	readonly parts: readonly string[];
	readonly name: string;
	/** The word before the name, such as `function`. */
	readonly keyword: string;
}

/** How one list became another: where each part of the new one comes from, or the text that is new. */
type Rearrangement = readonly (number | string)[];

const DEFINING = /^(?:function|def|fn|func|fun)$/;
const LITERAL = /^(?:true|false|null|undefined|None|True|False|nil|-?\d[\w.]*|'[^']*'|"[^"]*"|\[\]|\{\})$/;

/**
 * What follows from the last edit, or from an earlier one of the same function: the last may be a call that has
 * followed already.
 * @param changes the latest first.
 */
export function callsToFollow(
	changes: readonly Change[],
	page: Page,
	pairs: BracketPairs,
): readonly Replacement[] {
	const nameIn = ({ after, from, edit }: Change) => listAround(after, from, edit.after)?.name;
	const [last] = changes;
	const name = last === undefined ? undefined : nameIn(last);
	for (const change of name === undefined ? [] : changes) {
		const found = nameIn(change) === name ? callsAfter(change, page, pairs) : [];
		if (found.length > 0) {
			return found;
		}
	}
	return [];
}

function callsAfter(change: Change, page: Page, pairs: BracketPairs): readonly Replacement[] {
	const was = listAround(change.before, change.from, change.edit.before);
	const is = listAround(change.after, change.from, change.edit.after);
	const isSameList =
		was !== undefined &&
		is !== undefined &&
		was.name === is.name &&
		isSameToken(change.before[was.opener], change.after[is.opener]);
	if (!isSameList || change.zone !== 'code') {
		return [];
	}
	const rearranged = rearrangement(was.parts, is.parts);
	if (rearranged === undefined) {
		return [];
	}
	const isDefinition = DEFINING.test(is.keyword);
	const added = rearranged.find((part) => typeof part === 'string');
	if (isDefinition ? added !== undefined : added === undefined) {
		// What a new parameter gets depends on the call; that a call loses an argument says nothing of the others.
		return [];
	}
	const index = tokenAt(
		page.tokens,
		change.edit.offset - page.offset + (change.after[is.opener]?.start ?? 0) - change.edit.at,
	);
	if (!isDefinition && !definitionTakes(is, page, pairs)) {
		return [];
	}
	const isHere = typeof added === 'string' ? (at: number) => isKnown(added, at, page, pairs) : () => true;
	return callsOf(is.name, page, pairs)
		.filter(
			(call) =>
				call.opener !== index &&
				call.parts.length === was.parts.length &&
				!hasSpread(call.parts) &&
				isHere(call.opener),
		)
		.map((call) => ({
			start: page.tokens[call.opener]?.end ?? 0,
			end: page.tokens[call.closer]?.start ?? 0,
			text: rearranged.map((part) => (typeof part === 'string' ? part : (call.parts[part] ?? ''))).join(', '),
		}));
}

/** The innermost round brackets around a token, when a name stands before them. */
function listAround(tokens: readonly Token[], at: number, text: string): List | undefined {
	let depth = 0;
	for (let opener = at - 1; opener >= 0; opener--) {
		const token = tokens[opener];
		if (token?.zone !== 'code') {
			continue;
		}
		if (/^[)\]}]$/.test(token.text)) {
			depth++;
		} else if (/^[([{]$/.test(token.text) && depth-- === 0) {
			return token.text === '(' ? listAt(tokens, opener, text) : undefined;
		}
	}
	return undefined;
}

function listAt(tokens: readonly Token[], opener: number, text: string): List | undefined {
	const name = tokens[opener - 1];
	if (name?.kind !== 'word' || name.zone !== 'code' || name.end !== tokens[opener]?.start) {
		return undefined;
	}
	const parts: string[] = [];
	let depth = 0;
	let start = tokens[opener]?.end ?? 0;
	for (let at = opener + 1; at < tokens.length; at++) {
		const token = tokens[at];
		if (token?.zone === 'comment' || token?.kind === 'line') {
			// Lists over several lines keep their layout.
			return undefined;
		}
		if (token?.zone !== 'code') {
			continue;
		}
		if (/^[([{]$/.test(token.text)) {
			depth++;
		} else if (token.text === ',' && depth === 0) {
			parts.push(text.slice(start, token.start).trim());
			start = token.end;
		} else if (/^[)\]}]$/.test(token.text) && depth-- === 0) {
			const last = text.slice(start, token.start).trim();
			const all = parts.length === 0 && last === '' ? [] : [...parts, last];
			const keyword = tokens[opener - 2]?.text ?? '';
			return { opener, closer: at, parts: all, name: name.text, keyword };
		}
	}
	return undefined;
}

/** A part added, removed, or the same parts in another order; undefined for everything else. */
function rearrangement(was: readonly string[], is: readonly string[]): Rearrangement | undefined {
	if (
		was.includes('') ||
		is.includes('') ||
		new Set(was).size < was.length ||
		Math.abs(was.length - is.length) > 1
	) {
		return undefined;
	}
	const result = is.map((part) => (was.includes(part) ? was.indexOf(part) : part));
	const kept = result.filter((part) => typeof part === 'number');
	const isSorted = kept.every((part, index) => index === 0 || (kept[index - 1] ?? -1) < part);
	if (is.length > was.length) {
		return isSorted && kept.length === was.length ? result : undefined;
	}
	const isMoved = is.length === was.length && !isSorted;
	const isShorter = is.length < was.length && isSorted;
	return kept.length === is.length && new Set(kept).size === kept.length && (isMoved || isShorter)
		? result
		: undefined;
}

/** Calls by the plain name; those of members are another's. */
function callsOf(name: string, page: Page, pairs: BracketPairs): readonly List[] {
	const found: List[] = [];
	for (const [index, token] of page.tokens.entries()) {
		const isCall =
			token.text === name &&
			token.zone === 'code' &&
			page.tokens[index + 1]?.text === '(' &&
			!isMember(page.tokens, index) &&
			!DEFINING.test(page.tokens[index - 1]?.text ?? '');
		const list = isCall ? listAt(page.tokens, index + 1, page.text) : undefined;
		const isMethod = list !== undefined && pairs.textBeside(list.closer, 1) === '{';
		if (list !== undefined && !isMethod) {
			found.push(list);
		}
	}
	return found;
}

/** Whether the page defines the function with as many parameters as the call has now, all of them needed. */
function definitionTakes({ name, parts }: List, page: Page, pairs: BracketPairs): boolean {
	const definitions = page.tokens.flatMap((token, index) =>
		token.text === name && token.zone === 'code' && DEFINING.test(pairs.textBeside(index, -1))
			? [index + 1]
			: [],
	);
	const [opener] = definitions;
	const list =
		definitions.length === 1 && opener !== undefined ? listAt(page.tokens, opener, page.text) : undefined;
	return (
		list !== undefined &&
		list.parts.length === parts.length &&
		list.parts.every((part) => !/[=?*]|\.\.\./.test(part))
	);
}

function hasSpread(parts: readonly string[]): boolean {
	return parts.some((part) => part.startsWith('...') || part.startsWith('*'));
}

/** Whether the text means the same at another place: a literal, or a name that is declared for both. */
function isKnown(text: string, at: number, page: Page, pairs: BracketPairs): boolean {
	if (LITERAL.test(text)) {
		return true;
	}
	return page.tokens.some((token, index) => {
		const scope =
			token.text === text && token.zone === 'code' ? declaredScope(page, pairs, index) : undefined;
		return scope !== undefined && at >= scope.from && at < scope.to;
	});
}
