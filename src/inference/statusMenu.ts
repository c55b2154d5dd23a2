/** The menu of the status bar item, as pure data. */

import { commands } from '../manifest';
import type { CompletionStatus, Translate } from './statusText';

interface StatusMenuItem {
	/** With VS Code's icon syntax. */
	readonly label: string;
	/** What it runs; undefined for a heading. */
	readonly command: string | undefined;
}

/** @param running whether the local API does, and whether a server is in use. */
export function statusMenu(
	completion: CompletionStatus,
	running: { readonly api: boolean; readonly remote: boolean },
	translate: Translate,
): readonly StatusMenuItem[] {
	const heading = (label: string): StatusMenuItem => ({ label, command: undefined });
	const item = (label: string, command: string): StatusMenuItem => ({ label, command });
	const { enabled, language, pausedUntil } = completion;
	return [
		heading(translate('Inline completions')),
		item(
			enabled ? translate('$(circle-slash) Turn off') : translate('$(check) Turn on'),
			commands.toggleCompletions,
		),
		...(language === undefined
			? []
			: [
					item(
						language.on
							? translate('$(circle-slash) Turn off for {0}', language.name)
							: translate('$(check) Turn on for {0}', language.name),
						commands.toggleLanguage,
					),
				]),
		pausedUntil === undefined
			? item(translate('$(debug-pause) Pause…'), commands.pauseCompletions)
			: item(translate('$(debug-start) Resume'), commands.resumeCompletions),
		item(translate('$(graph) Show completion statistics'), commands.showStatistics),
		item(translate('$(search) Inspect completions'), commands.inspectCompletions),
		heading(translate('Model')),
		item(translate('$(folder-opened) Select model…'), commands.selectModel),
		item(translate('$(list-tree) Show models'), commands.showModels),
		item(translate('$(refresh) Restart the model'), commands.restartModel),
		...(running.api
			? [
					item(translate('$(broadcast) Show local API…'), commands.showApi),
					item(translate('$(debug-stop) Stop local API'), commands.stopApi),
				]
			: [item(translate('$(broadcast) Start local API…'), commands.startApi)]),
		running.remote
			? item(translate('$(debug-disconnect) Disconnect from the server'), commands.disconnectServer)
			: item(translate('$(cloud-upload) Connect to a server…'), commands.connectServer),
		heading(translate('Fine-tuning')),
		item(translate('$(mortar-board) Fine-tune on this workspace…'), commands.fineTune),
		item(translate('$(layers) Select adapter…'), commands.selectAdapter),
		heading(translate('More')),
		item(translate('$(comment-discussion) Open chat'), commands.focusChat),
		item(translate('$(pulse) Doctor: what is wrong, and what helps'), commands.doctor),
		item(translate('$(info) Show diagnostics'), commands.showDiagnostics),
		item(translate('$(output) Show log'), commands.showLog),
	];
}
