/** Face: Explain, Fix and Generate on the code in the editor. Over 300 lines because what asks the user stands with what
 * it asks about; what can be decided on plain data is elsewhere. */

import * as vscode from 'vscode';
import { hasInvisible, stripInvisible } from '../inference/invisible';
import { type ActionArguments, type ChatActionsOptions, findingsOf, isReported, isWritable } from './actions';
import { enclosingBlock } from './blocks';
import { commentAt, generatedEdits } from './comments';
import { codeBlocksOf } from './fences';
import { indentUnitOf, type LineEdit, lineEdits } from './patch';
import { EditPreview, linesOf } from './preview';
import { isArrayOf, isCount, isRecord, isText, type Turn } from './protocol';
import { type Excerpt, type Finding, isFinding, MAX_EXCERPT, MAX_FINDINGS, type Question } from './question';

/** Lines above and below a comment that the model sees. */
const LINES_ABOVE = 400;
const LINES_BELOW = 60;

function isActionArguments(value: unknown): value is ActionArguments {
	return (
		isRecord(value) &&
		isText(value['uri']) &&
		isCount(value['version'], Number.MAX_SAFE_INTEGER) &&
		isCount(value['startLine'], Number.MAX_SAFE_INTEGER) &&
		isCount(value['endLine'], Number.MAX_SAFE_INTEGER) &&
		isArrayOf(value['findings'], isFinding, MAX_FINDINGS)
	);
}

/** The code that a command is about. */
interface Target {
	readonly document: vscode.TextDocument;
	readonly version: number;
	readonly lines: readonly string[];
	/** First and last line, from 0. */
	readonly start: number;
	readonly end: number;
	readonly findings: readonly Finding[];
}

export class EditorActions implements vscode.Disposable {
	private readonly preview = new EditPreview();

	constructor(private readonly options: ChatActionsOptions) {}

	dispose(): void {
		this.preview.dispose();
	}

	async explain(given: unknown): Promise<void> {
		const target = await targetOf(given);
		const excerpt = target === undefined ? undefined : excerptOf(target, this.options.excluded);
		if (target === undefined || excerpt === undefined) {
			return;
		}
		const { findings } = target;
		await this.ask(
			{ task: 'explain', excerpt, findings },
			titled(vscode.l10n.t('Explain'), excerpt, findings),
		);
	}

	async fix(given: unknown): Promise<void> {
		if (!mayChange()) {
			return;
		}
		const target = await targetOf(given);
		if (target === undefined || !(await isEditable(target.document))) {
			return;
		}
		const excerpt = excerptOf(target, this.options.excluded);
		if (excerpt === undefined) {
			return;
		}
		const { findings, lines, start, end } = target;
		const turn = await this.ask(
			{ task: 'fix', excerpt, findings },
			titled(vscode.l10n.t('Fix'), excerpt, findings),
		);
		await this.offer(turn, target, (code) =>
			lineEdits(lines.slice(start, end + 1), code, indentUnitOf(lines)).map((edit) => ({
				...edit,
				start: edit.start + start,
			})),
		);
	}

	async generate(): Promise<void> {
		const editor = vscode.window.activeTextEditor;
		if (!mayChange() || editor === undefined || !(await isEditable(editor.document))) {
			return;
		}
		const { document } = editor;
		const { version } = document;
		const lines = linesOf(document);
		const comment = commentAt(lines, editor.selection.active.line, document.languageId);
		if (comment === undefined) {
			void vscode.window.showInformationMessage(
				vscode.l10n.t('Put the cursor on a comment that says what to write.'),
			);
			return;
		}
		const start = Math.max(0, comment.end + 1 - LINES_ABOVE);
		const target: Target = { document, version, lines, start, end: comment.end, findings: [] };
		const excerpt = excerptOf(target, this.options.excluded);
		if (excerpt === undefined) {
			return;
		}
		const after = lines
			.slice(comment.end + 1, comment.end + 1 + LINES_BELOW)
			.join('\n')
			.slice(0, MAX_EXCERPT);
		const turn = await this.ask(
			{ task: 'generate', excerpt, instruction: comment.text.slice(0, MAX_EXCERPT), after },
			vscode.l10n.t('Generate: {0}', comment.text),
		);
		await this.offer(turn, target, (code) => generatedEdits(lines, comment, code));
	}

	/** Asks in the panel, where it can be seen and stopped; undefined where another answer is being written. */
	private async ask(question: Question, title: string): Promise<Turn | undefined> {
		const { session, view } = this.options;
		const asked = session.ask(question, title);
		if (asked.type === 'refused') {
			const stop = vscode.l10n.t('Stop It');
			const chosen = await vscode.window.showInformationMessage(
				vscode.l10n.t('An answer is still being written. Stop it or wait for its end.'),
				stop,
			);
			if (chosen === stop) {
				session.stop();
			}
			return undefined;
		}
		await view.show();
		return asked.finished;
	}

	/** From the answer's last code block to an edit that the user accepts; what became of it stands in the panel. */
	private async offer(
		turn: Turn | undefined,
		target: Target,
		editsOf: (code: string) => readonly LineEdit[],
	): Promise<void> {
		// Stopped and failed answers say so themselves.
		if (turn === undefined || (turn.state !== 'done' && turn.state !== 'cut')) {
			return;
		}
		const { session } = this.options;
		const block = codeBlocksOf(turn.text).findLast(
			(candidate) => candidate.code.trim() !== '' && (candidate.closed || turn.state === 'done'),
		);
		if (block === undefined) {
			session.note(turn.id, vscode.l10n.t('No change: the answer has no complete code block.'));
			return;
		}
		const edits = editsOf(stripInvisible(block.code));
		if (edits.length === 0) {
			session.note(turn.id, vscode.l10n.t('No change: the code of the answer is what stands there already.'));
			return;
		}
		const { document, version } = target;
		const outcome = await this.preview.propose({ document, version, edits });
		switch (outcome) {
			case 'applied':
				session.note(
					turn.id,
					hasInvisible(block.code)
						? vscode.l10n.t('Applied, without the hidden characters that the answer contained.')
						: vscode.l10n.t('Applied.'),
				);
				break;
			case 'discarded':
				session.note(turn.id, vscode.l10n.t('Not applied.'));
				break;
			case 'stale': {
				const text = vscode.l10n.t('Not applied: the file has changed since it was read.');
				session.note(turn.id, text);
				void vscode.window.showWarningMessage(text);
				break;
			}
			case 'refused': {
				const text = vscode.l10n.t('Not applied: the file cannot be changed.');
				session.note(turn.id, text);
				void vscode.window.showWarningMessage(text);
				break;
			}
		}
	}
}

/** Fix and Generate change files, which Restricted Mode does not allow. */
function mayChange(): boolean {
	if (vscode.workspace.isTrusted) {
		return true;
	}
	const manage = vscode.l10n.t('Manage Workspace Trust');
	void vscode.window
		.showWarningMessage(
			vscode.l10n.t('Familiar changes no file in Restricted Mode. Explain and the chat work.'),
			manage,
		)
		.then((chosen) => {
			if (chosen === manage) {
				void vscode.commands.executeCommand('workbench.trust.manage');
			}
		});
	return false;
}

async function isEditable(document: vscode.TextDocument): Promise<boolean> {
	let writable = isWritable(document);
	if (writable && document.uri.scheme === 'file') {
		const stat = await vscode.workspace.fs.stat(document.uri).then(
			(found) => found,
			// A file that was deleted under its editor can still be edited there.
			() => undefined,
		);
		writable = stat?.permissions !== vscode.FilePermission.Readonly;
	}
	if (!writable) {
		void vscode.window.showInformationMessage(
			vscode.l10n.t('{0} is read-only.', vscode.workspace.asRelativePath(document.uri, false)),
		);
	}
	return writable;
}

/** From the light bulb's arguments, or from the active editor: its selection, else the block around the cursor. */
async function targetOf(given: unknown): Promise<Target | undefined> {
	if (isActionArguments(given)) {
		const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(given.uri, true));
		if (document.version !== given.version) {
			void vscode.window.showInformationMessage(
				vscode.l10n.t('The file has changed. Open the light bulb again.'),
			);
			return undefined;
		}
		const lines = linesOf(document);
		return {
			document,
			version: document.version,
			lines,
			...enclosingBlock(lines, given.startLine, given.endLine),
			findings: given.findings,
		};
	}
	const editor = vscode.window.activeTextEditor;
	if (editor === undefined) {
		void vscode.window.showInformationMessage(vscode.l10n.t('Open a file and put the cursor into its code.'));
		return undefined;
	}
	const { document, selection } = editor;
	const lines = linesOf(document);
	// A selection that ends before the first character of a line does not mean that line.
	const last = Math.max(
		selection.start.line,
		selection.end.character === 0 ? selection.end.line - 1 : selection.end.line,
	);
	const { start, end } = selection.isEmpty
		? enclosingBlock(lines, selection.start.line, selection.start.line)
		: { start: selection.start.line, end: last };
	const reported = vscode.languages.getDiagnostics(document.uri).filter(isReported);
	const inside = (from: number, to: number) =>
		reported.filter(({ range }) => range.start.line <= to && range.end.line >= from);
	const atCursor = inside(selection.start.line, selection.isEmpty ? selection.start.line : last);
	const findings = findingsOf(atCursor.length > 0 ? atCursor : inside(start, end));
	return { document, version: document.version, lines, start, end, findings };
}

function excerptOf(
	{ document, lines, start, end }: Target,
	excluded: ChatActionsOptions['excluded'],
): Excerpt | undefined {
	const why = excluded(document.uri.path);
	if (why !== undefined) {
		const file = vscode.workspace.asRelativePath(document.uri, false);
		void vscode.window.showInformationMessage(vscode.l10n.t('Familiar does not read {0}. {1}', file, why));
		return undefined;
	}
	const code = lines.slice(start, end + 1).join('\n');
	if (code.trim() === '' || code.length > MAX_EXCERPT) {
		void vscode.window.showInformationMessage(
			code.trim() === ''
				? vscode.l10n.t('There is no code here.')
				: vscode.l10n.t('The code is too long. Select a part of it.'),
		);
		return undefined;
	}
	return {
		path: vscode.workspace.asRelativePath(document.uri, false).slice(-1_000),
		language: document.languageId,
		firstLine: start + 1,
		code,
	};
}

/** What the user's turn shows. */
function titled(action: string, excerpt: Excerpt, findings: readonly Finding[]): string {
	const last = excerpt.firstLine + excerpt.code.split('\n').length - 1;
	const place = vscode.l10n.t('{0} {1}, lines {2} to {3}', action, excerpt.path, excerpt.firstLine, last);
	return [place, ...findings.map((finding) => finding.message)].join('\n');
}
