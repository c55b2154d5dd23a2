/** What languages are called by people: the editor itself only tells identifiers. */

import { isRecord } from '../inference/record';

export class LanguageNames {
	/** By identifier. */
	private readonly known = new Map<string, string>();

	/** @param manifests the `package.json` of the extensions, to be checked; read once for each language */
	constructor(private readonly manifests: () => readonly unknown[]) {}

	/** @param id as in `TextDocument.languageId` */
	of(id: string): string {
		const known = this.known.get(id);
		if (known !== undefined) {
			return known;
		}
		const name = languageName(id, this.manifests());
		this.known.set(id, name);
		return name;
	}
}

/** The first name that a manifest gives it; the identifier where none does. */
function languageName(id: string, manifests: readonly unknown[]): string {
	for (const manifest of manifests) {
		const contributed = isRecord(manifest) ? manifest['contributes'] : undefined;
		const languages = isRecord(contributed) ? contributed['languages'] : undefined;
		for (const language of Array.isArray(languages) ? languages : []) {
			const [name]: unknown[] =
				isRecord(language) && language['id'] === id && Array.isArray(language['aliases'])
					? language['aliases']
					: [];
			if (typeof name === 'string' && name !== '') {
				return name;
			}
		}
	}
	return id;
}
