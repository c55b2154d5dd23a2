/** What goes along with the next question: mentions of the draft, dropped files and the project's guidance, as chips. */

import { keepStart } from '../../inference/clip';
import { type Attachment, MAX_ATTACHED, MAX_ATTACHMENTS } from '../question';
import { guidanceOf } from './guidance';
import { fileMaterial, refused } from './material';
import type { Chip } from './messages';
import type { ContextSource, Found, SourceTools } from './source';
import { type Mention, mentionsIn } from './syntax';
import { traced } from './trace';

interface TrayOptions extends SourceTools {
	readonly sources: readonly ContextSource[];
	readonly countTokens: (text: string) => number;
}

/** `later`: read when the question is sent. */
type Entry = { readonly key: string; readonly mention: string | undefined } & (
	| Found
	| { readonly type: 'later'; readonly label: string }
);

const NO_QUESTION = '';

/** Attachments that a question may bring; a command adds one or two of its own. */
const MOST = MAX_ATTACHMENTS - 4;

/** Characters of a text that are counted for its chip. */
const LONGEST_COUNTED = 32 * 1024;

export class Tray {
	/** URIs of files that were dropped, in their order. */
	private dropped: readonly string[] = [];
	/** Keys of what was taken away. */
	private readonly away = new Set<string>();
	private readonly ids = new Map<string, string>();

	constructor(private readonly options: TrayOptions) {}

	drop(uris: readonly string[]): void {
		this.dropped = [...new Set([...this.dropped, ...uris])].slice(0, MOST);
	}

	/** Takes what the chip shows away, until the next conversation or, for what was mentioned, the next question. */
	takeAway(id: string): void {
		const key = [...this.ids].find(([, known]) => known === id)?.[0];
		if (key === undefined) {
			return;
		}
		const uri = key.startsWith('dropped ') ? key.slice('dropped '.length) : undefined;
		if (uri === undefined) {
			this.away.add(key);
		} else {
			this.dropped = this.dropped.filter((one) => one !== uri);
		}
	}

	/** The question is on its way: what belonged to it is not the next one's. */
	sent(): void {
		this.dropped = [];
		for (const key of this.away) {
			if (!key.startsWith('guidance ')) {
				this.away.delete(key);
			}
		}
	}

	/** One with nothing of the next question in it; guidance that was taken away stays away. */
	beside(): Tray {
		const tray = new Tray(this.options);
		for (const key of this.away) {
			if (key.startsWith('guidance ')) {
				tray.away.add(key);
			}
		}
		return tray;
	}

	/** Another conversation begins. */
	reset(): void {
		this.sent();
		this.away.clear();
	}

	/** What would be sent with a draft that has these mentions and places. */
	async chips(mentions: readonly string[], signal: AbortSignal): Promise<readonly Chip[]> {
		const entries = await this.entries(mentions.join('\n'), NO_QUESTION, signal);
		return entries.map((entry) => ({
			id: this.idOf(entry.key),
			label: entry.type === 'attached' ? entry.attachment.label : entry.label,
			tokens: entry.type === 'attached' ? this.tokensOf(entry.attachment.text) : undefined,
			problem: entry.type === 'refused' ? entry.reason : undefined,
			// Of several behind one mention each can go alone, and the mention stays.
			mention:
				entries.filter(({ mention }) => mention === entry.mention).length > 1 ? undefined : entry.mention,
		}));
	}

	/** Of a long text by its beginning: counting it all would be felt while the user types. */
	private tokensOf(text: string): number {
		const counted = keepStart(text, LONGEST_COUNTED);
		const share = text.length / Math.max(1, counted.length);
		return Math.ceil(this.options.countTokens(counted) * share);
	}

	/** What goes along with the question, read now. */
	async collect(question: string, signal: AbortSignal): Promise<readonly Found[]> {
		return (await this.entries(question, question, signal)).filter(
			(entry): entry is Entry & Found => entry.type !== 'later',
		);
	}

	private async entries(text: string, question: string, signal: AbortSignal): Promise<readonly Entry[]> {
		const guidance = (await guidanceOf(this.options)).map((attachment) => ({
			key: `guidance ${attachment.path}`,
			mention: undefined,
			type: 'attached' as const,
			attachment,
		}));
		const dropped = await Promise.all(
			this.dropped.map(async (uri) => ({
				key: `dropped ${uri}`,
				mention: undefined,
				...(await this.droppedFile(uri)),
			})),
		);
		const mentioned = await Promise.all(
			mentionsIn(text).map((mention) => this.mentioned(mention, question, signal)),
		);
		const given = [...guidance, ...dropped, ...mentioned.flat()];
		const errors = [text, ...given.flatMap((entry) => terminalText(entry))].join('\n');
		const places = (await traced(errors, this.options, signal)).map((found) => ({
			key: `place ${found.type === 'attached' ? found.attachment.label : found.label}`,
			mention: undefined,
			...found,
		}));
		return this.limited([...given, ...places].filter(({ key }) => !this.away.has(key)));
	}

	private async droppedFile(uri: string): Promise<Found> {
		const { editor, translate } = this.options;
		const file = editor.named(uri);
		return file === undefined
			? refused(uri, translate('It is not in the workspace. Open its folder, or open it in an editor.'))
			: fileMaterial(file, this.options);
	}

	private async mentioned(
		mention: Mention,
		question: string,
		signal: AbortSignal,
	): Promise<readonly Entry[]> {
		const source = this.options.sources.find(({ name }) => name === mention.name);
		if (source === undefined || source.takesArgument !== (mention.argument !== '')) {
			// Not one of ours: the user's own words.
			return [];
		}
		if (source.reads === 'sent' && question === NO_QUESTION) {
			return [
				{ key: mention.text, mention: mention.text, type: 'later', label: source.until ?? mention.text },
			];
		}
		const found = await source.read({ argument: mention.argument, question }, signal);
		return found.map((one) => ({
			key: `${mention.text} ${one.type === 'attached' ? one.attachment.label : one.label}`,
			mention: mention.text,
			...one,
		}));
	}

	/** Each once, and not more than a question can hold. */
	private limited(entries: readonly Entry[]): readonly Entry[] {
		const { translate } = this.options;
		const known = new Set<string>();
		let count = 0;
		let characters = 0;
		return entries.flatMap((entry): Entry | readonly Entry[] => {
			if (entry.type !== 'attached') {
				return entry;
			}
			const { attachment } = entry;
			const identity = identityOf(attachment);
			if (known.has(identity)) {
				return [];
			}
			known.add(identity);
			if (count === MOST || characters + attachment.text.length > MAX_ATTACHED) {
				const reason = translate('The question has as much context as it can. Remove something else first.');
				const { key, mention } = entry;
				return { key, mention, type: 'refused', label: attachment.label, reason };
			}
			count++;
			characters += attachment.text.length;
			return entry;
		});
	}

	private idOf(key: string): string {
		const id = this.ids.get(key) ?? `chip-${this.ids.size + 1}`;
		this.ids.set(key, id);
		return id;
	}
}

/** What a command has printed may name places, too. */
function terminalText(entry: Entry): readonly string[] {
	return entry.type === 'attached' && entry.attachment.kind === 'terminal' ? [entry.attachment.text] : [];
}

function identityOf({ kind, path, firstLine, label, text }: Attachment): string {
	return JSON.stringify([kind, path === '' ? label : path, firstLine, text.length]);
}
