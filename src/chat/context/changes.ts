/** `#changes`, and the staged diff of /commit: from Git, without the files that are excluded. */

import * as path from 'node:path';
import { keepStart } from '../../inference/clip';
import { MAX_EXCERPT } from '../question';
import { admit, refused } from './material';
import type { ContextSource, Found, SourceTools } from './source';

/** Files of a diff; the others are counted. */
const MOST = 200;

/** Runs no program that the repository names, and prints the same for every user. */
const DIFF = ['diff', '--no-color', '--no-ext-diff', '--no-textconv', '--no-renames', '--submodule=short'];

export function changesSource(tools: SourceTools): ContextSource {
	return {
		name: 'changes',
		description: tools.translate('What was changed since the last commit'),
		takesArgument: false,
		reads: 'now',
		read: async (_, signal) => [await changes(tools, 'all', signal)],
	};
}

/** `staged`: what the next commit would hold. */
export async function changes(
	tools: SourceTools,
	which: 'all' | 'staged',
	signal: AbortSignal,
): Promise<Found> {
	const { editor, translate } = tools;
	const label = which === 'staged' ? translate('Staged changes') : '#changes';
	if (!editor.isTrusted) {
		return refused(label, translate('Git is not run in Restricted Mode. Trust the workspace first.'));
	}
	const folders = editor.folders();
	if (folders.length === 0) {
		return refused(label, translate('No folder is open.'));
	}
	const nothing =
		which === 'staged'
			? translate('Nothing is staged. Stage the changes that the commit shall hold.')
			: translate('Nothing was changed since the last commit.');
	let reason = translate('The folder is no Git repository.');
	const seen = new Set<string>();
	for (const folder of folders) {
		try {
			const root = (await editor.git(folder, ['rev-parse', '--show-toplevel'], signal)).stdout.trim();
			if (root === '' || seen.has(root)) {
				continue;
			}
			seen.add(root);
			const found = await diffOf(root, which, label, tools, signal);
			if (found !== undefined) {
				return found;
			}
			reason = nothing;
		} catch (error) {
			signal.throwIfAborted();
			const message = error instanceof Error ? error.message : String(error);
			return refused(label, translate('Git could not be run: {0}', message.slice(0, 200)));
		}
	}
	return refused(label, reason);
}

/** Undefined where nothing has changed. */
async function diffOf(
	root: string,
	which: 'all' | 'staged',
	label: string,
	tools: SourceTools,
	signal: AbortSignal,
): Promise<Found | undefined> {
	const { editor, translate } = tools;
	const git = (words: readonly string[]) => editor.git(root, ['--literal-pathspecs', ...words], signal);
	// Before the first commit there is no HEAD to compare with.
	const hasHead = (await git(['rev-parse', '--verify', '--quiet', 'HEAD'])).status === 0;
	const against = which === 'staged' || !hasHead ? '--cached' : 'HEAD';
	const listed = await git([...DIFF, '--name-only', '-z', against]);
	if (listed.status !== 0) {
		throw new Error(listed.stderr.trim());
	}
	const names = listed.stdout.split('\0').filter((name) => name !== '');
	if (names.length === 0) {
		return undefined;
	}
	const reasons = await Promise.all(
		names.slice(0, MOST).map((name) => editor.excludedLocal(path.join(root, name))),
	);
	const kept = names.slice(0, MOST).filter((_, index) => reasons[index] === undefined);
	const why = reasons.find((reason) => reason !== undefined);
	if (kept.length === 0) {
		return refused(label, translate('All changed files are excluded. {0}', why ?? ''));
	}
	const { stdout } = await git([...DIFF, against, '--', ...kept]);
	// A lock file can be longer than all that anybody wrote.
	const text = keepStart(stdout.trimEnd(), MAX_EXCERPT);
	const isWhole = kept.length === names.length && text.length === stdout.trimEnd().length;
	const whole =
		names.length === 1 ? translate('{0}, 1 file', label) : translate('{0}, {1} files', label, names.length);
	const name = isWhole ? whole : translate('{0}, a part: {1} of {2} files', label, kept.length, names.length);
	return admit({ kind: 'changes', label: name, path: '', language: 'diff', firstLine: 0, text }, tools);
}
