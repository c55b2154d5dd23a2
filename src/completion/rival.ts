/** Tells once, ever, that another extension also writes ghost text, and offers the choice. */

import * as vscode from 'vscode';
import { settings } from '../manifest';
import { findRival, type Rival } from './knownRivals';

/** Key in the global state: the choice has been offered. */
const OFFERED = 'familiar.rivalOffered';
/** Milliseconds after which extensions that start with the editor are active. */
const SETTLE = 10_000;

function get(key: string): unknown {
	return vscode.workspace.getConfiguration().get(key);
}

async function offer(rival: Rival): Promise<void> {
	const keep = vscode.l10n.t('Keep Both');
	const only = vscode.l10n.t('Use Only Familiar…');
	const off = vscode.l10n.t('Turn Off Familiar’s');
	const choice = await vscode.window.showInformationMessage(
		vscode.l10n.t('{0} also suggests code while you type. The two can get in each other’s way.', rival.name),
		keep,
		only,
		off,
	);
	if (choice === only) {
		// Its own page has the buttons to disable it everywhere or in this workspace.
		await vscode.commands.executeCommand('extension.open', rival.id);
	} else if (choice === off) {
		await vscode.workspace
			.getConfiguration()
			.update(settings.completionEnabled.key, false, vscode.ConfigurationTarget.Global);
	}
}

/** Watches until it has told once. `state`: the extension's global state. */
export function watchForRivals(state: vscode.Memento, report: (error: unknown) => void): vscode.Disposable {
	const subscriptions: vscode.Disposable[] = [];
	const stop = () => {
		for (const subscription of subscriptions.splice(0)) {
			subscription.dispose();
		}
	};
	const look = () => {
		const rival = findRival(vscode.extensions.all, get);
		if (rival === undefined || state.get(OFFERED) === true) {
			return;
		}
		stop();
		// Remembered first: a window that closes under the notice does not ask again.
		Promise.resolve(state.update(OFFERED, true))
			.then(() => offer(rival))
			.catch(report);
	};
	if (state.get(OFFERED) !== true) {
		subscriptions.push(vscode.extensions.onDidChange(look));
		const timer = setTimeout(look, SETTLE);
		subscriptions.push({ dispose: () => clearTimeout(timer) });
	}
	return { dispose: stop };
}
