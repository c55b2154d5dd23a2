/** The file of a model that is mapped into memory: what somebody writes into it is in the model, too. */

import { type FileIdentity, isSameFile } from '../fileIdentity';

/** Milliseconds between two looks at the file. */
const LOOK_INTERVAL = 1_000;

export class MappedFile {
	private lastLook = Number.NEGATIVE_INFINITY;
	private spoilt = false;

	constructor(
		/** Of the file that was loaded; undefined where there is none. */
		private readonly identity: FileIdentity | undefined,
		/** The file as it is now. */
		private readonly identify: () => Promise<FileIdentity | undefined>,
		/** Milliseconds of a clock that only goes forward. */
		private readonly now: () => number,
	) {}

	/** Whether it was written over, as far as was seen: what is in memory is no model any more. */
	get isSpoilt(): boolean {
		return this.spoilt;
	}

	/** Whether it is another file by now, wherever it lies. */
	async isAnother(): Promise<boolean> {
		const found = await this.identify();
		return this.identity !== undefined && (found === undefined || !isSameFile(found, this.identity));
	}

	/** Looks for `isSpoilt`. A file that was put in its place, or deleted, leaves what is mapped as it was. */
	async look(): Promise<void> {
		const { identity } = this;
		if (identity !== undefined && this.now() - this.lastLook >= LOOK_INTERVAL) {
			this.lastLook = this.now();
			const found = await this.identify();
			this.spoilt = found !== undefined && found.inode === identity.inode && !isSameFile(found, identity);
		}
	}
}
