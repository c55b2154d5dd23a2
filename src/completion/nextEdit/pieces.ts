/** Which rows of tokens hold together, so that they can stand for one another. */

import type { Token } from './tokens';

/** The brackets that tokens leave open, and those that they close and did not open. */
export function openBrackets(tokens: readonly Token[]): string {
	const open: string[] = [];
	for (const { text, kind } of tokens) {
		if (kind !== 'sign') {
			continue;
		}
		if (/^(?:[([{]|\$\{)$/.test(text)) {
			open.push(text);
		} else if (/^[)\]}]$/.test(text) && /^[([{$]/.test(open.at(-1) ?? '')) {
			open.pop();
		} else if (/^[)\]}]$/.test(text)) {
			open.push(text);
		}
	}
	return open.join('');
}

/** Quotes that open or close a text. */
export function quotes(tokens: readonly Token[]): number {
	return tokens.filter(({ kind, text }) => kind === 'quote' && text.length === 1).length;
}

/** Whether tokens may fill a hole: balanced, on one line, one statement, one zone unless they hold whole strings. */
export function isPiece(tokens: readonly Token[]): boolean {
	const [first] = tokens;
	return (
		first !== undefined &&
		openBrackets(tokens) === '' &&
		quotes(tokens) % 2 === 0 &&
		(quotes(tokens) > 0 || tokens.every(({ zone }) => zone === first.zone)) &&
		tokens.every(({ kind, text, zone }) => kind !== 'line' && (text !== ';' || zone !== 'code'))
	);
}

/** Commas between the tokens, outside of their brackets. */
export function commas(tokens: readonly Token[]): number {
	let depth = 0;
	let count = 0;
	for (const { text, zone } of tokens) {
		if (/^(?:[([{]|\$\{)$/.test(text)) {
			depth++;
		} else if (/^[)\]}]$/.test(text)) {
			depth--;
		} else if (text === ',' && depth === 0 && zone === 'code') {
			count++;
		}
	}
	return count;
}
