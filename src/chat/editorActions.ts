/** Explain, Fix, Generate, Edit and Apply on the code in the editor; what only the editor can do, the faces do. */

import { type ChatActionsOptions, fileExists, isEditable, mayChange, type Target, targetOf } from './actions';
import { placeText } from './apply/block';
import { changeOfFix } from './apply/fixed';
import { type Change, type Outcome, offerChange, outcomeText } from './apply/offering';
import { RememberedBlocks } from './apply/remembered';
import { checkChange, compilersFor, type Subject } from './check/change';
import { Checker } from './check/checker';
import { patiently } from './check/patience';
import { type Aim, aimOfNew, faultsOf, type Verdict, verdictText } from './check/verdict';
import { commentAt, generatedEdits } from './comments';
import { commandTitle } from './context/excerpt';
import { linesOf } from './documentLines';
import { InlineEdits } from './inline/edits';
import { uselessText } from './inline/written';
import { applyLineEdits } from './patch';
import {
	activeCode,
	EditPreview,
	inform,
	insertAtCursor,
	nameOf,
	openDocument,
	type Proposal,
	showChecking,
	shownOf,
	subjectOf,
	warn,
} from './preview';
import { codeToFix, MAX_EXCERPT, type Question } from './question';
import type { Turn } from './turn';

/** Lines above and below a comment that the model sees. */
const LINES_ABOVE = 400;
const LINES_BELOW = 60;

export class EditorActions {
	private readonly preview = new EditPreview();
	private readonly checker: Checker;
	private readonly remembered = new RememberedBlocks();
	/** The edit that is written or decided on a page. */
	readonly inline: InlineEdits;

	constructor(private readonly options: ChatActionsOptions) {
		this.checker = new Checker({ program: options.checkerProgram, log: options.log });
		this.inline = new InlineEdits({
			...options,
			check: (target, after, signal) => this.faultIn(target, after, signal),
		});
	}

	dispose(): void {
		this.preview.dispose();
		this.inline.dispose();
		this.checker.dispose();
	}

	async explain(given: unknown): Promise<void> {
		const target = await targetOf(given);
		const shown = target === undefined ? undefined : shownOf(target, this.options.excluded);
		if (target === undefined || shown === undefined) {
			return;
		}
		const { translate } = this.options;
		const { excerpt } = shown;
		const { findings } = target;
		await this.ask(
			{ task: 'explain', excerpt, findings },
			commandTitle(translate('Explain'), excerpt, findings, translate),
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
		const { translate } = this.options;
		const { excerpt } = shown;
		const { findings, lines } = target;
		const question = { task: 'fix', excerpt, findings } as const;
		const title = commandTitle(translate('Fix'), excerpt, findings, translate);
		await this.offer(await this.ask(question, title), target, changeOfFix(lines, question));
	}

	/** Offers the change that the answer to a fix makes, which was asked for in the chat. */
	async offerFix(question: Extract<Question, { task: 'fix' }>, answer: Promise<Turn>): Promise<void> {
		const path = codeToFix(question)?.path;
		const document = path === undefined ? undefined : openDocument(path);
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
		const { translate } = this.options;
		const active = activeCode();
		if (!mayChange() || active === undefined || !(await isEditable(active.document))) {
			return;
		}
		const { document, lines } = active;
		const comment = commentAt(lines, active.line, document.languageId);
		if (comment === undefined) {
			void inform(translate('Put the cursor on a comment that says what to write.'));
			return;
		}
		const start = Math.max(0, comment.end + 1 - LINES_ABOVE);
		const existed = await fileExists(document.uri);
		const target: Target = { document, lines, existed, start, end: comment.end, findings: [] };
		const shown = shownOf(target, this.options.excluded, { above: 0, below: LINES_BELOW });
		if (shown === undefined) {
			return;
		}
		const { excerpt, after } = shown;
		const turn = await this.ask(
			{ task: 'generate', excerpt, instruction: comment.text.slice(0, MAX_EXCERPT), after },
			translate('Generate: {0}', comment.text),
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
		const { session, translate } = this.options;
		const active = activeCode();
		if (!mayChange()) {
			return false;
		}
		if (active === undefined) {
			void inform(translate('Open the file that the code belongs to.'));
			return false;
		}
		const { document, lines, selected } = active;
		if (!(await isEditable(document))) {
			return false;
		}
		const place = this.remembered.placeOf(turn, code, { uri: document.uri.toString(), lines }, selected);
		if (typeof place === 'string' || place.edits.length === 0) {
			void inform(
				typeof place === 'string'
					? placeText(place, nameOf(document), translate)
					: uselessText('same', translate),
			);
			return false;
		}
		const { base, edits } = place;
		const existed = await fileExists(document.uri);
		const first = edits[0]?.start ?? 0;
		const last = edits.at(-1);
		const aim = { findings: [], start: first, end: (last?.start ?? 0) + (last?.removed ?? 0) - 1 };
		const subject = subjectOf(document, base.join('\n'));
		const verdict = await this.check(subject, applyLineEdits(base, edits), aim);
		const said = verdictText(verdict, translate);
		const isFaulty = faultsOf(verdict).length > 0;
		const outcome = await this.propose({ document, base, edits, existed, said, isFaulty });
		session.note(turn, `${said} ${outcomeText(outcome, false, translate)}`);
		return outcome === 'applied' || outcome === 'moved';
	}

	/** Asks in the panel, where it can be seen and stopped; undefined where another answer is being written. */
	private async ask(question: Question, title: string): Promise<Turn | undefined> {
		const { session, view, translate } = this.options;
		// Who has not looked at the chat yet goes on with the last conversation all the same.
		await session.load();
		const asked = session.ask(question, title);
		if (asked.type === 'refused') {
			const stop = translate('Stop It');
			const text = translate('An answer is still being written. Stop it or wait for its end.');
			if ((await inform(text, stop)) === stop) {
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
		const { session, translate } = this.options;
		const { document, lines, existed } = target;
		const subject = subjectOf(document, lines.join('\n'));
		await offerChange(turn, change, {
			session,
			translate,
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
			warn(outcomeText(outcome, false, this.options.translate));
		}
		return outcome;
	}

	/** What is wrong with a file after an edit that was not before; undefined where nothing is known to be. */
	private async faultIn(
		{ document, lines }: Target,
		after: readonly string[],
		signal: AbortSignal,
	): Promise<string | undefined> {
		const { translate } = this.options;
		const subject = subjectOf(document, lines.join('\n'));
		const compilers = await compilersFor(subject, translate);
		if (typeof compilers === 'string') {
			return undefined;
		}
		// An edit is to remove no error, only to bring none.
		const aim = { findings: [], start: 0, end: -1 };
		const verdict = await checkChange(
			this.checker,
			subject,
			compilers,
			after.join('\n'),
			aim,
			translate,
			signal,
		);
		return faultsOf(verdict).length === 0 ? undefined : verdictText(verdict, translate);
	}

	/** Checks the file as it would be. Where that takes long it is shown, and can be ended. */
	private async check(subject: Subject, lines: readonly string[], aim: Aim): Promise<Verdict> {
		const { translate } = this.options;
		const compilers = await compilersFor(subject, translate);
		if (typeof compilers === 'string') {
			return { type: 'unchecked', reason: compilers };
		}
		const after = lines.join('\n');
		return patiently(
			(signal) => checkChange(this.checker, subject, compilers, after, aim, translate, signal),
			showChecking,
			translate,
		);
	}
}
