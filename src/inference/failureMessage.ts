/** Face: the message about a command that failed, with the whole error in the log. */

import * as vscode from 'vscode';
import { messageOf } from './failure';
import type { Log } from './model';

/** @param what for the log. */
export function showFailure(what: string, error: unknown, log: Log): void {
	log.error(what, error);
	void vscode.window.showErrorMessage(vscode.l10n.t('Familiar could not do that: {0}', messageOf(error)));
}
