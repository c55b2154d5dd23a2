/** One edit from instruction to decision: the model writes it onto a page, the user accepts or discards it hunk by hunk. */

import { isAbort } from '../../inference/cancel';
import { hasInvisible } from '../../inference/invisible';
import type { Log } from '../../inference/model';
import type { Translate } from '../../inference/statusText';
import { anchor } from '../apply/anchor';
import { outcomeText } from '../apply/offering';
import type { Clock } from '../autosave';
import type { LineRange } from '../blocks';
import type { Ending } from '../ending';
import { type GenerationOptions, generate } from '../generation';
import { applyLineEdits, type LineEdit } from '../patch';
import type { Question } from '../question';
import { RunningAnswer } from '../runningAnswer';
import { dropped, hunkAt, nextHunk, type Page, pageOf, taken, type Undecided } from './page';
import { type Action, decidingRows, writingRow } from './rows';
import type { EditSurface } from './surface';
import { type Useless, uselessText, writtenAtLast, writtenSoFar } from './written';

interface InlineEditOptions extends GenerationOptions {
	readonly surface: EditSurface;
	readonly question: Extract<Question, { task: 'edit' }>;
	/** All lines of the file, as they were read, and those that are to be changed. */
	readonly lines: readonly string[];
	readonly range: LineRange;
	/** What is wrong with the file after the change; undefined where nothing is known to be. */
	readonly check: (after: readonly string[], signal: AbortSignal) => Promise<string | undefined>;
	readonly translate: Translate;
	readonly clock: Clock;
	readonly log: Log;
}

export class InlineEdit {
	private phase: 'writing' | 'deciding' | 'over' = 'writing';
	private undecided: Undecided;
	/** A name for each undecided edit, which stays when others are decided: rows that are clicked may be old ones. */
	private names: readonly number[] = [];
	private page: Page;
	private fault: string | undefined;
	/** Whether an edit is being made: one at a time. */
	private isBusy = false;
	/** Where the cursor goes when all is decided. */
	private line: number;
	private readonly running: RunningAnswer;
	/** Ends the check. */
	private readonly checking = new AbortController();
	private answer = '';
	private isWhole = false;

	constructor(private readonly options: InlineEditOptions) {
		const { lines, range, clock } = options;
		this.undecided = { base: lines, edits: [] };
		this.page = pageOf(lines, []);
		this.line = range.start;
		this.running = new RunningAnswer('', clock, (answer) => this.grow(answer));
	}

	get isOver(): boolean {
		return this.phase === 'over';
	}

	/** Has the model write; resolves when it has. Never rejects. */
	async write(): Promise<void> {
		const { running, options } = this;
		const { question, surface } = options;
		this.draw();
		const listener = { onText: (text: string) => running.grow(text), onUsage: () => undefined };
		const ending = await generate(options, question, { exchanges: [] }, listener, running.signal);
		running.flush();
		if (this.phase !== 'writing') {
			return;
		}
		const edits = this.isWhole || ending.state === 'done' ? this.editsAtLast() : undefined;
		if (edits === undefined || typeof edits === 'string') {
			await this.giveUp(edits ?? ending);
			return;
		}
		this.phase = 'deciding';
		this.undecided = { base: options.lines, edits };
		this.names = edits.map((_, index) => index);
		this.follow();
		this.draw();
		surface.goTo(this.page.hunks[0]?.start ?? 0);
		void this.check();
	}

	/** Does what a row, a key or a command says. `name`: of the hunk, as its row has it; default, the one at the cursor. */
	async act(action: Action, name?: number): Promise<void> {
		const { surface } = this.options;
		if (action === 'stop' && this.phase === 'writing') {
			this.running.stop();
			return;
		}
		if (this.phase !== 'deciding' || this.isBusy) {
			return;
		}
		const hunk = name === undefined ? hunkAt(this.page, surface.cursor()) : this.names.indexOf(name);
		const isThere = hunk !== undefined && hunk >= 0;
		switch (action) {
			case 'accept':
				await (isThere ? this.accept(hunk) : undefined);
				break;
			case 'acceptAll':
				await this.accept(undefined);
				break;
			case 'discard':
				await (isThere ? this.decided(dropped(this.undecided, hunk), hunk) : undefined);
				break;
			case 'discardAll':
				await this.decided({ ...this.undecided, edits: [] });
				break;
			case 'next':
				surface.goTo(nextHunk(this.page, surface.cursor()) ?? 0);
				break;
			default:
		}
	}

	/** The file has changed: what is undecided is shown in it as it is now, where its lines are still there. */
	changed(): void {
		if (this.phase === 'deciding' && !this.isBusy && this.follow()) {
			this.draw();
		}
	}

	/** The user has closed the page: what is undecided is discarded. */
	closed(): void {
		this.end();
	}

	private end(): void {
		this.phase = 'over';
		this.running.stop();
		this.checking.abort();
	}

	private draw(): void {
		const { surface, range, translate } = this.options;
		const { base, edits } = this.undecided;
		this.page = pageOf(base, edits);
		surface.show(
			this.page,
			this.phase === 'writing'
				? writingRow(range.start, translate)
				: decidingRows(this.page, this.names, this.fault, translate),
		);
	}

	private grow(answer: string): void {
		if (this.phase !== 'writing' || this.isWhole) {
			return;
		}
		const { lines, range } = this.options;
		this.answer = answer;
		const { edits, isWhole } = writtenSoFar(lines, range, answer);
		this.isWhole = isWhole;
		if (isWhole) {
			// Whatever else it says, nobody reads.
			this.running.stop();
		}
		this.undecided = { base: lines, edits };
		this.draw();
	}

	private editsAtLast(): readonly LineEdit[] | Useless {
		return writtenAtLast(this.options.lines, this.options.range, this.answer);
	}

	/** Says why nothing is changed; who has stopped it knows. */
	private async giveUp(why: Useless | Ending): Promise<void> {
		const { surface, translate } = this.options;
		this.end();
		await surface.close(this.line);
		if (typeof why === 'string' || why.state !== 'stopped') {
			const written = this.answer.trim() === '' ? undefined : this.answer;
			const remedies = typeof why === 'string' ? [] : why.remedies;
			surface.say({
				text: typeof why === 'string' ? uselessText(why, translate) : brokenText(why, translate),
				written,
				remedies,
			});
		}
	}

	private async check(): Promise<void> {
		const { check, log } = this.options;
		const { base, edits } = this.undecided;
		try {
			const fault = await check(applyLineEdits(base, edits), this.checking.signal);
			if (fault !== undefined && this.phase === 'deciding' && this.undecided.edits === edits) {
				this.fault = fault;
				this.draw();
			}
		} catch (error) {
			if (!isAbort(error)) {
				log.error('The edit could not be checked', error);
			}
		}
	}

	/** @param hunk undefined for all of them, in one step */
	private async accept(hunk: number | undefined): Promise<void> {
		const { surface, translate } = this.options;
		const { base, edits } = this.undecided;
		const wanted = hunk === undefined ? edits : edits.slice(hunk, hunk + 1);
		this.isBusy = true;
		const made = await surface.make(base, wanted).finally(() => {
			this.isBusy = false;
		});
		const { outcome } = made;
		if (outcome === 'applied' || outcome === 'moved') {
			this.line = made.line;
			const hadHidden = hasInvisible(this.answer);
			if (outcome === 'moved' || hadHidden) {
				surface.say({ text: outcomeText(outcome, hadHidden, translate) });
			}
			// The page may have been closed while the edit was made.
			if (this.phase === 'deciding') {
				await this.decided(hunk === undefined ? { base, edits: [] } : taken({ base, edits }, hunk), hunk);
			}
		} else if (outcome !== 'discarded') {
			surface.say({
				text: `${outcomeText(outcome, false, translate)} ${translate('What the model wrote stays on its page.')}`,
				written: wanted.map(({ lines }) => lines.join('\n')).join('\n'),
			});
		}
	}

	/** @param hunk which one was decided */
	private async decided(next: Undecided, hunk?: number): Promise<void> {
		const { surface } = this.options;
		this.names = this.names.filter((_, index) => index !== hunk);
		this.fault = undefined;
		this.checking.abort();
		this.undecided = next;
		if (next.edits.length === 0) {
			this.end();
			await surface.close(this.line);
			return;
		}
		this.follow();
		this.draw();
		surface.goTo(nextHunk(this.page, surface.cursor() - 1) ?? 0);
	}

	/** Moves what is undecided into the file as it is now; false where that says nothing new or cannot be. */
	private follow(): boolean {
		const { base, edits } = this.undecided;
		const current = this.options.surface.current();
		if (
			current === undefined ||
			(current.length === base.length && current.every((line, index) => line === base[index]))
		) {
			return false;
		}
		const anchored = anchor(edits, base, current);
		if (anchored.type === 'anchored') {
			this.undecided = { base: current, edits: anchored.edits };
		}
		return anchored.type === 'anchored';
	}
}

function brokenText({ note }: Ending, translate: Translate): string {
	const reason =
		note ?? translate('The answer reached its longest length (setting familiar.chat.maxTokens).');
	return translate('No change: {0}', reason);
}
