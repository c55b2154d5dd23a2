/** The disk as the compilers are to see it: some files have another text than the one that was saved. */

import * as fs from 'node:fs';

/** Compilers write paths with `/`; Windows does not tell cases apart. */
function keyOf(file: string): string {
	const key = file.replaceAll('\\', '/');
	return process.platform === 'win32' ? key.toLowerCase() : key;
}

export class Overlay {
	private readonly texts = new Map<string, { readonly text: string; readonly version: number }>();
	private versions = 0;

	/** From now on these files have these texts, and no others. */
	replace(files: readonly { readonly file: string; readonly text: string }[]): void {
		const before = new Map(this.texts);
		this.texts.clear();
		for (const { file, text } of files) {
			const known = before.get(keyOf(file));
			this.texts.set(keyOf(file), known?.text === text ? known : { text, version: ++this.versions });
		}
	}

	/** The text that stands in for the one on disk; undefined where none does. */
	textOf(file: string): string | undefined {
		return this.texts.get(keyOf(file))?.text;
	}

	/** Differs whenever the text does; undefined for a file that cannot be looked at. */
	versionOf(file: string): string | undefined {
		const own = this.texts.get(keyOf(file));
		if (own !== undefined) {
			return `overlay ${own.version}`;
		}
		const stat = fs.statSync(file, { throwIfNoEntry: false });
		return stat === undefined ? undefined : `${stat.mtimeMs} ${stat.size}`;
	}
}
