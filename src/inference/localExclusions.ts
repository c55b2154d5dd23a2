/** Exclusions as an editor on this machine needs them: rules from its disk, answers from its Git. */

import * as path from 'node:path';
import { Exclusions, type ExclusionsOptions } from './exclusions';
import { GitAnswers } from './gitAnswers';
import { gitIgnored, repositoryOf } from './gitIgnored';
import { type IgnoreRules, readIgnoreRules } from './ignoreFile';

interface LocalExclusionsOptions extends Omit<ExclusionsOptions, 'git' | 'readRules'> {
	/** The program; read before each use, so that the setting may change. */
	readonly gitPath: () => string;
}

export function localExclusions(options: LocalExclusionsOptions): Exclusions {
	const { gitPath, log } = options;
	const git = new GitAnswers({ ask: (files, signal) => gitIgnored(gitPath(), files, signal), log });
	return new Exclusions({ ...options, git, readRules });
}

/** As fine-tuning reads them: at the repository's root, and in the opened folder below it. */
async function readRules(folder: string): Promise<IgnoreRules> {
	const root = (await repositoryOf(folder)) ?? folder;
	const below = path.relative(root, folder).split(path.sep).join('/');
	return readIgnoreRules(root, below === '' ? '' : `${below}/`);
}
