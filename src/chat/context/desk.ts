/** Answers the composer: completions, chips, and what becomes of a text that is sent. */

import { isAbort } from '../../inference/cancel';
import { messageOf } from '../../inference/failure';
import type { Log, Subscription } from '../../inference/model';
import { Asking, type AskingOptions, type Outcome } from './asking';
import type { FileName } from './editor';
import type { FromComposer, Notice, ToComposer } from './messages';
import { mentionsIn } from './syntax';
import { Tray } from './tray';

interface DeskOptions extends Omit<AskingOptions, 'tray'> {
	readonly post: (message: ToComposer) => void;
	/** Tokens of a text; an estimate is enough. */
	readonly countTokens: (text: string) => number;
	/** Tokens that a question may take with all that goes along. */
	readonly room: () => number;
	readonly log: Log;
	/** What ends with the desk. */
	readonly subscriptions: readonly Subscription[];
}

/** Milliseconds that language extensions and Git may take for one question. */
const LONGEST_READING = 15_000;

/** Mentions whose material changes with what the user does in the editor. */
const FOLLOWED = ['selection', 'problems', 'open'];

export class ContextDesk {
	private readonly tray: Tray;
	private readonly asking: Asking;
	private mentions: readonly string[] = [];
	private suggesting = new AbortController();
	private showing = new AbortController();
	private last: Promise<unknown> = Promise.resolve();

	constructor(private readonly options: DeskOptions) {
		this.tray = new Tray(options);
		this.asking = new Asking({ ...options, tray: this.tray });
	}

	async receive(message: FromComposer): Promise<void> {
		switch (message.type) {
			case 'suggest':
				await this.suggest(message.request, message.word);
				break;
			case 'mentions':
				this.mentions = message.mentions;
				await this.show();
				break;
			case 'drop':
				this.tray.drop(message.uris);
				await this.show();
				break;
			case 'takeAway':
				this.tray.takeAway(message.chip);
				await this.show();
				break;
		}
	}

	/** What is to be done with a text that was sent; one after the other. Never rejects. */
	ask(text: string, signal: AbortSignal): Promise<Outcome> {
		return this.inTurn(() => this.outcomeOf(this.asking, text, signal));
	}

	/** The same for an earlier question that was changed: what lies ready for the next one does not go along. */
	askAnew(text: string, signal: AbortSignal): Promise<Outcome> {
		const asking = new Asking({ ...this.options, tray: this.tray.beside() });
		return this.inTurn(() => this.outcomeOf(asking, text, signal));
	}

	/** A file by its path as the user knows it; undefined where there is none in the workspace. */
	find(path: string): Promise<FileName | undefined> {
		return this.options.editor.find(path);
	}

	/** The question is being answered: its chips go. */
	async sent(): Promise<void> {
		this.mentions = [];
		this.tray.sent();
		await this.show();
	}

	/** A view was opened; it says which mentions its draft has. */
	async begin(): Promise<void> {
		this.mentions = [];
		await this.show();
	}

	/** Another conversation: what was taken away is there again. */
	async reset(): Promise<void> {
		this.tray.reset();
		await this.show();
	}

	say(notice: Notice): void {
		this.options.post({ type: 'notice', notice });
	}

	/** Something else is selected, open or reported now. */
	async editorChanged(): Promise<void> {
		if (mentionsIn(this.mentions.join('\n')).some(({ name }) => FOLLOWED.includes(name))) {
			await this.show();
		}
	}

	/** Shows what would be sent now. */
	async show(): Promise<void> {
		this.showing.abort();
		this.showing = new AbortController();
		const { signal } = this.showing;
		try {
			const chips = await this.tray.chips(this.mentions, signal);
			if (!signal.aborted) {
				this.options.post({ type: 'chips', chips, note: this.noteOf(chips) });
			}
		} catch (error) {
			this.failed('The context could not be shown', error);
		}
	}

	dispose(): void {
		this.suggesting.abort();
		this.showing.abort();
		for (const subscription of this.options.subscriptions) {
			subscription.dispose();
		}
	}

	private async suggest(request: number, word: string): Promise<void> {
		this.suggesting.abort();
		this.suggesting = new AbortController();
		const { signal } = this.suggesting;
		try {
			const items = await this.asking.suggest(word, signal);
			if (!signal.aborted) {
				this.options.post({ type: 'suggestions', request, items });
			}
		} catch (error) {
			this.failed('Nothing could be suggested', error);
		}
	}

	private noteOf(chips: readonly { readonly tokens: number | undefined }[]): string | undefined {
		const tokens = chips.reduce((sum, chip) => sum + (chip.tokens ?? 0), 0);
		const room = Math.max(0, this.options.room());
		return tokens > room
			? this.options.translate(
					'Together ~{0} tokens, but only ~{1} fit the context of this model: the rest will be cut.',
					tokens,
					room,
				)
			: undefined;
	}

	private inTurn(read: () => Promise<Outcome>): Promise<Outcome> {
		const outcome = this.last.then(read);
		this.last = outcome;
		return outcome;
	}

	private async outcomeOf(asking: Asking, text: string, stop: AbortSignal): Promise<Outcome> {
		const { translate } = this.options;
		const signal = AbortSignal.any([stop, AbortSignal.timeout(LONGEST_READING)]);
		try {
			return await asking.ask(text, signal);
		} catch (error) {
			this.failed('The context could not be read', error);
			const reason = messageOf(error);
			const notice = {
				text: signal.aborted
					? translate('Reading the context took too long. Nothing was sent.')
					: translate('The context could not be read: {0}', reason.slice(0, 500)),
				rows: [],
			};
			return { type: 'notice', notice, isAnswer: false };
		}
	}

	private failed(what: string, error: unknown): void {
		if (!isAbort(error)) {
			this.options.log.error(what, error);
		}
	}
}
