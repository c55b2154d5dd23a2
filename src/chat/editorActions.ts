/** Face: Explain, Fix and Generate on the code in the editor. Over 300 lines because what asks the user stands with what
 * it asks about; what can be decided on plain data is elsewhere. */

import * as vscode from 'vscode';
import { isAbort } from '../inference/cancel';
import { type ActionArguments, type ChatActionsOptions, findingsOf, isReported, isWritable } from './actions';
import { anchor } from './apply/anchor';
import { type BlockPlace, blockEdits, type NoPlace, placeText } from './apply/block';
import { type Change, type Outcome, offerChange, outcomeText } from './apply/offering';
import { enclosingBlock } from './blocks';
import { checkChange, compilersFor, type Subject } from './check/change';
import { Checker } from './check/checker';
import { type Aim, aimOfNew, type Verdict, verdictText } from './check/verdict';
import { commentAt, generatedEdits } from './comments';
import { type Excerpted, excerptOf } from './context/excerpt';
import { applyLineEdits, editsWithin } from './patch';
import { EditPreview, fileExists, linesOf, type Proposal } from './preview';
import { isArrayOf, isCount, isRecord, isText, type Turn } from './protocol';
import { type Excerpt, type Finding, isFinding, MAX_EXCERPT, MAX_FINDINGS, type Question } from './question';

/** Lines above and below a comment that the model sees. */
const LINES_ABOVE = 400;
const LINES_BELOW = 60;
/** Milliseconds after which a check is seen to run, and can be ended. */
const QUIET_CHECK = 1_000;
/** Answers whose edits are remembered, for the button at their code. */
const REMEMBERED = 50;

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
	readonly lines: readonly string[];
	/** Whether it had a file. */
	readonly existed: boolean;
	/** First and last line, from 0. */
	readonly start: number;
	readonly end: number;
	readonly findings: readonly Finding[];
}

export class EditorActions implements vscode.Disposable {
	private readonly preview = new EditPreview();
	private readonly checker: Checker;
	/** By answer, what its code changes where. */
	private readonly remembered = new Map<string, BlockPlace & Pick<Target, 'document'>>();

	constructor(private readonly options: ChatActionsOptions) {
		this.checker = new Checker({ program: options.checkerProgram, log: options.log });
	}

	dispose(): void {
		this.preview.dispose();
		this.checker.dispose();
	}

	async explain(given: unknown): Promise<void> {
		const target = await targetOf(given);
		const shown = target === undefined ? undefined : shownOf(target, this.options.excluded);
		if (target === undefined || shown === undefined) {
			return;
		}
		const { excerpt } = shown;
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
		const shown = shownOf(target, this.options.excluded);
		if (shown === undefined) {
			return;
		}
		const { excerpt } = shown;
		const { findings, lines, start, end } = target;
		const turn = await this.ask(
			{ task: 'fix', excerpt, findings },
			titled(vscode.l10n.t('Fix'), excerpt, findings),
		);
		await this.offer(turn, target, {
			lines,
			range: { start, end },
			aim: { findings, start, end },
			file: excerpt,
			editsOf: (code) => editsWithin(lines, { start, end }, code),
		});
	}

	async generate(): Promise<void> {
		const editor = vscode.window.activeTextEditor;
		if (!mayChange() || editor === undefined || !(await isEditable(editor.document))) {
			return;
		}
		const { document } = editor;
		const lines = linesOf(document);
		const comment = commentAt(lines, editor.selection.active.line, document.languageId);
		if (comment === undefined) {
			void vscode.window.showInformationMessage(
				vscode.l10n.t('Put the cursor on a comment that says what to write.'),
			);
			return;
		}
		const start = Math.max(0, comment.end + 1 - LINES_ABOVE);
		const existed = await fileExists(document.uri);
		const target: Target = { document, lines, existed, start, end: comment.end, findings: [] };
		const shown = shownOf(target, this.options.excluded, LINES_BELOW);
		if (shown === undefined) {
			return;
		}
		const { excerpt, after } = shown;
		const turn = await this.ask(
			{ task: 'generate', excerpt, instruction: comment.text.slice(0, MAX_EXCERPT), after },
			vscode.l10n.t('Generate: {0}', comment.text),
		);
		const range = { start: comment.end + 1, end: comment.end };
		await this.offer(turn, target, {
			lines,
			range,
			aim: aimOfNew(lines, comment.start),
			file: excerpt,
			editsOf: (code) => generatedEdits(lines, comment, code),
		});
	}

	/** Changes the active file to what a code block of an answer, without hidden characters, says. True when it was applied. */
	async apply(turn: string, code: string): Promise<boolean> {
		const editor = vscode.window.activeTextEditor;
		if (!mayChange()) {
			return false;
		}
		if (editor === undefined) {
			void vscode.window.showInformationMessage(vscode.l10n.t('Open the file that the code belongs to.'));
			return false;
		}
		const { document, selection } = editor;
		if (!(await isEditable(document))) {
			return false;
		}
		const known = this.remembered.get(turn);
		const lines = linesOf(document);
		const selected = selection.isEmpty
			? undefined
			: { start: selection.start.line, end: lastLineOf(selection) };
		const isKnown = known?.code === code && known.document.uri.toString() === document.uri.toString();
		const anchored = isKnown ? anchor(known.edits, known.base, lines) : undefined;
		const place: BlockPlace | NoPlace =
			anchored?.type === 'anchored'
				? { code, base: lines, edits: anchored.edits }
				: blockEdits(lines, code, selected);
		if (typeof place === 'string' || place.edits.length === 0) {
			void vscode.window.showInformationMessage(
				typeof place === 'string'
					? placeText(place, vscode.workspace.asRelativePath(document.uri, false), vscode.l10n.t)
					: vscode.l10n.t('No change: the code of the answer is what stands there already.'),
			);
			return false;
		}
		const { base, edits } = place;
		const existed = await fileExists(document.uri);
		const first = edits[0]?.start ?? 0;
		const last = edits.at(-1);
		const aim = { findings: [], start: first, end: (last?.start ?? 0) + (last?.removed ?? 0) - 1 };
		const subject = this.subjectOf(document, base.join('\n'));
		const verdict = await this.check(subject, applyLineEdits(base, edits), aim);
		const said = verdictText(verdict, vscode.l10n.t);
		const outcome = await this.propose({ document, base, edits, existed, said });
		this.options.session.note(turn, `${said} ${outcomeText(outcome, false, vscode.l10n.t)}`);
		return outcome === 'applied' || outcome === 'moved';
	}

	/** Asks in the panel, where it can be seen and stopped; undefined where another answer is being written. */
	private async ask(question: Question, title: string): Promise<Turn | undefined> {
		const { session, view } = this.options;
		// Who has not looked at the chat yet goes on with the last conversation all the same.
		await session.load();
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

	private async offer(turn: Turn | undefined, target: Target, change: Change): Promise<void> {
		if (turn === undefined) {
			return;
		}
		const { session } = this.options;
		const { document, lines, existed } = target;
		const subject = this.subjectOf(document, lines.join('\n'));
		await offerChange(turn, change, {
			session,
			translate: vscode.l10n.t,
			check: (after, aim) => this.check(subject, after, aim),
			ask: async (question, title) => {
				// In another conversation nobody would know what it is about.
				const isOpen = session.turn(turn.id) !== undefined;
				const asked = isOpen ? session.ask(question, title) : undefined;
				// Somebody asks something else by now: what there is, is offered.
				return asked?.type === 'answering' ? asked.finished : undefined;
			},
			propose: (edits, said) => this.propose({ document, base: lines, edits, existed, said }),
			remember: (id, code, edits) => this.remember(id, { document, base: lines, edits, code }),
		});
	}

	private remember(turn: string, place: BlockPlace & Pick<Target, 'document'>): void {
		this.remembered.set(turn, place);
		for (const id of [...this.remembered.keys()].slice(0, -REMEMBERED)) {
			this.remembered.delete(id);
		}
	}

	private async propose(proposal: Proposal): Promise<Outcome> {
		const outcome = await this.preview.propose(proposal);
		if (!['applied', 'moved', 'discarded'].includes(outcome)) {
			void vscode.window.showWarningMessage(outcomeText(outcome, false, vscode.l10n.t));
		}
		return outcome;
	}

	private subjectOf(document: vscode.TextDocument, before: string): Subject {
		const { uri, languageId: language } = document;
		return {
			scheme: uri.scheme,
			language,
			file: uri.fsPath,
			workspace: vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath,
			isTrusted: vscode.workspace.isTrusted,
			editor: vscode.env.appRoot,
			before,
			open: vscode.workspace.textDocuments
				.filter((other) => other.isDirty && other.uri.scheme === 'file' && other !== document)
				.map((other) => ({ file: other.uri.fsPath, text: other.getText() })),
		};
	}

	/** Checks the file as it would be. Where that takes long it is shown, and can be ended. */
	private async check(subject: Subject, lines: readonly string[], aim: Aim): Promise<Verdict> {
		const translate = vscode.l10n.t;
		const compilers = await compilersFor(subject, translate);
		if (typeof compilers === 'string') {
			return { type: 'unchecked', reason: compilers };
		}
		const controller = new AbortController();
		const { signal } = controller;
		const checking = checkChange(
			this.checker,
			subject,
			compilers,
			lines.join('\n'),
			aim,
			translate,
			signal,
		).catch((error: unknown): Verdict => {
			if (!isAbort(error)) {
				throw error;
			}
			return { type: 'unchecked', reason: translate('it was stopped.') };
		});
		let timer: NodeJS.Timeout | undefined;
		const late = new Promise<'late'>((resolve) => {
			timer = setTimeout(() => resolve('late'), QUIET_CHECK);
		});
		try {
			if ((await Promise.race([checking, late])) === 'late') {
				const how = { location: vscode.ProgressLocation.Notification, cancellable: true } as const;
				const title = translate('TypeScript checks the change');
				await vscode.window.withProgress({ ...how, title }, (_, token) => {
					token.onCancellationRequested(() => controller.abort());
					return checking;
				});
			}
		} finally {
			clearTimeout(timer);
		}
		return checking;
	}
}

/** A selection that ends before the first character of a line does not mean that line. */
function lastLineOf({ start, end }: vscode.Selection): number {
	return Math.max(start.line, end.character === 0 ? end.line - 1 : end.line);
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
			lines,
			existed: await fileExists(document.uri),
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
	const last = lastLineOf(selection);
	const { start, end } = selection.isEmpty
		? enclosingBlock(lines, selection.start.line, selection.start.line)
		: { start: selection.start.line, end: last };
	const reported = vscode.languages.getDiagnostics(document.uri).filter(isReported);
	const inside = (from: number, to: number) =>
		reported.filter(({ range }) => range.start.line <= to && range.end.line >= from);
	const atCursor = inside(selection.start.line, selection.isEmpty ? selection.start.line : last);
	const findings = findingsOf(atCursor.length > 0 ? atCursor : inside(start, end));
	const existed = await fileExists(document.uri);
	return { document, lines, existed, start, end, findings };
}

/** What the model may see of the target, with so many lines below it; undefined, and said why, where it may not. */
function shownOf(
	{ document, lines, start, end }: Target,
	excluded: ChatActionsOptions['excluded'],
	below = 0,
): Extract<Excerpted, { type: 'excerpt' }> | undefined {
	const path = vscode.workspace.asRelativePath(document.uri, false);
	const why = excluded(document.uri.path);
	const language = document.languageId;
	const found: Excerpted =
		why === undefined
			? excerptOf({ path, language, lines, start, end, below }, vscode.l10n.t)
			: { type: 'secret', reason: why };
	switch (found.type) {
		case 'excerpt':
			return found;
		case 'secret':
			void vscode.window.showInformationMessage(
				vscode.l10n.t('Familiar does not read {0}. {1}', path, found.reason),
			);
			break;
		case 'empty':
			void vscode.window.showInformationMessage(vscode.l10n.t('There is no code here.'));
			break;
		case 'too-long':
			void vscode.window.showInformationMessage(vscode.l10n.t('The code is too long. Select a part of it.'));
			break;
	}
	return undefined;
}

/** What the user's turn shows. */
function titled(action: string, excerpt: Excerpt, findings: readonly Finding[]): string {
	const last = excerpt.firstLine + excerpt.code.split('\n').length - 1;
	const place = vscode.l10n.t('{0} {1}, lines {2} to {3}', action, excerpt.path, excerpt.firstLine, last);
	return [place, ...findings.map((finding) => finding.message)].join('\n');
}
