/** Files that cannot be told apart when sides are chosen: those that resemble each other, and those of one folder. */

import * as path from 'node:path';
import { groupBy } from '../../inference/groupBy';
import { charactersIn } from './split';

export interface SidedFile {
	/** `repository/path`. */
	readonly name: string;
	readonly characters: number;
	/** The same number for all files that resemble each other. */
	readonly cluster: number;
}

export interface Group<T> {
	/** Of its first file: a group keeps its side as others come. */
	readonly name: string;
	readonly characters: number;
	readonly files: readonly T[];
}

interface Folder<T> {
	/** Of its first group. */
	readonly name: string;
	readonly characters: number;
	readonly parts: readonly Group<T>[];
}

/** By what they resemble. */
export function grouped<T extends SidedFile>(files: readonly T[]): readonly Group<T>[] {
	return [...groupBy(files, ({ cluster }) => cluster).values()].map((members) => ({
		name: members[0]?.name ?? '',
		characters: charactersIn(members),
		files: members,
	}));
}

/** By the folder that they lie in; folders are one where files of both resemble each other. */
export function foldersOf<T extends SidedFile>(groups: readonly Group<T>[]): readonly Folder<T>[] {
	const above = new Map<string, string>();
	const rootOf = (folder: string): string => {
		const passed: string[] = [];
		let root = folder;
		for (let next = above.get(root); next !== undefined; next = above.get(root)) {
			passed.push(root);
			root = next;
		}
		for (const one of passed) {
			above.set(one, root);
		}
		return root;
	};
	const folderOf = ({ name }: T) => path.posix.dirname(name);
	for (const { files } of groups) {
		const [first, ...others] = new Set(files.map(folderOf));
		for (const other of others) {
			const [one, two] = [rootOf(first ?? ''), rootOf(other)];
			if (one !== two) {
				above.set(two, one);
			}
		}
	}
	const parts = groupBy(groups, ({ files: [file] }) => (file === undefined ? '' : rootOf(folderOf(file))));
	return [...parts.values()].map((members) => ({
		name: members[0]?.name ?? '',
		characters: charactersIn(members),
		parts: members,
	}));
}
