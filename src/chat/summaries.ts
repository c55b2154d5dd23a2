/** Summaries of what no longer fits the model's context: made while nobody asks anything, each for exactly the turns it stands for. */

import { createHash } from 'node:crypto';
import { abortError, isAbort } from '../inference/cancel';
import { showInvisible } from '../inference/invisible';
import type { Model, Subscription } from '../inference/model';
import { secretsIn } from '../inference/secretText';
import type { Clock } from './autosave';
import { firstRound } from './circles';
import type { OpenConversation } from './conversations/open';
import { type GenerationOptions, promptRoom } from './generation';
import { exchangesToSum, type Past, tokensOf, tokensOfSummary } from './messages';
import { type PromptBudget, summaryRequest, userMessage } from './prompts';
import { isText } from './shapes';
import { answerOf } from './thinking';
import type { Transcript } from './transcript';
import type { Unsummarised } from './turn';
import { exchangesOf, type StoredTurn, turnsThrough } from './turns';

export interface SummariesOptions extends GenerationOptions {
	readonly clock: Clock;
}

/** Milliseconds after an answer in which the next question may already come. */
const IDLE = 1_000;

/** Tokens that a summary may have, and which part of the prompt's room at most. */
const LONGEST = { tokens: 400, share: 1 / 8 } as const;

/** Words that so many tokens hold, carefully estimated. */
const WORDS_PER_TOKEN = 0.6;

/** Characters that are read of a model which thinks first, or never ends. */
const MAX_WRITTEN = 32 * 1024;

export class Summaries {
	/** Why there is none, by the last turn that it would stand for. */
	private readonly missing = new Map<string, Unsummarised>();
	private making = new AbortController();
	private timer: Subscription | undefined;
	private isMaking = false;

	constructor(
		private readonly options: SummariesOptions,
		private readonly transcript: Pick<Transcript, 'open'>,
	) {}

	/** What a question after these turns is asked with. */
	pastOf(turns: readonly StoredTurn[]): Past {
		const exchanges = exchangesOf(turns);
		if (this.options.settings().summaries !== true) {
			return { exchanges };
		}
		const why = turns.findLast(({ id }) => this.missing.has(id));
		const unsummarised = (why === undefined ? undefined : this.missing.get(why.id)) ?? 'pending';
		const summary = summaryOf(this.transcript.open, turns);
		return { exchanges, unsummarised, ...(summary === undefined ? {} : { summary }) };
	}

	/** An answer has ended: makes a summary when one is needed and nothing else is asked. */
	soon(): void {
		this.stop();
		if (this.options.settings().summaries === true) {
			this.timer = this.options.clock.after(IDLE, () => void this.make());
		}
	}

	/** Something else is asked of the model: what is being made ends, and is made later. */
	later(): void {
		if (this.timer !== undefined || this.isMaking) {
			this.soon();
		}
	}

	/** Somebody asks something, or the conversation is left: at once, nothing is made any more. */
	stop(): void {
		this.timer?.dispose();
		this.timer = undefined;
		this.making.abort(abortError());
	}

	private async make(): Promise<void> {
		this.timer = undefined;
		this.isMaking = true;
		await this.makeOne().finally(() => {
			this.isMaking = false;
		});
	}

	private async makeOne(): Promise<void> {
		const { model, settings, countTokens, log } = this.options;
		const { open } = this.transcript;
		this.making = new AbortController();
		const { signal } = this.making;
		if (model.state.type !== 'ready') {
			return;
		}
		const turns = open.path;
		const past = this.pastOf(turns);
		const { maxTokens, thinksFirst = false } = settings();
		const budget = { tokens: promptRoom(model.state, maxTokens), countTokens, thinksFirst };
		const count = exchangesToSum(past, budget);
		const summed = turnsThrough(turns, count);
		const last = summed.at(-1);
		if (last === undefined || this.missing.has(last.id)) {
			return;
		}
		const before = tokensOf(past.exchanges.slice(0, count), budget);
		let text: string | undefined;
		try {
			text = await this.written(past, count, budget, signal);
		} catch (error) {
			if (!isAbort(error) && !signal.aborted) {
				log.error('The conversation could not be summed up', error);
			}
		}
		if (signal.aborted) {
			return;
		}
		const why = faultOf(text, before, budget);
		if (text === undefined || why !== undefined) {
			this.missing.set(last.id, why ?? 'failed');
			log.info(`No summary of ${count} earlier exchanges: ${why ?? 'failed'}`);
			return;
		}
		open.keepSummary({ type: 'summary', turn: last.id, digest: digestOf(summed), text });
		log.info(
			`${count} earlier exchanges were summed up: ${before} tokens in ${tokensOfSummary(text, budget)}`,
		);
	}

	/** What the model says; undefined where that is nothing to go on from. */
	private async written(
		{ exchanges, summary }: Past,
		count: number,
		budget: PromptBudget,
		signal: AbortSignal,
	): Promise<string | undefined> {
		const { model, settings, countTokens } = this.options;
		const longest = Math.min(LONGEST.tokens, Math.floor(budget.tokens * LONGEST.share));
		const told = exchanges.slice(summary?.exchanges ?? 0, count).map(({ question, answer }) => ({
			asked: userMessage(question, budget.tokens, countTokens),
			answer,
		}));
		const earlier = { summary: summary?.text, exchanges: told };
		const words = Math.floor(longest * WORDS_PER_TOKEN);
		const messages = summaryRequest(earlier, words, budget.tokens, countTokens);
		const { temperature } = settings();
		return summaryFrom(
			model.chat({ messages, maxTokens: longest, temperature, priority: 'background' }, signal),
		);
	}
}

/** Of the summaries of what leads up to the end of the turns, the one that goes furthest; they are as they were then. */
function summaryOf(open: OpenConversation, turns: readonly StoredTurn[]): Past['summary'] {
	for (let end = turns.length; end > 0; end--) {
		const stored = open.summary(turns[end - 1]?.id ?? '');
		const summed = turns.slice(0, end);
		if (stored !== undefined && stored.digest === digestOf(summed)) {
			return { exchanges: exchangesOf(summed).length, text: stored.text };
		}
	}
	return undefined;
}

/** Ids are given once, and a text only grows: a turn that is another, or goes on, makes another digest. */
function digestOf(turns: readonly StoredTurn[]): string {
	const said = turns.map(({ id, text }) => [id, text.length]);
	return createHash('sha256').update(JSON.stringify(said)).digest('hex');
}

/** Why a summary is not kept; undefined for a good one. */
function faultOf(text: string | undefined, before: number, budget: PromptBudget): Unsummarised | undefined {
	if (text === undefined) {
		return 'failed';
	}
	if (secretsIn(text).length > 0) {
		return 'secret';
	}
	return tokensOfSummary(text, budget) >= before ? 'longer' : undefined;
}

/** Of one that reached its longest length, the lines that are whole. */
async function summaryFrom(events: ReturnType<Model['chat']>): Promise<string | undefined> {
	let written = '';
	let isWhole = false;
	for await (const event of events) {
		if (event.type === 'unsupported') {
			return undefined;
		}
		if (event.type === 'end') {
			isWhole = event.reason === 'end-of-text';
		} else if (event.type === 'text') {
			written += event.text;
			if (written.length > MAX_WRITTEN || firstRound(written) !== undefined) {
				return undefined;
			}
		}
	}
	const answer = answerOf(written);
	const text = showInvisible(
		isWhole ? answer : answer.slice(0, Math.max(0, answer.lastIndexOf('\n'))),
	).trim();
	return text !== '' && isText(text) ? text : undefined;
}
