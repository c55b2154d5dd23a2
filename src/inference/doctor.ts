/** Face: `Familiar: Doctor`, which tests this installation and says what is wrong and what helps. */

import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { commands, type Settings } from '../manifest';
import { isAbort, signalOf } from './cancel';
import type { ModelClient } from './client/client';
import type { Patient } from './doctor/checkup';
import type { Link, Report } from './doctor/report';
import { gitProgram } from './git';
import type { Log, Model } from './model';
import type { RemoteUse } from './remoteRoles';
import type { CompletionStatus } from './statusText';

/** Of the report's page, which is read-only and never on disk. */
const SCHEME = 'familiar-doctor';

interface DoctorDependencies {
	readonly extensionVersion: string;
	/** The one that is asked for completions. */
	readonly model: Model;
	/** The one of this machine. */
	readonly local: Pick<Model, 'state'>;
	/** Where code goes; undefined while it stays here. */
	remote(): RemoteUse | undefined;
	readonly host: Pick<ModelClient, 'hostPid' | 'recentCrashes' | 'waitsFor'>;
	readonly context: Pick<vscode.ExtensionContext, 'asAbsolutePath' | 'globalStorageUri'>;
	readonly log: Log;
	settings(): Settings;
	completion(): CompletionStatus;
	/** Names of other active inline completion providers. */
	rivals(): readonly string[];
	/** Why a file is not completed, by its absolute path with `/`; undefined where it is. */
	excluded(fullPath: string): string | undefined;
	/** Those in use. */
	adapters(): readonly { readonly name: string; readonly path: string }[];
}

export function registerDoctor(dependencies: DoctorDependencies): vscode.Disposable {
	const doctor = new Doctor(dependencies);
	return vscode.Disposable.from(
		vscode.commands.registerCommand(commands.doctor, () => doctor.run()),
		vscode.workspace.registerTextDocumentContentProvider(SCHEME, doctor),
		vscode.languages.registerDocumentLinkProvider({ scheme: SCHEME }, doctor),
	);
}

class Doctor implements vscode.TextDocumentContentProvider, vscode.DocumentLinkProvider {
	/** Each visit has a page of its own: one that is open already would be shown as it was. */
	private visits = 0;
	private last: Report = { text: '', links: [] };
	private running: Promise<void> | undefined;

	constructor(private readonly dependencies: DoctorDependencies) {}

	/** One visit at a time. */
	run(): Promise<void> {
		this.running ??= this.examine().finally(() => {
			this.running = undefined;
		});
		return this.running;
	}

	provideTextDocumentContent(): string {
		return this.last.text;
	}

	provideDocumentLinks(document: vscode.TextDocument): vscode.DocumentLink[] {
		const text = document.getText();
		return this.last.links.flatMap((link) =>
			placesOf(text, link.text).map(
				(start) =>
					new vscode.DocumentLink(
						new vscode.Range(document.positionAt(start), document.positionAt(start + link.text.length)),
						targetOf(link),
					),
			),
		);
	}

	/** Cancellation is silent. */
	private async examine(): Promise<void> {
		try {
			// What is looked at is what is open now, not the report.
			const patient = this.patient();
			this.last = await vscode.window.withProgress(
				{
					location: vscode.ProgressLocation.Notification,
					title: vscode.l10n.t('Familiar: doctor'),
					cancellable: true,
				},
				async (progress, token) => {
					const { signal, dispose } = signalOf(token);
					let shown = 0;
					const onStart = (message: string, share: number) => {
						progress.report({ message, increment: (share - shown) * 100 });
						shown = share;
					};
					try {
						const { checkup } = await import('./doctor/checkup');
						return await checkup(patient, onStart, signal);
					} finally {
						dispose();
					}
				},
			);
			const page = vscode.Uri.from({ scheme: SCHEME, path: `/${++this.visits}/Doctor.md` });
			const document = await vscode.workspace.openTextDocument(page);
			await vscode.window.showTextDocument(document, { preview: true });
		} catch (error) {
			if (!isAbort(error)) {
				this.dependencies.log.error('The doctor failed', error);
				void vscode.window.showErrorMessage(vscode.l10n.t('The doctor could not finish. The log says why.'));
			}
		}
	}

	private patient(): Patient {
		const { extensionVersion, context, model, local, host, settings, remote } = this.dependencies;
		const { completion, rivals, excluded, adapters } = this.dependencies;
		const active = vscode.window.activeTextEditor?.document;
		const { isTrusted } = vscode.workspace;
		return {
			environment: {
				extensionVersion,
				editor: `${vscode.env.appName} ${vscode.version}`,
				system: `${os.platform()} ${os.release()} ${os.arch()}`,
				remote: vscode.env.remoteName,
				isTrusted,
				workspace: workspaceKind(),
			},
			silence: {
				completion: completion(),
				inlineSuggest:
					vscode.workspace.getConfiguration('editor', active).get('inlineSuggest.enabled') !== false,
				rivals: rivals(),
				excluded: active === undefined ? undefined : excluded(active.uri.path),
				isTooLarge: active === undefined && isTextTab(),
			},
			model,
			local,
			remote: remote(),
			hostPid: host.hostPid,
			recentCrashes: host.recentCrashes,
			waitsFor: host.waitsFor,
			settings: settings(),
			starterPath: context.asAbsolutePath(path.join('models', 'starter.gguf')),
			storage: context.globalStorageUri.fsPath,
			probeFile: context.asAbsolutePath(path.join('dist', 'probe.mjs')),
			gitPath: gitProgram(vscode.workspace.getConfiguration('git').get('path')),
			adapters: adapters(),
			translate: vscode.l10n.t,
		};
	}
}

function workspaceKind(): Patient['environment']['workspace'] {
	const folders = vscode.workspace.workspaceFolders ?? [];
	return folders.length === 0
		? 'none'
		: folders.some(({ uri }) => uri.scheme === 'file')
			? 'local'
			: 'virtual';
}

/** Whether the tab in front shows a text: where there is no editor for it, the editor keeps it to itself. */
function isTextTab(): boolean {
	return vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputText;
}

/** Offsets of a text in another. */
function placesOf(text: string, wanted: string): readonly number[] {
	const places: number[] = [];
	for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
		places.push(at);
	}
	return places;
}

function targetOf({ command, argument }: Link): vscode.Uri {
	const query = argument === undefined ? '' : `?${encodeURIComponent(JSON.stringify([argument]))}`;
	return vscode.Uri.parse(`command:${command}${query}`);
}
