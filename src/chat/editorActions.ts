/** Face: Explain, Fix, Generate and Apply on the code in the editor; what can be decided on plain data is elsewhere. */

import * as vscode from 'vscode';
import { type ChatActionsOptions, fileExists, isEditable, type Target, targetOf } from './actions';
import { placeText } from './apply/block';
import { changeOfFix } from './apply/fixed';
import { type Change, type Outcome, offerChange, outcomeText } from './apply/offering';
import { RememberedBlocks } from './apply/remembered';
import { checkChange, compilersFor, type Subject } from './check/change';
import { Checker } from './check/checker';
import { patiently } from './check/patience';
import { type Aim, aimOfNew, faultsOf, type Verdict, verdictText } from './check/verdict';
import { commentAt, generatedEdits } from './comments';
import { commandTitle, type Excerpted, excerptOf, withheldText } from './context/excerpt';
import { lastLineOf, linesOf } from './documentLines';
import { applyLineEdits } from './patch';
import { EditPreview, insertAtCursor, mayChange, type Proposal } from './preview';
import { MAX_EXCERPT, type Question } from './question';
import type { Turn } from './turn';

/** Lines above and below a comment that the model sees. */
const LINES_ABOVE = 400;
const LINES_BELOW = 60;

export class EditorActions implements vscode.Disposable {
	private readonly preview = new EditPreview();
	private readonly checker: Checker;
	private readonly remembered = new RememberedBlocks();

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
			commandTitle(vscode.l10n.t('Explain'), excerpt, findings, vscode.l10n.t),
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
		const { findings, lines } = target;
		const question = { task: 'fix', excerpt, findings } as const;
		const title = commandTitle(vscode.l10n.t('Fix'), excerpt, findings, vscode.l10n.t);
		await this.offer(await this.ask(question, title), target, changeOfFix(lines, question));
	}

	/** Offers the change that the answer to a fix makes, which was asked for in the chat. `path`: of its file. */
	async offerFix(
		question: Extract<Question, { task: 'fix' }>,
		path: string,
		answer: Promise<Turn>,
	): Promise<void> {
		const document = vscode.workspace.isTrusted ? openDocument(path) : undefined;
		if (document === undefined) {
			return;
		}
		// As the model was shown it: the file may change while it writes.
		const lines = linesOf(document);
		const change = changeOfFix(lines, question);
		if (change !== undefined && (await isEditable(document))) {
			const existed = await fileExists(document.uri);
			const target = { document, lines, existed, ...change.range, findings: question.findings };
			await this.offer(await answer, target, change);
		}
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

	insert(code: string): Promise<boolean> {
		return insertAtCursor(code);
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
		const lines = linesOf(document);
		const selected = selection.isEmpty
			? undefined
			: { start: selection.start.line, end: lastLineOf(selection) };
		const place = this.remembered.placeOf(turn, code, { uri: document.uri.toString(), lines }, selected);
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
		const isFaulty = faultsOf(verdict).length > 0;
		const outcome = await this.propose({ document, base, edits, existed, said, isFaulty });
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

	private async offer(turn: Turn | undefined, target: Target, change: Change | undefined): Promise<void> {
		if (turn === undefined || change === undefined) {
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
			propose: (edits, said, isFaulty) =>
				this.propose({ document, base: lines, edits, existed, said, isFaulty }),
			remember: (id, code, edits) =>
				this.remembered.remember(id, { uri: document.uri.toString(), base: lines, edits, code }),
		});
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
		const show = (checking: Promise<Verdict>, end: () => void) =>
			vscode.window.withProgress(
				{
					location: vscode.ProgressLocation.Notification,
					cancellable: true,
					title: translate('TypeScript checks the change'),
				},
				(_, token) => {
					token.onCancellationRequested(end);
					return checking;
				},
			);
		const after = lines.join('\n');
		return patiently(
			(signal) => checkChange(this.checker, subject, compilers, after, aim, translate, signal),
			show,
			translate,
		);
	}
}

/** A file that is open, by its path as the user knows it; the one that is looked at first. */
function openDocument(path: string): vscode.TextDocument | undefined {
	const active = vscode.window.activeTextEditor?.document;
	return [...(active === undefined ? [] : [active]), ...vscode.workspace.textDocuments].find(({ uri }) =>
		[true, false].some((withFolder) => vscode.workspace.asRelativePath(uri, withFolder) === path),
	);
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
	if (found.type === 'excerpt') {
		return found;
	}
	void vscode.window.showInformationMessage(withheldText(found, path, vscode.l10n.t));
	return undefined;
}
