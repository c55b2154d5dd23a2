/** Whether the starter was trained on a package: what `models/sources.json` lists. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { root } from '../support/root';

/** Those of the names that were trained on, under whatever name a registry has them. */
export function trainedOn(names: readonly string[]): readonly string[] {
	const list: { readonly packages: readonly { readonly name: string }[] } = JSON.parse(
		fs.readFileSync(path.join(root, 'models/sources.json'), 'utf8'),
	);
	const known = new Set(list.packages.map(({ name }) => plainName(name)));
	return names.filter((name) => known.has(plainName(name)));
}

/** Debian puts the language in front of a name. */
function plainName(name: string): string {
	return name.replace(/^(?:node|libjs|python3)-/, '');
}
