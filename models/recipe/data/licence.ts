/** The licence that a package states itself: package.json of npm's, debian/copyright of Debian's. */

import { isRecord } from '../../../src/inference/record';
import { isAllowed } from './sources';

/** SPDX's names of what debian/copyright calls otherwise, in small letters. */
const DEBIAN_NAMES: ReadonlyMap<string, string> = new Map([
	['expat', 'MIT'],
	['mit', 'MIT'],
	['isc', 'ISC'],
	['bsd-2-clause', 'BSD-2-Clause'],
	['bsd-2-clauses', 'BSD-2-Clause'],
	['bsd-3', 'BSD-3-Clause'],
	['bsd-3-clause', 'BSD-3-Clause'],
	['bsd-3-clauses', 'BSD-3-Clause'],
	['apache-2.0', 'Apache-2.0'],
	['apache-2', 'Apache-2.0'],
]);

/** @param manifest the text of a package.json; undefined where it states none in SPDX's form */
export function npmLicence(manifest: string): string | undefined {
	const value: unknown = JSON.parse(manifest);
	const licence = isRecord(value) ? value['license'] : undefined;
	return typeof licence === 'string' ? licence.trim() : undefined;
}

/**
 * The licence of all files but the packaging's own (`debian/`), which no archive holds; several are joined with AND.
 * @param copyright the text of a machine-readable debian/copyright; undefined where it is none, or names any other
 * licence for any file
 */
export function debianLicence(copyright: string): string | undefined {
	if (!/^Format:.*copyright-format/im.test(copyright)) {
		return undefined;
	}
	const names = new Set<string>();
	for (const paragraph of copyright.split(/\n\s*\n/)) {
		const files = field(paragraph, 'Files');
		const licence = field(paragraph, 'License')?.split('\n')[0]?.trim();
		if (files === undefined || files.split(/\s+/).every((pattern) => pattern.startsWith('debian/'))) {
			continue;
		}
		const parts = (licence ?? '').split(/ (?:or|and) |, /i);
		for (const part of parts) {
			names.add(DEBIAN_NAMES.get(part.trim().toLowerCase()) ?? 'other');
		}
	}
	const expression = [...names].sort().join(' AND ');
	return names.size > 0 && isAllowed(expression) ? expression : undefined;
}

/** A field's text with the lines that go on with it. */
function field(paragraph: string, name: string): string | undefined {
	return new RegExp(`^${name}:[ \\t]*(.*(?:\\n[ \\t].*)*)`, 'im').exec(paragraph)?.[1]?.trim();
}
