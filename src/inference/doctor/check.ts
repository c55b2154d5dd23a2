/** What the doctor asks and answers in: a check, its finding, and what helps. */

import { commands, settings } from '../../manifest';
import type { Remedy } from '../model';
import type { Translate } from '../statusText';

/** `attention`: it works, and less well than it could. `wrong`: something does not work. */
export type Grade = 'ok' | 'attention' | 'wrong';

export type Help =
	/** `title` as in the command palette. */
	| { readonly type: 'command'; readonly command: string; readonly title: string }
	| { readonly type: 'setting'; readonly key: string }
	/** A sentence. */
	| { readonly type: 'advice'; readonly text: string };

/** One line of the report. No prompt, no code, no secret in it; the report itself hides the home folder. */
export interface Finding {
	readonly name: string;
	readonly grade: Grade;
	/** What was measured, as a sentence or a list of figures. */
	readonly measured: string;
	readonly helps: readonly Help[];
}

export interface Check {
	/** Shown while it runs, and where it did not answer. */
	readonly name: string;
	/** Milliseconds after which it counts as hanging; default 10,000. */
	readonly limit?: number;
	/** Where it throws, that is its finding. */
	run(signal: AbortSignal): Promise<readonly Finding[]>;
}

export function ok(name: string, measured: string): Finding {
	return { name, grade: 'ok', measured, helps: [] };
}

export function attention(name: string, measured: string, ...helps: readonly Help[]): Finding {
	return { name, grade: 'attention', measured, helps };
}

export function wrong(name: string, measured: string, ...helps: readonly Help[]): Finding {
	return { name, grade: 'wrong', measured, helps };
}

export function advice(text: string): Help {
	return { type: 'advice', text };
}

export function setting(one: { readonly key: string }): Help {
	return { type: 'setting', key: one.key };
}

/** The commands that help, by their titles. */
export function commandHelps(translate: Translate) {
	const help = (command: string, title: string): Help => ({ type: 'command', command, title });
	return {
		selectModel: help(commands.selectModel, translate('Familiar: Select Model…')),
		useStarter: help(commands.useStarterModel, translate('Familiar: Use the Starter Model')),
		restart: help(commands.restartModel, translate('Familiar: Restart the Model')),
		getAcceleration: help(commands.getAcceleration, translate('Familiar: Get GPU Acceleration…')),
		connectServer: help(commands.connectServer, translate('Familiar: Connect to a Server…')),
		disconnectServer: help(commands.disconnectServer, translate('Familiar: Disconnect from the Server')),
		showLog: help(commands.showLog, translate('Familiar: Show Log')),
		selectAdapter: help(commands.selectAdapter, translate('Familiar: Select Adapter…')),
		toggle: help(commands.toggleCompletions, translate('Familiar: Turn Inline Completions On or Off')),
		toggleLanguage: help(
			commands.toggleLanguage,
			translate('Familiar: Turn Inline Completions On or Off for This Language'),
		),
		resume: help(commands.resumeCompletions, translate('Familiar: Resume Inline Completions')),
		complete: help(commands.triggerCompletion, translate('Familiar: Complete Here')),
		trust: help('workbench.trust.manage', translate('Workspaces: Manage Workspace Trust')),
	} as const;
}

/** What a problem's buttons stand for. */
export function helpsOf(remedies: readonly Remedy[], translate: Translate): readonly Help[] {
	const help = commandHelps(translate);
	const byRemedy: Readonly<Record<Remedy, Help>> = {
		'select-model': help.selectModel,
		'use-starter': help.useStarter,
		'use-cpu': setting(settings.backend),
		'show-log': help.showLog,
		restart: help.restart,
		'set-node-path': setting(settings.nodePath),
		'connect-server': help.connectServer,
		'disconnect-server': help.disconnectServer,
	};
	return remedies.map((remedy) => byRemedy[remedy]);
}
