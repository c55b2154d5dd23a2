/** A file of the exported folder that is made as a whole. Types only. */

export interface TextFile {
	/** Below the folder, with `/`. */
	readonly path: string;
	readonly content: string;
	/** Can be run. Default: no. */
	readonly isScript?: boolean;
}
