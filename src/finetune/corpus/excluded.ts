/** What the setting `familiar.exclude` keeps from being learned, read as for completions. */

import * as path from 'node:path';
import { exclusionGlobs } from '../../inference/exclusionGlobs';
import type { Repository } from './verdict';

/** The glob that excludes a file, given its path relative to the repository's folder; undefined where none does. */
export type ExcludedGlob = (file: string) => string | undefined;

export function excludedGlob({ folder, excluded }: Repository): ExcludedGlob {
	if (excluded === undefined || excluded.globs.length === 0) {
		return () => undefined;
	}
	const globs = exclusionGlobs(excluded.globs);
	const root = withSlashes(folder);
	const folders = [folder, ...excluded.folders].map((one) => `${withSlashes(one)}/`);
	return (file) => {
		const full = `${root}/${file}`;
		const relative = folders.filter((one) => full.startsWith(one)).map((one) => full.slice(one.length));
		return globs(full, [...new Set(relative)]);
	};
}

function withSlashes(file: string): string {
	return file.split(path.sep).join('/').replace(/\/$/, '');
}
