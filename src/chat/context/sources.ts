/** Makes the composer's other side: its sources, and what of the editor it follows. */

import type { Log, Subscription } from '../../inference/model';
import type { Translate } from '../../inference/statusText';
import { changesSource } from './changes';
import { ContextDesk } from './desk';
import type { ContextEditor, FileName } from './editor';
import { FailedCommand, type ShellEvents } from './failedCommand';
import { fileSource } from './file';
import type { ToComposer } from './messages';
import { openSource } from './open';
import { problemsSource } from './problems';
import { selectionSource } from './selection';
import type { ContextSource, SourceTools } from './source';
import { symbolSource } from './symbol';
import { terminalSource } from './terminal';

/** What goes along with questions is read with this. */
export interface ChatContextOptions {
	/** Why a file, by its full path, is never read; undefined where it may be. `list`: as far as it is known at once. */
	readonly excluded: (fullPath: string, use: 'context' | 'list') => string | undefined;
	/** Resolves when what `excluded` has begun to find out is known. */
	readonly exclusionsKnown: () => Promise<void>;
	readonly gitPath: () => string;
	readonly countTokens: (text: string) => number;
	/** Tokens that a question may take with all that goes along. */
	readonly room: () => number;
	/** Sources of other parts, by the name that is written after `#`. */
	readonly sources: readonly ContextSource[];
	readonly log: Log;
}

/** What the desk needs beside what its sources do. */
export interface FollowedEditor extends ContextEditor {
	/** Tells of commands in terminals. */
	readonly shells: ShellEvents;
	/** Files of the folders for prompts. */
	promptFiles(): Promise<readonly FileName[]>;
	/** Whatever the sources read of it may be different. */
	onDidChange(listener: () => void): Subscription;
	onDidTrust(listener: () => void): Subscription;
}

/** Milliseconds after the last of many events. */
const PAUSE = 200;

/** It follows the editor until it is disposed. */
export function deskOf(
	editor: FollowedEditor,
	options: ChatContextOptions,
	translate: Translate,
	post: (message: ToComposer) => void,
): ContextDesk {
	const tools: SourceTools = { editor, translate };
	const failed = new FailedCommand(editor.shells);
	let timer: NodeJS.Timeout | undefined;
	const soon = (act: () => Promise<void>) => () => {
		clearTimeout(timer);
		timer = setTimeout(() => void act(), PAUSE);
	};
	const desk: ContextDesk = new ContextDesk({
		...tools,
		sources: [
			fileSource(tools),
			selectionSource(tools),
			symbolSource(tools),
			problemsSource(tools),
			changesSource(tools),
			openSource(tools),
			terminalSource(tools, failed),
			...options.sources,
		],
		promptFiles: () => editor.promptFiles(),
		post,
		countTokens: options.countTokens,
		room: options.room,
		log: options.log,
		subscriptions: [
			editor.onDidChange(soon(() => desk.editorChanged())),
			editor.onDidTrust(soon(() => desk.show())),
			failed,
			{ dispose: () => clearTimeout(timer) },
		],
	});
	return desk;
}
