/** Where Familiar runs: the editor, the workspace and its trust, Node and Git. */

import { settings } from '../../manifest';
import type { Translate } from '../statusText';
import { advice, attention, commandHelps, type Finding, ok, setting, wrong } from './check';

/** `none`: no folder is open; `virtual`: one that is not on this machine. */
type WorkspaceKind = 'local' | 'virtual' | 'none';

export interface EnvironmentFacts {
	readonly extensionVersion: string;
	/** Name and version. */
	readonly editor: string;
	/** Operating system, release, processor. */
	readonly system: string;
	/** Kind of the remote that the extension runs on; undefined for this machine. */
	readonly remote: string | undefined;
	readonly isTrusted: boolean;
	readonly workspace: WorkspaceKind;
}

/** What a program said when asked for its version, or why it could not be asked. */
export type ProgramAnswer =
	| { readonly type: 'version'; readonly text: string }
	| { readonly type: 'failed'; readonly reason: string };

/** The oldest Node that runs the model host. */
const LEAST_NODE = 20;

export function editorFinding(facts: EnvironmentFacts, translate: Translate): Finding {
	const { remote } = facts;
	// Some editors give the address of their server, which is nobody's business.
	const place =
		remote === undefined
			? translate('this machine')
			: /^[a-z-]+$/.test(remote)
				? remote
				: translate('a server');
	return ok(
		translate('Editor'),
		translate('{0}, Familiar {1}, {2}, on {3}', facts.editor, facts.extensionVersion, facts.system, place),
	);
}

export function workspaceFinding(facts: EnvironmentFacts, translate: Translate): Finding {
	const name = translate('Workspace');
	if (!facts.isTrusted) {
		return attention(
			name,
			translate(
				'Restricted Mode: completions and explanations of open files work; fixes, fine-tuning and what Git ignores do not.',
			),
			commandHelps(translate).trust,
		);
	}
	switch (facts.workspace) {
		case 'local':
			return ok(name, translate('trusted, a folder on this machine'));
		case 'virtual':
			return attention(
				name,
				translate('trusted, and not on this machine: what needs files on disk or Git history is off.'),
				advice(translate('Open a folder on the disk of this machine.')),
			);
		case 'none':
			return attention(
				name,
				translate('No folder is open: completions work; fine-tuning needs a folder with a Git repository.'),
				advice(translate('Open a folder.')),
			);
	}
}

export function nodeFinding(answer: ProgramAnswer, isChosen: boolean, translate: Translate): Finding {
	const name = 'Node.js';
	if (answer.type === 'failed') {
		return wrong(
			name,
			isChosen
				? translate('The chosen Node.js cannot be run: {0}', answer.reason)
				: translate('The editor’s own Node.js cannot be run: {0}', answer.reason),
			setting(settings.nodePath),
		);
	}
	const major = Number(/^v?(\d+)/.exec(answer.text)?.[1] ?? 0);
	return major >= LEAST_NODE
		? ok(
				name,
				isChosen
					? translate('{0}, chosen in the settings', answer.text)
					: translate('{0}, the editor’s own', answer.text),
			)
		: wrong(
				name,
				translate('{0} is too old: the model needs version {1} or newer.', answer.text, LEAST_NODE),
				setting(settings.nodePath),
			);
}

export function gitFinding(answer: ProgramAnswer, isTrusted: boolean, translate: Translate): Finding {
	const name = 'Git';
	if (!isTrusted) {
		return ok(name, translate('not asked: programs run in trusted workspaces only'));
	}
	return answer.type === 'version'
		? ok(name, answer.text)
		: attention(
				name,
				translate(
					'Git could not be run ({0}). Fine-tuning needs it, and without it Familiar does not know which files are ignored.',
					answer.reason,
				),
				setting({ key: 'git.path' }),
			);
}
