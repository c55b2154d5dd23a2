/** What stands above the hunks of a page: what goes on, and what can be done. */

import type { Translate } from '../../inference/statusText';
import type { Page } from './page';

/** What can be done with a page. */
export type Action = 'accept' | 'discard' | 'acceptAll' | 'discardAll' | 'next' | 'stop';

/** One text of a row, in the order in which they are shown. */
export interface RowItem {
	/** Line of the page that it stands above, from 0. */
	readonly line: number;
	/** May begin with `$(icon)`. */
	readonly title: string;
	/** What a click does, to the hunk of this name where there is one; undefined for a mere note. */
	readonly action: Action | undefined;
	readonly hunk: number | undefined;
}

/** While the model writes. `line`: the first that it may change. */
export function writingRow(line: number, translate: Translate): readonly RowItem[] {
	return [
		{
			line,
			title: noted('loading~spin', translate('Familiar writes…')),
			action: undefined,
			hunk: undefined,
		},
		{ line, title: translate('Stop'), action: 'stop', hunk: undefined },
	];
}

/**
 * When it has been written.
 * @param names of the hunks, in their order
 * @param fault what is known to be wrong with it
 */
export function decidingRows(
	{ hunks }: Page,
	names: readonly number[],
	fault: string | undefined,
	translate: Translate,
): readonly RowItem[] {
	return hunks.flatMap(({ start: line }, index): RowItem[] => [
		{ line, title: translate('Accept'), action: 'accept', hunk: names[index] },
		{ line, title: translate('Discard'), action: 'discard', hunk: names[index] },
		...(index > 0 || hunks.length === 1
			? []
			: [
					{ line, title: translate('Accept All'), action: 'acceptAll', hunk: undefined } as const,
					{ line, title: translate('Discard All'), action: 'discardAll', hunk: undefined } as const,
				]),
		...(index > 0 || fault === undefined
			? []
			: [{ line, title: noted('warning', fault), action: undefined, hunk: undefined }]),
	]);
}

/** An icon, and a text apart from it: the editor swallows a plain blank between them. */
function noted(icon: string, text: string): string {
	return `$(${icon})\u00a0${text}`;
}
