/** How the way to a model asks and tells; the face that has the editor's windows draws it. */

export type RowButton = 'delete' | 'sizes';

/** A row to pick, or a heading above some. */
export type Row<T> =
	| {
			/** With VS Code's icon syntax, as the others are. */
			readonly label: string;
			readonly description?: string;
			readonly detail?: string;
			readonly value: T;
			/** A second thing to do with it: to delete it, or to see in which other sizes there is a model. */
			readonly button?: RowButton;
	  }
	| { readonly heading: string };

export interface Picked<T> {
	readonly value: T;
	readonly action: 'pick' | RowButton;
}

export interface Dialogues {
	/** Undefined where nothing was picked. */
	pick<T>(title: string, placeholder: string, rows: readonly Row<T>[]): Promise<Picked<T> | undefined>;
	/**
	 * @param check what is wrong with a text; undefined where nothing is.
	 * @param value what stands there at first. Default: nothing.
	 * @returns undefined where it was left.
	 */
	ask(
		title: string,
		prompt: string,
		isSecret: boolean,
		check: (text: string) => string | undefined,
		value?: string,
	): Promise<string | undefined>;
	/**
	 * Shows that something is under way, and lets the user cancel it.
	 * @param action reports with a message and how much is done, from 0 to 1; undefined while that is not known.
	 */
	during<T>(
		title: string,
		action: (report: (message: string, share?: number) => void, signal: AbortSignal) => Promise<T>,
	): Promise<T>;
	/** @returns the button; undefined where it was left. */
	tell(kind: 'information' | 'error', message: string, button?: string): Promise<string | undefined>;
	/** Asks before something that cannot be undone. */
	confirm(message: string, button: string): Promise<boolean>;
	/** Absolute path of a file or folder of this machine; undefined where none was chosen. */
	browse(what: 'file' | 'folder'): Promise<string | undefined>;
}
