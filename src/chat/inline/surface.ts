/** What an edit needs of the editor, as plain data; the face is src/chat/preview.ts. */

import type { Remedy } from '../../inference/model';
import type { Outcome } from '../apply/offering';
import type { LineEdit } from '../patch';
import type { Page } from './page';
import type { RowItem } from './rows';

/** What became of edits. `line`: where the first of them was made, from 0. */
export type Made =
	| { readonly outcome: 'applied' | 'moved'; readonly line: number }
	| { readonly outcome: Exclude<Outcome, 'applied' | 'moved'> };

/** What the user is told, with what helps. */
export interface Message {
	readonly text: string;
	/** What the model wrote, to be copied; undefined where there is nothing or it is still shown. */
	readonly written?: string | undefined;
	readonly remedies?: readonly Remedy[];
}

/** What only the editor can do. */
export interface EditSurface {
	show(page: Page, rows: readonly RowItem[]): void;
	/** Puts the cursor of the page onto a line. */
	goTo(line: number): void;
	/** Line of the page's cursor. */
	cursor(): number;
	/** Takes the page away and shows the file again, with the cursor on the line. */
	close(line: number): Promise<void>;
	/** Lines of the file as it is now; undefined where it is not open any more. */
	current(): readonly string[] | undefined;
	/** Makes edits of the lines in the file as it is now, in one undo step; asks where the file is a delicate one. */
	make(base: readonly string[], edits: readonly LineEdit[]): Promise<Made>;
	say(message: Message): void;
}
