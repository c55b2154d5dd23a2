/** What is wrong with a file that should hold an adapter, in words for the user. */

/** The message names the file, the reason and, where there is one, the remedy. */
export class AdapterFileError extends Error {
	override readonly name = 'AdapterFileError';
}
