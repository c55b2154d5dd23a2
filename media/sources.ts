/** The sources of an answer: a list below it of all that the model was given, and links in the text where it names one. */

import type { Turn, TurnSource } from '../src/chat/turn';
import { showInvisible } from '../src/inference/invisible';
import { element } from './elements';
import type { FooterContext } from './turnFooter';
import { fill } from './usage';

/** A number in brackets, or several: `[1]`, `[2, 3]`. */
const CITATION = /\[(\d{1,2}(?:\s*,\s*\d{1,2}){0,5})\]/g;

function numbersIn(citation: string | undefined): readonly number[] {
	return (citation ?? '').split(',').map(Number);
}

/** Numbers that the text names, outside of code. */
export function citedIn(text: string): ReadonlySet<number> {
	const prose = text.replace(/```[\s\S]*?(?:```|$)|`[^`\n]*`/g, '');
	return new Set([...prose.matchAll(CITATION)].flatMap((match) => numbersIn(match[1])));
}

/** `file.ts:3-20`, as text. */
function nameOf({ path, firstLine, lastLine }: TurnSource): string {
	const lines = firstLine === lastLine ? `${firstLine}` : `${firstLine}-${lastLine}`;
	return showInvisible(`${path}:${lines}`);
}

/** @param index of the source among those of the turn */
function sourceButton(
	turn: Turn,
	index: number,
	source: TurnSource,
	{ document, texts, post }: FooterContext,
): HTMLButtonElement {
	const button = element(document, 'button', 'source');
	button.type = 'button';
	button.title = fill(texts.openSource, nameOf(source));
	button.setAttribute('aria-label', button.title);
	button.addEventListener('click', () => post({ type: 'openSource', turn: turn.id, source: index }));
	return button;
}

/** All that was given, those first that the answer names; empty where nothing was. */
export function sourceList(turn: Turn, context: FooterContext): readonly Node[] {
	const { document, texts } = context;
	const { sources = [] } = turn;
	if (sources.length === 0) {
		return [];
	}
	const named = citedIn(turn.text);
	const rows = sources.map((source, index) => {
		const { number } = source;
		const button = sourceButton(turn, index, source, context);
		button.append(
			...(number === undefined ? [] : [element(document, 'span', 'source-number', `[${number}]`)]),
			element(document, 'span', 'source-name', nameOf(source)),
		);
		const isNamed = number !== undefined && named.has(number);
		return { isNamed, row: element(document, 'li', isNamed ? 'cited' : '', button) };
	});
	const inOrder = [...rows.filter(({ isNamed }) => isNamed), ...rows.filter(({ isNamed }) => !isNamed)];
	const list = element(document, 'ul', '', ...inOrder.map(({ row }) => row));
	const summary = element(document, 'summary', '', fill(texts.sources, String(sources.length)));
	return [element(document, 'details', 'sources', summary, list)];
}

/** Makes the numbers in an answer's text open what they name. Code and links stay as they are. */
export function linkCitations(text: HTMLElement, turn: Turn, context: FooterContext): void {
	const { sources = [] } = turn;
	if (!sources.some(({ number }) => number !== undefined)) {
		return;
	}
	for (const node of textsOf(text)) {
		const content = node.textContent ?? '';
		const parts: (Node | string)[] = [];
		let at = 0;
		for (const match of content.matchAll(CITATION)) {
			const buttons = numbersIn(match[1]).map((number) => citation(turn, number, sources, context));
			if (buttons.every((button) => button !== undefined)) {
				parts.push(content.slice(at, match.index), ...buttons);
				at = match.index + match[0].length;
			}
		}
		if (parts.length > 0) {
			node.replaceWith(...parts, content.slice(at));
		}
	}
}

/** Undefined where there is no such source. */
function citation(
	turn: Turn,
	number: number,
	sources: readonly TurnSource[],
	context: FooterContext,
): HTMLElement | undefined {
	const index = sources.findIndex((source) => source.number === number);
	const source = sources[index];
	if (source === undefined) {
		return undefined;
	}
	const button = sourceButton(turn, index, source, context);
	button.classList.add('citation');
	button.append(`[${number}]`);
	return button;
}

/** Texts outside of code and links. */
function textsOf(parent: Node): readonly ChildNode[] {
	return [...parent.childNodes].flatMap((node) => {
		if (node.nodeName === '#text') {
			return [node];
		}
		return /^(?:CODE|PRE|A|BUTTON)$/.test(node.nodeName) ? [] : textsOf(node);
	});
}
