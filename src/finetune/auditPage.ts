/** Face: the audit of the open folders, and its page in an editor tab, on which the user decides about single files. */

import { randomBytes } from 'node:crypto';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../inference/failure';
import { gitProgram } from '../inference/git';
import type { Log, Model } from '../inference/model';
import { pageOf } from '../inference/webviewPage';
import type { Settings } from '../manifest';
import { AuditView } from './audit/auditView';
import type { ForcedFiles } from './audit/forcedFiles';
import { type FromAuditPage, isFromAuditPage, type ToAuditPage } from './audit/protocol';
import { auditTexts } from './audit/texts';
import { tell, tellError, tellRestricted, working } from './command';
import type { AuditWorker } from './corpus/auditWorker';
import { freed, leftOut, takenIn, withFile } from './corpus/force';
import { auditReport } from './corpus/report';
import type { Audit, AuditedFile } from './corpus/verdict';

const VIEW_TYPE = 'familiar.corpusAudit';

interface AuditPageOptions {
	readonly extensionUri: vscode.Uri;
	readonly worker: AuditWorker;
	/** Absolute path of what earlier audits found. */
	readonly cacheFile: string;
	readonly forced: ForcedFiles;
	readonly model: Pick<Model, 'state'>;
	readonly settings: () => Settings;
	readonly log: Log;
}

export class AuditPage implements vscode.Disposable {
	private panel: vscode.WebviewPanel | undefined;
	private view: AuditView | undefined;
	private version = 0;
	/** Who waits for the user to go on; undefined where nothing follows. */
	private waiting: ((audit: Audit | undefined) => void) | undefined;

	constructor(private readonly options: AuditPageOptions) {}

	/** Whether an audit of this workspace was on screen before. */
	get wasSeen(): boolean {
		return this.options.forced.wasSeen;
	}

	/** Nothing may be read in Restricted Mode, and nothing that is not on this machine: undefined then, with a message. */
	folders(): readonly vscode.WorkspaceFolder[] | undefined {
		const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
		if (vscode.workspace.isTrusted && folders.length > 0) {
			return folders;
		}
		if (vscode.workspace.isTrusted) {
			tell(
				'information',
				vscode.l10n.t('Fine-tuning reads folders on this machine, and none is open.'),
				vscode.l10n.t('Open Folder…'),
				'vscode.openFolder',
			);
		} else {
			tellRestricted(vscode.l10n.t('Fine-tuning reads repositories only in a trusted workspace.'));
		}
		return undefined;
	}

	/**
	 * With a notification that can be cancelled.
	 * @param basePath absolute path of the model that shall be trained: one that cannot be is refused before anything is
	 *   read. Default: none shall be.
	 * @throws RepositoryError, an Error about the model, or an AbortError
	 */
	audit(folders: readonly vscode.WorkspaceFolder[], basePath?: string): Promise<Audit> {
		const { settings, forced, worker, cacheFile } = this.options;
		const excluded = { globs: settings().exclude, folders: folders.map((folder) => folder.uri.fsPath) };
		const repositories = folders.map((folder) => ({
			name: folder.name,
			folder: folder.uri.fsPath,
			gitPath: gitProgram(vscode.workspace.getConfiguration('git', folder.uri).get('path')),
			excluded,
			forced: forced.of(folder.uri.fsPath),
		}));
		return working(vscode.l10n.t('Reading the repositories'), (progress, signal) =>
			worker.audit(
				{ repositories, basePath, cacheFile },
				({ repository, done, all }) => progress.report({ message: `${repository}: ${done} / ${all}` }),
				signal,
			),
		);
	}

	show(audit: Audit): void {
		this.settle(undefined);
		this.open(audit);
	}

	/** Shows the audit and waits until the user goes on with what was decided, or closes the page: undefined. */
	review(audit: Audit): Promise<Audit | undefined> {
		this.settle(undefined);
		const result = new Promise<Audit | undefined>((resolve) => {
			this.waiting = resolve;
		});
		this.open(audit);
		return result;
	}

	dispose(): void {
		this.panel?.dispose();
		this.settle(undefined);
	}

	private settle(audit: Audit | undefined): void {
		this.waiting?.(audit);
		this.waiting = undefined;
	}

	private open(audit: Audit): void {
		this.use(audit);
		if (this.panel !== undefined) {
			this.panel.reveal();
			this.postState();
			return;
		}
		const { extensionUri, log } = this.options;
		const media = vscode.Uri.joinPath(extensionUri, 'dist', 'media');
		const title = vscode.l10n.t('What Fine-Tuning Reads');
		const panel = vscode.window.createWebviewPanel(VIEW_TYPE, title, vscode.ViewColumn.Active, {
			enableScripts: true,
			localResourceRoots: [media],
		});
		this.panel = panel;
		panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.png');
		panel.webview.onDidReceiveMessage((message: unknown) => {
			if (isFromAuditPage(message)) {
				this.receive(message).catch((error: unknown) => {
					log.error('A message of the audit page failed', error);
					tellError(error);
				});
			} else {
				log.warn('The audit page sent a message that is not one of its own; it was ignored');
			}
		});
		panel.onDidDispose(() => {
			if (this.panel === panel) {
				this.panel = undefined;
				this.view = undefined;
				this.settle(undefined);
			}
		});
		const address = (file: string) => panel.webview.asWebviewUri(vscode.Uri.joinPath(media, file)).toString();
		panel.webview.html = pageOf({
			language: vscode.env.language,
			source: panel.webview.cspSource,
			script: address('audit.js'),
			style: address('audit-style.css'),
			nonce: randomBytes(24).toString('base64url'),
			pictures: false,
		});
	}

	private use(audit: Audit): void {
		const { model, settings } = this.options;
		const { state } = model;
		this.version++;
		this.view = new AuditView(audit, this.version, {
			model:
				state.type === 'ready'
					? { name: state.model.name, speed: state.model.prefillTokensPerSecond }
					: undefined,
			minutes: settings().fineTune.minutes,
			canGoOn: this.waiting !== undefined,
			translate: vscode.l10n.t,
		});
	}

	/** A page that is hidden loses messages; it asks for everything when it is shown again. */
	private post(message: ToAuditPage): void {
		void this.panel?.webview.postMessage(message);
	}

	private postState(): void {
		if (this.view !== undefined) {
			this.post({ type: 'state', texts: auditTexts(vscode.l10n.t), summary: this.view.summary() });
		}
	}

	private async receive(message: FromAuditPage): Promise<void> {
		const { view } = this;
		if (view === undefined) {
			return;
		}
		switch (message.type) {
			case 'ready':
				this.postState();
				await this.options.forced.see();
				break;
			case 'rows': {
				const { request, filter, offset, count } = message;
				const found = view.rows(filter, offset, count);
				this.post({ type: 'rows', request, version: view.version, offset, ...found });
				break;
			}
			case 'open':
				await this.openFile(view, message);
				break;
			case 'move':
				await this.move(view, message);
				break;
			case 'act':
				await this.act(view, message.action);
		}
	}

	private async act(view: AuditView, action: 'goOn' | 'again' | 'copy'): Promise<void> {
		if (action === 'copy') {
			const report = auditReport(view.audit);
			await vscode.env.clipboard.writeText(`# ${vscode.l10n.t('What fine-tuning would read')}\n\n${report}`);
			this.post({ type: 'said', text: vscode.l10n.t('The audit was copied as Markdown.') });
		} else if (action === 'again') {
			const folders = this.folders();
			if (folders !== undefined) {
				this.use(await this.audit(folders));
				this.postState();
			}
		} else if (this.waiting !== undefined) {
			this.settle(view.audit);
			this.panel?.dispose();
		}
	}

	private async openFile(view: AuditView, { version, index }: { version: number; index: number }) {
		const file = version === view.version ? view.audit.files[index] : undefined;
		const folder = view.audit.repositories[file?.repository ?? -1]?.folder;
		if (file === undefined || folder === undefined || file.path.endsWith('/')) {
			return;
		}
		try {
			// Pictures and other data have editors of their own.
			await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path.join(folder, file.path)));
		} catch (error) {
			this.post({
				type: 'said',
				text: vscode.l10n.t('{0} cannot be opened: {1}', file.path, messageOf(error)),
			});
		}
	}

	private async move(view: AuditView, message: Extract<FromAuditPage, { type: 'move' }>): Promise<void> {
		const { index, version, move } = message;
		const file = version === view.version ? view.audit.files[index] : undefined;
		const repository = view.audit.repositories[file?.repository ?? -1];
		if (file === undefined || repository === undefined || move === '') {
			return;
		}
		const { forced, worker } = this.options;
		const remember = (to: 'in' | 'out' | undefined) => forced.set(repository.folder, file.path, to);
		const { t } = vscode.l10n;
		if (move === 'out') {
			await remember('out');
			this.change(index, leftOut, t('{0} is left out.', file.path));
		} else if (move === 'back') {
			await remember(undefined);
			this.change(index, freed, t('{0} is as the audit has it.', file.path));
		} else {
			const verdict = await worker.judge({ repository, file: file.path }, new AbortController().signal);
			const text =
				verdict.type === 'in'
					? t('{0} is taken in.', file.path)
					: t('{0} stays out: {1}', file.path, verdict.figure);
			await remember(verdict.type === 'in' ? 'in' : undefined);
			if (this.view === view) {
				this.change(index, (one) => takenIn(one, verdict), text);
			}
		}
	}

	/** The file as it is now: another may have been decided about meanwhile. */
	private change(index: number, decide: (file: AuditedFile) => AuditedFile, text: string): void {
		const audit = this.view?.audit;
		const file = audit?.files[index];
		if (audit !== undefined && file !== undefined) {
			this.use(withFile(audit, index, decide(file)));
			this.postState();
			this.post({ type: 'said', text });
		}
	}
}
