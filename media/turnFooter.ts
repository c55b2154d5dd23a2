/** What stands below a turn: how it ended and what helps, other versions of it, and what of the context it took. */

import { shownSegmentsOf } from '../src/chat/fences';
import type { FromChat } from '../src/chat/protocol';
import type { ChatTexts } from '../src/chat/textKeys';
import type { ContextUse, Turn } from '../src/chat/turn';
import { showInvisible } from '../src/inference/invisible';
import { attachmentList } from './chips';
import { element, iconButton, textButton } from './elements';
import { icon } from './icons';
import { originList } from './origins';
import { sourceList } from './sources';
import { fill, usageLine } from './usage';

export interface FooterContext {
	readonly document: Document;
	readonly texts: ChatTexts;
	readonly post: (message: FromChat) => void;
}

/** How an answer ended that did not end by itself, or with nothing. */
function endingText(turn: Turn, texts: ChatTexts): string | undefined {
	switch (turn.state) {
		case 'cut':
		case 'stopped':
		case 'interrupted':
			return texts[turn.state];
		case 'done':
			return turn.role === 'assistant' && shownSegmentsOf(turn.text).length === 0 ? texts.nothing : undefined;
		default:
			return undefined;
	}
}

/** `isLast`: whether it has the buttons that ask again. */
export function answerFooter(turn: Turn, isLast: boolean, context: FooterContext): readonly Node[] {
	if (turn.state === 'streaming') {
		// Before the first word there is nothing else to see.
		return turn.text === '' ? [waiting(context)] : [];
	}
	const { document, texts, post } = context;
	const failed = turn.state === 'failed';
	const children: Node[] = [];
	const sentence = turn.note ?? endingText(turn, texts);
	if (sentence !== undefined) {
		children.push(
			element(
				document,
				'div',
				failed ? 'note-line failed' : 'note-line',
				icon(document, failed ? 'error' : 'info'),
				element(document, 'span', 'note', sentence),
			),
		);
	}
	if (turn.remedies.length > 0 && isLast) {
		children.push(
			element(
				document,
				'div',
				'remedies',
				...turn.remedies.map((remedy, index) =>
					textButton(document, index === 0 ? 'primary' : 'secondary', texts[`remedy.${remedy}`], () =>
						post({ type: 'remedy', remedy }),
					),
				),
			),
		);
	}
	children.push(...originList(turn, context), ...sourceList(turn, context));
	const row: Node[] = [...versionButtons(turn, context)];
	if (isLast) {
		const asksAgain = failed || turn.state === 'interrupted';
		const label = asksAgain ? texts.retry : texts.regenerate;
		const button = textButton(document, 'quiet', label, () => post({ type: 'regenerate' }));
		button.prepend(icon(document, 'retry'));
		row.push(button);
	}
	const { usage } = turn;
	// Of an older answer it is worth saying only that something was missing.
	if (usage !== undefined && (isLast || usage.leftOut + usage.linesCut > 0 || usage.summary !== undefined)) {
		row.push(usageView(usage, context));
	}
	return [...children, ...rowOf(row, document)];
}

/** The summary that the model read unfolds below its line. */
function usageView(usage: ContextUse, { document, texts }: FooterContext): HTMLElement {
	const line = usageLine(usage, texts, document.documentElement.lang);
	if (usage.summary === undefined) {
		return element(document, 'span', 'usage', line);
	}
	const text = element(document, 'div', 'summary-text', showInvisible(usage.summary.text));
	// Scrollable by keyboard.
	text.tabIndex = 0;
	return element(document, 'details', 'usage', element(document, 'summary', '', line), text);
}

export function questionFooter(turn: Turn, context: FooterContext, onEdit: () => void): readonly Node[] {
	const { document, texts } = context;
	const buttons = [...versionButtons(turn, context)];
	if (turn.isEditable) {
		const button = iconButton(document, 'edit', texts.edit, onEdit);
		button.classList.add('edit');
		buttons.push(button);
	}
	return [...attachmentList(document, texts, turn.attachments), ...rowOf(buttons, document)];
}

function rowOf(children: readonly Node[], document: Document): readonly Node[] {
	return children.length === 0 ? [] : [element(document, 'div', 'turn-row', ...children)];
}

function waiting({ document, texts }: FooterContext): HTMLElement {
	const dots = element(document, 'span', 'dots', ...[0, 1, 2].map(() => element(document, 'i', '')));
	dots.setAttribute('role', 'status');
	dots.setAttribute('aria-label', texts.answering);
	return dots;
}

/** Arrows to the other versions of a turn, where there are some. */
function versionButtons({ id, branch }: Turn, { document, texts, post }: FooterContext): readonly Node[] {
	if (branch === undefined) {
		return [];
	}
	const arrow = (by: -1 | 1) => {
		const isThere = by < 0 ? branch.at > 1 : branch.at < branch.of;
		const label = by < 0 ? texts.versionBefore : texts.versionAfter;
		const button = iconButton(document, by < 0 ? 'before' : 'after', label, () => {
			if (isThere) {
				post({ type: 'branch', turn: id, by });
			}
		});
		// Not `disabled`: that would take the keyboard focus away.
		button.setAttribute('aria-disabled', String(!isThere));
		return button;
	};
	const place = element(document, 'span', 'version', `${branch.at}/${branch.of}`);
	const group = element(document, 'span', 'versions', arrow(-1), place, arrow(1));
	group.setAttribute('role', 'group');
	group.setAttribute('aria-label', fill(texts.versions, String(branch.at), String(branch.of)));
	return [group];
}
