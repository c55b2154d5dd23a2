/** `.gitattributes` of a folder without Git: which of its lines about generated and foreign code name a file. */

import { ATTRIBUTES, type Attribute } from './repository';

interface Line {
	readonly names: RegExp;
	/** Whether the pattern is compared with the name alone. */
	readonly anywhere: boolean;
	readonly set: ReadonlyMap<Attribute, boolean>;
}

/** Of the lines of one file, those that set or unset an attribute. */
export type AttributeLines = readonly Line[];

export function attributeLines(text: string): AttributeLines {
	return text.split('\n').flatMap((line) => {
		const [pattern = '', ...words] = line.trim().split(/\s+/);
		const set = new Map<Attribute, boolean>();
		for (const word of words) {
			const [, sign = '', name = '', value] = /^([-!]?)([\w-]+)(?:=(.*))?$/.exec(word) ?? [];
			const attribute = ATTRIBUTES.find((known) => known === name);
			if (attribute !== undefined) {
				set.set(attribute, sign === '' && (value === undefined || value === 'true'));
			}
		}
		return pattern === '' || pattern.startsWith('#') || set.size === 0 || pattern.endsWith('/')
			? []
			: [{ names: wildcard(pattern.replace(/^\//, '')), anywhere: !pattern.includes('/'), set }];
	});
}

/**
 * The first attribute that is set on the file.
 * @param places the lines of each folder that it lies in, from the root, and its path below that folder, with `/`
 */
export function attributeOf(
	places: readonly { readonly lines: AttributeLines; readonly path: string }[],
): Attribute | undefined {
	const set = new Map<Attribute, boolean>();
	for (const { lines, path } of places) {
		for (const line of lines) {
			if (line.names.test(line.anywhere ? path.slice(path.lastIndexOf('/') + 1) : path)) {
				for (const [attribute, isSet] of line.set) {
					set.set(attribute, isSet);
				}
			}
		}
	}
	return ATTRIBUTES.find((attribute) => set.get(attribute) === true);
}

/** Git's wildcards, where `*` and `?` stop at `/` and `**` does not. */
function wildcard(pattern: string): RegExp {
	const parts = pattern.matchAll(/\*\*\/|\/\*\*$|\*+|\?|\[[!^]?\]?[^\]]*\]|\\.|[\s\S]/g);
	const source = [...parts].map(([part]) => {
		switch (part) {
			case '**/':
				return '(?:.*/)?';
			case '/**':
				return '/.*';
			case '?':
				return '[^/]';
			default:
				if (part.startsWith('*')) {
					return '[^/]*';
				}
				if (part.startsWith('[') && part.length > 1) {
					return part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
				}
				return part.replace(/^\\(?=.)/, '').replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
		}
	});
	try {
		return new RegExp(`^${source.join('')}$`);
	} catch {
		// A range that is none, as `[z-a]`: Git's own matches nothing either.
		return /(?!)/;
	}
}
