/** What is asked in the open conversation, and its one running answer. */

import { abortError, isAbort } from '../inference/cancel';
import type { Log } from '../inference/model';
import type { Clock } from './autosave';
import type { Library } from './conversations/library';
import { type Ending, ended } from './ending';
import { codeBlocksOf } from './fences';
import { type GenerationOptions, generate } from './generation';
import { type OriginFinder, turnOrigin } from './origin/finder';
import type { Question } from './question';
import { RunningAnswer } from './runningAnswer';
import { Summaries } from './summaries';
import type { Transcript } from './transcript';
import { type ContextUse, MAX_ANSWER, type Turn, type TurnStep } from './turn';
import { editedQuestion, isTyped, newTurn, type StoredTurn, shownTurn } from './turns';

export type Asked =
	| {
			readonly type: 'answering';
			readonly turn: string;
			/** The turn in its last state. Never rejects. */
			readonly finished: Promise<Turn>;
	  }
	/** `to-be-read`: a changed question brings along something else than before. */
	| { readonly type: 'refused'; readonly reason: 'answering' | 'nothing-to-ask' | 'to-be-read' | 'disposed' };

export interface AnsweringOptions extends GenerationOptions {
	readonly library: Pick<Library, 'prune'>;
	/** Looks for code of an answer in the workspace and what it depends on. Default: nobody does. */
	readonly origins?: Pick<OriginFinder, 'find'>;
	/** Opens a new conversation, at once. */
	readonly beginNew: () => void;
	readonly log: Log;
	readonly clock: Clock;
	/** Milliseconds since 1970. */
	readonly now: () => number;
}

/** Blocks of an answer whose origin is looked for. */
const MOST_BLOCKS = 8;

export class Answering {
	private running: RunningAnswer | undefined;
	/** Ends the search for origins of the last answer's code. */
	private search = new AbortController();
	private readonly summaries: Summaries;
	private isClosed = false;

	constructor(
		private readonly options: AnsweringOptions,
		private readonly transcript: Transcript,
	) {
		this.summaries = new Summaries(options, transcript);
	}

	get isRunning(): boolean {
		return this.running !== undefined;
	}

	/** Asks. `title`: what the user's turn shows; the prompt is made from the question. One answer at a time. */
	ask(question: Question, title: string): Asked {
		return this.askAfter(this.transcript.open.path.at(-1)?.id, question, title);
	}

	/**
	 * Asks something else instead of an earlier question, which stays with all that followed it, as another version.
	 * `question`: made of the text. Default: the earlier one with its words changed.
	 */
	edit(turn: string, text: string, question?: Question): Asked {
		const asked = this.transcript.open.stored(turn);
		if (asked === undefined || !isTyped(asked)) {
			return { type: 'refused', reason: 'nothing-to-ask' };
		}
		const edited = question ?? editedQuestion(asked, text);
		return (
			this.refusal() ??
			(edited === undefined
				? { type: 'refused', reason: 'to-be-read' }
				: this.askAfter(asked.parent, edited, text))
		);
	}

	/** Asks for another answer to the last question, which becomes another version: Regenerate, Retry after a failure. */
	regenerate(): Asked {
		const refusal = this.refusal();
		if (refusal !== undefined) {
			return refusal;
		}
		const asked = this.transcript.open.path.findLast((turn) => turn.question !== undefined);
		return asked?.question === undefined
			? { type: 'refused', reason: 'nothing-to-ask' }
			: this.answer(asked, asked.question);
	}

	/** Ends the running answer; its text so far stays, marked. */
	stop(): void {
		this.running?.stop();
	}

	/** What nobody waits for gives way to who asks the model something beside the conversation. */
	quiet(): void {
		this.summaries.later();
	}

	/** Ends the running answer at once, before another conversation is shown. */
	leave(): void {
		this.end('stopped');
	}

	/** Marks a running answer as interrupted; nothing is asked from now on. */
	close(): void {
		this.isClosed = true;
		this.end('interrupted');
	}

	private end(state: Ending['state']): void {
		this.search.abort(abortError());
		const { running } = this;
		if (running !== undefined) {
			this.finish(running, ended(state));
			running.stop();
		}
		this.summaries.stop();
	}

	private refusal(): Asked | undefined {
		if (this.isClosed) {
			return { type: 'refused', reason: 'disposed' };
		}
		return this.running === undefined ? undefined : { type: 'refused', reason: 'answering' };
	}

	private askAfter(before: string | undefined, question: Question, title: string): Asked {
		const refusal = this.refusal();
		if (refusal !== undefined) {
			return refusal;
		}
		if (title.trim() === '') {
			return { type: 'refused', reason: 'nothing-to-ask' };
		}
		let parent = before;
		if (this.transcript.open.isFull) {
			this.options.beginNew();
			parent = undefined;
			this.transcript.emit({ type: 'continued' });
		}
		const isNew = this.transcript.open.isEmpty;
		const asked: StoredTurn = {
			...newTurn('user', parent, this.options.now()),
			text: title.slice(0, MAX_ANSWER),
			state: 'done',
			question,
		};
		this.transcript.add(asked);
		const answering = this.answer(asked, question);
		this.transcript.emit({ type: 'history' });
		if (isNew) {
			const { library, log } = this.options;
			library.prune().catch((error: unknown) => log.warn(`Old conversations stay: ${String(error)}`));
		}
		return answering;
	}

	/** Answers a question that is shown. */
	private answer(asked: StoredTurn, question: Question): Asked {
		this.summaries.stop();
		const path = this.transcript.open.path;
		const at = path.findIndex(({ id }) => id === asked.id);
		const past = this.summaries.pastOf(path.slice(0, at));
		this.search.abort(abortError());
		this.search = new AbortController();
		const turn = newTurn('assistant', asked.id, this.options.now());
		const running = new RunningAnswer(turn.id, this.options.clock, (written) =>
			this.transcript.growTo(turn.id, written),
		);
		this.transcript.add(turn);
		this.setRunning(running);
		void this.transcript.open.save(true);
		const { open } = this.transcript;
		const listener = {
			onText: (text: string) => {
				if (this.running === running) {
					running.grow(text);
				}
			},
			onUsage: (usage: ContextUse) => {
				running.usage = usage;
			},
			onSteps: (steps: readonly TurnStep[]) => {
				if (this.running === running) {
					running.flush();
					this.transcript.change(turn.id, { steps });
				}
			},
		};
		const finished = generate(this.options, question, past, listener, running.signal).then((ending) => {
			this.finish(running, ending);
			void this.tellOrigins(turn.id, [question, ...past.exchanges.map((exchange) => exchange.question)]);
			const last = open.stored(turn.id);
			return last === undefined ? shownTurn(turn, undefined) : open.shown(last);
		});
		return { type: 'answering', turn: turn.id, finished };
	}

	private finish(running: RunningAnswer, ending: Ending): void {
		if (this.running !== running) {
			return;
		}
		running.flush();
		this.setRunning(undefined);
		this.transcript.change(running.turn, { ...ending, usage: running.usage });
		void this.transcript.open.save(true);
		this.summaries.soon();
	}

	/** Nobody waits for it: the answer is there. */
	private async tellOrigins(turn: string, questions: readonly Question[]): Promise<void> {
		const { origins, log } = this.options;
		const { open } = this.transcript;
		const blocks = codeBlocksOf(open.stored(turn)?.text ?? '').slice(0, MOST_BLOCKS);
		if (origins === undefined || blocks.length === 0) {
			return;
		}
		try {
			const found = await origins.find(blocks, questions.flatMap(shownFiles), this.search.signal);
			if (found.length > 0) {
				this.transcript.change(turn, { origins: found.map(turnOrigin) });
				void open.save(true);
			}
		} catch (error) {
			if (!isAbort(error)) {
				log.error('The origin of the code could not be shown', error);
			}
		}
	}

	private setRunning(running: RunningAnswer | undefined): void {
		const was = this.isRunning;
		this.running = running;
		if (was !== this.isRunning) {
			this.transcript.emit({ type: 'answering', answering: this.isRunning });
		}
	}
}

/** Files that the model was given for a question. */
function shownFiles(question: Question): readonly string[] {
	const excerpt = 'excerpt' in question && question.excerpt !== undefined ? [question.excerpt.path] : [];
	return [...excerpt, ...(question.attachments ?? []).map(({ path }) => path)];
}
