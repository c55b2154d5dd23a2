/** Which files are neither completed nor used as context, and why: answered at once, found out in the background. */

import * as path from 'node:path';
import { type ExclusionGlobs, exclusionGlobs } from './exclusionGlobs';
import { messageOf } from './failure';
import type { GitAnswers } from './gitAnswers';
import { IGNORE_FILE, type IgnoreRules } from './ignoreFile';
import type { Log } from './model';
import { isSecretFile } from './secretFiles';
import type { Translate } from './statusText';

/** A folder that is open in the window. */
export interface ExclusionFolder {
	/** Of its URI: with `/`, without one at the end. */
	readonly path: string;
	/** On this machine; undefined for a folder elsewhere: of that neither `.familiarignore` nor Git is known. */
	readonly localPath: string | undefined;
}

export interface ExclusionsOptions {
	/** The setting: globs as in VS Code. */
	readonly globs: readonly string[];
	/** The rules for a folder on this machine; rejects where they cannot be read. */
	readonly readRules: (localPath: string) => Promise<IgnoreRules>;
	readonly git: GitAnswers;
	/** Git is asked in trusted workspaces only; elsewhere nothing counts as ignored by it. */
	readonly isTrusted: () => boolean;
	readonly translate: Translate;
	readonly log: Log;
}

/**
 * What a file is wanted for. While Git has not answered for it, a file may be completed (its text is on the screen
 * already, and a keystroke waits for nobody) but is no context (nobody would see that it was used).
 */
type Use = 'completion' | 'context';

interface OpenFolder extends ExclusionFolder {
	/** Until they are read for the first time nothing in the folder is used; `problem`: they cannot be. */
	readonly rules: IgnoreRules | 'reading' | { readonly problem: string };
}

export class Exclusions {
	private readonly options: ExclusionsOptions;
	private globs: ExclusionGlobs;
	private folders: readonly OpenFolder[] = [];
	private reading = Promise.resolve();
	/** Goes up with every reading, so that the last one stays. */
	private readings = 0;

	constructor(options: ExclusionsOptions) {
		this.options = options;
		this.globs = exclusionGlobs(options.globs);
	}

	/** The setting has changed. */
	configure(globs: readonly string[]): void {
		this.globs = exclusionGlobs(globs);
	}

	/** Other folders are open. What is known of those that stay holds until they are read again. */
	setFolders(folders: readonly ExclusionFolder[]): void {
		this.folders = folders.map((folder) => ({
			...folder,
			rules:
				folder.localPath === undefined
					? () => undefined
					: (this.folders.find((known) => known.localPath === folder.localPath)?.rules ?? 'reading'),
		}));
		this.refresh();
	}

	/** A `.familiarignore` or an ignore file of Git has changed, or the workspace is trusted now. */
	refresh(): void {
		this.options.git.invalidate();
		const reading = ++this.readings;
		this.reading = this.read(this.folders).then((folders) => {
			if (reading === this.readings) {
				this.folders = folders;
			}
		});
	}

	/** A document was opened: what is known of it is found out before somebody types there. */
	see(fullPath: string): void {
		this.why(fullPath, 'context');
	}

	/**
	 * Why the file is left out, as a sentence that names the rule and where it stands; undefined where it is not.
	 * @param fullPath absolute, with `/`, as in a URI; a document without a file has only its name
	 */
	why(fullPath: string, use: Use): string | undefined {
		const { translate, git, isTrusted } = this.options;
		if (isSecretFile(fullPath)) {
			return translate('Files that usually hold secrets are never read.');
		}
		const holders = this.folders
			.filter((folder) => fullPath.startsWith(`${folder.path}/`))
			.map((folder) => ({ folder, file: fullPath.slice(folder.path.length + 1) }))
			.filter(({ file }) => file !== '');
		const relative = holders.map(({ file }) => file);
		const glob = this.globs(fullPath, relative);
		if (glob !== undefined) {
			return translate('The setting {0} excludes this file: {1}', 'familiar.exclude', glob);
		}
		let isKept = false;
		for (const { folder, file } of holders) {
			const verdict = this.obey(folder, file);
			if (typeof verdict === 'string') {
				return verdict;
			}
			isKept ||= verdict.isKept;
		}
		const local = holders.find(({ folder }) => folder.localPath !== undefined);
		// The user's own file has the last word: a line with `!` there takes in what Git ignores.
		if (isKept || local?.folder.localPath === undefined || !isTrusted()) {
			return undefined;
		}
		const known = git.of(path.join(local.folder.localPath, local.file));
		if (known.type === 'ignored') {
			const { source, line, pattern } = known.rule;
			return translate('Git ignores this file: line {0} of {1} says {2}', line, source, pattern);
		}
		return known.type === 'unknown' && use === 'context'
			? translate('Git has not said yet whether it ignores this file.')
			: undefined;
	}

	/** Resolves when what was begun in the background is known. */
	async settled(): Promise<void> {
		await this.reading;
		await this.options.git.settled();
	}

	dispose(): void {
		this.readings++;
		this.options.git.dispose();
	}

	private obey({ rules }: OpenFolder, file: string): string | { readonly isKept: boolean } {
		const { translate } = this.options;
		if (rules === 'reading') {
			return translate('{0} is still being read.', IGNORE_FILE);
		}
		if (typeof rules === 'object') {
			return rules.problem;
		}
		const verdict = rules(file);
		return verdict?.type === 'ignored'
			? translate('{0} excludes this file: {1}', IGNORE_FILE, verdict.line)
			: { isKept: verdict?.type === 'kept' };
	}

	private async read(folders: readonly OpenFolder[]): Promise<readonly OpenFolder[]> {
		return Promise.all(
			folders.map(async (folder) => {
				if (folder.localPath === undefined) {
					return folder;
				}
				try {
					return { ...folder, rules: await this.options.readRules(folder.localPath) };
				} catch (error) {
					const problem = messageOf(error);
					this.options.log.warn(problem);
					return { ...folder, rules: { problem } };
				}
			}),
		);
	}
}
