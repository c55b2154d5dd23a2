/** What is selected in the terminal, by way of the clipboard: the editor has no API for it. */

import type { TerminalSelection } from './editor';

interface ClipboardTools {
	readonly clipboard: { readText(): Thenable<string>; writeText(text: string): Thenable<void> };
	/** Copies what is selected in the terminal; leaves the clipboard as it is where nothing is. */
	copySelection(): Thenable<unknown>;
}

export class TerminalClipboard {
	private last: Promise<unknown> = Promise.resolve();

	constructor(private readonly tools: ClipboardTools) {}

	/** One after the other: a second reading would take the mark of the first for what the user had copied. */
	read(): Promise<TerminalSelection> {
		const selection = this.last.then(() => this.readNow());
		this.last = selection.catch(() => undefined);
		return selection;
	}

	/** A picture in the clipboard cannot be put back: then nothing is marked in it first. */
	private async readNow(): Promise<TerminalSelection> {
		const { clipboard, copySelection } = this.tools;
		const before = await clipboard.readText();
		const mark = before === '' ? '' : `familiar ${performance.now()}`;
		try {
			if (mark !== '') {
				await clipboard.writeText(mark);
			}
			await copySelection();
			const text = await clipboard.readText();
			return text === mark ? { type: 'no-selection' } : { type: 'text', text };
		} finally {
			if ((await clipboard.readText()) !== before) {
				await clipboard.writeText(before);
			}
		}
	}
}
