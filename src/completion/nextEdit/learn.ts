/** Two edits → what they do alike: a pattern of tokens with holes, and what it becomes. */

import { align, isSameRow, LONGEST_ROW, type Segment } from './align';
import type { Change } from './change';
import { commas, isPiece, openBrackets, quotes } from './pieces';
import type { Token, Zone } from './tokens';

/** One place in a pattern: a token as it stands there, or any balanced row of tokens. */
export type Element =
	| { readonly type: 'token'; readonly kind: Token['kind']; readonly text: string; readonly zone: Zone }
	| { readonly type: 'hole'; readonly zone: Zone; readonly hasCommas: boolean };

export interface Program {
	/** What has to stand before the change, what is exchanged (nothing: pure insertion), and what follows. */
	readonly left: readonly Element[];
	readonly target: readonly Element[];
	readonly right: readonly Element[];
	/** Text, and numbers of elements (of left, target and right in a row) whose text is copied. */
	readonly output: readonly (string | number)[];
	/** `alike`: only in lines that look like the edited ones and stand in one run with them. */
	readonly reach: 'anywhere' | 'alike';
	/** The later of the two edits, and the one before it. */
	readonly change: Change;
	readonly earlier: Change;
}

/** An element with what stands there in both edits. */
interface Found {
	readonly element: Element;
	readonly one: readonly Token[];
	readonly other: readonly Token[];
}

/** Weight from which on a pattern says enough by itself. */
const ENOUGH = 3;
/** Tokens of context on each side, and as many as are tried to find one that says something. */
const CONTEXT = 3;
const FARTHEST = 16;
export const KEYWORD =
	/^(?:as|async|await|break|case|catch|class|const|continue|def|default|do|elif|else|end|enum|export|extends|false|fn|for|from|func|function|if|import|in|instanceof|interface|is|let|match|mut|new|nil|none|None|not|null|of|or|and|private|pub|public|return|self|static|super|switch|then|this|throw|true|True|False|try|type|typeof|undefined|var|void|while|with|yield)$/;

/** @param later the change to repeat, @param earlier the one that has to be like it. */
export function learn(later: Change, earlier: Change): Program | undefined {
	if (later.zone !== earlier.zone || !isBalanced(later)) {
		return undefined;
	}
	const target = targetOf(later, earlier);
	if (target === undefined) {
		return undefined;
	}
	const { left, right } = contexts(later, earlier, target);
	const found = [...left, ...target, ...right];
	const output = outputOf(later, earlier, found);
	if (output === undefined || !found.some(({ element }) => element.type === 'token')) {
		return undefined;
	}
	const elements = (part: readonly Found[]) => part.map(({ element }) => element);
	const isClear =
		weight(target, true) + weight(left, false) + weight(right, false) >= ENOUGH &&
		!forgets(output, target, left.length);
	const isAnchored =
		left.length > 0 || target[0]?.element.type === 'token' || (target.length === 0 && right.length > 0);
	return isAnchored
		? {
				left: elements(left),
				target: elements(target),
				right: elements(right),
				output,
				reach: isClear ? 'anywhere' : 'alike',
				change: later,
				earlier,
			}
		: undefined;
}

function exchanged({ before: tokens, from, beforeEnd }: Change): readonly Token[] {
	return tokens.slice(from, beforeEnd);
}

function written({ after, from, afterEnd }: Change): readonly Token[] {
	return after.slice(from, afterEnd);
}

function before({ before: tokens, from }: Change): readonly Token[] {
	return tokens.slice(Math.max(0, from - LONGEST_ROW), from);
}

function behind({ before: tokens, beforeEnd }: Change): readonly Token[] {
	return tokens.slice(beforeEnd, beforeEnd + LONGEST_ROW);
}

function tokenElement({ kind, text, zone }: Token): Element {
	return { type: 'token', kind, text, zone };
}

/** A hole; undefined where what differs is no piece of its own. */
function hole(one: readonly Token[], other: readonly Token[]): Found | undefined {
	const [first] = one;
	if (
		first === undefined ||
		other.length === 0 ||
		!isPiece(one) ||
		!isPiece(other) ||
		other[0]?.zone !== first.zone
	) {
		return undefined;
	}
	const hasCommas = commas(one) > 0 || commas(other) > 0;
	return { element: { type: 'hole', zone: first.zone, hasCommas }, one, other };
}

function foundIn(segment: Segment): Found | undefined {
	return segment.type === 'token'
		? { element: tokenElement(segment.one), one: [segment.one], other: [segment.other] }
		: hole(segment.one, segment.other);
}

function targetOf(later: Change, earlier: Change): readonly Found[] | undefined {
	const [one, other] = [exchanged(later), exchanged(earlier)];
	if (Math.max(one.length, other.length) > LONGEST_ROW) {
		return undefined;
	}
	if (isSameRow(one, other)) {
		return one.map((token, index) => ({
			element: tokenElement(token),
			one: [token],
			other: other.slice(index, index + 1),
		}));
	}
	const parts = align(one, other).map(foundIn);
	const whole = parts.filter((part) => part !== undefined);
	if (whole.length === parts.length) {
		return whole;
	}
	const single = hole(one, other);
	return single === undefined ? undefined : [single];
}

/** What stands around both; of whole lines that come or go only as much as is needed to know the place. */
function contexts(
	later: Change,
	earlier: Change,
	target: readonly Found[],
): { readonly left: readonly Found[]; readonly right: readonly Found[] } {
	const left = contextOf(before(later), before(earlier), true);
	const right = contextOf(behind(later), behind(earlier), false);
	const isLine = (target.length > 0 ? exchanged(later) : written(later)).at(-1)?.kind === 'line';
	const start = left.findLastIndex(({ element }) => element.type === 'token' && element.kind === 'line');
	if (!isLine || start !== left.length - 1) {
		return { left, right };
	}
	if (weight(target, true) >= ENOUGH) {
		return { left: left.slice(start), right: [] };
	}
	return weight(left, false) >= ENOUGH ? { left, right: [] } : { left, right };
}

/**
 * Both contexts from the edit outwards, as far as they agree and until they say enough; of an argument, up to the
 * name of what is called.
 */
function contextOf(one: readonly Token[], other: readonly Token[], isLeft: boolean): readonly Found[] {
	const turn = (tokens: readonly Token[]) => (isLeft ? [...tokens].reverse() : tokens);
	const context: Found[] = [];
	let enough = 0;
	let depth = 0;
	for (const segment of align(turn(one), turn(other))) {
		const found = foundIn(
			segment.type === 'token' ? segment : { ...segment, one: turn(segment.one), other: turn(segment.other) },
		);
		if (found === undefined || context.length >= FARTHEST) {
			break;
		}
		context.push(found);
		const { kind, text } = found.one[0] ?? { kind: 'line', text: '' };
		const isToken = found.element.type === 'token';
		const isNamed = weight(context, false) >= 2;
		if (enough === 0 && ((isNamed && context.length >= CONTEXT) || (isNamed && kind === 'line'))) {
			enough = context.length;
		}
		if (kind === 'line' && isToken && isNamed) {
			break;
		}
		if (depth === 1 && isToken) {
			// The name before the bracket.
			enough = context.length;
			break;
		}
		if (isToken && isLeft) {
			depth += /^[)\]}]$/.test(text) ? -1 : /^[([{]$/.test(text) ? 1 : 0;
		}
	}
	context.length = enough === 0 ? context.length : enough;
	while (context.at(-1)?.element.type === 'hole') {
		context.pop();
	}
	return isLeft ? context.reverse() : context;
}

/** What was written, with the holes of the pattern in it; undefined where it does not follow from them. */
function outputOf(
	later: Change,
	earlier: Change,
	found: readonly Found[],
): readonly (string | number)[] | undefined {
	const [one, other] = [written(later), written(earlier)];
	if (Math.max(one.length, other.length) > LONGEST_ROW) {
		return undefined;
	}
	const numberOf = (segment: Segment & { readonly type: 'hole' }) =>
		found.findIndex(
			(part) =>
				part.element.type === 'hole' &&
				isSameRow(part.one, segment.one) &&
				isSameRow(part.other, segment.other),
		);
	const text = later.edit.after;
	const output: (string | number)[] = [];
	let end = one[0]?.start ?? 0;
	for (const segment of isSameRow(one, other)
		? one.map((token) => ({ type: 'token' as const, one: token, other: token }))
		: align(one, other)) {
		const tokens = segment.type === 'token' ? [segment.one] : segment.one;
		const start = tokens[0]?.start ?? end;
		const until = tokens.at(-1)?.end ?? end;
		if (segment.type === 'token') {
			output.push(text.slice(end, until));
		} else {
			const number = numberOf(segment);
			if (number === -1) {
				return undefined;
			}
			output.push(text.slice(end, start), number);
		}
		end = until;
	}
	return output;
}

/** Whether any text at all is replaced by one and the same: that holds for lists, not for every place. */
function forgets(output: readonly (string | number)[], target: readonly Found[], first: number): boolean {
	const isLost = target.some(
		({ element }, index) => element.type === 'hole' && !output.includes(first + index),
	);
	return isLost && output.length > 0;
}

/** How much a part of a pattern says: names most, keywords little, all signs together hardly anything. */
function weight(part: readonly Found[], isTarget: boolean): number {
	const tokens = part.map(({ element }) => element).filter((element) => element.type === 'token');
	const signs = tokens.filter(({ kind }) => kind === 'sign');
	return tokens
		.filter(({ kind }) => kind !== 'sign')
		.reduce((sum, token) => sum + tokenWeight(token, isTarget), Math.min(1, signs.length / 2));
}

function tokenWeight({ kind, text }: Pick<Token, 'kind' | 'text'>, isTarget: boolean): number {
	if (kind === 'word') {
		if (KEYWORD.test(text)) {
			return 0.5;
		}
		return isTarget ? Math.min(3, text.length) : Math.min(2, text.length);
	}
	if (kind === 'number') {
		return isTarget ? Math.min(3, text.length - 1) : 0.5;
	}
	return 0;
}

/** Whether the edit leaves brackets and quotes as balanced as they were. */
function isBalanced(change: Change): boolean {
	return (
		openBrackets(exchanged(change)) === openBrackets(written(change)) &&
		quotes(exchanged(change)) % 2 === quotes(written(change)) % 2
	);
}
