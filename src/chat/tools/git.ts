/** Tools on what Git knows of the opened folders: the last commits, and what was changed since. */

import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { secretsIn } from '../../inference/secretText';
import { changes } from '../context/changes';
import { isBelow } from '../context/workspaceFiles';
import { namedIn } from './files';
import { countIn, found, parameters, refused, type Tool, textIn } from './tool';

/** Commits that are listed at most, and where nobody says how many. */
const MOST_COMMITS = 100;
const COMMITS = 20;

/** Runs no program that the repository names, and prints the same for every user. */
const LOG = [
	'--literal-pathspecs',
	'log',
	'--no-color',
	'--no-show-signature',
	'--no-decorate',
	'--no-ext-diff',
	'--no-textconv',
	'--date=short',
	'--format=%h %ad %an: %s',
];

export const gitLog: Tool = {
	name: 'git_log',
	description: 'Lists the last commits of the workspace, or of one file.',
	parameters: parameters({
		path: {
			type: 'string',
			description: 'Path in the workspace.',
		},
		count: { type: 'integer', minimum: 1, description: 'How many.' },
	}),
	run: async (given, context, signal) => {
		const { editor, translate } = context;
		const file = textIn(given, 'path') === undefined ? undefined : await namedIn(given, context);
		if (typeof file === 'string') {
			return refused(file);
		}
		const full = file?.uri.startsWith('file:') ? fileURLToPath(file.uri) : undefined;
		const count = Math.min(countIn(given, 'count') ?? COMMITS, MOST_COMMITS);
		const folders = editor
			.folders()
			.filter((folder) => file === undefined || (full !== undefined && isBelow(folder, full)));
		for (const folder of folders) {
			// Nothing of what lies in the repository beside the opened folder.
			const of = full === undefined ? '.' : path.relative(folder, full);
			const { status, stdout } = await editor.git(folder, [...LOG, `--max-count=${count}`, '--', of], signal);
			const lines = stdout.split('\n').filter((line) => line !== '' && secretsIn(line).length === 0);
			if (status === 0 && lines.length > 0) {
				return found(lines.join('\n'));
			}
		}
		return refused(translate('Git knows no commits of it.'));
	},
};

export const gitDiff: Tool = {
	name: 'git_diff',
	description: 'Shows what was changed since the last commit, as a diff.',
	parameters: parameters({
		path: {
			type: 'string',
			description: 'Path in the workspace.',
		},
		isStaged: { type: 'boolean', description: 'Only what is staged.' },
	}),
	run: async (given, context, signal) => {
		const file = textIn(given, 'path') === undefined ? undefined : await namedIn(given, context);
		if (typeof file === 'string') {
			return refused(file);
		}
		const full = file?.uri.startsWith('file:') ? fileURLToPath(file.uri) : undefined;
		if (file !== undefined && full === undefined) {
			return refused(context.translate('Git knows no changes of it.'));
		}
		const diff = await changes(context, given['isStaged'] === true ? 'staged' : 'all', full, signal);
		return diff.type === 'refused'
			? refused(diff.reason)
			: found(`${diff.attachment.label}\n${diff.attachment.text}`);
	},
};
