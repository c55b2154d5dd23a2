/** `#changes`, and the staged diff of /commit: from Git, without the files that are excluded. */

import * as path from 'node:path';
import { keepStart } from '../../inference/clip';
import { messageOf } from '../../inference/failure';
import { MAX_EXCERPT } from '../question';
import { admit, refused } from './material';
import type { ContextSource, Found, SourceTools } from './source';
import { isBelow } from './workspaceFiles';

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
		read: async (_, signal) => [await changes(tools, 'all', undefined, signal)],
	};
}

/**
 * `staged`: what the next commit would hold.
 * @param file absolute path of the only one that is asked for; undefined for all
 */
export async function changes(
	tools: SourceTools,
	which: 'all' | 'staged',
	file: string | undefined,
	signal: AbortSignal,
): Promise<Found> {
	const { editor, translate } = tools;
	const label = which === 'staged' ? translate('Staged changes') : '#changes';
	if (!editor.isTrusted) {
		return refused(label, translate('Git is not run in Restricted Mode. Trust the workspace first.'));
	}
	const all = editor.folders();
	if (all.length === 0) {
		return refused(label, translate('No folder is open.'));
	}
	const outside = translate('All changed files lie outside of the opened folder, and are not read.');
	const folders = all.filter((folder) => file === undefined || isBelow(folder, file));
	if (folders.length === 0) {
		return refused(label, outside);
	}
	const nothing =
		which === 'staged'
			? translate('Nothing is staged. Stage the changes that the commit shall hold.')
			: translate('Nothing was changed since the last commit.');
	let reason = translate('The folder is no Git repository.');
	try {
		for (const [root, opened] of await repositories(folders, tools, signal)) {
			const found = await diffOf(root, opened, which, file, label, tools, signal);
			if (typeof found === 'object') {
				return found;
			}
			reason = found === 'outside' ? outside : nothing;
		}
	} catch (error) {
		signal.throwIfAborted();
		const message = messageOf(error);
		return refused(label, translate('Git could not be run: {0}', message.slice(0, 200)));
	}
	return refused(label, reason);
}

/** A folder as it was opened, which may be by way of a link. */
interface OpenedFolder {
	readonly folder: string;
	/** What Git's names of the files in it begin with; empty for the whole repository. */
	readonly prefix: string;
}

/** The opened folders of each repository, by its root. */
async function repositories(
	folders: readonly string[],
	{ editor }: SourceTools,
	signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly OpenedFolder[]>> {
	const found = new Map<string, readonly OpenedFolder[]>();
	for (const folder of folders) {
		const ask = async (what: string) => {
			const { status, stdout } = await editor.git(folder, ['rev-parse', what], signal);
			return status === 0 ? stdout.replace(/\r?\n$/, '') : undefined;
		};
		const root = await ask('--show-toplevel');
		const prefix = await ask('--show-prefix');
		if (root !== undefined && root !== '' && prefix !== undefined) {
			found.set(root, [...(found.get(root) ?? []), { folder, prefix }]);
		}
	}
	return found;
}

/** `outside`: what has changed lies in no opened folder. */
async function diffOf(
	root: string,
	opened: readonly OpenedFolder[],
	which: 'all' | 'staged',
	file: string | undefined,
	label: string,
	tools: SourceTools,
	signal: AbortSignal,
): Promise<Found | 'nothing' | 'outside'> {
	const { editor, translate } = tools;
	const git = (words: readonly string[]) => editor.git(root, ['--literal-pathspecs', ...words], signal);
	// Before the first commit there is no HEAD to compare with.
	const hasHead = (await git(['rev-parse', '--verify', '--quiet', 'HEAD'])).status === 0;
	const against = which === 'staged' || !hasHead ? '--cached' : 'HEAD';
	const listed = await git([...DIFF, '--name-only', '-z', against]);
	if (listed.status !== 0) {
		throw new Error(listed.stderr.trim());
	}
	// What excludes a file is known in the opened folders only, under the names by which they were opened.
	const places = (name: string) =>
		opened.flatMap(({ folder, prefix }) =>
			name.startsWith(prefix) ? path.join(folder, name.slice(prefix.length)) : [],
		);
	const names = listed.stdout
		.split('\0')
		.filter((name) => name !== '' && (file === undefined || places(name).includes(path.normalize(file))));
	if (names.length === 0) {
		return 'nothing';
	}
	const inside = names.filter((name) => places(name).length > 0);
	if (inside.length === 0) {
		return 'outside';
	}
	const asked = inside.slice(0, MOST);
	const reasons = await Promise.all(
		asked.map(async (name) => {
			const answers = await Promise.all(places(name).map((file) => editor.excludedLocal(file)));
			return answers.find((answer) => answer !== undefined);
		}),
	);
	const kept = asked.filter((_, index) => reasons[index] === undefined);
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
	const outside = names.length - inside.length;
	const part =
		outside === 0
			? translate('{0}, a part: {1} of {2} files', label, kept.length, names.length)
			: translate(
					'{0}, a part: {1} of {2} files ({3} outside of the opened folder)',
					label,
					kept.length,
					names.length,
					outside,
				);
	const name = isWhole ? whole : part;
	return admit({ kind: 'changes', label: name, path: '', language: 'diff', firstLine: 0, text }, tools);
}
