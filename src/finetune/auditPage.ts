/** Face: the audit of the open folders, and its page in an editor tab, on which the user decides about single files. */

import { randomBytes } from 'node:crypto';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../inference/failure';
import { gitProgram } from '../inference/git';
import { showInvisible } from '../inference/invisible';
import type { Log, Model } from '../inference/model';
import { pageOf } from '../inference/webviewPage';
import type { Settings } from '../manifest';
import { AuditView } from './audit/auditView';
import type { ForcedFiles } from './audit/forcedFiles';
import { type FromAuditPage, isFromAuditPage, type ToAuditPage } from './audit/protocol';
import { auditTexts } from './audit/texts';
import { tell, tellError, tellRestricted, working } from './command';
import type { AuditWorker } from './corpus/auditWorker';
import { caughtUp, freed, leftOut, placeOf, takenIn, withFile } from './corpus/force';
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
	/** From which on versions are of the audit that is shown: the page may still ask about one before the last choice. */
	private firstVersion = 0;
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
		return working(vscode.l10n.t('Reading the repositories'), async (progress, signal) =>
			caughtUp(
				await worker.audit(
					{ repositories, basePath, cacheFile },
					({ repository, done, all }) => progress.report({ message: `${repository}: ${done} / ${all}` }),
					signal,
				),
				(folder) => forced.of(folder),
				(repository, file) => worker.judge({ repository, file }, signal),
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
		this.useNew(audit);
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

	private useNew(audit: Audit): void {
		this.firstVersion = this.version + 1;
		this.use(audit);
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
			const title = vscode.l10n.t('What fine-tuning would read');
			await vscode.env.clipboard.writeText(`# ${title}\n\n${auditReport(view.audit)}`);
			this.post({ type: 'said', text: vscode.l10n.t('The audit was copied as Markdown.') });
		} else if (action === 'again') {
			const folders = this.folders();
			if (folders !== undefined) {
				this.useNew(await this.audit(folders));
				this.postState();
			}
		} else if (this.waiting !== undefined) {
			this.settle(view.audit);
			this.panel?.dispose();
		}
	}

	/** Choices leave the files of an audit where they are. */
	private fileAt(view: AuditView, { version, index }: { version: number; index: number }) {
		return version >= this.firstVersion && version <= view.version ? view.audit.files[index] : undefined;
	}

	private async openFile(view: AuditView, place: { version: number; index: number }) {
		const file = this.fileAt(view, place);
		const folder = view.audit.repositories[file?.repository ?? -1]?.folder;
		if (file === undefined || folder === undefined || file.path.endsWith('/')) {
			return;
		}
		try {
			// Pictures and other data have editors of their own.
			await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path.join(folder, file.path)));
		} catch (error) {
			const text = vscode.l10n.t('{0} cannot be opened: {1}', file.path, messageOf(error));
			this.post({ type: 'said', text });
		}
	}

	private async move(view: AuditView, message: Extract<FromAuditPage, { type: 'move' }>): Promise<void> {
		const { index, move } = message;
		const file = this.fileAt(view, message);
		const repository = view.audit.repositories[file?.repository ?? -1];
		if (file === undefined || repository === undefined || move === '') {
			return;
		}
		const { forced, worker } = this.options;
		const [folder, name] = [repository.folder, file.path];
		const { t } = vscode.l10n;
		/** The file as it is now, in the audit that is shown by now. */
		const change = (decide: (file: AuditedFile) => AuditedFile, text: string) => {
			const audit = this.view?.audit;
			const place = audit === undefined ? -1 : placeOf(audit, { folder, path: name }, index);
			const found = audit?.files[place];
			if (audit !== undefined && found !== undefined) {
				this.use(withFile(audit, place, decide(found)));
				this.postState();
				this.post({ type: 'said', text: showInvisible(text) });
			}
		};
		if (move === 'in') {
			const verdict = await worker.judge({ repository, file: name }, new AbortController().signal);
			await forced.set(folder, name, verdict.type === 'in' ? 'in' : undefined);
			const text =
				verdict.type === 'in' ? t('{0} is taken in.', name) : t('{0} stays out: {1}', name, verdict.figure);
			change((one) => takenIn(one, verdict), text);
		} else if (move === 'out') {
			// First here, then for good: a fine-tune that starts in between must not read it.
			change(leftOut, t('{0} is left out.', name));
			await forced.set(folder, name, 'out');
		} else {
			change(freed, t('{0} is as the audit has it.', name));
			await forced.set(folder, name, undefined);
		}
	}
}
